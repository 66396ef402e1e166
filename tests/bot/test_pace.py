"""The pace is kept on every path, and what cannot wait does not wait for what can."""

from __future__ import annotations

import pytest

from bot.pace import TELEGRAM, Pace

GROUP = -1001


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def pace(seconds: Seconds) -> Pace:
    return Pace(TELEGRAM, clock=seconds)


def sends(pace: Pace, chat: int, *, lane: int = 1, method: str = "sendMessage") -> bool:
    """One message, if it may go now."""
    if pace.rest(method, chat, lane) > 0 or pace.gap(method, lane) > 0:
        return False
    pace.count(method, chat)
    return True


def sent_in(pace: Pace, seconds: Seconds, span: float, *, lane: int = 1, chat: int | None = None) -> int:
    """How many messages go out in so many seconds when there is always one more, each to another chat unless one is given."""
    count, end = 0, seconds.now + span
    while seconds.now < end:
        count += sends(pace, chat or 10_000 + count, lane=lane)
        seconds.now += 0.001
    return count


def test_less_than_thirty_a_second_and_never_two_at_once(pace: Pace, seconds: Seconds) -> None:
    assert sends(pace, 7001)
    assert not sends(pace, 7002)
    seconds.now += 1
    assert 25 <= sent_in(pace, seconds, 1.0) <= 28


def test_one_a_second_to_a_person(pace: Pace, seconds: Seconds) -> None:
    assert sends(pace, 7001)
    seconds.now += 0.2
    assert pace.rest("sendMessage", 7001, 1) == pytest.approx(0.85)
    assert sends(pace, 7002)
    assert sent_in(pace, seconds, 5.0, chat=7001) == 4


def test_twenty_a_minute_to_a_group(pace: Pace, seconds: Seconds) -> None:
    assert sent_in(pace, seconds, 50.0, chat=GROUP) == 20
    seconds.now += 11
    assert sends(pace, GROUP)


def test_reminders_leave_room_for_answers(pace: Pace, seconds: Seconds) -> None:
    assert 24 <= sent_in(pace, seconds, 1.0, lane=3) <= 26
    pace.count("sendMessage", 7001)
    assert pace.gap("sendMessage", 1) < pace.gap("sendMessage", 3)


def test_ten_thousand_reminders_take_seven_minutes_at_most(pace: Pace, seconds: Seconds) -> None:
    assert sent_in(pace, seconds, 42.0, lane=3) >= 1000


def test_cards_leave_room_for_an_emergency(pace: Pace, seconds: Seconds) -> None:
    assert sent_in(pace, seconds, 20.0, lane=2, chat=GROUP) == 17
    assert sent_in(pace, seconds, 20.0, lane=0, chat=GROUP) == 3


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageText", "getChat", "sendChatAction"])
def test_what_telegram_does_not_count_does_not_wait(pace: Pace, method: str) -> None:
    assert all(sends(pace, 7001, method=method) for _ in range(100))
    assert sends(pace, 7001)


def test_off_means_off(seconds: Seconds) -> None:
    pace = Pace(None, clock=seconds)
    assert all(sends(pace, 7001) for _ in range(1000))
    assert not pace.kept


def test_silent_chats_are_forgotten(pace: Pace, seconds: Seconds) -> None:
    for chat in range(1, 12_000):
        seconds.now += 1
        assert sends(pace, chat)
    assert len(pace._chats) < 11_000
