"""One writer, many works per commit: nobody is told "done" for what is not on the disk, and nobody pays for another's mistake."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import storage.engine.sqlite
from storage import audit, chats
from storage.database import Database
from storage.engine.jobs import Closed
from tests import template

COUNT = text("SELECT count(*) FROM chats")


@pytest.fixture
def url(tmp_path):
    return template.copy_to(tmp_path)


@pytest.fixture
def path(url):
    return url.removeprefix("sqlite:///")


async def count(db):
    return await db.read(lambda tx: tx.execute(COUNT).scalar_one())


def add(telegram_id):
    return lambda tx: chats.lock(tx, telegram_id).id


def commits(db):
    """How often the file was committed to, seen by a counter of SQLite's that other connections move."""
    return db.read(lambda tx: tx.connection.exec_driver_sql("PRAGMA data_version").scalar_one())


async def test_many_works_share_one_commit(db):
    ready, go = threading.Event(), threading.Event()

    def wait(_tx):
        ready.set()
        go.wait(5)

    first = asyncio.ensure_future(db.transact(wait))
    await asyncio.to_thread(ready.wait)
    before = await commits(db)
    rest = [asyncio.ensure_future(db.transact(add(number))) for number in range(200)]
    await asyncio.sleep(0)
    go.set()
    await first
    assert len(set(await asyncio.gather(*rest))) == 200
    assert await commits(db) - before <= 2
    assert await count(db) == 200


async def test_a_work_that_fails_undoes_itself_alone(db):
    def broken(tx):
        chats.lock(tx, 99)
        raise KeyError("mine")

    works = [add(1), broken, add(2), broken, add(3)]
    done = await asyncio.gather(*(db.transact(work) for work in works), return_exceptions=True)
    assert [type(one) for one in done] == [int, KeyError, int, KeyError, int]
    assert await count(db) == 3


async def test_a_broken_rule_of_the_tables_is_one_works_own_matter(db):
    def broken(tx):
        chats.lock(tx, 98)
        tx.execute(text("INSERT INTO consents (chat_id) VALUES (77)"))

    done = await asyncio.gather(db.transact(add(1)), db.transact(broken), db.transact(add(2)), return_exceptions=True)
    assert "IntegrityError" in type(done[1]).__name__
    assert await count(db) == 2


async def test_what_is_answered_can_be_read_at_once_and_what_is_not_cannot(db):
    await db.transact(add(1))
    assert await count(db) == 1
    inside = []
    writing, read = threading.Event(), threading.Event()

    def slow(tx):
        chats.lock(tx, 2)
        writing.set()
        read.wait(5)

    pending = asyncio.ensure_future(db.transact(slow))
    await asyncio.to_thread(writing.wait)
    inside.append(await count(db))
    read.set()
    await pending
    assert [*inside, await count(db)] == [1, 2]


async def test_reading_cannot_write(db):
    with pytest.raises(OperationalError):
        await db.read(add(1))


async def test_a_caller_that_goes_away_harms_nobody(db):
    gone = asyncio.ensure_future(db.transact(add(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await db.transact(add(2))
    assert await count(db) == 2


async def test_closing_finishes_what_is_queued_and_takes_nothing_more(url, keys, db):
    second = Database.open(url, keys=keys)
    works = [asyncio.ensure_future(second.transact(add(number))) for number in range(50)]
    await asyncio.sleep(0)
    await second.close()
    assert len(await asyncio.gather(*works)) == 50
    assert await count(db) == 50
    with pytest.raises(Closed):
        await second.transact(add(51))
    await second.close()


async def test_several_event_loops_share_one_store(db):
    def elsewhere(number):
        return asyncio.run(db.transact(add(number)))

    ids = await asyncio.gather(*(asyncio.to_thread(elsewhere, number) for number in range(8)))
    assert len(set(ids)) == 8


@pytest.mark.slow
async def test_a_locked_file_delays_and_loses_nothing(db, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    works = [asyncio.ensure_future(db.transact(add(number))) for number in range(20)]
    await asyncio.sleep(1.5)
    assert not any(work.done() for work in works)
    other.execute("COMMIT")
    other.close()
    assert len(set(await asyncio.gather(*works))) == 20
    assert await count(db) == 20


@pytest.mark.slow
async def test_a_file_that_stays_locked_is_an_error_and_not_a_lie(db, path, monkeypatch):
    monkeypatch.setattr(storage.engine.sqlite, "LOCKED_SECONDS", 0.2)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises((OperationalError, sqlite3.OperationalError), match="locked"):
        await db.transact(add(1))
    other.execute("COMMIT")
    other.close()
    await db.transact(add(2))
    assert await count(db) == 1


async def test_a_full_disk_is_an_error_for_all_and_passes_without_a_restart(db):
    """SQLite's own page limit stands in for the disk: the error and its consequences are the same."""
    await db.transact(add(1))
    await db.transact(lambda tx: tx.connection.exec_driver_sql("PRAGMA max_page_count = 1").scalar_one())
    blob = os.urandom(3_000_000)
    fill = text("INSERT INTO facts (name, value) VALUES (:name, :value)")

    def large(tx):
        chats.lock(tx, 2)
        tx.execute(fill, {"name": "large", "value": blob.hex()})

    done = await asyncio.gather(db.transact(add(3)), db.transact(large), db.transact(add(4)), return_exceptions=True)
    assert isinstance(done[1], OperationalError)
    told = [one for one in done if isinstance(one, int)]
    assert await count(db) == 1 + len(told), "whoever was told that it is kept, it is kept"
    await db.transact(lambda tx: tx.connection.exec_driver_sql("PRAGMA max_page_count = 1000000").scalar_one())
    await db.transact(large)
    await db.transact(lambda tx: audit.write(tx, actor="system", action="a", object="b"))
    assert (await db.read(lambda tx: tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar_one())) == "ok"


async def test_the_file_is_durable_and_logged_ahead(db):
    def settings(tx):
        return [
            tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert await db.transact(settings) == ["wal", 2, 1]


KILLED = """
import asyncio, sys
from pathlib import Path
from storage import chats
from storage.database import Database
from storage.sealed.keyring import Keyring

async def main():
    db = Database.open(sys.argv[1], keys=Keyring.open(Path(sys.argv[2])))
    async def person(first):
        for number in range(first, 10**9, 8):
            await db.transact(lambda tx: chats.lock(tx, number))
            print(number, flush=True)
    await asyncio.gather(*(person(first) for first in range(8)))

asyncio.run(main())
"""


@pytest.mark.kill
@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5])
def test_what_was_answered_survives_a_kill(url, path, keys, tmp_path, seconds):
    arguments = [sys.executable, "-c", KILLED, url, str(tmp_path / "keys")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as program:
        told = [int(program.stdout.readline())]
        time.sleep(seconds)
        program.send_signal(signal.SIGKILL)
        told += [int(line) for line in program.stdout.read().split("\n")[:-1]]
    assert len(told) > 10
    connection = sqlite3.connect(path)
    kept = {telegram_id for (telegram_id,) in connection.execute("SELECT telegram_id FROM chats")}
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert set(told) <= kept
