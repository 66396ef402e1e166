"""The clock moves: the program was down, the machine's clock jumps, the clocks of a country change. Each due message goes out once,
by day, and never many at once. All of it through the conversation and the store; only Telegram is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import planning
from bot.effects.scene import PATIENT
from storage import cases, chats, outbox, relay, reminders
from storage.records import record_marks
from tests.stages import SeamPatient, SeamStage, played

ASKED, MISSING = "Nobody watches this chat", "Still missing"
WEEK = "A week since the treatment"
ZONES = ["Europe/London", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Gaza", "Pacific/Chatham"]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> SeamStage:
    return played(
        tmp_path_factory.mktemp("before"),
        "Maria starts",
        "Maria taps: English",
        "Maria comes to: May we remind you",
        "Maria taps: Yes",
        "Maria comes to: Please check your answers",
        "Maria taps: Everything is right",
        "Maria taps: I will send everything later",
    )


@pytest.fixture
def stage(before: SeamStage, tmp_path: Path) -> Iterator[SeamStage]:
    with asyncio.Runner() as runner:
        made = before.copied(tmp_path, runner.get_loop())
        yield made
        made.stop()


@pytest.fixture
def maria(stage: SeamStage) -> SeamPatient:
    """Somebody whose questions are answered and who still owes every record."""
    return stage.people[0]


def work(stage: SeamStage, what: Any) -> Any:
    return stage.run(stage.database.transact(what))


def to(stage: SeamStage, moment: datetime) -> None:
    """The clock shows another moment; nobody has looked at it yet."""
    stage.clock.set_offset(moment - datetime.now(UTC))


def heard(stage: SeamStage, person: SeamPatient) -> str:
    """What came since somebody listened last; a tick for each row that the one before it put off."""
    person._act()
    for _ in range(3):
        stage.later(seconds=0)
    return person.read()


def owes_nothing(stage: SeamStage) -> None:
    def marked(tx: Any) -> None:
        for record in stage.house.definition.records:
            record_marks.put(tx, 1, record.id, "none")
        planning.replan(tx, stage.house, 1)

    work(stage, marked)


def day_zero(stage: SeamStage, day: date, zone: str = "Europe/London") -> None:
    """As a coordinator sets it: the case is saved, the plan is made anew."""

    def settle(tx: Any) -> None:
        chats.update(tx, 1, zone=zone)
        cases.save(tx, replace(cases.open_for(tx, 1), day_zero=day))
        planning.replan(tx, stage.house, 1)

    work(stage, settle)


def local(day: date, clock: str, zone: str = "Europe/London") -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(zone))


def today(stage: SeamStage) -> date:
    return stage.clock.now().date()


def waiting(stage: SeamStage) -> list[Any]:
    rows = work(stage, lambda tx: reminders.for_chat(tx, 1))
    return [row for row in rows if row.state == "planned"]


# ---- the program was down


@pytest.mark.parametrize("hours", [1, 48])
def test_what_was_due_while_the_program_was_down_goes_out_once_by_day_and_three_days_apart(
    stage: SeamStage, maria: SeamPatient, hours: int
) -> None:
    due = waiting(stage)[0].due_at
    began = datetime.combine(due.date(), time(2), tzinfo=UTC) + timedelta(days=1)  # in the middle of the night
    to(stage, began - timedelta(hours=hours))
    stage.restart()
    to(stage, began)
    got = []
    for hour in range(3, 160, 4):
        to(stage, began + timedelta(hours=hour, seconds=10 * hour))  # never a moment less than three days
        got += [hour] * heard(stage, maria).count(MISSING)
    assert [began.hour + hour for hour in got] == [9, 81, 153]
    assert len({row.subject for row in work(stage, lambda tx: reminders.for_chat(tx, 1)) if row.state == "sent"}) == 3


def test_a_start_by_day_sends_what_is_late_at_once_and_only_once(stage: SeamStage, maria: SeamPatient) -> None:
    day = waiting(stage)[0].due_at.date() + timedelta(days=2)
    to(stage, local(day, "12:00"))
    stage.restart()
    assert heard(stage, maria).count(MISSING) == 1
    stage.restart()
    assert heard(stage, maria).count(MISSING) == 0


def test_an_answer_a_second_before_takes_the_message_back(stage: SeamStage, maria: SeamPatient) -> None:
    to(stage, local(waiting(stage)[0].due_at.date() + timedelta(days=1), "12:00"))
    due = work(stage, lambda tx: reminders.due(tx, 10))
    assert due
    owes_nothing(stage)
    for reminder in due:
        stage.run(stage.conversation.remind(reminder))
    maria._act()
    maria.look()
    assert MISSING not in maria.read()


# ---- the machine's clock jumps


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=365)])
def test_a_clock_that_jumps_back_repeats_nothing_and_loses_nothing(
    stage: SeamStage, maria: SeamPatient, jump: timedelta
) -> None:
    owes_nothing(stage)
    zero = today(stage)
    day_zero(stage, zero)
    asked = local(zero + timedelta(days=7), "10:05")
    to(stage, asked)
    assert heard(stage, maria).count(WEEK) == 1
    to(stage, asked - jump)
    assert ASKED not in heard(stage, maria)
    to(stage, asked + timedelta(minutes=5))
    assert ASKED not in heard(stage, maria)
    to(stage, local(zero + timedelta(days=14), "10:05"))
    assert heard(stage, maria).count("Two weeks since the treatment") == 1


def test_a_clock_that_jumps_a_day_ahead_sends_once(stage: SeamStage, maria: SeamPatient) -> None:
    owes_nothing(stage)
    zero = today(stage)
    day_zero(stage, zero)
    to(stage, local(zero + timedelta(days=8), "10:05"))
    assert heard(stage, maria).count(WEEK) == 1
    to(stage, local(zero + timedelta(days=7), "10:05"))
    assert ASKED not in heard(stage, maria)


def test_a_clock_that_jumps_a_year_ahead_makes_no_storm(stage: SeamStage, maria: SeamPatient) -> None:
    """Records are asked for every third day, each as often as ever."""
    begin = local(today(stage) + timedelta(days=385), "00:30")
    days: dict[date, int] = {}
    for hour in range(0, 24 * 6, 4):
        to(stage, begin + timedelta(hours=hour, seconds=10 * hour))
        got = heard(stage, maria)
        if MISSING in got:
            shown = stage.clock.now().astimezone(ZoneInfo("Europe/London"))
            assert 9 <= shown.hour < 21
            days[shown.date()] = days.get(shown.date(), 0) + got.count(MISSING)
    assert set(days.values()) == {1}
    assert len(days) == 2  # in six days


def test_after_the_infusion_a_year_later_nothing_is_sent_late(stage: SeamStage, maria: SeamPatient) -> None:
    """Of ten check-ins that the year held none comes late, and nobody who has been treated is asked for records any more."""
    zero = today(stage)
    day_zero(stage, zero)
    begin = local(zero + timedelta(days=385), "00:30")
    for hour in range(0, 24 * 6, 12):
        to(stage, begin + timedelta(hours=hour, seconds=10 * hour))
        got = heard(stage, maria)
        assert ASKED not in got
        assert MISSING not in got
    to(stage, local(zero, "12:00") + timedelta(days=1))  # and back again: the programme goes on where it was
    day_zero(stage, zero)
    assert [row.kind for row in waiting(stage) if row.subject == "check-in"][:2] == ["check-in/day-7", "check-in/day-14"]


# ---- the clocks of a country change


def changes(zone: str, year: int) -> list[date]:
    """The days of a year on which this zone's clocks change."""
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    ends = [local(day, "00:00", zone).utcoffset() for day in [*days, date(year + 1, 1, 1)]]
    return [day for day, before, after in zip(days, ends, ends[1:], strict=False) if before != after]


