"""The timeline of a case: everything once, in order, page by page, in the reader's language, and nothing of another case."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.desk.events import SOURCES, Place
from bot.wording.timeline import KINDS
from storage import audit, coordinators, relay, reminders, responses
from storage.desk import submissions, tasks
from storage.transaction import Transaction
from tests.bot.desk_world import Person
from tests.bot.web_desk import Desk

ENTRY = re.compile(r'<li class="(\w+)">(.*?)</li>', re.DOTALL)
OLDER = re.compile(r'href="(\?kind=\w*&amp;before=[^"]+)" rel="next"')


@pytest.fixture
async def desk(desk: Desk, carla: Person) -> Desk:
    patient = desk.world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    assert await desk.enters() == 204
    return desk


async def events(desk: Desk, asked: str = "") -> list[tuple[str, str]]:
    """(kind, text) of every event on all pages."""
    number, found = (await desk.world.case()).number, []
    address = f"/desk/cases/{number}/timeline{asked}"
    for _ in range(20):
        page = await desk.sees(address)
        found += ENTRY.findall(page)
        older = OLDER.search(page)
        if not older:
            return found
        address = f"/desk/cases/{number}/timeline{older[1].replace('&amp;', '&')}"
    raise AssertionError("the pages do not end")


async def test_a_case_from_the_first_word_to_the_last_in_one_list(desk: Desk) -> None:
    world, patient = desk.world, desk.world.patient()
    world.later(minutes=1)
    await patient.says("Good <b>morning</b>")
    carla = await Person(world=world, number=7101, name="Carla").at()
    for said in ("/claim", "/note call on Monday", "/r Hello from us", "/stage records", "/task 2026-12-05 Ask the bank"):
        world.later(minutes=1)
        await carla.says(said)
    world.later(minutes=1)
    await patient.sends()
    case = await world.case()

    def more(tx: Transaction) -> None:
        made = submissions.add(tx, case.id, centre="example-1", protocols=(), state="sent")
        submissions.note(tx, made, state="sent", day=tx.now.date(), by=7101)
        due = reminders.add_follow_up(tx, case.chat_id, due_at=tx.now, text="How are you", author=7101, case_id=case.id)
        reminders.sent(tx, due)
        response = responses.current(tx, case.chat_id)
        assert response is not None
        responses.record_change(tx, response.id, "age", "[]", by="7101 from message 1")

    world.later(minutes=1)
    await world.database.transact(more)
    world.later(minutes=1)
    await carla.says("/close other")
    found = await events(desk)
    assert {kind for kind, _ in found} == set(KINDS) == set(SOURCES)
    text = "\n".join(one for _, one in found)
    for part in (
        *("The case was opened", "The questions were begun", "Yes to: sharing with hospitals", "Carla</bdi>: "),
        *("Good &lt;b&gt;morning&lt;/b&gt;", "holds the case from now on", "call on Monday", "Hello from us", "Moved to: "),
        *("Ask the bank", "Document received", "Example Hospital One", "How are you", "Closed: "),
    ):
        assert part in text, part
    assert any("Carla" in one for kind, one in found if kind == "answer")
    times = re.findall(r'datetime="([^"]+)"', text)
    assert times == sorted(times, reverse=True)
    assert times[0] > times[-1]
    for kind in KINDS:
        assert await events(desk, f"?kind={kind}") == [one for one in found if one[0] == kind]
    assert [line.action for line in await world.database.read(audit.lines)].count("case.timeline") == 1 + len(KINDS)


async def test_pages_show_everything_once_also_what_was_at_the_same_moment(desk: Desk) -> None:
    case = await desk.world.case()

    def many(tx: Transaction) -> None:
        for number in range(130):
            relay.add(tx, case.id, direction=("in", "note", "out")[number % 3], author=7101, body=f"word-{number:03}")
        for number in range(30):
            tasks.add(tx, case.id, item="", owner="desk", by=7101, body=f"task-{number:03}")

    await desk.world.database.transact(many)
    found = await events(desk)
    said = re.findall(r"(?:word|task)-\d{3}", "".join(text for _, text in found))
    assert len(said) == len(set(said)) == 160
    notes = re.findall(r"word-(\d{3})", "".join(text for _, text in await events(desk, "?kind=note")))
    assert [int(one) for one in notes] == [number for number in range(129, -1, -1) if number % 3 == 1]


async def test_another_cases_things_stay_there_and_nonsense_begins_anew(desk: Desk) -> None:
    await desk.world.patient(502).asks_for_a_person()
    await desk.world.patient(502).says("SECRETWORD7")
    found = await events(desk)
    for asked in ("?kind=money", "?before=x", "?before=99999999999999999~message~1", "?before=1~nothing~1", "?before=1~task~x"):
        assert await events(desk, asked) == found, asked
    assert "SECRETWORD7" not in str(found)
    await desk.sees("/desk/cases/CL-22222/timeline", 404)


async def test_it_speaks_the_readers_language(desk: Desk) -> None:
    await desk.world.database.transact(lambda tx: coordinators.put(tx, 7101, name="Carla", language="ar"))
    found = str(await events(desk))
    assert "The case was opened" not in found
    assert "فُتحت الحالة" in found


@settings(deadline=None)
@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - made aware below
    st.sampled_from(KINDS),
    st.integers(min_value=0, max_value=2**50),
)
def test_a_place_comes_back_from_an_address_as_it_was(at: datetime, kind: str, id_: int) -> None:
    place = Place(at=at.replace(tzinfo=UTC), kind=kind, id=id_)
    assert Place.read(str(place)) == place
    assert Place(at=place.at + timedelta(microseconds=1)) > place
