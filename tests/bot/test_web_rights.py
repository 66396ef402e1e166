"""Who may do what on the web: every kind of person, every address, every verb. A new address without a line here fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from bot.casework.on_page import DEEDS
from bot.dossier.making import Making
from bot.previews import Previews
from bot.web.desk.pages import Pages
from storage import coordinators, documents
from storage.rows import Part
from storage.schema.document_tables import DocumentParts
from storage.tables import table
from storage.transaction import Transaction
from tests.bot.desk_world import Person, World
from tests.bot.web_desk import Desk

CARLA, MEI, LENA, ADA, RITA, GONE, FAMILY, STRANGER, NOBODY = 7101, 7102, 7103, 7104, 7105, 7106, 502, 7199, 0
STAFF = {CARLA: "coordinator", MEI: "coordinator", LENA: "lead", ADA: "administrator", RITA: "reader"}
READS = frozenset(STAFF)
LETS_IN = frozenset({LENA, ADA})
ACTS = READS - {RITA}
HOLDS_OR_LEADS = frozenset({CARLA, LENA, ADA})
KINDS = {
    CARLA: "who holds the case",
    MEI: "another coordinator",
    LENA: "a lead",
    ADA: "an administrator",
    RITA: "who only reads",
    GONE: "who worked here once",
    FAMILY: "another family",
    STRANGER: "a stranger",
    NOBODY: "an anonymous administrator or a channel",
}

# Method and address as in the program -> who gets in. What everybody may open says nothing about anybody.
OPEN = {("GET", "/desk/"), ("POST", "/desk/enter"), ("GET", "/desk/static/{name}")}
RIGHTS = {
    ("GET", "/desk/cases"): READS,
    ("POST", "/desk/cases"): ACTS,
    ("POST", "/desk/views"): READS,
    ("POST", "/desk/language"): READS,
    ("GET", "/desk/figures"): READS,
    ("GET", "/desk/figures/export/{format}"): READS,
    ("GET", "/desk/hospitals"): LETS_IN,
    ("POST", "/desk/hospitals"): LETS_IN,
    ("GET", "/desk/openapi.json"): READS,
    ("GET", "/desk/api/cases"): READS,
    ("GET", "/desk/api/cases/{number}"): READS,
    ("GET", "/desk/api/cases/{number}/documents"): READS,
    ("GET", "/desk/api/cases/{number}/conversation"): READS,
    ("GET", "/desk/api/cases/{number}/tasks"): READS,
    ("GET", "/desk/api/cases/{number}/submissions"): READS,
    ("GET", "/desk/api/cases/{number}/planned"): READS,
    ("GET", "/desk/api/cases/{number}/protocols"): READS,
    ("GET", "/desk/api/cases/{number}/timeline"): READS,
    ("GET", "/desk/api/cases/{number}/trail"): READS,
    ("GET", "/desk/api/figures"): READS,
    ("GET", "/desk/cases/{number}"): READS,
    ("POST", "/desk/cases/{number}"): ACTS,
    ("GET", "/desk/cases/{number}/timeline"): READS,
    ("GET", "/desk/cases/{number}/files/{part}"): READS,
    ("GET", "/desk/cases/{number}/files/{part}/look"): READS,
    ("GET", "/desk/cases/{number}/dossier"): READS,
    ("GET", "/desk/cases/{number}/packet"): READS,
    ("GET", "/desk/cases/{number}/export/{format}"): READS,
}
VERBS = {
    "claim",
    "take-over",
    "release",
    "hand-over",
    "close",
    "acknowledge",
    "stage",
    "note",
    "reply",
    "undo",
    "lab",
    "lab-back",
}
MADE = {  # apart, for a second or so
    ("GET", "/desk/cases/{number}/dossier"),
    ("GET", "/desk/cases/{number}/packet"),
}
FILLED = {"name": "desk.css", "format": "csv"}


@dataclass(frozen=True)
class House:
    desk: Desk
    number: str
    plain: int
    guarded: int

    def at(self, address: str) -> str:
        for name, value in {**FILLED, "number": self.number, "part": str(self.plain)}.items():
            address = address.replace(f"{{{name}}}", value)
        return address

    def comes(self, person: int) -> None:
        """With the cookie that this person would have if they had one: signed, for their number."""
        self.desk.http.cookies.clear()
        self.desk.http.cookies.set("careline_desk", self.desk.frame.door.cookie(person))

    async def asks(self, method: str, address: str, person: int) -> int:
        self.comes(person)
        token = self.desk.frame.door.token(person)
        verb = {"/desk/hospitals": "revoke", "/desk/cases": "claim"}.get(address, "note")
        sent = {"token": token, "verb": verb, "said": "a word", "language": "en", "name": "v", "query": "", "number": "1"}
        sent[f"case-{self.number}"] = "on"
        answer = await self.desk.http.request(method, self.at(address), data=sent if method == "POST" else None)
        return answer.status_code


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    world = World(tmp_path)
    desk = Desk(world)

    def staff(tx: Transaction) -> None:
        for number, role in STAFF.items():
            coordinators.put(tx, number, name=str(number), language="en", role=role)
        coordinators.put(tx, GONE, name="Gone", language="en", role="administrator", active=False)

    await world.database.transact(staff)
    patient, other = world.patient(), world.patient(FAMILY)
    await patient.begins()
    await patient.asks_for_a_person()
    await other.asks_for_a_person()
    await Person(world=world, number=CARLA, name="Carla").presses("Claim", on=(await world.case()).number)
    await patient.sends()
    await patient.sends()
    case = await world.case()
    plain, guarded = await world.database.transact(lambda tx: _kept(tx, desk, case.chat_id))
    yield House(desk=desk, number=case.number, plain=plain, guarded=guarded)
    await desk.http.aclose()
    await world.database.close()


def _kept(tx: Transaction, desk: Desk, chat_id: int) -> tuple[int, int]:
    """Two stored texts; the second is a passport."""
    passport = next(one.id for one in desk.world.house.definition.records if one.guarded)
    first, second = documents.for_chat(tx, chat_id)
    documents.file_under(tx, second.id, passport)
    ids = []
    for document in (first, second):
        (part,) = documents.parts(tx, document.id)
        _store(tx, desk, part)
        ids.append(part.id)
    return ids[0], ids[1]


def _store(tx: Transaction, desk: Desk, part: Part) -> None:
    blob = desk.vault.put([b"a letter of the hospital"], documents.blob_context(part)).id
    parts = table(DocumentParts)
    stored = {"blob": blob, "state": "stored", "content_type": "text/plain", "size": 24}
    tx.execute(parts.update().where(parts.c.id == part.id).values(**stored))


def test_every_address_of_the_program_has_a_line(house: House) -> None:
    world = house.desk.world
    making = Making(database=world.database, vault=house.desk.vault, house=world.house)
    previews = Previews(database=world.database, vault=making.vault, house=world.house)
    router = Pages(frame=house.desk.frame, do=world.casework.on_page, making=making, previews=previews).router()
    served = {(method, one.path) for one in router.routes if isinstance(one, APIRoute) for method in one.methods}
    assert served == OPEN | set(RIGHTS)
    assert set(DEEDS) == VERBS


@pytest.mark.parametrize("made", [False, pytest.param(True, marks=pytest.mark.slow)])
async def test_every_kind_of_person_at_every_address(house: House, made: bool) -> None:
    for (method, address), who in RIGHTS.items():
        for person, kind in KINDS.items():
            if person in who and ((method, address) in MADE) != made:
                continue
            status = await house.asks(method, address, person)
            if person in who:
                assert status not in {401, 403, 404, 405, 422, 500}, (method, address, kind, status)
            else:
                assert status == 403, (method, address, kind, status)


async def test_every_verb_of_every_kind_of_person(house: House) -> None:
    before = await house.desk.world.case()
    for person in set(KINDS) - ACTS:
        for verb in VERBS:
            house.comes(person)
            sent = {"token": house.desk.frame.door.token(person), "verb": verb, "said": "records"}
            answer = await house.desk.http.post(house.at("/desk/cases/{number}"), data=sent)
            assert answer.status_code == 403, (verb, KINDS[person])
    assert await house.desk.world.case() == before
    for person, holder in ((MEI, CARLA), (LENA, CARLA), (CARLA, None)):
        house.comes(person)
        sent = {"token": house.desk.frame.door.token(person), "verb": "release", "said": ""}
        await house.desk.http.post(house.at("/desk/cases/{number}"), data=sent)
        assert (await house.desk.world.case()).holder == holder, KINDS[person]


async def test_what_is_kept_apart_opens_for_who_holds_the_case_and_for_leads(house: House) -> None:
    for person, kind in KINDS.items():
        house.comes(person)
        answer = await house.desk.http.get(house.at("/desk/cases/{number}/files/") + str(house.guarded))
        expected = 200 if person in HOLDS_OR_LEADS else 404 if person in READS else 403
        assert answer.status_code == expected, kind
        look = await house.desk.http.get(house.at("/desk/cases/{number}/files/") + f"{house.guarded}/look")
        assert look.status_code == (404 if person in READS else 403), kind


async def test_open_pages_and_links_end_with_the_roster_and_with_the_group(house: House) -> None:
    """The roster is asked for every page, so that the next request is the last moment at which anything is seen."""
    world = house.desk.world
    carla = Person(world=world, number=CARLA, name="Carla")
    for ends in ("group", "roster"):
        known = await world.database.read(lambda tx: coordinators.get(tx, CARLA))
        assert known
        await world.database.transact(lambda tx, one=known: coordinators.save(tx, replace(one, active=True)))
        assert await house.asks("GET", "/desk/cases/{number}", CARLA) == 200
        if ends == "group":
            await world.casework.membership(carla._arrival(member=CARLA, present=False))
        else:
            ada = Person(world=world, number=ADA, name="Ada")
            await ada.says(f"/roster remove {CARLA}")
        for method, address in RIGHTS:
            assert await house.asks(method, address, CARLA) == 403, (ends, method, address)
