"""One sandbox on a real socket for all tests here, driven through both bot libraries and through the person's side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from aiogram import Bot as AiogramBot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import Bot as PtbBot
from telegram.request import HTTPXRequest

from bot.sandbox import Sandbox
from tests.examples import one_or_all
from tests.sandbox.driving import Driver, World

TOKENS = {"aiogram": "1001:SANDBOX-patient-test", "ptb": "1002:SANDBOX-desk-test", "member": "1003:SANDBOX-member-test"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served() -> AsyncIterator[World]:
    sandbox = Sandbox(allow_any_token=True)
    for name, token in TOKENS.items():
        sandbox.add_bot(token, f"{name}_bot", name.title())
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.ensure_future(sandbox.serve("127.0.0.1", 0, ready.set_result))
    url = f"http://127.0.0.1:{await ready}"
    async with httpx.AsyncClient(base_url=url, timeout=20, verify=False) as http:
        yield World(sandbox=sandbox, url=url, http=http)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    sandbox.close()


@pytest.fixture
def world(served: World) -> World:
    """A clean slate: no faults, no limits, nothing logged; people and chats of other tests stay."""
    state = served.sandbox.state
    state.faults.active.clear()
    state.violations.clear()
    state.limits.forget()
    state.settings.limits, state.settings.strict, state.settings.callback_seconds = False, True, 15.0
    for bot in state.bots.values():
        bot.allowed = None
    return served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def clients(served: World) -> AsyncIterator[dict[str, Driver]]:
    drivers = {name: await _driver(served, name, token) for name, token in TOKENS.items()}
    yield drivers
    for driver in drivers.values():
        await driver.aiogram.session.close()
        await driver.ptb.shutdown()


async def _driver(served: World, name: str, token: str) -> Driver:
    session = AiohttpSession(api=TelegramAPIServer.from_base(served.url))
    aiogram = AiogramBot(token, session=session)
    request = [HTTPXRequest(connection_pool_size=20), HTTPXRequest()]
    ptb = PtbBot(
        token,
        base_url=f"{served.url}/bot",
        base_file_url=f"{served.url}/file/bot",
        get_updates_request=request[1],
        request=request[0],
    )
    await ptb.initialize()
    return Driver(name="ptb" if name == "ptb" else "aiogram", token=token, aiogram=aiogram, ptb=ptb)


@pytest.fixture(params=one_or_all(["aiogram", "ptb"], "aiogram"))
def driver(request: pytest.FixtureRequest, clients: dict[str, Driver]) -> Driver:
    """Each test that asks for it runs once through aiogram and once through python-telegram-bot."""
    return clients[request.param]


def pytest_configure(config: pytest.Config) -> None:
    """do_api_request is asked on purpose: it passes on what PTB's own methods would refuse."""
    config.addinivalue_line("filterwarnings", "ignore:Please use 'Bot:telegram.warnings.PTBUserWarning")
    config.addinivalue_line("filterwarnings", "ignore:Deprecated since version v22.2:telegram.warnings.PTBDeprecationWarning")
