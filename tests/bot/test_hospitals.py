"""What hospitals read over FHIR: their own cases only, as long as everybody says yes, and every look and refusal is written down."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.__main__ import main
from bot.web.app import build
from bot.web.fhir.capability import READS, SEARCHES
from bot.web.fhir.described import paths
from bot.web.fhir.door import MOST, STRANGERS, Door
from bot.web.fhir.pages import FhirPages
from bot.web.fhir.shelf import bundle
from storage import audit, cases, chats, consents, coordinators
from storage.desk import credentials, shared_cases, submissions
from storage.keeping import erasure
from storage.transaction import Transaction
from storage.vault import Vault
from tests.bot.desk_world import Person, World
from tests.bot.dossier_case import MIXED, case_of, keep
from tests.bot.web_desk import Desk, token_of
from tests.examples import one_or_all
from tests.flows.test_bundle import REQUIRED, references

BASE = "https://desk.example/fhir"
PDF, PAGE = b"%PDF-1.4 a report of the lab", b"<html><script>alert(1)</script>"
CENTRE, OTHER = "example-1", "example-2"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Hospital:
    """The program of a hospital, and what it was given."""

    world: World
    clock: Clock = field(default_factory=Clock)
    secret: str = ""

    def __post_init__(self) -> None:
        world = self.world
        door = Door(database=world.database, house=world.house)
        door.turns.clock = self.clock
        pages = FhirPages(door=door, vault=Vault(world.folder / "vault", world.keys), base=lambda: "https://desk.example")

        async def healthy() -> bool:
            return True

        transport = httpx.ASGITransport(app=build(healthy=healthy, routers=[pages.router()]))  # type: ignore[arg-type]
        self.http = httpx.AsyncClient(transport=transport, base_url="http://10.0.0.1")

    async def gets(self, address: str, status: int = 200, **headers: str | bytes) -> httpx.Response:
        shown = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        answer = await self.http.get(f"/fhir/{address}", headers=shown | headers)  # type: ignore[arg-type]
        assert answer.status_code == status, (address, answer.status_code, answer.text[:300])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["Cache-Control"] == "no-store"
        if status >= 400:
            assert answer.json()["resourceType"] == "OperationOutcome"
        return answer

    async def reads(self, address: str, status: int = 200) -> dict[str, Any]:
        found: dict[str, Any] = (await self.gets(address, status)).json()
        return found

    async def patients(self) -> list[str]:
        """The numbers of the cases that it finds."""
        found = await self.reads("Patient")
        return [one["resource"]["identifier"][0]["value"] for one in found.get("entry", ())]


@dataclass
class Told:
    hospital: Hospital
    case: Any
    document: str


async def given(world: World, centre: str = CENTRE, *, days: int = 30) -> str:
    _, secret = await world.database.transact(lambda tx: credentials.issue(tx, centre, by=7101, life=timedelta(days=days)))
    return secret


async def sent(world: World, case: Any, centre: str = CENTRE) -> int:
    def send(tx: Transaction) -> int:
        made = submissions.add(tx, case.id, centre=centre, protocols=(), state="sent")
        submissions.note(tx, made, state="sent", day=date(2026, 11, 20), by=7101)
        return made

    return await world.database.transact(send)


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    world = World(tmp_path)
    await world.coordinator("Carla", 7101)
    case = await case_of(world, world.patient())
    document = await keep(world, case, "pathology", "application/pdf", PDF, PAGE)
    await keep(world, case, "passport", "image/png", b"a passport")
    await sent(world, case)
    hospital = Hospital(world)
    hospital.secret = await given(world)
    yield Told(hospital=hospital, case=case, document=document)
    await hospital.http.aclose()
    await world.database.close()


def whole(made: dict[str, Any], base: str = BASE) -> None:
    """Every entry has what FHIR requires, its own address, and refers to nothing that is not in the Bundle."""
    addresses = [one["fullUrl"] for one in made["entry"]]
    assert len(set(addresses)) == len(addresses)
    for entry in made["entry"]:
        one = entry["resource"]
        assert one.keys() >= REQUIRED[one["resourceType"]]
        assert entry["fullUrl"] == f"{base}/{one['resourceType']}/{one['id']}"
    assert {f"{base}/{one}" for one in references(made)} <= set(addresses)


async def answers(hospital: Hospital) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Everything that the program of a hospital can be answered with as JSON, by address."""
    yield "metadata", await hospital.reads("metadata")
    listed = await hospital.reads("Patient")
    yield "Patient", listed
    for patient in [one["resource"]["id"] for one in listed["entry"]]:
        everything = await hospital.reads(f"Patient/{patient}/$everything")
        yield f"Patient/{patient}/$everything", everything
        for kind in SEARCHES:
            asked = f"{kind}?_id={patient}" if kind == "Patient" else f"{kind}?patient=Patient/{patient}"
            yield asked, await hospital.reads(asked)
        for entry in everything["entry"]:
            address = entry["fullUrl"].removeprefix(f"{BASE}/")
            yield address, await hospital.reads(address)
    yield "wrong", await hospital.reads("Patient/nobody", 404)


