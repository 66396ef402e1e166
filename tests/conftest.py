"""What tests of every folder share: keys, a browser and a PostgreSQL server where there is one, and `--quick`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from bot.program import memory
from storage.sealed.keyring import Keyring
from tests import template
from tests.examples import QUICK
from tests.storage.server import NoServer, Server, migrate

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SLOW = "slow or whole or browser or kill or postgres"
memory.starting()
MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes that must be free there


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help=f"leaves out what is marked {SLOW}, tries fewer examples, and keeps files in memory",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("quick"):
        config.option.markexpr = config.option.markexpr or f"not ({SLOW})"
        settings.load_profile(QUICK)
        if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # nobody waits for a disk that has nothing to prove


def pytest_collection_finish() -> None:
    """What was imported stays until the end: nobody need look through it."""
    memory.at_rest()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Neither need a run with `--quick` look through what its tests left."""
    if session.config.getoption("quick"):
        memory.at_rest()


@pytest.fixture(scope="session")
def keys() -> Keyring:
    return template.keys()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the tests of one file."""
    from playwright.sync_api import sync_playwright

    from tests.sandbox.browsing import ARGUMENTS, NO_BROWSER, chromium

    with sync_playwright() as playwright:
        program = chromium(playwright)
        if program is None:
            pytest.skip(NO_BROWSER)
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def postgres(keys: Keyring) -> Iterator[Server]:
    """A server of our own with one migrated database."""
    try:
        server = Server.start()
    except NoServer as reason:
        pytest.skip(f"PostgreSQL is not tested here: {reason}")
    try:
        server.create("careline")
        migrate(server.url("careline"), keys)
        yield server
    finally:
        server.stop()
