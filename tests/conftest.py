"""What tests of every folder share: keys, and a PostgreSQL server where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage.keyring import Keyring
from tests import template
from tests.storage.server import NoServer, Server, migrate


@pytest.fixture(scope="session")
def keys() -> Keyring:
    return template.keys()


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
