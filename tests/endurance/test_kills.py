"""A hundred kills in four ways, and programs that freeze: nothing is lost, and a kill makes one message come twice at most.

The kills run always, three minutes of them; the frozen programs, which nobody can hurry, only where CARELINE_ENDURANCE is set.
`python -m tests.endurance` kills for longer.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot import duties
from tests.endurance.loop import Run
from tests.storage.server import Server

pytestmark = [pytest.mark.kill, pytest.mark.timeout(600)]
long = pytest.mark.skipif(not os.environ.get("CARELINE_ENDURANCE"), reason="minutes of standing still: set CARELINE_ENDURANCE")
KILLS = {"sqlite": 30, "postgresql": 20}  # for each mode; PostgreSQL has two programs, and one of them goes on
ABSENT = 14.0  # seconds that a program is frozen
STUNNED = duties.SETTLED - 1.0  # seconds: long enough to be replaced


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_kills_on_a_file_lose_nothing(tmp_path: Path, mode: str) -> None:
    holds(asyncio.run(Run(folder=tmp_path, mode=mode, kills=KILLS["sqlite"]).play()))


@pytest.mark.postgres
@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_kills_of_one_of_two_programs_on_a_server_lose_nothing(tmp_path: Path, mode: str, postgres: Server) -> None:
    postgres.create(f"kills_{mode}")
    holds(asyncio.run(Run(folder=tmp_path, mode=mode, url=postgres.url(f"kills_{mode}"), kills=KILLS["postgresql"]).play()))


def holds(ledger) -> None:
    print(ledger)
    assert ledger.worst <= 1
    assert ledger.unprovoked == 0
    assert min(ledger.answers, ledger.talked) >= ledger.kills // 2
    assert ledger.files
    assert ledger.left.whole == ledger.files
    assert (ledger.left.rows_without_file, ledger.left.orphans, ledger.left.readable) == (0, 0, 0)


@dataclass(kw_only=True)
class Frozen(Run):
    """Each of two programs in turn stands still, is missed, and goes on as if nothing had happened. No time is shortened here.

    `amid`: from the moment in which Telegram took a message, before it can answer.
    """

    absent: float = ABSENT
    amid: bool = False
    silences: list[float] = field(default_factory=list)

    async def _disturb(self, lives: list[asyncio.Task[None]]) -> None:
        for number in range(len(self.programs.ports)):
            arrived = len(self.telegram.calls)
            if self.amid:
                await self.telegram.until(lambda before=arrived: self._sends_since(before), 30.0)
            self.programs.freeze(number)
            began = time.time()
            await asyncio.sleep(self.absent)
            self.programs.thaw(number)
            await asyncio.sleep(3.0)
            self.ledger.kills += 1
            times = [began, *(call.at for call in self.telegram.calls[arrived:] if call.at > began)]
            self.silences.append(max(later - earlier for earlier, later in itertools.pairwise(times)))

    def _sends_since(self, before: int) -> bool:
        return any(call.method.startswith("send") for call in self.telegram.calls[before:])


@long
@pytest.mark.postgres
def test_a_program_that_freezes_is_replaced_and_sends_nothing_twice_when_it_wakes(tmp_path: Path, postgres: Server) -> None:
    postgres.create("frozen")
    run = Frozen(folder=tmp_path, mode="polling", url=postgres.url("frozen"), shorten=1, people=2, talkers=2)
    ledger = asyncio.run(run.play())
    print(ledger, run.silences)
    assert ledger.duplicates <= ledger.kills
    assert max(run.silences) < ABSENT, "each time the other one went on before it woke"


@long
@pytest.mark.postgres
def test_a_program_that_stands_still_in_the_middle_of_a_message_has_its_say_when_it_wakes(
    tmp_path: Path, postgres: Server
) -> None:
    """Another one sends meanwhile, and leaves alone what may have arrived, until the first could have written down the answer."""
    postgres.create("stunned")
    url = postgres.url("stunned")
    run = Frozen(folder=tmp_path, mode="polling", url=url, shorten=1, people=2, talkers=2, absent=STUNNED, amid=True)
    ledger = asyncio.run(run.play())
    print(ledger, run.silences)
    assert max(run.silences) > duties.SECONDS - duties.RENEWED, "one of them was the one that sends"
    assert ledger.duplicates == 0
