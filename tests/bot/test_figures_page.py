"""The page of figures and its files: counts, and nobody's words."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from bot.rounds.tallying import Tallying
from bot.web.desk.figures import as_csv, as_xlsx
from bot.wording.figures import Table
from flows.inputs import Control, Press
from storage import audit, cases, chats, coordinators, relay, responses
from storage.keeping import erasure
from storage.transaction import Transaction
from tests.bot.desk_world import Person
from tests.bot.web_desk import Desk


@pytest.fixture
async def desk(desk: Desk, carla: Person) -> Desk:
    assert await desk.enters() == 204
    return desk


def cells(text: str) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row}


async def test_figures_count_who_came_how_far_and_how_soon_they_were_answered(desk: Desk) -> None:
    world = desk.world
    for number, language in ((501, "ru"), (502, "ru"), (503, "ar")):
        patient = world.patient(number, language)
        if number != 503:
            await patient.begins()
        await patient.asks_for_a_person()
    await world.patient(501).says("SECRETWORD7")
    carla = Person(world=world, number=7101, name="Carla")
    await carla.presses("Claim")
    (held,) = [n for n in (501, 502, 503) if (await world.case(n)).holder]
    world.later(minutes=30)
    await (await carla.at(held)).says("/r Good morning")
    text = (await desk.http.get("/desk/figures/export/csv")).text
    found = cells(text)
    assert found["Began"] == ["2"]
    assert found["Finished"] == ["0"]
    assert found["Cases opened"] == ["3"]
    assert found["Answered"] == ["1"]
    assert found["Half of them within"] == ["30 minutes"]
    assert found["nobody yet"] == ["2"]
    assert found["Русский"] == ["2"]
    assert sum(int(row[1]) for row in found.values() if len(row) == 2 and row[1].isdigit()) == 2, "both stand at a question"
    page = await desk.sees("/desk/figures?days=7")
    assert "Where people stop" in page
    assert not any("SECRETWORD7" in one for one in (text, page))
    actions = [line.action for line in await world.database.read(audit.lines)]
    assert actions.count("figures.read") == 2


async def test_everybody_is_counted_once_and_as_they_are_now(desk: Desk) -> None:
    """Many more than fit on a page; whoever goes on stands at the next question and no longer at the one before."""
    world, many = desk.world, 620
    first = world.patient()
    await first.begins()
    await first.asks_for_a_person()

    def copies(tx: Transaction) -> None:
        stored = responses.current(tx, chats.of_telegram(tx, 501).id)
        assert stored
        for number in range(1000, 1000 + many):
            chat = chats.lock(tx, number)
            body = stored.body.replace(stored.id, f"copy-{number}")
            responses.save(tx, chat.id, f"copy-{number}", stored.questionnaire, stored.revision, stored.status, body)
            case = cases.open_case(tx, chat.id, urgency="routine", reason="human", stage="contact")
            relay.add(tx, case.id, direction="out", author=7101, body="Good morning")

    await world.database.transact(copies)
    tallying = Tallying(database=world.database, house=world.house)
    assert await tallying.catch_up(world.now - timedelta(days=7), most=100) > 0
    assert cells((await desk.http.get("/desk/figures/export/csv")).text)["Not counted yet, or counted as they were before"]
    await tallying.run()
    found = cells((await desk.http.get("/desk/figures/export/csv")).text)
    assert (found["Began"], found["Cases opened"], found["Answered"]) == ([f"{many + 1}"], [f"{many + 1}"], [f"{many}"])
    assert "Not counted yet, or counted as they were before" not in found
    stands = {name: int(row[1]) for name, row in found.items() if len(row) == 2 and row[1].isdigit() and int(row[1])}
    assert list(stands.values()) == [many + 1]
    await first.does(Press(control=Control.CONTINUE))
    await first.says("A family member")
    went_on = cells((await desk.http.get("/desk/figures/export/csv")).text)
    assert went_on["Began"] == [f"{many + 1}"]
    now = {name: int(row[1]) for name, row in went_on.items() if len(row) == 2 and row[1].isdigit() and int(row[1])}
    assert sorted(now.values()) == [1, many]
    case = await world.case()
    await world.database.transact(lambda tx: erasure.erase(tx, case.chat_id))
    assert cells((await desk.http.get("/desk/figures/export/csv")).text)["Began"] == [f"{many + 1}"], "a count names nobody"


async def test_no_cell_of_a_file_is_a_formula(desk: Desk) -> None:
    await desk.world.database.transact(lambda tx: coordinators.put(tx, 7102, name='=HYPERLINK("http://x")', language="en"))
    table = Table(title="=1+1", columns=("@a", "+b"), rows=(('=HYPERLINK("http://x")', 3), ("-2+3", 4)))
    text = as_csv((table,)).decode()
    assert all(not row[0].startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row)
    with zipfile.ZipFile(io.BytesIO(as_xlsx((table,)))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK" in strings
    answer = await desk.http.get("/desk/figures/export/xlsx?days=7")
    assert answer.content.startswith(b"PK")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    await desk.sees("/desk/figures/export/exe", 404)
