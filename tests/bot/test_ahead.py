"""What is made ahead of its turn: a few at a time, each of them to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from bot.delivery.ahead import FORGOTTEN_SECONDS, MOST, Ahead


@dataclass(frozen=True)
class Row:
    id: int


async def test_however_many_are_wanted_at_once_each_is_made_to_its_end() -> None:
    """Each needs several rounds: were one stopped for the next, none would ever be made."""
    begun, left = list[int](), list(range(3 * MOST))

    async def attach(row: Any) -> Any:
        begun.append(row.id)
        for _ in range(5):
            await asyncio.sleep(0)
        return row, {}

    ahead = Ahead(attach=attach, slow=lambda _: True)
    for _ in range(100):
        for number in [one for one in left if ahead.ready(cast("Any", Row(one)))]:
            await ahead._under_way.pop(number).task
            left.remove(number)
        await asyncio.sleep(0)
    assert not left
    assert sorted(begun) == list(range(3 * MOST))


async def test_what_nobody_asks_for_any_more_makes_room() -> None:
    now = 0.0

    async def attach(_: Any) -> Any:
        await asyncio.Event().wait()

    ahead = Ahead(attach=attach, slow=lambda _: True, clock=lambda: now)
    for number in range(MOST + 1):
        assert not ahead.ready(cast("Any", Row(number)))
    assert list(ahead._under_way) == list(range(MOST))
    now = FORGOTTEN_SECONDS + 1
    assert not ahead.ready(cast("Any", Row(MOST)))
    assert list(ahead._under_way) == [MOST]
    ahead.stop()
    assert not ahead._under_way
