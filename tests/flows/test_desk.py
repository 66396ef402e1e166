"""The desk's hours, whom news addresses, how long a wait may be, and the replies that are ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.library import BadDefinitionError, load
from flows.staff import routing, shifts
from flows.staff.desk import PLACEHOLDERS, Desk, Promise
from flows.staff.office import Office
from flows.staff.routing import Colleague
from tests.flows.answering import definition
from tests.flows.test_library import change, folder, set_, without
from tests.loaded import CATALOGUES

__all__ = ["folder"]

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Office(
    zone=BERLIN,
    days=frozenset(range(5)),
    start=time(9),
    end=time(17),
    holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them so


def at(day: int, hour: int, minute: int = 0, *, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def desk(**promises: int) -> Desk:
    minutes = {"claim": 120, "answer": 480, "flag": 10, **promises}
    return Desk(
        office=OFFICE,
        promises={name: timedelta(minutes=one) for name, one in minutes.items()},  # type: ignore[misc]
        canned=(),
        reasons=(),
        handing=(),
    )


def test_the_desk_is_open_in_its_own_hours_only() -> None:
    assert OFFICE.open_at(at(23, 9))
    assert not OFFICE.open_at(at(23, 8, 59))
    assert not OFFICE.open_at(at(23, 17))
    assert not OFFICE.open_at(at(26, 12))  # a Saturday
    assert not OFFICE.open_at(at(25, 12))  # a holiday


def test_waiting_is_counted_over_a_night_a_weekend_and_a_holiday() -> None:
    evening = at(24, 16)  # Thursday; Friday is Christmas
    assert OFFICE.waited(evening, at(24, 18)) == timedelta(hours=1)
    assert OFFICE.waited(evening, at(28, 8)) == timedelta(hours=1)
    assert OFFICE.waited(evening, at(28, 10, 30)) == timedelta(hours=2, minutes=30)
    assert OFFICE.after(evening, timedelta(hours=2)) == at(28, 10)


def test_a_day_that_is_shorter_for_the_clocks_is_no_shorter_at_the_desk() -> None:
    night = replace(OFFICE, days=frozenset(range(7)), start=time(0), end=time(12), holidays=frozenset())
    spring = datetime(2026, 3, 29, 0, tzinfo=BERLIN)
    assert night.waited(spring, spring + timedelta(days=1) - timedelta(hours=1)) == timedelta(hours=11)


@given(since=MOMENTS, one=st.timedeltas(timedelta(), timedelta(days=9)), two=st.timedeltas(timedelta(), timedelta(days=9)))
def test_waiting_adds_up(since: datetime, one: timedelta, two: timedelta) -> None:
    middle, end = since + one, since + one + two
    assert OFFICE.waited(since, end) == OFFICE.waited(since, middle) + OFFICE.waited(middle, end)


@given(since=MOMENTS, span=st.timedeltas(timedelta(minutes=1), timedelta(days=4)))
def test_by_when_is_when_so_much_was_waited(since: datetime, span: timedelta) -> None:
    by = OFFICE.after(since, span)
    assert OFFICE.waited(since, by) == span
    assert OFFICE.waited(since, by - timedelta(seconds=1)) < span


def test_half_of_a_promise_reminds_and_all_of_it_escalates() -> None:
    since = at(21, 10)
    assert [desk().level("claim", since, at(21, 10 + hours)) for hours in range(4)] == [0, 1, 2, 2]
    assert desk().level("claim", at(24, 16, 30), at(27, 12)) == 0  # half an hour was open since then
    assert [desk().level("flag", since, since + timedelta(minutes=m)) for m in (9, 10, 35, 600)] == [0, 1, 3, 6]


def test_what_the_patient_hears_counts_the_desks_days() -> None:
    assert desk().promise(at(24, 10), BERLIN) == Promise(working_days=1, by=date(2026, 12, 28))
    assert desk().promise(at(28, 16), ZoneInfo("Pacific/Kiritimati")).by == date(2026, 12, 30)  # it is tomorrow there already
    days = [desk(answer=minutes).promise(at(21, 9), BERLIN).working_days for minutes in (30, 480, 481, 960)]
    assert days == [1, 1, 2, 2]


# ---- whom news addresses


ANYBODY = Colleague(id=1, here=True)
RUSSIAN = Colleague(id=2, here=True, languages=frozenset({"ru"}))
ARABIC_LATER = Colleague(id=3, here=False, languages=frozenset({"ar"}))
HUMAN = Colleague(id=4, here=True, topics=frozenset({"human"}))


@pytest.mark.parametrize(
    ("people", "language", "topic", "meant"),
    [
        ((ANYBODY, RUSSIAN), "ru", "complete", (2,)),
        ((ANYBODY, RUSSIAN), "en", "complete", (1,)),
        ((RUSSIAN, ARABIC_LATER), "ar", "complete", (2,)),  # nobody here speaks it: who is here answers
        ((RUSSIAN, HUMAN), "en", "human", (4,)),
        ((HUMAN,), "en", "complete", (4,)),  # the fallback: better somebody than nobody
        ((ARABIC_LATER,), "ar", "complete", (3,)),
        ((), "ar", "complete", ()),
    ],
)
def test_language_topic_and_shift_decide_and_somebody_is_always_meant(
    people: tuple[Colleague, ...], language: str, topic: str, meant: tuple[int, ...]
) -> None:
    assert routing.addressed(people, language=language, topic=topic) == meant


COLLEAGUES = st.builds(
    lambda here, languages, topics: (here, languages, topics),
    st.booleans(),
    st.frozensets(st.sampled_from(["en", "ru", "ar"])),
    st.frozensets(st.sampled_from(["human", "complete"])),
)


@given(people=st.lists(COLLEAGUES, min_size=1, max_size=5), language=st.sampled_from(["en", "ru", "ar", None]))
def test_whoever_is_here_goes_before_whoever_is_not(people: list[Any], language: str | None) -> None:
    colleagues = [Colleague(id=n, here=here, languages=ls, topics=ts) for n, (here, ls, ts) in enumerate(people)]
    meant = routing.addressed(colleagues, language=language, topic="human")
    assert meant
    if any(one.here for one in colleagues):
        assert all(colleagues[one].here for one in meant)


# ---- shifts


@pytest.mark.parametrize(
    ("said", "covered", "free"),
    [
        ("Mon-Fri 09:00-18:00 Europe/Berlin", at(21, 9), at(21, 18)),
        ("mon 9:00-10:00", at(21, 9, 30), at(22, 9, 30)),
        ("Fri-Mon 22:00-06:00", at(22, 5), at(22, 7)),  # Monday night goes on into Tuesday
        ("sat-sun 00:00-23:59 UTC", at(26, 12), at(28, 12)),
    ],
)
def test_a_shift_in_words(said: str, covered: datetime, free: datetime) -> None:
    shift = shifts.parse(said, zone="Europe/Berlin")
    assert shift is not None
    assert shift.covers(covered)
    assert not shift.covers(free)


@pytest.mark.parametrize(
    "said", ["", "Mon", "Mon-Xyz 9:00-10:00", "Mon 9-10", "Mon 25:00-26:00", "Mon 9:00-10:00 Nowhere", "Mon 9:00-10:00 ../etc"]
)
def test_what_is_no_shift_is_not_taken_for_one(said: str) -> None:
    assert shifts.parse(said, zone="UTC") is None


# ---- the file


@pytest.mark.parametrize(
    ("edit", "wrong"),
    [
        (set_("office", "zone", to="Europe/Atlantis"), "office.zone"),
        (set_("office", "to", to="08:00"), "office.to"),
        (set_("office", "to", to="eight"), "office.to"),
        (set_("office", "days", to=["mon", "someday"]), "office.days[1]"),
        (set_("office", "days", to=[]), "office.days"),
        (set_("office", "holidays", to=["1.1.2027"]), "office.holidays[0]"),
        (set_("promised_minutes", "claim", to=0), "promised_minutes"),
        (without("promised_minutes", "flag"), "promised_minutes"),
        (set_("canned", 0, "text", to="For {name}"), "canned[0].text"),
        (set_("canned", 1, "id", to="received"), "canned[1]"),
    ],
)
def test_a_mistake_in_the_file_is_named(folder: Path, edit: Callable[[Any], None], wrong: str) -> None:
    change(folder / "desk.json", edit)
    with pytest.raises(BadDefinitionError) as caught:
        load(folder)
    assert (Path(caught.value.file).name, caught.value.path) == ("desk.json", wrong)


def test_a_clinic_brings_its_own_hours(folder: Path) -> None:
    own = folder / "ours.json"
    own.write_text((folder / "desk.json").read_text())
    change(own, set_("office", "zone", to="Europe/Istanbul"))
    assert load(folder, instead={"desk": own}).desk.office.zone.key == "Europe/Istanbul"


@pytest.mark.parametrize("language", CATALOGUES.languages)
def test_every_ready_reply_stands_in_every_language(language: str) -> None:
    """A reply without its words in a language would reach somebody in another one."""
    words = CATALOGUES[language]
    for one in definition().desk.canned:
        said = one.text.worded(words.worded)
        assert (said == one.text.english) == (language == "en"), one.id
        assert {name for name in PLACEHOLDERS if f"{{{name}}}" in said} == {
            name for name in PLACEHOLDERS if f"{{{name}}}" in one.text.english
        }
