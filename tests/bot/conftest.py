"""A real store on a fresh SQLite file, and a real stand-in for Telegram on a real socket."""

from __future__ import annotations

import asyncio
import io
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import delivery
from bot.patient.channel import PatientChannel
from bot.program import logs
from bot.sandbox import Sandbox
from storage.database import Database
from storage.sealed.keyring import Keyring
from storage.vault import Vault
from tests import template
from tests.bot.desk_world import Patient, Person, World
from tests.bot.office import Office
from tests.bot.stand_in import DESK_BOT, PATIENT_BOT, StandIn
from tests.bot.suited import told_everything
from tests.bot.web_desk import Desk


class StoppedClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def shift(self, by: timedelta) -> None:
        self.time += by


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Logs as in the program, which says a crash in one line, and to nobody."""
    quiet()


def quiet() -> None:
    logs.configure("ERROR", stream=io.StringIO(), console=False)
    logging.captureWarnings(capture=False)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def database(tmp_path: Path, keys: Keyring, clock: StoppedClock) -> AsyncIterator[Database]:
    opened = Database.open(template.copy_to(tmp_path), keys=keys, clock=clock.now)
    yield opened
    await opened.close()


@pytest.fixture
def vault(tmp_path: Path, keys: Keyring) -> Vault:
    return Vault(tmp_path / "vault", keys)


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The stand-in's address; it lives in a thread of its own for all tests."""
    sandbox = Sandbox(allow_any_token=True)
    sandbox.add_bot(PATIENT_BOT, "careline_intake_bot", "Careline")
    sandbox.add_bot(DESK_BOT, "careline_desk_bot", "Careline desk")
    port: Future[int] = Future()
    loop = asyncio.new_event_loop()
    serving = loop.create_task(sandbox.serve("127.0.0.1", 0, port.set_result))
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(asyncio.gather(serving, return_exceptions=True)), daemon=True
    )
    thread.start()
    yield f"http://127.0.0.1:{port.result(20)}"
    loop.call_soon_threadsafe(serving.cancel)
    thread.join(10)
    sandbox.close()


@pytest.fixture
async def stand_in(served: str) -> AsyncIterator[StandIn]:
    """A clean world."""
    async with StandIn.at(served) as world:
        await world.post("reset", {})
        await world.http.put("/sandbox/settings", json={"limits": False})
        yield world


@pytest.fixture
def begins() -> datetime:
    """When the world begins; a module that needs another day says so."""
    return World.now


@pytest.fixture
async def world(tmp_path: Path, begins: datetime) -> AsyncIterator[World]:
    made = World(tmp_path, now=begins)
    yield made
    await made.database.close()


@pytest.fixture
async def carla(world: World) -> Person:
    return await world.coordinator("Carla", 7101)


@pytest.fixture
async def family(world: World) -> Patient:
    """One whose answers meet every criterion."""
    await told_everything(world)
    return world.patient()


@pytest.fixture
async def topic(family: Patient, carla: Person) -> Person:
    """Carla in the topic of the family's case, which she holds."""
    return await carla.claims()


@pytest.fixture
async def mei(world: World) -> Person:
    return await world.coordinator("Mei", 7102)


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    """The pages of this world's desk, where nobody has come in yet."""
    made = Desk(world)
    yield made
    await made.http.aclose()


@pytest.fixture
async def inside(desk: Desk, carla: Person) -> Desk:
    """The same, with Carla, a coordinator, before it."""
    assert await desk.enters(carla.number) == 204
    return desk


@pytest.fixture
async def channel(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PatientChannel]:
    """A way out to the stand-in, for a delivery that does not wait long."""
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 0.02)
    made = PatientChannel(PATIENT_BOT, stand_in.url)
    yield made
    await made.close()


@pytest.fixture
def office(database: Database, channel: PatientChannel, vault: Vault) -> Office:
    return Office(database, channel, vault)


@pytest.fixture
async def ana(stand_in: StandIn) -> str:
    return await stand_in.person("Ana")
