"""Documents: never readable on the disk, whole or not there, any change noticed, whatever their size."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc

import pytest

from storage.sealed.keyring import Keyring, Tampered
from storage.vault import UnknownBlob, Vault

CHUNK = 64 * 1024


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "documents"


@pytest.fixture
def vault(folder, keys):
    return Vault(folder, keys)


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 5 * CHUNK + 77])
@pytest.mark.parametrize("piece", [1000, CHUNK, 10**7])
def test_what_goes_in_comes_out(vault, folder, size, piece):
    plain = os.urandom(size)
    blob = vault.put((plain[at : at + piece] for at in range(0, size, piece)), "part:1")
    assert blob.size == size
    assert vault.open(blob.id, "part:1") == plain
    (path,) = files(folder)
    assert path.name == blob.id
    assert size < CHUNK - 1 or plain[:32] not in path.read_bytes()


async def test_what_arrives_over_the_network_is_stored_the_same_way(vault, folder):
    async def arriving(*pieces):
        for piece in pieces:
            if piece is None:
                raise ConnectionError
            yield piece

    blob = await vault.receive(arriving(b"ab", b"c"), "part:1")
    assert vault.open(blob.id, "part:1") == b"abc"
    with pytest.raises(ConnectionError):
        await vault.receive(arriving(b"ab", None), "part:2")
    assert len(files(folder)) == 1


def test_the_same_bytes_have_the_same_digest_and_nobody_without_the_key_can_compute_it(vault, folder, tmp_path):
    first, second = vault.put([b"ab", b"c"], "part:1"), vault.put([b"abc"], "part:2")
    assert first.hmac == second.hmac
    assert first.id != second.id
    assert Vault(folder, Keyring.open(tmp_path / "other")).put([b"abc"], "x").hmac != first.hmac


def test_a_file_opens_in_its_own_place_only(vault, folder):
    mine, theirs = vault.put([b"mine"], "part:1"), vault.put([b"theirs"], "part:2")
    with pytest.raises(Tampered):
        vault.open(mine.id, "part:2")
    one, other = (next(path for path in files(folder) if path.name == blob.id) for blob in (mine, theirs))
    other.replace(one)
    with pytest.raises(Tampered):
        vault.open(mine.id, "part:1")


def test_every_kind_of_damage_is_noticed(vault, folder):
    plain = os.urandom(3 * CHUNK)
    blob = vault.put([plain], "part:1")
    (path,) = files(folder)
    sealed, head, block = path.read_bytes(), 24, CHUNK + 28
    blocks = [sealed[at : at + block] for at in range(head, len(sealed), block)]
    damaged = [
        sealed[:-1],
        sealed[: head + 2 * block],  # the last block is gone
        sealed[:head],
        sealed[:10],
        b"",
        sealed + b"x",
        sealed[:head] + blocks[1] + blocks[0] + blocks[2],
        sealed[:head] + blocks[0] + blocks[2],
        bytes([sealed[0] ^ 1]) + sealed[1:],
        sealed[:5] + bytes([sealed[5] ^ 1]) + sealed[6:],
        sealed[:9] + bytes([sealed[9] ^ 1]) + sealed[10:],
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
    ]
    for bytes_ in damaged:
        path.write_bytes(bytes_)
        with pytest.raises(Tampered):
            vault.open(blob.id, "part:1")


def test_a_file_of_an_older_key_opens_after_a_rotation(folder, tmp_path):
    path = tmp_path / "keys"
    blob = Vault(folder, Keyring.open(path)).put([b"old"], "part:1")
    rotated = Vault(folder, Keyring.rotate(path))
    assert rotated.open(blob.id, "part:1") == b"old"
    assert rotated.put([b"old"], "part:2").hmac == blob.hmac


def test_deleting(vault, folder):
    blob = vault.put([b"x"], "part:1")
    assert vault.delete(blob.id)
    assert not vault.delete(blob.id)
    assert files(folder) == []
    with pytest.raises(UnknownBlob):
        vault.open(blob.id, "part:1")


@pytest.mark.parametrize("blob_id", ["../../etc/passwd", "a" * 31, "A" * 32, "", "a" * 32 + "\n", "incoming"])
def test_only_what_looks_like_an_id_becomes_a_path(vault, blob_id):
    for use in (vault.delete, lambda blob: vault.open(blob, "x")):
        with pytest.raises(UnknownBlob):
            use(blob_id)


def test_a_file_that_could_not_be_written_whole_leaves_nothing(vault, folder):
    def broken():
        yield b"x" * CHUNK * 2
        raise ConnectionError

    with pytest.raises(ConnectionError):
        vault.put(broken(), "part:1")
    assert files(folder) == []


def test_orphans_are_swept_and_known_files_and_fresh_drafts_are_not(vault, folder):
    known, orphan = vault.put([b"known"], "part:1"), vault.put([b"orphan"], "part:2")
    draft = vault.begin("part:3")
    assert vault.sweep({known.id}, older_than=3600) == 0
    assert vault.sweep({known.id}, older_than=-1) == 2
    assert [path.name for path in files(folder)] == [known.id]
    assert vault.open(known.id, "part:1") == b"known"
    with pytest.raises(UnknownBlob):
        vault.open(orphan.id, "part:2")
    draft.discard()


def test_memory_does_not_grow_with_the_file(vault):
    piece = os.urandom(1024 * 1024)
    tracemalloc.start()
    blob = vault.put((piece for _ in range(64)), "part:1")
    size = sum(len(chunk) for chunk in vault.stream(blob.id, "part:1"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 64 * 1024 * 1024
    assert peak < 8 * 1024 * 1024


KILLED = """
import sys
from pathlib import Path
from storage.sealed.keyring import Keyring
from storage.vault import Vault
draft = Vault(Path(sys.argv[1]) / "documents", Keyring.open(Path(sys.argv[1]) / "keys")).begin("part:1")
while True:
    draft.write(b"Zanzibar-Lymphoma-4711" * 3000)
    print(flush=True)
"""


@pytest.mark.kill
def test_a_killed_upload_leaves_no_readable_byte_and_is_swept(tmp_path):
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE) as program:
        for _ in range(20):
            program.stdout.readline()
        program.kill()
    (left,) = files(tmp_path / "documents")
    assert b"Zanzibar" not in left.read_bytes()
    assert Vault(tmp_path / "documents", Keyring.open(tmp_path / "keys")).sweep(set(), older_than=-1) == 1
    assert files(tmp_path / "documents") == []
