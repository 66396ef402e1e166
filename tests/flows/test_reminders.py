"""Reminders: never in a quiet hour, never twice, never in a storm, never after a stop; through every change of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import records
from flows.reminders import SILENCE, Facts, Planned, follow_up, plan, record_starts, still
from flows.schedule.durations import Duration
from flows.schedule.quiet_hours import QuietHours, at_clock
from tests.examples import examples
from tests.flows.answering import SUITED, answered, definition

ZONES = [
    "Europe/London",
    "Europe/Moscow",
    "Asia/Riyadh",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Gaza",
    "America/Nuuk",
    "Antarctica/Troll",
    "Pacific/Apia",
    "Pacific/Chatham",
]
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
RULES = definition().reminders


def local(hour: int, day: int = 23, zone: str = "Europe/Moscow") -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def idle(since: datetime = MONDAY, **changes: object) -> Facts:
    """Somebody who stopped in the middle of the questions."""
    facts = Facts(
        language="ru", zone="Europe/Moscow", consents=frozenset({"reminders"}), starts={"last-answer": {"response": since}}
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def owing(*names: str, since: datetime = MONDAY, **changes: object) -> Facts:
    """Somebody who still has to send these records."""
    return idle(starts={"record-asked": dict.fromkeys(names, since)}, **changes)


# ---- what the rules say


def test_an_unfinished_intake_is_nudged_after_a_day() -> None:
    (nudge,) = plan(RULES, idle(local(15)), now=local(15))
    assert nudge == Planned("unfinished-intake", "response", 0, local(15, 24))


def test_the_gaps_grow_and_the_last_one_is_called_the_last() -> None:
    sent = (local(15, 24),)
    second = plan(RULES, idle(local(15), sent={("unfinished-intake", "response"): sent}), now=local(16, 24))
    assert second == (Planned("unfinished-intake", "response", 1, local(15, 26)),)
    sent = (local(15, 24), local(15, 26))
    third = plan(RULES, idle(local(15), sent={("unfinished-intake", "response"): sent}), now=local(16, 26))
    assert third == (Planned("unfinished-intake", "response", 2, local(15, 30), last=True),)
    sent = (local(15, 24), local(15, 26), local(15, 30))
    assert plan(RULES, idle(local(15), sent={("unfinished-intake", "response"): sent}), now=local(16, 30)) == ()


def test_an_answer_in_between_starts_a_new_row_and_numbers_go_on() -> None:
    sent = (local(15, 24), local(15, 26), local(15, 30))
    again = plan(
        RULES, idle(local(15, 30) + timedelta(hours=1), sent={("unfinished-intake", "response"): sent}), now=local(20, 30)
    )
    assert [(one.occurrence, one.last) for one in again] == [(3, False)]


def test_missing_records_come_every_third_day_and_not_all_at_once() -> None:
    planned = plan(RULES, owing("pathology", "imaging", "virology", since=local(15)), now=local(15))
    assert [(one.subject, one.due) for one in planned] == [
        ("pathology", local(15, 25)),
        ("imaging", local(15, 28)),
        ("virology", local(15, 28) + timedelta(days=3)),
    ]


def test_no_storm_after_two_days_down() -> None:
    facts = owing("pathology", "imaging", since=local(15, 1))
    first, second = plan(RULES, facts, now=local(3, 20))  # started in the middle of the night
    assert first.due == local(9, 20)
    assert second.due == local(9, 23)


def test_how_things_are_is_not_asked_behind_missing_records() -> None:
    """After the infusion nobody waits for weeks of reminders until they are asked how they are."""
    starts = {
        "record-asked": dict.fromkeys(("pathology", "imaging", "virology"), local(15, 1)),
        "task-asked": {"1": local(15, 1)},
        next(rule.starts for rule in RULES.rules if rule.starts.startswith("day-zero")): {"day-7": local(10, 13)},
    }
    planned = plan(RULES, idle(starts=starts), now=local(11, 20))
    assert (planned[0].subject, planned[0].due) == ("day-7", local(11, 20))
    assert [one.kind for one in planned[1:3]] == ["missing-record", "open-task"]  # and a task not behind every record


def test_records_are_no_more_asked_for_when_a_hospital_has_taken_the_patient_on() -> None:
    facts = owing("pathology", since=local(15), holds=frozenset({"accepted"}))
    assert plan(RULES, facts, now=local(15)) == ()


def test_what_ends_a_reminder() -> None:
    assert plan(RULES, idle(holds=frozenset({"completed"})), now=MONDAY) == ()
    assert plan(RULES, idle(holds=frozenset({"human-talk"})), now=MONDAY) == ()
    assert plan(RULES, owing("imaging", holds=frozenset({"completed"})), now=MONDAY) != ()
    assert plan(RULES, owing("imaging", ended=frozenset({("record-received", "imaging")})), now=MONDAY) == ()
    assert plan(RULES, owing("imaging", ended=frozenset({("record-none", "imaging")})), now=MONDAY) == ()
    for fact in ("reminders-off", "case-closed"):
        assert plan(RULES, owing("imaging", holds=frozenset({fact})), now=MONDAY) == ()
    assert plan(RULES, owing("imaging", consents=frozenset()), now=MONDAY) == ()


@pytest.mark.parametrize("fact", sorted(SILENCE))
def test_silence_is_not_up_to_the_rules(fact: str) -> None:
    rules = replace(RULES, rules=tuple(replace(rule, ends=frozenset(), needs_consent=None) for rule in RULES.rules))
    facts = owing("imaging", holds=frozenset({fact}))
    assert plan(rules, facts, now=MONDAY) == ()
    assert (follow_up(rules, facts, MONDAY, now=MONDAY) is None) == (fact != "paused")


def test_what_a_coordinator_planned_for_a_pause_goes_out() -> None:
    facts = idle(holds=frozenset({"paused"}))
    assert follow_up(RULES, facts, MONDAY, now=MONDAY) == MONDAY


def test_a_snooze_puts_everything_off() -> None:
    until = local(23, 29)
    planned = plan(RULES, owing("imaging", "virology", since=local(15), snoozed_until=until), now=local(15))
    assert [one.due for one in planned] == [local(9, 30), local(9, 30) + timedelta(days=3)]


def test_a_row_is_looked_at_again_when_it_is_due() -> None:
    facts, subject = idle(local(15)), ("unfinished-intake", "response")
    assert still(RULES, facts, subject, 0, now=local(15, 24)) == Planned(*subject, 0, local(15, 24))
    early, night = still(RULES, facts, subject, 0, now=local(16)), still(RULES, facts, subject, 0, now=local(2, 25))
    assert early is not None
    assert early.due == local(15, 24)
    assert night is not None
    assert night.due == local(9, 25)
    assert still(RULES, facts, subject, 1, now=local(15, 24)) is None
    assert still(RULES, replace(facts, holds=frozenset({"completed"})), subject, 0, now=local(15, 24)) is None


def test_a_follow_up_keeps_its_hour_and_when_missed_waits_for_the_morning() -> None:
    late_evening = local(22)
    assert follow_up(RULES, idle(), late_evening, now=local(15)) == late_evening
    assert follow_up(RULES, idle(), late_evening, now=late_evening) == late_evening
    assert follow_up(RULES, idle(), local(15), now=local(3, 24)) == local(9, 24)
    assert follow_up(RULES, idle(), local(15), now=local(16)) == local(16)


def test_the_zone_of_the_language_is_taken_until_a_city_is_chosen() -> None:
    assert RULES.zone(None, "ar").key == "Asia/Riyadh"
    assert RULES.zone("Asia/Tokyo", "ar").key == "Asia/Tokyo"
    assert RULES.zone("Not/AZone", "ru").key == "Europe/Moscow"
    assert RULES.zone("../../etc/passwd", None).key == "Europe/London"
    assert definition().zone_of_language("ru") == "Europe/Moscow"


def test_record_starts() -> None:
    states = records.checklist(
        definition(), answered(SUITED), {"pathology": "later", "virology": "received", "imaging": "none"}
    )
    starts = record_starts(states, asked=MONDAY, put_off={"pathology": MONDAY + timedelta(days=1)})
    assert starts["pathology"] == MONDAY + timedelta(days=1)
    assert "virology" not in starts
    assert "imaging" not in starts
    required = {one.record.id for one in states if one.record.required}
    assert set(starts) <= required | {"pathology"}


# ---- properties

moments = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
zones = st.sampled_from(ZONES)
subjects = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True, max_size=4)


@st.composite
def any_facts(draw: st.DrawFn, around: datetime) -> Facts:
    def near(least: int, most: int) -> datetime:
        return around + timedelta(minutes=draw(st.integers(least * 1440, most * 1440)))

    starts = {"last-answer": {"response": near(-20, 0)}, "record-asked": {name: near(-20, 0) for name in draw(subjects)}}
    return Facts(
        zone=draw(zones),
        consents=frozenset({"reminders"}),
        starts={name: starts[name] for name in draw(st.sets(st.sampled_from(sorted(starts))))},
        snoozed_until=draw(st.none() | st.just(near(-3, 9))),
        sent={("missing-record", name): (near(-9, 0),) for name in draw(subjects)},
    )


@examples(150)
@given(moments, st.data(), clocks, clocks, st.integers(0, 10 * 1440))
def test_a_plan_is_never_quiet_never_twice_and_forgets_nothing(
    now: datetime, data: st.DataObject, start: time, end: time, later: int
) -> None:
    facts = data.draw(any_facts(now))
    rules = replace(RULES, quiet_hours=QuietHours(start=start, end=end))
    zone = ZoneInfo(facts.zone or "")
    planned = plan(rules, facts, now=now)
    assert len({one[:3] for one in planned}) == len(planned)
    for one in planned:
        assert one.due >= max(now, facts.snoozed_until or now)
        assert not rules.quiet_hours.covers(one.due, zone)
        assert one == still(rules, facts, (one.kind, one.subject), one.occurrence, now=now)
    for one, other in pairwise(planned):
        assert rules.apart.after(one.due, zone) <= other.due
    again = plan(rules, facts, now=now + timedelta(minutes=later))
    assert len(again) == len(planned)
    for kind in {one.kind for one in planned}:  # one kind can overtake another, which had to wait for its own distance
        before, after = ([one for one in found if one.kind == kind] for found in (planned, again))
        assert [one[:3] for one in after] == [one[:3] for one in before]
        assert all(one.due <= other.due for one, other in zip(before, after, strict=True))
        apart = rules.rule(kind).apart or rules.apart
        assert all(apart.after(one.due, zone) <= other.due for one, other in pairwise(before))
    assert all(one.due >= now + timedelta(minutes=later) for one in again)


@examples(60)
@given(moments, zones, st.integers(1, 5), st.lists(st.integers(1, 60 * 48), min_size=20, max_size=60))
def test_a_life_of_reminders(begin: datetime, zone: str, count: int, steps: list[int]) -> None:
    """A clock that runs in jumps of minutes to two days: each goes out once, at most so many, a day apart, by day."""
    names = [f"record-{number}" for number in range(count)]
    facts = owing(*names, since=begin, zone=zone)
    sent: list[tuple[tuple[str, str, int], datetime]] = []
    now = begin
    for minutes in steps:
        now += timedelta(minutes=minutes)
        for one in plan(RULES, facts, now=now):
            if one.due <= now:
                sent.append((one[:3], now))
                times = facts.sent.get((one.kind, one.subject), ())
                facts = replace(facts, sent={**facts.sent, (one.kind, one.subject): (*times, now)})
    assert len({key for key, _ in sent}) == len(sent)
    assert all(not RULES.quiet_hours.covers(when, ZoneInfo(zone)) for _, when in sent)
    assert all(RULES.apart.after(one, ZoneInfo(zone)) <= other for (_, one), (_, other) in pairwise(sent))
    for name in names:
        assert len([key for key, _ in sent if key[1] == name]) <= RULES.rule("missing-record").most


@examples(300)
@given(moments, zones, clocks, clocks)
def test_the_next_loud_moment_is_loud_and_the_first(instant: datetime, name: str, start: time, end: time) -> None:
    quiet, zone = QuietHours(start=start, end=end), ZoneInfo(name)
    loud = quiet.next_loud(instant, zone)
    assert loud >= instant
    assert not quiet.covers(loud, zone)
    assert quiet.next_loud(loud, zone) == loud


# ---- clocks that jump


def test_quiet_hours_end_in_a_gap_and_in_a_fold() -> None:
    quiet = QuietHours(start=time(21), end=time(2, 30))
    new_york = ZoneInfo("America/New_York")
    spring = quiet.next_loud(datetime(2027, 3, 14, 6, tzinfo=UTC), new_york)  # 01:00, and 02:00 to 03:00 do not exist
    assert spring.astimezone(new_york).isoformat() == "2027-03-14T03:30:00-04:00"
    quiet = QuietHours(start=time(21), end=time(1, 30))
    autumn = quiet.next_loud(datetime(2026, 11, 1, 5, tzinfo=UTC), new_york)  # 01:00 for the first time
    assert autumn.astimezone(new_york).isoformat() == "2026-11-01T01:30:00-04:00"
    back = datetime(2026, 11, 1, 6, tzinfo=UTC)  # 01:00 for the second time: quiet again
    assert quiet.covers(back, new_york)
    assert quiet.next_loud(back, new_york).astimezone(new_york).isoformat() == "2026-11-01T01:30:00-05:00"


def test_no_quiet_hours_at_all() -> None:
    assert QuietHours(start=time(9), end=time(9)).next_loud(MONDAY, ZoneInfo("Asia/Riyadh")) == MONDAY


def test_a_day_keeps_the_time_of_day_through_a_change_of_the_clocks() -> None:
    london = ZoneInfo("Europe/London")
    before = datetime(2027, 3, 27, 10, tzinfo=london)
    assert Duration.of("P1D").after(before, london).astimezone(london).isoformat() == "2027-03-28T10:00:00+01:00"
    assert Duration.of("PT24H").after(before, london).astimezone(london).isoformat() == "2027-03-28T11:00:00+01:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("P1M", "2026-02-28"), ("P1Y", "2027-01-31"), ("P2W", "2026-02-14"), ("P1M1D", "2026-03-01"), ("P13M", "2027-02-28")],
)
def test_months_and_weeks(text: str, expected: str) -> None:
    start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert Duration.of(text).after(start, ZoneInfo("UTC")).date().isoformat() == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "1D", "P-1D", "P0D", "P1", "P1H", "tomorrow"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Duration.of(text)


def test_a_clock_time_that_does_not_exist_or_exists_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert at_clock(datetime(2027, 3, 28, tzinfo=UTC).date(), time(2, 30), berlin).isoformat() == "2027-03-28T01:30:00+00:00"
    twice = datetime(2026, 10, 25, tzinfo=UTC).date()
    assert at_clock(twice, time(2, 30), berlin, fold=1) - at_clock(twice, time(2, 30), berlin) == timedelta(hours=1)
