"""The pace is kept on every path, whenever Telegram counts a call, and what cannot wait does not wait for what can."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.delivery.pace import TELEGRAM, Pace
from bot.sandbox.limits import Limits

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


def begins(pace: Pace, chat: int, *, lane: int = 1, method: str = "sendMessage") -> bool:
    """One call, if it may go now; it stays out."""
    if pace.rest(method, chat, lane) > 0 or pace.gap(method, lane) > 0:
        return False
    pace.begin(method, chat)
    return True


def sends(pace: Pace, chat: int, *, lane: int = 1, method: str = "sendMessage") -> bool:
    """One message, if it may go now; Telegram answers at once."""
    sent = begins(pace, chat, lane=lane, method=method)
    if sent:
        pace.end(method, chat)
    return sent


def sent_in(pace: Pace, seconds: Seconds, span: float, *, lane: int = 1, chat: int | None = None) -> int:
    """How many messages go out in so many seconds when there is always one more, each to another chat unless one is given."""
    count, end, glance = 0, seconds.now + span, min(span / 1000, 0.01)
    while seconds.now < end:
        count += sends(pace, chat or 10_000 + count, lane=lane)
        seconds.now += glance
    return count


def test_thirty_a_second_and_never_two_at_once(pace: Pace, seconds: Seconds) -> None:
    assert sends(pace, 7001)
    assert not sends(pace, 7002)
    seconds.now += 1
    assert 28 <= sent_in(pace, seconds, 1.0) <= 30


def test_one_a_second_to_a_person(pace: Pace, seconds: Seconds) -> None:
    assert sends(pace, 7001)
    seconds.now += 0.2
    assert pace.rest("sendMessage", 7001, 1) == pytest.approx(0.8)
    assert sends(pace, 7002)
    assert sent_in(pace, seconds, 5.0, chat=7001) == 5


def test_a_second_begins_when_the_call_before_has_ended(pace: Pace, seconds: Seconds) -> None:
    """When Telegram counted it is not known; it may have been in the last instant."""
    assert begins(pace, 7001)
    seconds.now += 5
    assert pace.rest("sendMessage", 7001, 0) > 0
    pace.end("sendMessage", 7001)
    seconds.now += 0.9
    assert not begins(pace, 7001)
    seconds.now += 0.2
    assert begins(pace, 7001)


def test_calls_that_hang_count_as_well(pace: Pace, seconds: Seconds) -> None:
    out = 0
    for number in range(2000):
        out += begins(pace, 10_000 + number)
        seconds.now += 0.01
    assert out == 30


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_call_takes_and_whenever_it_is_counted_no_limit_is_broken(pace: Pace, seconds: Seconds, seed: int) -> None:
    """Exact limits of the stand-in, calls that take up to a second and are counted somewhere in between."""
    chance, telegram = random.Random(seed), Limits()
    arriving: list[tuple[float, int]] = []
    ending: list[tuple[float, int]] = []
    chats, served = [7001, 7002, GROUP, *range(8000, 8060)], 0
    while served < 600:
        seconds.now += 0.002
        for at, chat in sorted(one for one in arriving if one[0] <= seconds.now):
            assert telegram.claim(1, chat, at) == 0
        arriving = [one for one in arriving if one[0] > seconds.now]
        for _, chat in (one for one in ending if one[0] <= seconds.now):
            pace.end("sendMessage", chat)
        ending = [one for one in ending if one[0] > seconds.now]
        chat = chance.choice(chats)
        if begins(pace, chat, lane=chance.randrange(4)):
            served += 1
            takes = chance.choice([0.01, 0.05, 0.2, 1.0]) * chance.random()
            arriving.append((seconds.now + takes * chance.random(), chat))
            ending.append((seconds.now + takes, chat))


def test_twenty_a_minute_to_a_group(pace: Pace, seconds: Seconds) -> None:
    assert sent_in(pace, seconds, 50.0, lane=0, chat=GROUP) == 20
    seconds.now += 11
    assert sends(pace, GROUP)


@pytest.mark.parametrize(("lane", "a_minute"), [(1, 15), (2, 12)])
def test_what_can_wait_goes_out_evenly_once_there_is_much_of_it(pace: Pace, seconds: Seconds, lane: int, a_minute: int) -> None:
    assert sent_in(pace, seconds, 1.0, lane=lane, chat=GROUP) == 6
    assert sent_in(pace, seconds, 60 / a_minute, lane=lane, chat=GROUP) == 1
    sent_in(pace, seconds, 120.0, lane=lane, chat=GROUP)
    assert sent_in(pace, seconds, 600.0, lane=lane, chat=GROUP) == pytest.approx(10 * a_minute, abs=1)


def test_an_emergency_finds_room_at_any_moment_of_a_flood(pace: Pace, seconds: Seconds) -> None:
    for _ in range(40):
        sent_in(pace, seconds, 7.0, lane=1, chat=GROUP)
        before = seconds.now
        for _ in range(4):  # an alert, a topic, its card, what the flag is
            while not sends(pace, GROUP, lane=0):
                seconds.now += 0.1
        assert seconds.now - before < 15
        sent_in(pace, seconds, 60.0, lane=1, chat=GROUP)


def test_what_was_sent_before_a_restart_counts(pace: Pace, seconds: Seconds) -> None:
    pace.recall(GROUP, [float(age) for age in range(20)])
    assert not sends(pace, GROUP)
    seconds.now += 40
    assert not sends(pace, GROUP)
    seconds.now += 1
    assert sends(pace, GROUP, lane=0)


def test_reminders_leave_room_for_answers(seconds: Seconds) -> None:
    hasty = Pace(replace(TELEGRAM, gap=0), clock=seconds)
    assert sum(sends(hasty, 10_000 + number, lane=3) for number in range(100)) == 29
    assert sum(sends(hasty, 20_000 + number, lane=1) for number in range(100)) == 1


def test_ten_thousand_reminders_take_seven_minutes_at_most(pace: Pace, seconds: Seconds) -> None:
    assert sent_in(pace, seconds, 42.0, lane=3) >= 1000


def test_cards_leave_room_for_an_emergency(pace: Pace, seconds: Seconds) -> None:
    assert sent_in(pace, seconds, 50.0, lane=2, chat=GROUP) == 12
    assert sent_in(pace, seconds, 5.0, lane=0, chat=GROUP) == 8


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageText", "getChat", "sendChatAction"])
def test_what_telegram_does_not_count_does_not_wait(pace: Pace, method: str) -> None:
    assert all(sends(pace, 7001, method=method) for _ in range(100))
    assert sends(pace, 7001)


def test_off_means_off(seconds: Seconds) -> None:
    pace = Pace(None, clock=seconds)
    assert all(sends(pace, 7001) for _ in range(1000))
    assert not pace.kept


def test_silent_chats_are_forgotten(pace: Pace, seconds: Seconds) -> None:
    for chat in range(1_001, 13_000):
        seconds.now += 1
        assert sends(pace, chat)
        assert pace.rest("sendMessage", chat - 100, 1) == 0  # asked about long after
    assert len(pace._calls) < 11_000
