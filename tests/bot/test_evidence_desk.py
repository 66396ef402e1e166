"""Raising evidence at the desk: by command and by button, told in the topic, audited, and begun anew when an answer changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.wording.counter import descriptions
from storage import audit, chats
from storage.desk import evidence
from storage.records import record_marks
from tests.bot.desk_world import CATALOGUES, Person, World
from tests.bot.suited import answers_now, told_everything


@pytest.fixture
def begins() -> datetime:
    return datetime(2026, 11, 15, 10, tzinfo=UTC)


async def test_a_coordinator_checks_and_a_hospital_confirms(world: World, carla: Person) -> None:
    await told_everything(world)
    topic = await carla.at()
    await topic.says("/evidence 7 confirmed")
    assert "once the case is at a hospital" in topic.sees
    await topic.says("/evidence 7 checked")
    assert "Carla: evidence of “Daily activity (ECOG)” is now checked by a coordinator." in topic.sees
    await topic.says("/case")
    assert "Daily activity (ECOG): ✔ met (checked by a coordinator" in topic.sees
    await topic.says("/evidence 7 checked")
    assert "This evidence is as high already" in topic.sees
    await topic.says("/evidence 12 checked")
    assert "Write the number of the criterion" in topic.sees
    lines = await world.database.read(audit.lines)
    assert [line.detail for line in lines if line.action == "evidence.raised"] == ["ecog checked"]
    assert "checked" not in world.patient().sees


async def test_a_button_gives_the_next_grade(world: World, carla: Person) -> None:
    await told_everything(world)
    topic = await carla.at()
    await topic.says("/case")  # the card with all answers
    await topic.presses("Evidence…")
    await topic.presses("8. No active CNS disease: checked")
    assert "evidence of “No active CNS disease” is now checked" in topic.sees


async def test_a_changed_answer_begins_anew(world: World, carla: Person) -> None:
    await told_everything(world)
    topic = await carla.at()
    await topic.says("/evidence 7 checked")
    await answers_now(world, ecog="LA9624-3")
    await topic.says("/case")
    assert "Daily activity (ECOG): ✔ met (told; borderline: " in topic.sees
    await answers_now(world)
    await topic.says("/case")
    assert topic.sees.count("Daily activity (ECOG): ✔ met (checked by a coordinator") == 2  # when it was raised, and now


async def test_a_filed_record_is_seen_and_old_daily_activity_needs_an_update(world: World, carla: Person) -> None:
    await told_everything(world)

    def filed(tx: object) -> None:
        chat = chats.of_telegram(tx, 501)
        record_marks.put(tx, chat.id, "virology", "received")
        evidence.told(tx, chat.id, "ecog")

    await world.database.transact(filed)
    topic = await carla.at()
    await topic.says("/case")
    assert "No uncontrolled infection: ✔ met (a document came)" in topic.sees
    assert "needs update" not in topic.sees
    world.later(days=15)
    await topic.says("/case")
    assert "from 15 November 2026, good for 14 days" in topic.sees


def test_the_desk_s_help_names_both_commands() -> None:
    assert {"evidence", "protocols"} <= set(descriptions(CATALOGUES["ar"]))
