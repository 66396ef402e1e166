"""The follow-up programme: which check-ins there are, when they are due, and what is wrong in a file of one."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.library import BadDefinitionError, load
from flows.reminders import Facts, Planned, plan
from flows.schedule.followups import DAY_ZERO, SUBJECT
from tests.flows.answering import definition
from tests.flows.test_library import change, folder, set_, without

__all__ = ["folder"]

RULES, PROGRAMME = definition().reminders, definition().programme
MOSCOW = ZoneInfo("Europe/Moscow")
ZERO = date(2026, 12, 1)


def treated(day: date = ZERO, zone: str = "Europe/Moscow", **changes: object) -> Facts:
    starts = {DAY_ZERO: PROGRAMME.start(day, ZoneInfo(zone))}
    facts = Facts(language="ru", zone=zone, consents=frozenset({"reminders"}), starts=starts)
    return replace(facts, **changes)  # type: ignore[arg-type]


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=MOSCOW).astimezone(UTC)


def planned(facts: Facts, now: datetime) -> list[Planned]:
    return list(plan(RULES, facts, now=now))


def test_the_whole_programme_unfolds_from_day_zero() -> None:
    found = planned(treated(), at(ZERO))
    days = [one.due.astimezone(MOSCOW) for one in found]
    assert [(day.date() - ZERO).days for day in days[:4]] == [7, 14, 21, 28]
    months = [(day.year - 2026) * 12 + day.month - 12 for day in days[4:]]
    assert months == [2, 3, 4, 6, 9, 12, *range(18, 61, 6), *(12 * year for year in range(6, 16))]
    assert {day.hour for day in days} == {10}
    assert {day.day for day in days[4:]} == {1}
    assert {one.subject for one in found} == {SUBJECT}


def test_every_point_has_a_source_and_the_red_flags_come_first() -> None:
    assert set(PROGRAMME.sources) == {rule.kind for rule in PROGRAMME.rules}
    assert all(PROGRAMME.sources.values())
    for rule in PROGRAMME.rules:
        assert rule.first
        assert "emergency number" in rule.first.english
        assert rule.title.english
        assert rule.body.english


def test_another_day_zero_moves_what_is_to_come_and_repeats_nothing() -> None:
    sent = {("check-in/day-7", SUBJECT): (at(ZERO + timedelta(days=7)),)}
    later = planned(treated(ZERO + timedelta(days=2), sent=sent), at(ZERO + timedelta(days=8)))
    assert later[0].kind == "check-in/day-14"
    assert later[0].due == at(ZERO + timedelta(days=16))
    second = planned(treated(ZERO + timedelta(days=60), sent=sent), at(ZERO + timedelta(days=60)))
    assert second[0][:3] == ("check-in/day-7", SUBJECT, 1)  # an infusion again: the clock starts anew


def test_a_day_zero_long_ago_asks_nothing_that_is_over() -> None:
    found = planned(treated(), at(date(2027, 3, 20)))
    assert found[0].kind == "check-in/month-4"
    soon = planned(treated(), at(ZERO + timedelta(days=9)))
    assert soon[0] == Planned("check-in/day-7", SUBJECT, 0, at(ZERO + timedelta(days=9)), last=True)


@pytest.mark.parametrize("fact", ["stopped", "in-memory", "erased", "unreachable", "paused", "case-closed", "reminders-off"])
def test_silence(fact: str) -> None:
    assert planned(treated(holds=frozenset({fact})), at(ZERO)) == []
    assert planned(treated(consents=frozenset()), at(ZERO)) == []


@pytest.mark.parametrize(
    "zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza", "America/Nuuk"]
)
def test_ten_in_the_morning_stays_ten_through_fifteen_years_of_changing_clocks(zone: str) -> None:
    local = [one.due.astimezone(ZoneInfo(zone)) for one in planned(treated(zone=zone), datetime(2026, 12, 1, tzinfo=UTC))]
    assert {(one.hour, one.minute) for one in local} == {(10, 0)}
    assert all(one < other for one, other in pairwise(local))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (set_("points", 1, "after", to="P7D"), r"points\[1\].after: must be later"),
        (set_("points", 1, "id", to="day-7"), "there twice"),
        (set_("points", 0, "phase", to="never"), "is none of"),
        (without("points", 0, "title"), "has no title"),
        (without("points", 0, "source"), "source is missing"),
        (set_("at", to="ten"), "must be a time"),
        (set_("lapses_after", to="soon"), "must be a duration"),
        (set_("ends", to=["whenever"]), "is none of"),
        (set_("needs_consent", to="photos"), "no consent 'photos'"),
        (set_("surprise", to=1), "unknown field surprise"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(folder: Path, edit, words: str) -> None:
    change(folder / "followups.json", edit)
    with pytest.raises(BadDefinitionError, match=words):
        load(folder)


def test_a_protocol_has_the_check_ins_that_its_file_names(folder: Path) -> None:
    number = definition().protocols[0].id
    change(folder.parent / "protocols" / f"{number}.json", set_("follow_up", to="first-year"))
    whole = load(folder)
    assert [rule.kind for rule in whole.programme_of(number).rules][:2] == [
        "check-in/first-year/day-28",
        "check-in/first-year/month-3",
    ]
    for other in (whole.protocols[1].id, "NCT00000000", None):
        assert whole.programme_of(other) == whole.programme


def test_a_protocol_that_names_check_ins_that_are_not_there_is_refused(folder: Path) -> None:
    number = definition().protocols[0].id
    change(folder.parent / "protocols" / f"{number}.json", set_("follow_up", to="never"))
    with pytest.raises(BadDefinitionError, match="no programme 'never'"):
        load(folder)


def test_check_ins_of_another_programme_begin_with_nobody_elses_day() -> None:
    own = definition().programmes["first-year"]
    facts = treated(starts={own.starts: own.start(ZERO, MOSCOW)})
    found = planned(facts, at(ZERO))
    assert [(one.due.astimezone(MOSCOW).date() - ZERO).days for one in found[:2]] == [28, 84]
    assert {one.kind.split("/")[1] for one in found} == {"first-year"}


@given(zero=st.dates(date(2026, 12, 1), date(2032, 3, 1)))
@example(zero=date(2028, 2, 29))
@example(zero=date(2027, 12, 31))
@example(zero=date(2027, 1, 31))
def test_months_are_counted_to_the_same_day_or_to_the_last_one_of_a_shorter_month(zero: date) -> None:
    days = [one.due.astimezone(MOSCOW).date() for one in planned(treated(zero), at(zero))]
    months = [(day.year - zero.year) * 12 + day.month - zero.month for day in days[4:]]
    assert months == [2, 3, 4, 6, 9, 12, *range(18, 61, 6), *(12 * year for year in range(6, 16))]
    assert all(day.day == min(zero.day, monthrange(day.year, day.month)[1]) for day in days[4:])
    assert all(one < other for one, other in pairwise(days))
