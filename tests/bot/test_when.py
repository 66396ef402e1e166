"""A coordinator's words for a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.casework.when import When, day, moment

NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)  # in Almaty it is the 23rd, 02:00


@pytest.mark.parametrize(
    ("said", "at", "text"),
    [
        ("in 3 days 10:00 How are you", "2026-11-26T05:00", "How are you"),
        ("in 3 days at 10:00: How are you", "2026-11-26T05:00", "How are you"),
        ("in 1 week, check", "2026-11-30T05:00", "check"),
        ("in 2 hours call", "2026-11-22T23:00", "call"),
        ("2026-12-01 10:00 text", "2026-12-01T05:00", "text"),
        ("2026-12-01 text 11:00", "2026-12-01T05:00", "text 11:00"),
        ("tomorrow 9:30 10 pills", "2026-11-24T04:30", "10 pills"),
        ("on Monday 14:00 ok", "2026-11-30T09:00", "ok"),
        ("next friday come", "2026-11-27T05:00", "come"),
        ("25 December 10:00\nhello", "2026-12-25T05:00", "hello"),
        ("через 3 дня 10:00 привет", "2026-11-26T05:00", "привет"),
        ("in 3 days 10:00", "2026-11-26T05:00", ""),
    ],
)
def test_moments(said: str, at: str, text: str) -> None:
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert moment(said, now=NOW, zone="Asia/Almaty", languages=("ru",)) == When(at=expected, text=text)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("01/02/2027 10:00 x", "ambiguous"),
        ("1.2.27 x", "ambiguous"),
        ("yesterday x", "past"),
        ("2026-11-22 10:00 x", "past"),
        ("in 300 months x", "too-far"),
        ("2026-02-30 x", "no-date"),
        ("in 3 days 25:00 x", "no-date"),
        ("10 pills", "no-date"),
        ("call him", "no-date"),
        ("", "no-date"),
        ("\u202e\x00" * 2000, "no-date"),
        ("9" * 4000, "no-date"),
    ],
)
def test_what_is_no_moment(said: str, fault: str) -> None:
    assert moment(said, now=NOW, zone="Asia/Almaty") == fault


def test_a_clock_time_that_summer_time_skips_or_doubles_is_one_moment() -> None:
    skipped = moment("2027-03-28 02:30 x", now=NOW, zone="Europe/Berlin")
    doubled = moment("2027-10-31 02:30 x", now=NOW, zone="Europe/Berlin")
    assert isinstance(skipped, When)
    assert isinstance(doubled, When)
    assert skipped.at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert doubled.at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("yesterday", date(2026, 11, 21)),
        ("01.12.2026", "ambiguous"),
        ("soon", "no-date"),
        ("", "no-date"),
    ],
)
def test_days(said: str, found: date | str) -> None:
    assert day(said, today=date(2026, 11, 22)) == found