def test_the_hour_on_the_wall_is_kept_when_the_clocks_change(stage: SeamStage, maria: SeamPatient) -> None:
    """Six zones, both ways, a year for each; the check-in of day 7 falls on the very day."""
    owes_nothing(stage)
    seen = 0
    for number, zone in enumerate(ZONES):
        for changing in changes(zone, 2027 + number):
            to(stage, local(changing - timedelta(days=7), "12:00", zone))
            day_zero(stage, changing - timedelta(days=7), zone)
            assert heard(stage, maria) == ""
            to(stage, local(changing, "09:59", zone))
            assert heard(stage, maria) == "", (zone, changing)
            to(stage, local(changing, "10:00", zone) + timedelta(seconds=5))
            assert heard(stage, maria).count(WEEK) == 1, (zone, changing)
            to(stage, local(changing, "11:30", zone))
            assert heard(stage, maria) == "", (zone, changing)
            seen += 1
    assert seen >= 2 * len(ZONES)


# ---- the follow-up programme


def test_check_ins_unfold_and_the_answer_goes_to_the_coordinator(stage: SeamStage, maria: SeamPatient) -> None:
    owes_nothing(stage)
    zero = today(stage)
    assert [row for row in waiting(stage) if row.subject == "check-in"] == []
    day_zero(stage, zero)
    assert len(waiting(stage)) == len(stage.house.definition.programme.rules)
    to(stage, local(zero + timedelta(days=7), "10:01"))
    got = heard(stage, maria)
    assert got.index(ASKED) < got.index(WEEK) < got.index("How are things today?")
    assert "[No more reminders]" in got
    maria.says("She eats well and sleeps badly")
    case = work(stage, lambda tx: cases.open_for(tx, 1))
    said = [line.body for line in work(stage, lambda tx: relay.history(tx, case.id)) if line.direction == "in"]
    assert said == ["She eats well and sleeps badly"]


