"""A way closes: the reason is the desk's, the family is asked for one yes, and a change is told to the desk once and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.effects.scene import House
from bot.rounds.watch import Watch
from flows.inputs import Control, Press
from storage import audit, cases, chats, consents
from storage.desk import closed_paths
from tests.bot.desk_world import GROUP, Patient, Person, World


@pytest.fixture
def begins() -> datetime:
    return datetime(2026, 11, 29, 10, tzinfo=UTC)


@pytest.fixture
async def maria(world: World, topic: Person) -> Patient:
    """Her way is closed, for want of a protocol that takes patients."""
    with_fewer_protocols(world, 0)
    await topic.says("/stage declined")
    await topic.presses("No protocol takes patients now")
    return world.patient()


def with_fewer_protocols(world: World, count: int) -> None:
    """The list of protocols as a clinic keeps it: it changes with a start."""
    from tests.bot.desk_world import DEFINITION

    world.house = House(
        definition=replace(DEFINITION, protocols=DEFINITION.protocols[:count]),
        catalogues=world.house.catalogues,
        wire=world.house.wire,
        desk_chat=GROUP,
        desk_language="en",
    )
    world.casework._house = world.house


async def rescreens(world: World) -> str:
    """What is new in General."""
    before = len(world.messages)
    await Watch(database=world.database, house=world.house, wake=lambda: None).rescreen()
    await world.deliver()
    return "\n".join(one.text for one in world.messages[before:] if (one.chat, one.thread) == (GROUP, None))


async def agreed(world: World) -> bool | None:
    def read(tx: object) -> bool | None:
        return consents.current(tx, chats.of_telegram(tx, 501).id).get("recontact")

    return await world.database.read(read)


async def test_the_reason_is_kept_and_the_family_hears_nothing_of_it(world: World, topic: Person, maria: Patient) -> None:
    case = await world.case()
    (one,) = await world.database.read(lambda tx: closed_paths.of_case(tx, case.id))
    assert (one.reason, one.by) == ("not-open", 7101)
    assert "No protocol takes patients now. The family has not been told" in topic.sees
    assert "protocol" not in maria.sees
    await topic.says("/path the hospital has no place")
    await topic.says("/path")
    assert "The hospital has no place now" in topic.sees
    assert [line.detail for line in await world.database.read(audit.lines) if line.action == "path.closed"] == [
        *("not-open", "no-place")
    ]


async def test_a_decline_of_a_hospital_is_a_closed_way_too(world: World, topic: Person) -> None:
    def yes(tx: object) -> None:
        chat = chats.of_telegram(tx, 501)
        consents.add(tx, chat.id, "share", given=True, text_version="1", text_hash="0", language="en")

    await world.database.transact(yes)
    await topic.says("/submit example-1")
    await topic.presses("They know it already")
    await topic.presses("Sent today")
    await topic.says("/submission 1 declined no-place")
    case = await world.case()
    assert [one.reason for one in await world.database.read(lambda tx: closed_paths.of_case(tx, case.id))] == ["no-place"]


async def test_the_family_says_whether_it_may_be_written_to_and_may_change_that(
    world: World, topic: Person, maria: Patient
) -> None:
    assert await agreed(world) is None
    await topic.presses("Ask the family whether we may write again")
    assert "May we write to you again then?" in maria.sees
    assert "This is no promise" in maria.sees
    await maria.taps("Yes, you may write to me")
    assert await agreed(world) is True
    assert "The family may be written to again when something changes" in topic.sees
    await maria.taps("No, please do not write")
    assert await agreed(world) is False


async def test_a_change_is_told_to_the_desk_once_after_a_yes(world: World, topic: Person, maria: Patient) -> None:
    with_fewer_protocols(world, 41)
    assert await rescreens(world) == ""  # nobody asked the family yet
    await maria.does(Press(control=Control.RECONTACT, number=1))
    before = maria.sees
    told = await rescreens(world)
    assert "Closed ways that are worth another look" in told
    assert (await world.case()).number in told
    assert "new in the list, takes patients" in topic.sees
    assert "Nobody has told the family" in topic.sees
    assert await rescreens(world) == ""
    assert maria.sees == before


@pytest.mark.parametrize("state", ["stopped", "in_memory"])
async def test_nobody_is_looked_for_again_who_wants_no_messages(
    world: World, topic: Person, maria: Patient, state: str
) -> None:
    await maria.does(Press(control=Control.RECONTACT, number=1))
    await maria.does(Press(control=Control.STOP if state == "stopped" else Control.REMEMBER, number=1))
    with_fewer_protocols(world, 41)
    assert await rescreens(world) == ""


async def test_a_closed_case_is_opened_anew_by_one_tap_and_only_once(world: World, topic: Person, maria: Patient) -> None:
    await maria.does(Press(control=Control.RECONTACT, number=1))
    await topic.says("/close no-programme")
    first = await world.case()
    with_fewer_protocols(world, 41)
    assert first.number in await rescreens(world)
    await topic.presses("Open a new case for this family")
    second = await world.case()
    assert second.id != first.id
    assert second.closed_at is None
    assert "Opened anew by the desk" in world.read(GROUP)
    assert "a case is open already" in await topic.presses("Open a new case for this family")
    assert len(await world.database.read(lambda tx: cases.of_chat(tx, second.chat_id))) == 2


async def test_without_a_yes_no_case_is_opened(world: World, topic: Person, maria: Patient) -> None:
    await maria.does(Press(control=Control.RECONTACT, number=1))
    await topic.says("/close no-programme")
    with_fewer_protocols(world, 41)
    await rescreens(world)
    await maria.does(Press(control=Control.RECONTACT, number=0))
    assert "has not said" in await topic.presses("Open a new case for this family")
