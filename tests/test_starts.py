"""The ways to start that the README names, as real processes: several workers, roles apart, a restart on a full store.

A stand-in for Telegram outside of them sends webhooks to all addresses in turn and takes down every message.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from storage import cases, chats
from storage.database import Database
from storage.sealed.keyring import Keyring
from storage.transaction import Transaction
from tests.endurance.loop import CARLA, GROUP, ROOT, TOKENS, free_port
from tests.endurance.telegram import Telegram
from tests.storage.server import Server

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]
PATIENCE = 90.0
MEASURING = bool(os.environ.get("CARELINE_ENDURANCE"))  # only then is the time that something takes a reason to fail
TAKEN_OVER = 30.0
STOPPED = 10.0 if MEASURING else PATIENCE
READY = 10.0 if MEASURING else PATIENCE
WRITTEN = 1.0
CASES = 10_000
BATCH = 1000


@dataclass(kw_only=True)
class House:
    """One installation: its Telegram, and the programs that run for it."""

    telegram: Telegram
    folder: Path
    url: str = ""
    mode: str = "webhook"
    running: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, *arguments: str, port: int) -> asyncio.subprocess.Process:
        settings = TOKENS | {
            "BOT_API_URL": self.telegram.url,
            "MODE": self.mode,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.folder / "data"),
            "DESK_CHAT_ID": str(GROUP),
            "COORDINATORS": str(CARLA),
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CARELINE_")}
        with (self.folder / "log.jsonl").open("ab") as log:
            program = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", *arguments),
                cwd=self.folder,
                env=clean | {"PYTHONPATH": str(ROOT)} | {f"CARELINE_{name}": value for name, value in settings.items()},
                stdout=log,
                stderr=log,
            )
        self.running.append(program)
        await listens(port)
        return program

    async def answers(self, person: int, seconds: float = PATIENCE) -> None:
        """Somebody who writes gets one message. What happens after this happens when it is written down."""
        before = len(self.telegram.sent[person])
        self.telegram.message(1001, person, text="/start" if not before else "/help")
        assert await self.telegram.until(lambda: len(self.telegram.sent[person]) > before, seconds), self.log()
        await asyncio.sleep(WRITTEN)

    def log(self) -> str:
        return (self.folder / "log.jsonl").read_text(errors="replace")[-3000:]

    async def stop(self, program: asyncio.subprocess.Process) -> float:
        began = time.monotonic()
        program.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(program.wait(), PATIENCE) == 0, self.log()
        return time.monotonic() - began


@contextlib.asynccontextmanager
async def house(folder: Path, url: str = "", mode: str = "webhook") -> AsyncIterator[House]:
    telegram = Telegram(group=GROUP)
    await telegram.open()
    made = House(telegram=telegram, folder=folder, url=url, mode=mode)
    try:
        yield made
    finally:
        for program in made.running:
            if program.returncode is None:
                program.kill()
                await program.wait()
        await telegram.close()


async def listens(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                return writer.close()


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def workers_of(program: asyncio.subprocess.Process) -> list[int]:
    return [int(one) for one in Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()]


@pytest.mark.postgres
async def test_workers_share_an_address_and_whoever_ends_is_started_again(tmp_path: Path, postgres: Server) -> None:
    postgres.create("workers")
    async with house(tmp_path, postgres.url("workers")) as here:
        port = free_port()
        here.telegram.hooks = [f"http://127.0.0.1:{port}"]
        program = await here.start("--workers", "2", port=port)
        await here.answers(1)
        first = workers_of(program)
        assert len(first) == 2
        os.kill(first[0], signal.SIGKILL)
        await here.answers(1)
        await here.answers(2)
        async with asyncio.timeout(PATIENCE):
            while len(set(workers_of(program)) - {first[0]}) < 2:  # noqa: ASYNC110 - what is waited for is another program
                await asyncio.sleep(0.1)
        second = workers_of(program)
        os.kill(first[1], signal.SIGKILL)
        await here.answers(3)
        assert await here.stop(program) < STOPPED
        assert not [pid for pid in second if alive(pid)]
        assert [len(here.telegram.sent[person]) for person in (1, 2, 3)] == [2, 1, 1]


@pytest.mark.postgres
@pytest.mark.skipif(not MEASURING, reason="a minute of waiting for dead programs: set CARELINE_ENDURANCE")
async def test_roles_apart_and_another_worker_takes_over(tmp_path: Path, postgres: Server) -> None:
    """What the compose file starts: web programs that only receive, workers that send; then a worker dies, a second one freezes."""
    postgres.create("roles")
    async with house(tmp_path, postgres.url("roles")) as here:
        ports = [free_port() for _ in range(4)]
        here.telegram.hooks = [f"http://127.0.0.1:{port}" for port in ports[:2]]
        for port in ports[:2]:
            await here.start("--role", "web", port=port)
        worker = await here.start("--role", "worker", port=ports[2])
        await here.answers(1)
        other = await here.start("--role", "worker", port=ports[3])
        worker.kill()
        began = time.monotonic()
        await here.answers(2)
        assert time.monotonic() - began < TAKEN_OVER
        other.send_signal(signal.SIGSTOP)
        worker = await here.start("--role", "worker", port=ports[2])
        began = time.monotonic()
        await here.answers(3)
        assert time.monotonic() - began < TAKEN_OVER
        other.send_signal(signal.SIGCONT)
        await here.answers(1)
        await asyncio.sleep(3)  # whatever the one that was frozen sends would come now
        assert [len(here.telegram.sent[person]) for person in (1, 2, 3)] == [2, 1, 1]
        for program in here.running:
            if program.returncode is None:
                assert await here.stop(program) < STOPPED


async def fill(data: Path) -> None:
    database = Database.open(f"sqlite:///{data / 'careline.db'}", keys=Keyring.open(data / "careline.key"))
    database.migrate()
    for start in range(0, CASES, BATCH):
        await database.transact(lambda tx, start=start: [opened(tx, 100_000 + start + number) for number in range(BATCH)])
    await database.close()


def opened(tx: Transaction, person: int) -> None:
    chat = chats.lock(tx, person, hint="en")
    cases.open_case(tx, chat.id, urgency="routine", reason="complete", stage="new")


async def test_a_start_after_a_kill_with_ten_thousand_cases(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    await fill(tmp_path / "data")
    async with house(tmp_path, mode="polling") as here:
        port = free_port()
        program = await here.start(port=port)
        await here.answers(1)
        program.kill()
        await program.wait()
        here.telegram.message(1001, 2, text="/start")
        began = time.monotonic()
        await here.start(port=port)
        assert await here.telegram.until(lambda: here.telegram.sent[2], PATIENCE), here.log()
        assert time.monotonic() - began < READY