async def whole_case(hospital: Hospital) -> dict[str, Any]:
    """The Bundle of the only case."""
    (shared,) = await hospital.world.database.read(lambda tx: shared_cases.at(tx, CENTRE, ended=["declined"]))
    return await hospital.reads(f"Bundle/{bundle(shared)}")


async def test_a_hospital_reads_a_case_that_was_sent_to_it(told: Told) -> None:
    hospital = told.hospital
    assert await hospital.patients() == [told.case.number]
    made = await whole_case(hospital)
    assert made["type"] == "collection"
    whole(made)
    kinds = [one["resource"]["resourceType"] for one in made["entry"]]
    assert set(kinds) == {"Patient", "QuestionnaireResponse", "DocumentReference", "Observation", "Consent", "Provenance"}
    assert kinds.count("DocumentReference") == 1, "the passport stays here"
    assert MIXED in json.dumps(made, ensure_ascii=False)
    async for address, found in answers(hospital):
        if found.get("type") == "searchset":
            whole(found) if address.endswith("everything") else None
            assert all(one["search"] == {"mode": "match"} for one in found.get("entry", ())), address
        elif "/" in address:
            assert f"{found['resourceType']}/{found['id']}" == address
    page = await hospital.reads(f"Patient?identifier={told.case.number}")
    assert page["total"] == 1
    assert (await hospital.reads("Patient?identifier=CL-22222"))["total"] == 0


async def test_a_document_leaves_as_it_came_and_no_browser_opens_it(told: Told) -> None:
    reference = await told.hospital.reads(f"DocumentReference/{told.document}")
    urls = [one["attachment"]["url"] for one in reference["content"]]
    first, second = [await told.hospital.gets(url) for url in urls]
    assert (first.content, second.content) == (PDF, PAGE)
    for answer in (first, second):
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{told.case.number}-pathology-')
    inside = await told.hospital.gets(urls[0], Accept="application/fhir+json")
    assert base64.b64decode(inside.json()["data"]) == PDF


async def test_a_page_of_a_stranger_is_no_page_here(tmp_path: Path) -> None:
    world = World(tmp_path)
    case = await case_of(world, world.patient())
    await keep(world, case, "pathology", "text/html", PAGE)
    await sent(world, case)
    hospital = Hospital(world)
    hospital.secret = await given(world)
    (found,) = (
        await hospital.reads(f"DocumentReference?patient={(await hospital.reads('Patient'))['entry'][0]['resource']['id']}")
    )["entry"]
    answer = await hospital.gets(found["resource"]["content"][0]["attachment"]["url"])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    await hospital.http.aclose()
    await world.database.close()


ENDS = {
    "consent": lambda told, tx: consents.add(
        tx, told.case.chat_id, "share", given=False, text_version="1", text_hash="x", language="en"
    ),
    "closed": lambda told, tx: cases.save(tx, replace(cases.lock(tx, told.case.id), closed_at=tx.now, stage="closed")),
    "erased": lambda told, tx: erasure.erase(tx, told.case.chat_id),
    "in memory": lambda told, tx: chats.update(tx, told.case.chat_id, state="in_memory"),
    "declined": lambda told, tx: _moves(tx, told, "declined"),
    "taken back": lambda told, tx: _moves(tx, told, "taken-back"),
}


