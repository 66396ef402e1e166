"""The desk as JSON: what its OpenAPI document promises is what comes, to the same people as on the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from bot.web.desk import events, parts
from storage import audit, coordinators, reminders
from storage.desk import saved_views, submissions
from storage.transaction import Transaction
from tests.bot.desk_world import Person
from tests.bot.dossier_case import case_of, keep
from tests.bot.web_desk import Desk

pytestmark = pytest.mark.usefixtures("carla")
PARTS = ("", *(f"/{name}" for name, *_ in parts.PARTS))


async def described(desk: Desk) -> dict[str, Any]:
    answer = await desk.http.get("/desk/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def fits(document: dict[str, Any], address: str, answer: Any) -> None:
    """Nothing more and nothing less than what is described of this address."""
    schema = document["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    OAS31Validator({**schema, "components": document["components"]}).validate(answer)
    model = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert set(answer) == set(model["properties"]), address


@pytest.fixture
async def number(inside: Desk, carla: Person) -> str:
    """Of a case with something of every kind."""
    world, patient = inside.world, inside.world.patient()
    case = await case_of(world, patient)
    await keep(world, case, "pathology", "application/pdf", b"%PDF-1.4 a report")
    topic = await carla.at()
    for said in ("/claim", "/note call on Monday", "/r Hello from us", "/task 2026-12-05 Ask the bank"):
        world.later(minutes=1)
        await topic.says(said)
    await patient.says("a word from home")

    def more(tx: Transaction) -> None:
        made = submissions.add(tx, case.id, centre="example-1", protocols=("NCT0001",), state="sent")
        submissions.note(tx, made, state="sent", day=date(2026, 11, 20), by=7101, body="by mail")
        reminders.add_follow_up(
            tx, case.chat_id, due_at=tx.now + timedelta(days=3), text="How are you?", author=7101, case_id=case.id
        )
        saved_views.put(tx, 7101, "mine", "view=mine")

    await world.database.transact(more)
    return str(case.number)


@pytest.mark.slow
async def test_the_description_is_a_valid_openapi_document(inside: Desk) -> None:
    document = await described(inside)
    validate(document)
    assert document["openapi"].startswith("3.1")
    own = {one for one in document["paths"] if one.startswith("/desk/")}
    assert own == {"/desk/api/cases", "/desk/api/figures", *(f"/desk/api/cases/{{number}}{one}" for one in PARTS)}
    ids = [one["get"]["operationId"] for one in document["paths"].values()]
    assert len(set(ids)) == len(ids)


async def test_every_described_address_answers_in_its_shape_and_is_written_down(inside: Desk, number: str) -> None:
    document, found = await described(inside), {}
    for address in [one for one in document["paths"] if one.startswith("/desk/")]:
        answer = await inside.http.get(address.format(number=number))
        assert answer.status_code == 200, address
        found[address.rpartition("}/")[2].rpartition("/")[2]] = answer.json()
        fits(document, address, answer.json())
        if "{" in address:
            assert (await inside.http.get(address.format(number="CL-22222"))).status_code == 404
    for name, many in {
        "cases": "cases",
        "documents": "documents",
        "conversation": "lines",
        "tasks": "tasks",
        "submissions": "submissions",
        "timeline": "events",
        "planned": "planned",
        "trail": "lines",
        "protocols": "protocols",
        "figures": "tables",
    }.items():
        assert found[name][many], f"nothing was told under {name}"
    assert found["cases"]["views"] == {"mine": "view=mine"}
    assert {"number": 7101, "name": "Carla"} in found["cases"]["people"]
    written = {line.action for line in await inside.world.database.read(audit.lines)}
    assert {"case.list", "case.api", "figures.read", *(f"case.api.{one[1:]}" for one in PARTS if one)} <= written


async def test_what_the_page_of_a_case_shows_is_told(inside: Desk, number: str) -> None:
    """Every sentence of the case, its criteria, plans and timeline stands on the pages, word for word."""
    page = unescape(await inside.sees(f"/desk/cases/{number}"))

    async def told(part: str = "") -> Any:
        return (await inside.http.get(f"/desk/api/cases/{number}{part}")).json()

    case = await told()
    for text in (case["title"], *case["facts"], *case["papers"].values()):
        assert text.partition("?")[0] in page, text
    for finding in case["criteria"]:
        assert all(text in page for text in (*finding["why"], *finding["evidence"]))
    for one in (await told("/conversation"))["lines"]:
        assert one["text"] in page
    assert all(one["text"] in page for one in (await told("/planned"))["planned"])
    assert all(one["protocol"] in page for one in (await told("/protocols"))["protocols"])
    assert page.count('<tr><th scope="row">') >= len((await told("/trail"))["lines"])
    timeline = unescape(await inside.sees(f"/desk/cases/{number}/timeline"))
    happened = (await told("/timeline"))["events"]
    assert {one["kind"] for one in happened} >= {"message", "note", "answer", "document", "stage", "submission", "task"}
    assert all(one["text"] in timeline and one["body"] in timeline for one in happened)


async def test_a_timeline_is_told_page_by_page_and_kind_by_kind(inside: Desk, number: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(events, "PAGE", 4)
    asked, seen = "", []
    while asked is not None:
        page = (await inside.http.get(f"/desk/api/cases/{number}/timeline?{asked}")).json()
        seen += page["events"]
        asked = page["next"]
    monkeypatch.undo()
    whole = (await inside.http.get(f"/desk/api/cases/{number}/timeline")).json()["events"]
    assert seen == whole
    notes = (await inside.http.get(f"/desk/api/cases/{number}/timeline?kind=note")).json()["events"]
    assert [one["body"] for one in notes] == ["call on Monday"]


async def test_nobody_but_the_roster_gets_a_word(desk: Desk) -> None:
    await desk.world.patient().asks_for_a_person()
    number = (await desk.world.case()).number
    addresses = [
        "/desk/openapi.json",
        "/desk/api/cases",
        "/desk/api/figures",
        *(f"/desk/api/cases/{number}{one}" for one in PARTS),
    ]
    for address in addresses:
        answer = await desk.http.get(address)
        assert (answer.status_code, answer.content) == (403, b""), address
    assert await desk.enters() == 204
    known = await desk.world.database.read(lambda tx: coordinators.get(tx, 7101))
    assert known
    await desk.world.database.transact(lambda tx: coordinators.save(tx, replace(known, active=False)))
    for address in addresses:
        assert (await desk.http.get(address)).status_code == 403, address
