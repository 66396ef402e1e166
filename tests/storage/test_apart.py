"""Keys of a family, documents that lie apart, and files that arrive by the upload page."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from storage import chats, documents
from storage.keeping import erasure
from storage.records import fetching, guarding, page_uploads, upload_links
from storage.sealed import data_keys
from storage.sealed.keyring import Keyring, Tampered
from storage.sealed.sealing import CHUNK, Binding
from storage.vault import UnknownBlob, Vault


@pytest.fixture
async def chat(db):
    return await db.transact(lambda tx: chats.lock(tx, 5))


@pytest.fixture
def vault(tmp_path, keys):
    return Vault(tmp_path / "vault", keys)


async def announced(db, chat, message_id=11):
    facts = {"file_id": f"f{message_id}", "file_unique_id": "u", "kind": "document", "album": None}
    return (await db.transact(lambda tx: documents.announce(tx, chat.id, message_id=message_id, **facts)))[1]


async def kept(db, vault, part, data):
    blob = vault.put([data], documents.blob_context(part))
    facts = {"content_type": "application/pdf", "size": blob.size, "hmac": blob.hmac, "blob": blob.id}
    more = {"pages": 3, "readable": True, "flags": ("javascript",), "facts": {"modality": "CT"}}
    await db.transact(lambda tx: fetching.stored(tx, part.id, **facts, **more))
    return (await db.read(lambda tx: documents.parts(tx, part.document_id)))[0]


async def test_what_was_found_in_a_file_is_remembered(db, chat, vault):
    part = await kept(db, vault, await announced(db, chat), b"report")
    assert (part.pages, part.readable, part.flags, part.facts) == (3, True, ("javascript",), {"modality": "CT"})


async def test_a_document_opens_with_the_key_of_its_family_only(db, chat, vault):
    other = await db.transact(lambda tx: chats.lock(tx, 6))
    mine = await kept(db, vault, await announced(db, chat), b"mine")
    theirs = await announced(db, other)
    assert vault.open(mine.blob, documents.blob_context(mine)) == b"mine"
    binding = documents.blob_context(mine)
    for wrong in (
        documents.blob_context(theirs),
        Binding(context=documents.blob_context(theirs).context, key_id=binding.key_id, wrapped=binding.wrapped),
        Binding(context=binding.context, key_id=binding.key_id, wrapped=documents.blob_context(theirs).wrapped),
        f"document_parts.blob:{mine.id}",
    ):
        with pytest.raises(Tampered):
            vault.open(mine.blob, wrong)


async def test_erasing_the_key_erases_the_documents_even_where_the_files_are_left(db, chat, vault):
    part = await kept(db, vault, await announced(db, chat), b"report")
    await db.transact(lambda tx: erasure.erase(tx, chat.id))
    assert vault.holds(part.blob)
    fresh = await db.transact(lambda tx: data_keys.of(tx, chat.id))
    with pytest.raises(Tampered):
        vault.open(part.blob, Binding(context=documents.blob_context(part).context, key_id=fresh[0], wrapped=fresh[1]))


async def test_a_guarded_document_moves_to_its_own_place_and_key(db, chat, vault, tmp_path):
    part = await kept(db, vault, await announced(db, chat), b"passport")
    await db.transact(lambda tx: documents.guard(tx, part.document_id))
    (found,) = await db.read(guarding.to_guard)
    binding = await db.transact(lambda tx: guarding.apart(tx, found))
    blob = vault.put(vault.stream(found.blob, documents.blob_context(found)), binding)
    assert await db.transact(lambda tx: guarding.moved(tx, found, blob=blob.id, key_id=binding.key_id))
    assert not await db.transact(lambda tx: guarding.moved(tx, found, blob=blob.id, key_id=binding.key_id))
    (after,) = await db.read(lambda tx: documents.parts(tx, part.document_id))
    assert after.blob.startswith("g") and next((tmp_path / "vault" / "guarded").rglob(after.blob))
    assert vault.open(after.blob, documents.blob_context(after)) == b"passport"
    assert (after.key_id != part.key_id, await db.read(guarding.to_guard)) == (True, [])


async def test_what_may_be_a_passport_lies_apart_from_its_first_byte_on(db, chat, vault, tmp_path):
    facts = {"file_id": "f", "file_unique_id": "u", "kind": "photo", "album": "a", "guarded": True}
    _, first, _ = await db.transact(lambda tx: documents.announce(tx, chat.id, message_id=11, **facts))
    _, second, _ = await db.transact(lambda tx: documents.announce(tx, chat.id, message_id=12, **{**facts, "guarded": False}))
    for part in (first, second):
        stored = await kept(db, vault, part, b"passport")
        assert part.guarded and stored.blob.startswith("g") and next((tmp_path / "vault" / "guarded").rglob(stored.blob))
    assert await db.read(guarding.to_guard) == []
    assert vault.open(stored.blob, documents.blob_context(stored)) == b"passport"


async def test_an_album_that_turns_out_to_be_a_passport_lies_apart_with_all_its_files(db, chat, vault):
    facts = {"file_id": "f", "file_unique_id": "u", "kind": "photo", "album": "a"}
    _, first, _ = await db.transact(lambda tx: documents.announce(tx, chat.id, message_id=11, **facts))
    stored = await kept(db, vault, first, b"page 1")
    _, second, _ = await db.transact(lambda tx: documents.announce(tx, chat.id, message_id=12, guarded=True, **facts))
    assert (first.guarded, second.guarded) == (False, True)
    assert [part.blob for part in await db.read(guarding.to_guard)] == [stored.blob]


async def test_a_copy_of_a_passport_lies_apart_too(db, chat, vault):
    other = await db.transact(lambda tx: chats.lock(tx, 6))
    first, second, theirs = await announced(db, chat), await announced(db, chat, 12), await announced(db, other)
    for part in (first, second, theirs):
        await kept(db, vault, part, b"passport")
    await db.transact(lambda tx: documents.file_under(tx, second.document_id, "passport"))
    await db.transact(lambda tx: documents.guard(tx, second.document_id))
    await db.transact(lambda tx: guarding.follow(tx, second.document_id))
    assert {part.id for part in await db.read(guarding.to_guard)} == {first.id, second.id}
    assert (await db.read(lambda tx: documents.get(tx, first.document_id))).record == "passport"


async def test_a_link_works_until_it_expires_is_revoked_or_replaced(db, chat, clock):
    secret = await db.transact(lambda tx: upload_links.make(tx, chat.id, record="imaging-dicom"))
    assert len(secret) == 22
    link = await db.read(lambda tx: upload_links.find(tx, secret))
    assert (link.chat_id, link.record) == (chat.id, "imaging-dicom")
    newer = await db.transact(lambda tx: upload_links.make(tx, chat.id))
    found = [await db.read(lambda tx, one=one: upload_links.find(tx, one)) for one in (secret, newer, "x" * 22, "\ud800")]
    assert [one is not None for one in found] == [False, True, False, False]
    assert await db.transact(lambda tx: upload_links.revoke(tx, chat.id))
    assert await db.read(lambda tx: upload_links.find(tx, newer)) is None
    last = await db.transact(lambda tx: upload_links.make(tx, chat.id, life=timedelta(hours=1)))
    clock.move(hours=2)
    assert await db.read(lambda tx: upload_links.find(tx, last)) is None


async def arriving(db, chat, clock=None):
    await db.transact(lambda tx: upload_links.make(tx, chat.id, life=timedelta(hours=1)))
    return await db.transact(
        lambda tx: page_uploads.begin(tx, chat.id, link_id=1, upload="up", name="cd.zip", size=10, record=None)
    )


async def test_an_upload_is_examined_only_after_its_last_byte(db, chat, vault):
    _, part = await arriving(db, chat)
    assert part.name == "cd.zip"
    assert await db.transact(lambda tx: fetching.claim(tx, 10)) == []
    assert await db.read(documents.closable) == []
    draft = vault.begin(documents.blob_context(part))
    assert await db.transact(lambda tx: page_uploads.drafted(tx, part.id, draft.id))
    draft.write(b"0123456789")
    blob = vault.finish(draft, documents.blob_context(part))
    found = await db.read(lambda tx: page_uploads.find(tx, 1, "up"))
    assert await db.transact(lambda tx: page_uploads.arrived(tx, found, blob=blob.id, hmac=blob.hmac))
    assert not await db.transact(lambda tx: page_uploads.arrived(tx, found, blob=blob.id, hmac=blob.hmac))
    (taken,) = await db.transact(lambda tx: fetching.claim(tx, 10))
    assert vault.open(taken.blob, documents.blob_context(taken)) == b"0123456789"
    assert await db.read(lambda tx: page_uploads.taken(tx, 1)) == 10


async def test_an_upload_that_can_never_end_is_found_and_dropped(db, chat, vault, clock):
    _, part = await arriving(db, chat)
    draft = vault.begin(documents.blob_context(part))
    await db.transact(lambda tx: page_uploads.drafted(tx, part.id, draft.id))
    assert await db.read(page_uploads.stale) == []
    clock.move(hours=2)
    (late,) = await db.read(page_uploads.stale)
    assert await db.transact(lambda tx: page_uploads.drop(tx, late))
    assert vault.delete(late.blob)
    assert not list(vault._folder.rglob("*.rest"))
    assert await db.read(lambda tx: documents.for_chat(tx, chat.id)) == []


@pytest.mark.parametrize("stops", [(1,), (CHUNK,), (CHUNK + 1, 2 * CHUNK), (100, 200, 300)])
def test_a_draft_goes_on_where_it_stopped(vault, stops):
    plain, at = os.urandom(3 * CHUNK + 50), 0
    draft = vault.begin("part:1")
    for stop in stops:
        draft.write(plain[at:stop])
        draft.pause()
        draft.close()
        draft = vault.resume(draft.id, "part:1")
        assert draft.size == stop
        at = stop
    draft.write(plain[at:])
    blob = vault.finish(draft, "part:1")
    assert (blob.size, blob.hmac) == (len(plain), vault.put([plain], "part:2").hmac)
    assert vault.open(blob.id, "part:1") == plain


def test_half_a_chunk_that_a_crash_left_is_sent_again(vault):
    draft = vault.begin("part:1")
    draft.write(bytes(3 * CHUNK))
    draft.close()  # nothing was put beside it
    path = next(path for path in vault._folder.rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-10])
    assert vault.resume(draft.id, "part:1").size == CHUNK
    with pytest.raises(UnknownBlob):
        vault.resume("0" * 32, "part:1")


def test_any_piece_of_a_file_can_be_read_alone(vault):
    plain = os.urandom(3 * CHUNK + 50)
    blob = vault.put([plain], "part:1")
    reader = vault.reader(blob.id, "part:1")
    assert reader.size == len(plain)
    for offset, size in ((0, 10), (CHUNK - 1, 2), (CHUNK, CHUNK), (2 * CHUNK + 5, 10**9), (len(plain), 5), (10**9, 5)):
        assert reader.read(offset, size) == plain[offset : offset + size]


KILLED = """
import sys
from pathlib import Path
from storage.sealed.keyring import Keyring
from storage.vault import Vault
draft = Vault(Path(sys.argv[1]) / "vault", Keyring.open(Path(sys.argv[1]) / "keys")).begin("part:1")
print(draft.id, flush=True)
while True:
    draft.write(b"Zanzibar-Lymphoma-4711" * 3001)
    draft.pause()
    print(draft.size, flush=True)
"""


@pytest.mark.kill
def test_an_upload_whose_program_is_killed_goes_on_and_was_never_readable(tmp_path):
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True) as program:
        blob_id, sizes = program.stdout.readline().strip(), [int(program.stdout.readline()) for _ in range(20)]
        program.kill()
    for path in (tmp_path / "vault").rglob("*"):
        assert path.is_dir() or b"Zanzibar" not in path.read_bytes()
    draft = Vault(tmp_path / "vault", Keyring.open(tmp_path / "keys")).resume(blob_id, "part:1")
    assert draft.size >= sizes[-1] - CHUNK


async def test_two_who_send_at_once_have_one_key(db, chat):
    made = await asyncio.gather(*(db.transact(lambda tx: data_keys.of(tx, chat.id)) for _ in range(5)))
    assert len(set(made)) == 1
