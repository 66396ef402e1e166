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


def went(pace: Pace, count: int, *, lane: int = 1, chat: int | None = None) -> int:
    """How many of so many messages may go now, each to another chat unless one is given."""
    return sum(pace.wait("sendMessage", number + 1 if chat is None else chat, lane) == 0 for number in range(count))


def test_at_most_thirty_a_second(pace: Pace, seconds: Seconds) -> None:
    assert went(pace, 100) == 28
    seconds.now += 0.9
    assert pace.wait("sendMessage", 1000, 1) == pytest.approx(0.15)
    seconds.now += 0.2
    assert went(pace, 100) == 28


def test_one_a_second_to_a_person(pace: Pace, seconds: Seconds) -> None:
    assert went(pace, 3, chat=7001) == 1
    assert pace.wait("sendMessage", 7002, 1) == 0
    seconds.now += pace.wait("sendMessage", 7001, 1)
    assert pace.wait("sendMessage", 7001, 1) == 0


def test_twenty_a_minute_to_a_group(pace: Pace, seconds: Seconds) -> None:
    assert went(pace, 30, chat=GROUP) == 20
    seconds.now += 59
    assert pace.wait("sendMessage", GROUP, 1) > 0
    seconds.now += 3
    assert pace.wait("sendMessage", GROUP, 1) == 0


def test_reminders_leave_room_for_answers(pace: Pace) -> None:
    assert went(pace, 100, lane=3) == 25
    assert pace.wait("sendMessage", 7001, 1) == 0


def test_cards_leave_room_for_an_emergency(pace: Pace) -> None:
    assert went(pace, 30, lane=2, chat=GROUP) == 17
    assert went(pace, 30, lane=0, chat=GROUP) == 3


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageText", "getChat"])
def test_what_telegram_does_not_count_does_not_wait(pace: Pace, method: str) -> None:
    assert all(pace.wait(method, 7001, 1) == 0 for _ in range(100))


def test_off_means_off(seconds: Seconds) -> None:
    assert went(Pace(None, clock=seconds), 1000, chat=7001) == 1000


def test_silent_chats_are_forgotten(pace: Pace, seconds: Seconds) -> None:
    for chat in range(1, 12_000):
        seconds.now += 1
        assert pace.wait("sendMessage", chat, 1) == 0
    assert len(pace._chats) < 11_000
