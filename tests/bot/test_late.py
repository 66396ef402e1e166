"""What loads late is made once, beside everything else; a program that is to stop does not wait for it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from bot.late import Late

LEAVING = """
import asyncio, importlib, sys
from bot.late import Late, leave

async def load():
    asyncio.ensure_future(Late(lambda: importlib.import_module("aiogram"))())
    await asyncio.sleep(float(sys.argv[1]))

asyncio.run(load())
print("closed")
leave(3)
"""


async def test_it_is_made_once_for_all_who_ask() -> None:
    made: list[int] = []
    late = Late(lambda: made.append(threading.get_ident()) or "there")
    assert not late.there
    assert await asyncio.gather(late(), late()) == ["there", "there"]
    assert late.there
    assert len(made) == 1
    assert made[0] != threading.get_ident()


async def test_what_cannot_be_loaded_says_so_to_everybody() -> None:
    late: Late[int] = Late(lambda: int("x"))
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            await late()


async def test_who_goes_away_keeps_nobody_else_from_it() -> None:
    go = threading.Event()
    late = Late(go.wait)
    gone, stays = asyncio.create_task(late()), asyncio.create_task(late())
    await asyncio.sleep(0)
    gone.cancel()
    go.set()
    assert await stays


@pytest.mark.whole
def test_a_stop_in_the_middle_of_loading_ends_as_it_was_meant_to() -> None:
    for seconds in (0.0, 0.6, 1.2, 1.8, 2.4):
        left = subprocess.run(
            [sys.executable, "-c", LEAVING, str(seconds)], capture_output=True, text=True, check=False, timeout=60
        )
        assert (left.returncode, left.stdout) == (3, "closed\n"), left.stderr
