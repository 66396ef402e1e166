"""The morning digest: once a working day, one picture and five lines, and every figure in it is so."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from bot.effects import morning as ordering
from bot.rounds.morning import MORNING, Mornings, gathered
from bot.rounds.watch import Watch
from bot.wording import morning as wording
from storage import outbox
from storage.rows import OutboxRow
from tests.bot.desk_world import CATALOGUES, GROUP, Person, World

BEFORE_NINE = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # a Monday, half past eight in Shanghai


@pytest.fixture
def begins() -> datetime:
    return BEFORE_NINE


@pytest.fixture
async def carla(world: World) -> Person:
    return await world.coordinator("Carla", 7101)


async def looks(world: World) -> list[OutboxRow]:
    """The digests that are ordered when the watch passes by."""
    await Watch(database=world.database, house=world.house, wake=lambda: None).look()

    def take(tx: Any) -> list[OutboxRow]:
        rows = outbox.claim(tx, "desk", limit=20, lease=60)
        for row in rows:
            outbox.sent(tx, row.id, 1)
        return [row for row in rows if MORNING in row.payload]

    return await world.database.transact(take)


async def busy(world: World, carla: Person) -> None:
    """Twelve families in three languages, of several ages and fates."""
    for number in range(12):
        patient = world.patient(501 + number, language=("en", "ru", "ar", "ru")[number % 4])
        await patient.asks_for_a_person()
        if number < 5:
            await Person(world, 7101, "Carla", (await world.case(501 + number)).topic_id).says("/claim")
        if number == 6:
            await patient.says("He has a high fever and cannot breathe")
        world.later(days=(9, 4, 20, 1)[number % 4] / 4)
    topic = await carla.at(501)
    await topic.says("/next 2027-01-08 call the hospital")
    await (await carla.at(502)).says("/close other-care")
    await world.patient(503).says("Is there any news?")
    world.now = datetime(2027, 1, 15, 1, 5, tzinfo=UTC)  # a Friday morning
    await world.patient(520, language="ar").asks_for_a_person()


async def test_it_comes_once_when_the_desk_opens_and_not_on_free_days(world: World) -> None:
    assert await looks(world) == []
    world.later(minutes=31)
    (row,) = await looks(world)
    assert (row.method, row.chat_id, row.thread_id) == ("sendPhoto", GROUP, None)
    assert row.payload[MORNING]["since"].startswith("2026-11-20T01:00"), (
        "the first one looks back on the last working day, a Friday"
    )
    assert await looks(world) == []
    world.later(hours=5)
    assert await looks(world) == []
    world.later(hours=19)
    (row,) = await looks(world)
    assert row.payload[MORNING]["since"].startswith("2026-11-23T01:01")
    for _ in range(3):
        world.later(days=1)
        await looks(world)
    world.later(days=1)  # Saturday
    assert await looks(world) == []


async def test_a_program_that_was_down_in_the_morning_sends_none(world: World) -> None:
    world.later(hours=3)
    assert await looks(world) == []


async def test_every_figure_is_so(world: World, carla: Person) -> None:
    await busy(world, carla)
    digest = await world.database.read(lambda tx: gathered(tx, world.house, world.now - timedelta(days=1)))
    found = digest.figures
    assert (found.open, found.free, found.alarmed, found.opened, found.closed) == (12, 8, 1, 1, 0)
    assert sum(found.ages) == found.open
    assert found.ages[0] == 1
    assert dict(found.languages) == {"ru": 5, "en": 3, "ar": 4}
    assert found.funnel[0] >= found.funnel[2] >= found.funnel[3] >= found.funnel[4]
    assert digest.overdue == 1
    assert digest.late == 8  # seven that nobody took, and the family that asked for news
    first, *_ = text = wording.text(CATALOGUES["en"], CATALOGUES, digest).splitlines()
    assert "Since 14 January 2027, " in first
    assert "09:05" in first.replace("\u2068", "")
    assert text[1:4] == [
        "Nobody holds: 8, the oldest for 1 month.",
        "Waiting longer than promised: 8. Next steps overdue: 1.",
        "🚩 Red flags not acknowledged: 1.",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", CATALOGUES.languages)
async def test_one_picture_and_five_lines_in_every_language(world: World, carla: Person, language: str) -> None:
    await busy(world, carla)
    world.house.desk_language = language
    ordered = await world.database.transact(lambda tx: _ordered(tx, world))
    payload = {name: value for name, value in ordered.payload.items() if name != MORNING}
    row, files = await Mornings(database=world.database, house=world.house).send(
        replace(ordered, payload=payload), ordered.payload[MORNING]
    )
    assert len(row.payload["caption"].splitlines()) == 5
    assert len(row.payload["caption"]) < 1024
    picture = Image.open(io.BytesIO(files["photo"].data))
    assert picture.size == (1200, 768)
    assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 50  # bars and words, not a blank sheet


def _ordered(tx: Any, world: World) -> OutboxRow:
    ordering.order(tx, world.house)
    (row,) = (row for row in outbox.claim(tx, "desk", limit=99, lease=60) if MORNING in row.payload)
    return row


async def test_an_empty_desk_can_be_drawn_too(world: World) -> None:
    digest = await world.database.read(lambda tx: gathered(tx, world.house, world.now))
    assert digest.figures.open == 0
    panels = wording.panels(CATALOGUES["en"], CATALOGUES, digest)
    assert panels[3].counts == ()
    from bot.rounds.morning import drawn

    assert Image.open(io.BytesIO(drawn(panels, right_to_left=False))).size == (1200, 768)
