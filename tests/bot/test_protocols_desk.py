"""/protocols at the desk: the table in the topic of its case, and nowhere that somebody else could read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.wording import trials
from flows.response import QuestionnaireResponse
from flows.trials.table import table
from storage import chats, consents
from tests.bot.desk_world import CATALOGUES, DEFINITION, Person, World, plain
from tests.bot.suited import told_everything
from tests.flows.answering import SUITED, answered


@pytest.fixture
def begins() -> datetime:
    return datetime(2026, 11, 15, 10, tzinfo=UTC)


async def test_the_table_is_in_the_topic_and_fits_a_phone(world: World, carla: Person) -> None:
    await told_everything(world)
    topic = await carla.at()
    await topic.says("/protocols")
    shown = world.find("Protocols and the answers of CL-", thread=topic.thread)
    grid = [line for line in shown.text.splitlines() if line[:8].isdigit()]
    assert len(grid) == sum(one.registry.open for one in DEFINITION.protocols)
    assert max(map(len, grid)) <= 30
    assert "more take nobody now" in shown.text
    await topic.says("/protocols all")
    assert len([line for line in world.messages[-1].text.splitlines() if line[:8].isdigit()]) == 41
    assert len(world.messages[-1].text) < 4096


async def test_one_protocol_says_why_and_what_would_decide(world: World, carla: Person) -> None:
    await told_everything(world)
    topic = await carla.at()
    await topic.says("/protocols nct05679687")
    text = topic.sees
    assert "+ age: met" in text
    assert "ECOG <=1" in text
    assert "Would decide it: a donor transplant is intended afterwards" in text
    assert "Older than 90 days: check the registry" not in text
    assert "approved by: nobody yet" in text
    await topic.says("/protocols NCT00000000")
    assert "There is no such protocol" in topic.sees


async def test_it_is_read_in_the_topic_or_by_the_holder_only(world: World, carla: Person) -> None:
    await told_everything(world)
    number = (await world.case()).number
    await carla.says(f"/protocols {number}")
    assert "The card is in the topic of the case" in carla.sees
    private = carla.in_private()
    await private.says(f"/protocols {number}")
    assert "Protocols and the answers" not in private.sees
    await (await carla.at()).presses("Claim")
    await private.says(f"/protocols {number}")
    assert "Protocols and the answers" in private.sees
    assert "Protocols" not in world.patient().sees


async def test_what_is_stale_or_unapproved_or_not_allowed_is_not_passed_on(world: World, carla: Person) -> None:
    await told_everything(world)
    topic = await carla.at()
    await topic.says("/protocols send NCT05679687")
    assert "has not said yes to showing this case" in topic.sees
    await allow(world)
    await topic.says("/protocols send NCT05679687")
    assert "Not passed on. Approved by nobody yet: NCT05679687." in topic.sees
    world.now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    await topic.says("/protocols send NCT05679687")
    assert "Older than 90 days (read 22 August 2026): NCT05679687." in topic.sees
    assert "Nothing here is a decision" not in topic.sees


async def allow(world: World) -> None:
    def share(tx: object) -> None:
        chat = chats.of_telegram(tx, 501)
        consents.add(tx, chat.id, "share", given=True, text_version="1", text_hash="h", language="en")

    await world.database.transact(share)


async def test_an_approved_fresh_row_can_be_passed_on(world: World, carla: Person) -> None:
    approved = tuple(replace(one, approved="Dr Lee") for one in DEFINITION.protocols)
    world.house = replace(world.house, definition=replace(DEFINITION, protocols=approved))
    world.casework._house = world.house
    await told_everything(world)
    await allow(world)
    topic = await carla.at()
    await topic.says("/protocols send NCT05679687")
    assert "Nothing here is a decision" in topic.sees
    assert "approved by: Dr Lee" in topic.sees


def test_in_arabic_the_grid_stays_in_its_order_and_every_message_fits() -> None:
    response: QuestionnaireResponse = answered(SUITED)
    words = CATALOGUES["ar"]
    rows = table(DEFINITION, response, today=datetime(2026, 11, 29, tzinfo=UTC).date())
    shown = trials.table(words, "CL-7KQ4M", rows, hidden=0)
    assert len(shown.text) < 4096
    grid = shown.text.split("<pre>")[1].split("</pre>")[0]
    assert grid.isascii()
    assert all(len(plain(trials.one(words, DEFINITION, row).text)) < 4096 for row in rows)