def test_another_day_zero_moves_them(stage: SeamStage, maria: SeamPatient) -> None:
    owes_nothing(stage)
    zero = today(stage)
    day_zero(stage, zero)
    day_zero(stage, zero + timedelta(days=3))
    assert waiting(stage)[0].due_at == local(zero + timedelta(days=10), "10:00")
    assert len(waiting(stage)) == len(stage.house.definition.programme.rules)


def test_they_move_with_the_person_to_another_zone(stage: SeamStage, maria: SeamPatient) -> None:
    owes_nothing(stage)
    zero = today(stage)
    day_zero(stage, zero)
    day_zero(stage, zero, "Asia/Tashkent")
    assert waiting(stage)[0].due_at == local(zero + timedelta(days=7), "10:00", "Asia/Tashkent")


@pytest.mark.parametrize("way", ["stop", "died", "closed", "off"])
def test_one_tap_silences_them_all(stage: SeamStage, maria: SeamPatient, way: str) -> None:
    owes_nothing(stage)
    zero = today(stage)
    day_zero(stage, zero)
    if way == "closed":
        work(stage, lambda tx: cases.save(tx, replace(cases.open_for(tx, 1), stage="closed", closed_at=tx.now)))
        work(stage, lambda tx: planning.replan(tx, stage.house, 1))
    elif way == "off":
        to(stage, local(zero + timedelta(days=7), "10:01"))
        heard(stage, maria)
        maria.taps("No more reminders")
    else:
        maria.says("/stop")
        maria.taps("Stop all messages" if way == "stop" else "The patient has died")
        if way == "died":
            maria.taps("Yes, please stop everything")
    assert waiting(stage) == []
    for day in (14, 21, 28):
        to(stage, local(zero + timedelta(days=day), "12:00"))
        assert ASKED not in heard(stage, maria)
    assert work(stage, lambda tx: outbox.claim(tx, PATIENT, limit=10, lease=60)) == []
