"""Files that people send: kept whole and encrypted, or refused with a reason; and then the conversation is told, once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import uploads
from bot.inspection import Inspector
from bot.patient.channel import PatientChannel
from bot.uploads import Uploads
from storage import chats, documents
from storage.database import Database
from storage.rows import Document, Part
from storage.transaction import Transaction
from storage.vault import Vault
from tests.bot.conftest import StoppedClock
from tests.bot.files import BAD, GOOD, JPEG, PDF
from tests.bot.stand_in import PATIENT_BOT, StandIn, until


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "IDLE_SECONDS", 0.02)


class Mailroom:
    """Uploads at work. `closed` are the documents that the conversation was told of."""

    def __init__(self, database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn) -> None:
        self.database, self.channel, self.vault, self.stand_in = database, channel, vault, stand_in
        self.closed: list[str] = []
        self.trouble: list[Exception] = []
        self.uploads = Uploads(
            database=database,
            vault=vault,
            inspector=Inspector(),
            channels={"patient": channel},
            closed={"patient": self._close},
        )

    async def announce(self, chat: str, *, offset: int | None = None) -> list[str]:
        """What the conversation does when files come: writes down what Telegram says of them. The ids of the documents."""
        updates = await self.channel.updates(offset, 0, ["message"])
        messages = [one["message"] for one in updates if {"document", "photo"} & set(one["message"])]
        found = await self.database.transact(lambda tx: [_announced(tx, message) for message in messages])
        return list(dict.fromkeys(found))

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.uploads.run())
        try:
            yield
        finally:
            await self.uploads.drain()
            await task

    async def parts(self, document_id: str) -> list[Part]:
        return await self.database.read(lambda tx: documents.parts(tx, document_id))

    async def document(self, document_id: str) -> Document:
        return await self.database.read(lambda tx: documents.get(tx, document_id))

    def bytes_of(self, part: Part) -> bytes:
        return self.vault.open(part.blob or "", documents.blob_context(part))

    async def _close(self, document_id: str) -> None:
        if self.trouble:
            raise self.trouble.pop()
        self.closed.append(document_id)
        await self.database.transact(lambda tx: documents.close(tx, document_id, None))


def _announced(tx: Transaction, message: dict[str, Any]) -> str:
    chat = chats.lock(tx, message["chat"]["id"], hint=None)
    kind = "photo" if "photo" in message else "document"
    file = message["photo"][-1] if kind == "photo" else message["document"]
    document, _, _ = documents.announce(
        tx,
        chat.id,
        album=message.get("media_group_id"),
        message_id=message["message_id"],
        file_id=file["file_id"],
        file_unique_id=file["file_unique_id"],
        kind=kind,
        name=file.get("file_name"),
        declared_size=file.get("file_size"),
    )
    return document.id


@pytest.fixture
async def mailroom(database: Database, vault: Vault, stand_in: StandIn) -> AsyncIterator[Mailroom]:
    channel = PatientChannel(PATIENT_BOT, stand_in.url)
    yield Mailroom(database, channel, vault, stand_in)
    await channel.close()


@pytest.fixture
async def ana(stand_in: StandIn) -> str:
    return await stand_in.person("Ana")


async def settled(mailroom: Mailroom, document_id: str) -> bool:
    return all(part.state != "announced" for part in await mailroom.parts(document_id))


async def told(mailroom: Mailroom, count: int) -> bool:
    return len(mailroom.closed) >= count


@pytest.mark.slow
async def test_every_kind_of_record_is_kept_byte_for_byte(mailroom: Mailroom, ana: str, stand_in: StandIn) -> None:
    for name, (data, _) in GOOD.items():
        await stand_in.sends(ana, (name, data))
    ids = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: told(mailroom, len(GOOD)))
    assert sorted(mailroom.closed) == sorted(ids)
    for document_id, (data, content_type) in zip(ids, GOOD.values(), strict=True):
        (part,) = await mailroom.parts(document_id)
        assert (part.state, part.content_type, part.size) == ("stored", content_type, len(data))
        assert mailroom.bytes_of(part) == data


async def test_what_can_do_harm_is_refused_with_a_reason(mailroom: Mailroom, ana: str, stand_in: StandIn) -> None:
    sent = {name: (data, reason) for name, (data, reason) in BAD.items() if data}
    for name, (data, _) in sent.items():
        await stand_in.sends(ana, (name, data))
    ids = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: told(mailroom, len(sent)))
    parts = [(await mailroom.parts(document_id))[0] for document_id in ids]
    assert [part.reason for part in parts] == [reason for _, reason in sent.values()]
    assert {part.blob for part in parts} == {None}
    assert {(await mailroom.document(document_id)).state for document_id in ids} == {"refused"}


async def test_an_album_closes_once_when_nothing_came_for_a_moment(
    mailroom: Mailroom, ana: str, stand_in: StandIn, clock: StoppedClock
) -> None:
    await stand_in.sends(ana, *[(f"{number}.pdf", PDF + bytes([number])) for number in range(10)])
    (document_id,) = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: settled(mailroom, document_id))
        assert mailroom.closed == []
        clock.shift(timedelta(seconds=2))
        await until(lambda: told(mailroom, 1))
        mailroom.uploads.wake()
    assert mailroom.closed == [document_id]
    assert [mailroom.bytes_of(part)[-1] for part in await mailroom.parts(document_id)] == list(range(10))


async def test_one_bad_page_does_not_cost_the_others(
    mailroom: Mailroom, ana: str, stand_in: StandIn, clock: StoppedClock
) -> None:
    await stand_in.sends(ana, ("a.pdf", PDF), ("b.svg", b"<svg/>"), ("c.jpg", JPEG))
    (document_id,) = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: settled(mailroom, document_id))
        clock.shift(timedelta(seconds=2))
        await until(lambda: told(mailroom, 1))
    assert [part.state for part in await mailroom.parts(document_id)] == ["stored", "refused", "stored"]
    assert (await mailroom.document(document_id)).state == "closed"


async def test_a_file_that_telegram_does_not_give_is_refused_as_too_large(
    mailroom: Mailroom, ana: str, stand_in: StandIn
) -> None:
    await stand_in.post(f"chats/{ana}/files", {"kind": "document", "declared_size": 21 * 1024 * 1024, "file_name": "cd.zip"})
    (document_id,) = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: told(mailroom, 1))
    assert (await mailroom.parts(document_id))[0].reason == "too-large"


@pytest.mark.parametrize("kind", ["error", "reset_before", "html"])
async def test_a_fetch_that_failed_is_tried_again(
    mailroom: Mailroom, ana: str, stand_in: StandIn, clock: StoppedClock, kind: str
) -> None:
    await stand_in.fault(kind=kind, method="getFile")
    await stand_in.sends(ana, ("a.pdf", PDF))
    (document_id,) = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: rested(mailroom, document_id))
        clock.shift(timedelta(minutes=1))
        await until(lambda: told(mailroom, 1))
    (part,) = await mailroom.parts(document_id)
    assert mailroom.bytes_of(part) == PDF


async def rested(mailroom: Mailroom, document_id: str) -> bool:
    return (await mailroom.parts(document_id))[0].next_try_at is not None


async def test_a_full_disk_is_waited_for(
    mailroom: Mailroom, ana: str, stand_in: StandIn, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = mailroom.vault.put

    def full(*_: object) -> None:
        monkeypatch.setattr(mailroom.vault, "put", put)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mailroom.vault, "put", full)
    await stand_in.sends(ana, ("a.pdf", PDF))
    (document_id,) = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: rested(mailroom, document_id))
        clock.shift(timedelta(minutes=2))
        await until(lambda: told(mailroom, 1))
    assert (await mailroom.parts(document_id))[0].state == "stored"


async def test_a_conversation_in_trouble_is_told_again(
    mailroom: Mailroom, ana: str, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "REST_SECONDS", 0.0)
    mailroom.trouble = [ValueError(), ValueError()]
    await stand_in.sends(ana, ("a.pdf", PDF))
    ids = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: told(mailroom, 1))
    assert mailroom.closed == ids


async def test_nothing_lies_on_the_disk_in_plain(mailroom: Mailroom, ana: str, stand_in: StandIn, tmp_path: Path) -> None:
    canary = b"canary-haemoglobin-82"
    await stand_in.sends(ana, ("a.pdf", PDF + canary), ("b.pdf", PDF + canary * 5000))
    (document_id,) = await mailroom.announce(ana)
    async with mailroom.working():
        await until(lambda: settled(mailroom, document_id))
    files = everything_in(tmp_path)
    assert len([path for path in files if "vault" in path.parts]) == 2
    assert not [path for path in files if canary in path.read_bytes()]


def everything_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
