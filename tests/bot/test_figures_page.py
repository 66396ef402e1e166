"""The page of figures and its files: counts, and nobody's words."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web.desk.figures import as_csv, as_xlsx
from bot.wording.figures import Table
from storage import audit, coordinators
from tests.bot.desk_world import Person, World
from tests.bot.test_desk_pages import Desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(World(tmp_path))
    await made.world.coordinator("Carla", 7101)
    assert await made.enters() == 204
    yield made
    await made.http.aclose()
    await made.world.database.close()


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
