"""What was sent to hospitals and what came of it, as coordinators write it down: by words and by buttons."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage import audit, chats, consents
from storage.desk import submissions
from tests.bot.desk_world import Person, World


@pytest.fixture
def begins() -> datetime:
    return datetime(2026, 11, 29, 10, tzinfo=UTC)


async def says_yes_to_sharing(world: World) -> None:
    """And the family knows of the hospitals."""

    def yes(tx: object) -> None:
        chat = chats.of_telegram(tx, 501)
        for one in ("example-1", "example-2"):
            audit.write(tx, actor="7101", action="hospital.known", object=f"case:{case.id}", detail=one)
        consents.add(tx, chat.id, "share", given=True, text_version="1", text_hash="0", language="en")

    case = await world.case()
    await world.database.transact(yes)


async def log(world: World) -> list[submissions.Submission]:
    case = await world.case()
    return await world.database.read(lambda tx: submissions.of_case(tx, case.id))


async def test_nothing_is_submitted_before_the_yes(world: World, topic: Person) -> None:
    await topic.says("/submit example-1")
    assert "has not said yes to showing this case to hospitals" in topic.sees
    assert await log(world) == []


async def test_no_case_goes_to_a_hospital_that_the_family_has_not_heard_of(world: World, topic: Person) -> None:
    def yes(tx: object) -> None:
        chat = chats.of_telegram(tx, 501)
        consents.add(tx, chat.id, "share", given=True, text_version="1", text_hash="0", language="en")

    await world.database.transact(yes)
    await topic.says("/submit example-1")
    assert "no message has named Example Hospital One yet" in topic.sees
    assert await log(world) == []
    await topic.presses("Tell the family")
    told = "We would like to show your case to Example Hospital One in Shanghai."
    assert told in world.patient().sees
    await topic.presses("Sent today")
    assert [one.centre for one in await log(world)] == ["example-1"]
    await topic.says("/submit example-2 2026-11-20")
    await topic.presses("They know it already")
    await topic.says("/submit example-2 2026-11-20")
    assert [one.centre for one in await log(world)] == ["example-1", "example-2"]
    assert "Example Hospital Two" not in world.patient().sees


async def test_a_decline_without_a_reason_offers_the_reasons(world: World, topic: Person) -> None:
    await says_yes_to_sharing(world)
    await topic.says("/submit example-1")
    await topic.says("/submission 1 declined no place at all")
    await topic.presses("The hospital has no place now")
    assert (await log(world))[0].state == "declined"


async def test_a_submission_from_sent_to_accepted_for_screening(world: World, topic: Person) -> None:
    await says_yes_to_sharing(world)
    await topic.says("/submit example hospital one 2026-11-20 by mail, with the summary")
    assert "Carla: Example Hospital One, Shanghai, 20 November 2026: sent" in topic.sees
    assert "“by mail, with the summary”" in topic.sees
    assert "The case is still at “First contact”" not in topic.sees  # from there it cannot go to a hospital anyway
    await topic.says("/submission 1 questions 2026-11-24 Dr Li: which regimen was the last one?")
    await topic.says("/submission 1 answered")
    await topic.says("/submission 1 received 2026-11-01")
    assert "lies before what is written down already" in topic.sees
    await topic.says("/submission")
    await topic.presses("1. Example Hospital One, Shanghai")
    await topic.presses("accepted for screening")
    (one,) = await log(world)
    assert [line.state for line in one.lines] == ["sent", "questions", "answered", "screening"]
    assert (one.state, one.lines[1].body) == ("screening", "Dr Li: which regimen was the last one?")
    assert one.lines[3].day.isoformat() == "2026-11-29"
    assert "Hospitals: Example Hospital One, Shanghai: accepted for screening (29 November 2026)" in topic.sees
    lines = await world.database.read(audit.lines)
    assert [line.action for line in lines if line.action.startswith("submission.")] == [
        *("submission.sent", "submission.questions", "submission.answered", "submission.screening")
    ]
    assert not [line for line in lines if "regimen" in line.detail]
    assert "Example Hospital" not in world.patient().sees


async def test_a_hospital_declines_for_a_reason_and_may_be_asked_again(world: World, topic: Person) -> None:
    await says_yes_to_sharing(world)
    await topic.says("/submit")
    await topic.presses("Example Hospital Two, Beijing")
    await topic.says("/submit example-2")
    assert "This hospital has the case already" in topic.sees
    await topic.says("/submission 1 declined")
    assert "/submission 1 declined criteria 2026-11-20" in topic.sees
    await topic.says("/submission 1")
    await topic.presses("declined")
    await topic.presses("The hospital has no place now")
    assert "declined; The hospital has no place now" in topic.sees
    await topic.says("/submission 1 received")
    assert "That cannot follow here" in topic.sees
    await topic.says("/submit example-2")
    assert [one.state for one in await log(world)] == ["declined", "sent"]


async def test_no_protocol_that_is_old_or_approved_by_nobody_goes_along(world: World, topic: Person) -> None:
    await says_yes_to_sharing(world)
    await topic.says("/submit example-1 NCT05679687")
    assert "Approved by nobody yet: NCT05679687" in topic.sees
    await topic.says("/submit example-1 NCT00000000")
    assert "There is no such protocol" in topic.sees
    await topic.says("/submit example-1 2026-13-41")
    assert "I did not find a date" in topic.sees
    assert await log(world) == []


async def test_only_the_holder_writes_into_the_log(world: World, topic: Person) -> None:
    await says_yes_to_sharing(world)
    mei = await (await world.coordinator("Mei", 7102)).at()
    await mei.says("/submit example-1")
    assert "Carla holds this case" in mei.sees
    assert await log(world) == []
    await topic.says("/submission 4 received")
    assert "There is no such submission" in topic.sees


async def test_erasing_takes_the_log_along(world: World, topic: Person) -> None:
    await says_yes_to_sharing(world)
    await topic.says("/submit example-1")
    (one,) = await log(world)
    await world.database.transact(lambda tx: chats.erase(tx, 1))
    assert await world.database.read(lambda tx: submissions.of_case(tx, one.case_id)) == []