def _moves(tx: Transaction, told: Told, state: str) -> None:
    (one,) = submissions.of_case(tx, told.case.id)
    submissions.note(tx, one.id, state=state, day=date(2026, 11, 21), by=7101)


@pytest.mark.parametrize("how", one_or_all(ENDS, "consent"))
async def test_reading_ends_at_once_when_anybody_says_no(told: Told, how: str) -> None:
    hospital = told.hospital
    addresses = [address async for address, _ in answers(hospital) if "/" in address]
    files = [one["attachment"]["url"] for one in (await hospital.reads(f"DocumentReference/{told.document}"))["content"]]
    await hospital.world.database.transact(lambda tx: ENDS[how](told, tx))
    assert await hospital.patients() == []
    hospital.clock.now += 61
    for address in [*addresses, *files]:
        if "?" not in address:
            await hospital.gets(address, 404)
    for kind in SEARCHES:
        patient = addresses[0].split("/")[1]
        asked = f"{kind}?_id={patient}" if kind == "Patient" else f"{kind}?patient={patient}"
        assert (await hospital.reads(asked))["total"] == 0


async def test_a_credential_ends_when_it_is_revoked_and_when_its_time_is_over(told: Told) -> None:
    hospital, world = told.hospital, told.hospital.world
    assert await world.database.transact(lambda tx: credentials.revoke(tx, 1, by=7101))
    assert not await world.database.transact(lambda tx: credentials.revoke(tx, 1, by=7101))
    await hospital.gets("Patient", 401)
    hospital.secret = await given(world, days=1)
    await hospital.gets("Patient")
    world.later(hours=24)
    answer = await hospital.gets("Patient", 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    lines = await world.database.read(audit.lines)
    denied = [(one.actor, one.detail) for one in lines if one.action == "hospital.denied"]
    assert denied == [("hospital:example-1/1", "credential=revoked"), ("hospital:example-1/2", "credential=expired")]


async def test_another_hospital_sees_nothing_of_it(told: Told) -> None:
    hospital, world = told.hospital, told.hospital.world
    addresses = [address async for address, _ in answers(hospital) if "/" in address and "?" not in address]
    theirs = await case_of(world, world.patient(502))
    await sent(world, theirs, OTHER)
    hospital.secret = await given(world, OTHER)
    assert await hospital.patients() == [theirs.number]
    for address in addresses:
        await hospital.gets(address, 404)


async def test_nobody_without_a_credential_comes_in(told: Told) -> None:
    """The row of the authorization matrix: everybody who has another key, at every address."""
    hospital, world = told.hospital, told.hospital.world
    secret, desk = hospital.secret, Desk(world)
    addresses = [address async for address, _ in answers(hospital) if address not in {"metadata", "wrong"}]
    for role in ("reader", "coordinator", "lead", "administrator"):
        await world.database.transact(lambda tx, as_=role: coordinators.put(tx, 7101, name="C", language="en", role=as_))
        hospital.secret = ""
        hospital.http.cookies.set("careline_desk", desk.frame.door.cookie(7101))
        await hospital.gets(addresses[0], 401)
    hospital.http.cookies.clear()
    for wrong in ("", secret[:-1], secret + "x", "clh_", "é", "x" * 5000, secret.upper()):
        hospital.clock.now += 61
        hospital.secret = ""
        for header in (f"Bearer {wrong}", wrong, f"Basic {secret}"):
            await hospital.gets(addresses[0], 401, Authorization=header.encode())
        await hospital.gets(f"Patient?access_token={secret}", 400)
    hospital.clock.now += 61
    for address in addresses:
        hospital.clock.now += 4
        await hospital.gets(address, 401)
    for address in ("/desk/cases", "/desk/api/cases", "/desk/hospitals"):
        assert (await desk.http.get(address, headers={"Authorization": f"Bearer {secret}"})).status_code == 403
    await desk.http.aclose()


async def test_what_is_not_for_reading_is_refused_in_fhirs_words(told: Told) -> None:
    hospital = told.hospital
    for address, status in {
        "Patient?name=Maria": 400,
        "Patient?_count=x": 400,
        "Patient?_id=a&_id=b": 400,
        "Observation": 400,
        "Medication": 404,
        "Medication/1": 404,
        "Bundle": 404,
        "Patient/1/$export": 404,
        "Patient?_format=xml": 406,
        "": 404,
    }.items():
        await hospital.gets(address, status)
    await hospital.gets("Patient", 406, Accept="application/fhir+xml")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = await hospital.http.request(method, "/fhir/Patient", headers={"Authorization": f"Bearer {hospital.secret}"})
        assert answer.status_code == 405
    statement = await hospital.reads("metadata")
    assert [one["type"] for one in statement["rest"][0]["resource"]] == list(READS)
    assert all(one["tags"] == ["hospitals"] for path in paths().values() for one in path.values())


async def test_pages_of_patients_follow_each_other(told: Told) -> None:
    hospital, world = told.hospital, told.hospital.world
    numbers = [told.case.number]
    for number in range(502, 506):
        case = await case_of(world, world.patient(number))
        await sent(world, case)
        numbers.append(case.number)
    seen, address = [], "Patient?_count=2"
    while address:
        page = await hospital.reads(address)
        assert page["total"] == 5
        seen += [one["resource"]["identifier"][0]["value"] for one in page["entry"]]
        address = next((one["url"].removeprefix(f"{BASE}/") for one in page["link"] if one["relation"] == "next"), "")
    assert seen == numbers


async def test_every_look_is_written_down_without_a_word_of_anybody(told: Told) -> None:
    hospital, world = told.hospital, told.hospital.world
    count = len(await world.database.read(audit.lines))
    asked = [address async for address, _ in answers(hospital)]
    await hospital.gets("Patient?name=SECRETWORD7", 400)
    lines = (await world.database.read(audit.lines))[count:]
    assert len(lines) == len(asked) - 1, "all but the statement and the refused parameter, which nobody's case is behind"
    assert {one.actor for one in lines} == {"hospital:example-1/1"}
    assert {one.action for one in lines} == {"hospital.read", "hospital.search", "hospital.denied"}
    assert {one.object for one in lines} == {f"case:{told.case.id}", "fhir"}
    assert not [one for one in lines if "SECRETWORD7" in one.detail]
    desk = Desk(world)
    assert await desk.enters() == 204
    page = await desk.sees(f"/desk/cases/{told.case.number}")
    assert "read by the hospital’s system" in page
    assert "Example Hospital One, Shanghai" in page
    await desk.http.aclose()


async def test_a_look_that_fails_is_written_down_as_that(told: Told) -> None:
    hospital, world = told.hospital, told.hospital.world
    await whole_case(hospital)
    for blob in (world.folder / "vault").rglob("*"):
        if blob.is_file():
            blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    before = len(await world.database.read(audit.lines))
    (shared,) = await world.database.read(lambda tx: shared_cases.at(tx, CENTRE, ended=["declined"]))
    await hospital.gets(f"Bundle/{bundle(shared)}", 500)
    await world.database.transact(lambda tx: erasure.erase(tx, told.case.chat_id))
    await hospital.gets(f"Bundle/{bundle(shared)}", 404)
    lines = (await world.database.read(audit.lines))[before:]
    assert [(one.action, one.object) for one in lines if one.actor.startswith("hospital:")] == [
        ("hospital.failed", f"case:{told.case.id}"),
        ("hospital.denied", "fhir"),
    ]


async def test_too_many_requests_wait(told: Told) -> None:
    hospital = told.hospital
    for _ in range(MOST):
        await hospital.gets("metadata")
    for _ in range(3):
        await hospital.gets("Patient?_count=1")
    hospital.clock.now += 61
    secret, hospital.secret = hospital.secret, ""
    for _ in range(STRANGERS):
        await hospital.gets("Patient", 401)
    before = len(await hospital.world.database.read(audit.lines))
    answer = await hospital.gets("Patient", 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert len(await hospital.world.database.read(audit.lines)) == before, "a flood writes nothing"
    hospital.secret = secret
    await hospital.gets("Patient?_count=1")


# ---- who gives it out


async def test_a_lead_makes_a_credential_on_the_page_and_sees_it_once(told: Told) -> None:
    hospital, world = told.hospital, told.hospital.world
    await world.database.transact(lambda tx: coordinators.put(tx, 7103, name="Lena", language="en", role="lead"))
    desk = Desk(world)
    assert await desk.enters() == 204
    assert "/desk/hospitals" not in await desk.sees()
    await desk.sees("/desk/hospitals", 403)
    assert await desk.enters(7103) == 204
    sent_back = {"verb": "issue", "centre": CENTRE, "days": "30", "token": token_of(await desk.sees("/desk/hospitals"))}
    made = await desk.http.post("/desk/hospitals", data=sent_back)
    secret = re.findall(r"clh_[\w-]{43}", made.text)[0]
    again = await desk.http.post("/desk/hospitals", data=sent_back)
    assert "clh_" not in again.text
    assert "sent twice" in again.text
    page = await desk.sees("/desk/hospitals")
    assert "clh_" not in page
    hospital.secret = secret
    assert await hospital.patients() == [told.case.number]
    found = await world.database.read(credentials.everything)
    assert [(one.id, one.by) for one in found] == [(2, 7103), (1, 7101)]
    for wrong in (
        {"centre": "nowhere"},
        {"days": "4000"},
        {"verb": "erase"},
        {"verb": "revoke", "number": "x"},
        {"verb": "revoke", "number": "9" * 30},
    ):
        token = token_of(await desk.sees("/desk/hospitals"))
        assert (await desk.http.post("/desk/hospitals", data={**sent_back, "token": token, **wrong})).status_code == 404
    ends = {"verb": "revoke", "number": "2", "token": token_of(page)}
    assert (await desk.http.post("/desk/hospitals", data=ends)).status_code == 303
    await hospital.gets("Patient", 401)
    stored = (world.folder / "careline.db").read_bytes() + (world.folder / "careline.db-wal").read_bytes()
    assert secret.encode() not in stored
    await desk.http.aclose()


async def test_a_lead_ends_a_credential_by_a_command(told: Told) -> None:
    world = told.hospital.world
    carla = Person(world=world, number=7101, name="Carla")
    await carla.says("/hospitals")
    assert "Your role does not allow this" in carla.sees
    await world.database.transact(lambda tx: coordinators.put(tx, 7103, name="Lena", language="en", role="lead"))
    lena = Person(world=world, number=7103, name="Lena")
    await lena.says("/hospitals")
    assert "1. Example Hospital One, Shanghai: works, until 22 December 2026" in lena.sees
    await lena.says("/hospitals revoke " + "9" * 30)
    assert "no credential with this number" in lena.sees
    await lena.says("/hospitals revoke 7")
    assert "no credential with this number" in lena.sees
    await lena.says("/hospitals revoke 1")
    assert "Credential 1 does not work any more" in lena.sees
    await told.hospital.gets("Patient", 401)


@pytest.mark.slow
async def test_the_operator_gives_out_lists_and_ends_credentials(
    told: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import asyncio

    world = told.hospital.world
    monkeypatch.chdir(world.folder)
    monkeypatch.setenv("CARELINE_DATA_DIR", str(world.folder))

    async def says(*words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ["hospitals", *words])
        heard = capsys.readouterr()
        return code, heard.out + heard.err

    code, said = await says("issue", CENTRE, "--days", "7")
    assert code == 0
    told.hospital.secret = said.split()[-1]
    world.now = world.now.now(world.now.tzinfo)  # the command goes by the clock on the wall
    assert await told.hospital.patients() == [told.case.number]
    assert "example-1" in (await says())[1]
    assert (await says("issue", "nowhere"))[0] == 1
    assert (await says("issue", CENTRE, "--days", "900"))[0] == 1
    assert (await says("revoke", "2"))[0] == 0
    assert (await says("revoke", "2"))[0] == 1
    assert (await says("revoke", "9" * 30))[0] == 1
    await told.hospital.gets("Patient", 401)
