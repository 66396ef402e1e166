"""Backups: taken while others write, refused when anything in them is not as it was, and nobody who was erased comes back."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import audit, chats, documents
from storage.database import Database
from storage.keeping import backup
from storage.keeping.archive import BackupDamaged, WrongKey
from storage.keeping.ledger import Ledger, LedgerDamaged
from storage.keeping.restoring import NotEmpty, OtherDatabase, Restoring, StillRunning
from storage.records import fetching
from storage.sealed.keyring import Keyring
from storage.vault import Vault
from tests import template

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
FILE = {"file_id": "f", "file_unique_id": "u", "kind": "document"}


class House:
    """A store in a folder, as the program has it."""

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self.folder, self.keys = folder, keys
        self.messages = 0
        self.url = f"sqlite:///{folder / 'careline.db'}"
        self.ledger = Ledger(path=folder / "erasures.txt", keys=keys)

    def open(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.vault = Vault(self.folder / "vault", self.keys)
        self.db = Database.open(self.url, keys=self.keys)

    async def document(self, telegram_id: int, plain: bytes) -> str:
        """Somebody sends a file. Returns the blob that holds it."""
        self.messages += 1
        message_id = self.messages

        def announce(tx):
            chat = chats.lock(tx, telegram_id)
            return documents.announce(tx, chat.id, album=None, message_id=message_id, **FILE)[1]

        part = await self.db.transact(announce)
        blob = await asyncio.to_thread(self.vault.put, [plain], documents.blob_context(part))
        stored = {"content_type": "image/png", "size": blob.size, "hmac": blob.hmac, "blob": blob.id}
        await self.db.transact(lambda tx: fetching.stored(tx, part.id, **stored))
        await self.db.transact(lambda tx: audit.write(tx, actor="patient", action="sent", object=f"part:{part.id}"))
        return blob.id

    async def erase(self, telegram_id: int) -> None:
        def work(tx):
            self.ledger.add(telegram_id, tx.now)
            return chats.erase(tx, chats.lock(tx, telegram_id).id)

        for blob in await self.db.transact(work):
            self.vault.delete(blob)

    async def backup(self, target: Path) -> backup.Made:
        return await backup.make(target, url=self.url, keys=self.keys, vault=Vault(self.folder / "vault", self.keys), now=NOW)

    def restoring(self) -> Restoring:
        return Restoring(url=self.url, vault_dir=self.folder / "vault", keys=self.keys, ledger=self.ledger)


@pytest.fixture
async def house(tmp_path, keys):
    (tmp_path / "here").mkdir()
    template.copy_to(tmp_path / "here")
    made = House(tmp_path / "here", keys)
    made.open()
    yield made
    await made.db.close()


@pytest.fixture
def elsewhere(tmp_path, keys):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return House(folder, keys)


async def test_a_backup_under_load_is_one_moment_and_loses_nothing_of_it(house, elsewhere, tmp_path):
    acknowledged: list[str] = []

    async def load(person: int) -> None:
        while True:
            acknowledged.append(await house.document(7000 + person, b"report %d" % person))

    writing = [asyncio.create_task(load(person)) for person in range(6)]
    while len(acknowledged) < 40:  # noqa: ASYNC110 - the load is no event
        await asyncio.sleep(0.01)
    before = set(acknowledged)
    made = await house.backup(tmp_path / "one.backup")
    after = len(acknowledged)
    while len(acknowledged) < after + 10:  # noqa: ASYNC110 - nobody was stopped by it
        await asyncio.sleep(0.01)
    for one in writing:
        one.cancel()
    await asyncio.gather(*writing, return_exceptions=True)

    assert made.gone == 0
    restored = await elsewhere.restoring().restore(tmp_path / "one.backup")
    assert restored.documents == made.documents >= len(before)
    elsewhere.open()
    assert before <= await elsewhere.db.read(documents.blobs)
    assert await elsewhere.db.read(audit.verify) is None
    await elsewhere.db.close()
    assert not list(elsewhere.folder.glob(".restore-*")) + list(tmp_path.glob(".one.*"))


async def test_a_backup_holds_no_key_and_nothing_that_can_be_read(house, tmp_path):
    await house.document(7001, b"CANARY of Maria")
    await house.backup(tmp_path / "one.backup")
    data = (tmp_path / "one.backup").read_bytes()
    assert b"CANARY" not in data
    assert (tmp_path / "one.backup").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        await house.backup(tmp_path / "one.backup")


async def test_another_key_opens_nothing(house, elsewhere, tmp_path):
    await house.document(7001, b"mine")
    await house.backup(tmp_path / "one.backup")
    elsewhere.keys = Keyring.open(tmp_path / "other.key")
    with pytest.raises(WrongKey):
        await elsewhere.restoring().restore(tmp_path / "one.backup")
    assert list(elsewhere.folder.iterdir()) == []


async def test_a_key_that_was_rotated_since_opens_it(house, elsewhere, tmp_path):
    key = tmp_path / "careline.key"
    house.keys = house.vault._keys = Keyring.open(key)
    await house.db.close()
    house.open()
    await house.document(7001, b"mine")
    await house.backup(tmp_path / "one.backup")
    elsewhere.keys = Keyring.rotate(key)
    assert (await elsewhere.restoring().restore(tmp_path / "one.backup")).documents == 1


async def test_every_damage_is_noticed_and_nothing_is_put_in_place(house, elsewhere, tmp_path):
    await house.document(7001, b"mine" * 5000)
    await house.backup(tmp_path / "one.backup")
    whole, broken = (tmp_path / "one.backup").read_bytes(), tmp_path / "broken.backup"
    damages = [whole[: len(whole) * part // 8] for part in range(8)]
    places = range(60, len(whole), len(whole) // 60)
    damages += [whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :] for at in places]
    refused = 0
    for damage in damages:
        broken.write_bytes(damage)
        try:
            await elsewhere.restoring().restore(broken)
        except (BackupDamaged, WrongKey):
            refused += 1
            assert list(elsewhere.folder.iterdir()) == []
        else:  # a byte that means nothing to a zip reader
            shutil.rmtree(elsewhere.folder)
            elsewhere.folder.mkdir()
    assert refused >= len(damages) - 3


async def test_who_was_erased_after_the_backup_stays_erased(house, elsewhere, tmp_path):
    theirs, other = await house.document(7001, b"CANARY"), await house.document(7002, b"stays")
    await house.backup(tmp_path / "one.backup")
    await house.erase(7001)
    shutil.copy(house.ledger.path, elsewhere.ledger.path)

    restored = await elsewhere.restoring().restore(tmp_path / "one.backup")
    assert (restored.erased, restored.documents) == (1, 1)
    elsewhere.open()
    assert await elsewhere.db.read(documents.blobs) == {other}
    assert not elsewhere.vault.holds(theirs)
    assert (await elsewhere.db.read(lambda tx: chats.get(tx, 1))).state == "erased"
    assert "chat.erased" in [line.action for line in await elsewhere.db.read(audit.lines)]
    await elsewhere.db.close()


async def test_who_came_back_after_an_erasure_is_not_erased_again(house, elsewhere, tmp_path):
    await house.document(7001, b"before")
    await house.erase(7001)
    await asyncio.sleep(0.01)
    await house.document(7001, b"after")
    await house.backup(tmp_path / "one.backup")
    shutil.copy(house.ledger.path, elsewhere.ledger.path)
    restored = await elsewhere.restoring().restore(tmp_path / "one.backup")
    assert (restored.erased, restored.documents) == (0, 1)


async def test_the_ledger_names_nobody_and_a_cut_line_counts_as_not_written(tmp_path, keys):
    ledger = Ledger(path=tmp_path / "erasures.txt", keys=keys)
    ledger.add(7001, NOW)
    assert "7001" not in ledger.path.read_text()
    assert ledger.covers(ledger.read(), 7001, NOW - timedelta(days=1))
    assert not ledger.covers(ledger.read(), 7001, NOW + timedelta(days=1))
    assert not ledger.covers(ledger.read(), 7002, NOW - timedelta(days=1))
    with ledger.path.open("a") as file:
        file.write("2026-11-2")
    assert len(ledger.read()) == 1
    with ledger.path.open("a") as file:
        file.write("\n")
    with pytest.raises(LedgerDamaged):
        ledger.read()


async def test_data_that_are_there_are_never_overwritten(house, tmp_path):
    await house.document(7001, b"mine")
    await house.backup(tmp_path / "one.backup")
    await house.document(7002, b"newer")
    with pytest.raises(NotEmpty):
        await house.restoring().restore(tmp_path / "one.backup")
    with pytest.raises(StillRunning):
        await house.restoring().restore(tmp_path / "one.backup", replace=True)
    await house.db.close()
    restored = await house.restoring().restore(tmp_path / "one.backup", replace=True)
    assert restored.documents == 1
    assert restored.aside
    assert {one.name for one in restored.aside.iterdir()} == {"careline.db", "vault"}
    house.open()
    assert len(await house.db.read(documents.blobs)) == 1


async def test_a_document_that_was_deleted_meanwhile_is_told_and_no_damage(house, elsewhere, tmp_path):
    house.vault.delete(await house.document(7001, b"mine"))
    assert (await house.backup(tmp_path / "one.backup")).gone == 1
    assert (await elsewhere.restoring().restore(tmp_path / "one.backup")).missing == 1


@pytest.mark.postgres
async def test_beside_postgresql_the_documents_are_backed_up(postgres, house, elsewhere, tmp_path):
    from tests.storage.server import empty

    empty(postgres.url("careline"))
    await house.db.close()
    house.url = elsewhere.url = postgres.url("careline")
    house.open()
    await house.document(7001, b"mine")
    made = await house.backup(tmp_path / "one.backup")
    assert (made.database, made.documents) == (False, 1)
    assert (await elsewhere.restoring().restore(tmp_path / "one.backup")).documents == 1
    elsewhere.url = f"sqlite:///{elsewhere.folder / 'careline.db'}"
    with pytest.raises(OtherDatabase):
        await elsewhere.restoring().restore(tmp_path / "one.backup", replace=True)
