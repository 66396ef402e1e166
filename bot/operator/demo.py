"""`python -m bot sandbox`: a stand-in for Telegram, both bots, a staff group and its people, in one process on this machine.

The bots do not know it: they get tokens and a base URL like anywhere else. Everything lives in one folder, and a restart goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import Clock
from bot.program import memory
from bot.program.signals import on_signals
from bot.sandbox import Sandbox

if TYPE_CHECKING:
    from bot.settings import Settings

HOST = "127.0.0.1"
PATIENT_BOT, DESK_BOT = 1001, 1002
GROUP = -1001000000001
COORDINATORS = {7101: "Carla", 7102: "Mei"}
PATIENT = 7001
DATA = Path("data/sandbox")
TELEGRAM = "telegram"  # what the stand-in keeps, in the clear as Telegram has it, stands apart from what we keep


async def run(*, port: int, data: Path | None, bare: bool, say: Callable[[str], None], questionnaire: str = "") -> None:
    """Until a signal. `say` is told the address, once. `bare`: nothing but the stand-in, in memory unless data is given."""
    stopping = asyncio.Event()
    on_signals(stopping)
    clock = Clock()
    folder = data if bare else data or DATA
    sandbox = Sandbox(data_dir=folder and folder / TELEGRAM, clock_changed=clock.set_offset, allow_any_token=bare)
    clock.set_offset(timedelta(seconds=sandbox.state.clock.offset))
    try:
        async with _served(sandbox, port, stopping) as address:
            say(address)
            if bare or folder is None:
                await stopping.wait()
            else:
                await _bots(sandbox, _settings(address, folder, questionnaire), clock, stopping)
    finally:
        sandbox.close()


@contextlib.asynccontextmanager
async def _served(sandbox: Sandbox, port: int, stopping: asyncio.Event) -> AsyncIterator[str]:
    """The stand-in's address while it serves; if it ends by itself, so does everything."""
    known: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(sandbox.serve(HOST, port, known.set_result))
    serving.add_done_callback(lambda _: stopping.set())
    serving.add_done_callback(lambda _: known.cancel())
    with contextlib.suppress(asyncio.CancelledError):
        await known
    if known.cancelled():
        await serving  # raises what went wrong
    try:
        yield f"http://{HOST}:{known.result()}/"
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def _bots(sandbox: Sandbox, settings: Settings, clock: Clock, stopping: asyncio.Event) -> None:
    sandbox.state.loading = True
    sandbox.add_bot(settings.token("patient"), "careline_intake_bot", "Careline")
    sandbox.add_bot(settings.token("desk"), "careline_desk_bot", "Careline desk")
    for number, name in COORDINATORS.items():
        sandbox.add_person(number, name, "en", "coordinator")
    sandbox.add_forum(GROUP, "Careline desk", list(COORDINATORS), [DESK_BOT])
    sandbox.add_person(PATIENT, "Ana", "en", "patient")
    running: Any = await asyncio.to_thread(
        importlib.import_module, "bot.program.running"
    )  # seconds; the page is there meanwhile
    await running.run(settings, clock=clock, here=True, ready=partial(_loaded, sandbox), stopping=stopping)


def _loaded(sandbox: Sandbox) -> None:
    sandbox.state.loading = False
    memory.at_rest()


def _settings(address: str, folder: Path, questionnaire: str) -> Settings:
    """Settings that can only reach the stand-in; tokens belong to the folder's key, so that a restart has the same."""
    from pydantic import SecretStr

    from bot.settings import Settings
    from storage.sealed.keyring import Keyring

    keys = Keyring.open(folder / "careline.key")
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        patient_token=SecretStr(f"{PATIENT_BOT}:SANDBOX-patient-{keys.sign('sandbox token patient')}"),
        desk_token=SecretStr(f"{DESK_BOT}:SANDBOX-desk-{keys.sign('sandbox token desk')}"),
        bot_api_url=address,
        mode="polling",
        data_dir=folder,
        database_url="",
        desk_chat_id=GROUP,
        coordinators=tuple(COORDINATORS),
        questionnaire=questionnaire,
        pace="telegram" if os.environ.get("CARELINE_PACE") == "telegram" else "off",
        port=0,
    )
