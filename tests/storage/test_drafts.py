"""What arrives piece by piece survives the death of its process at any place, and what an older version sealed is still read."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.sealed.drafts import REST
from storage.sealed.keyring import Keyring, Tampered
from storage.sealed.sealing import Binding, Seal
from storage.vault import Vault

CHUNK = 64 * 1024
SEALED = CHUNK + 28
OLD_KEY = bytes(range(32))
OLD_PLAIN = b"written by an older version"
OLD_MASTER = "Q0xWMQkq5i9OQpGHSnm9t2WooVmUkGFxNg+U9wQNG7GD58BSvgR76a163RVgjezzVu9NH7IfGlh8V68i9w5z4VFTDA=="
OLD_DATA = "Q0xWMgEjRWeJq83vASNFZ4mrze+Djr0ua5YmrDUENQMhrU1EtCymgh6oQBR3qF4/YNZyufa4w+xuqGsUfL+hFNKTgbqQZ9NfLXUpEKZk4w=="
OLD_WRAPPED = "AQkq5i8o8q2EvvwOXoVGMXEIpY6zfvIQEjYY8ujtHkrDR9lDUnyIZWTuASreRMxzMXXvwXxhPEwAAuTxB8bkG1c="
OF_A_FAMILY = Binding(context="documents:d/1", key_id="0123456789abcdef" * 2, wrapped=base64.b64decode(OLD_WRAPPED))


@pytest.fixture
def vault(tmp_path, keys):
    return Vault(tmp_path / "vault", keys)


def arriving(vault, draft):
    return vault.folder / "incoming" / draft.id


def broken_off(vault, plain, *, paused=None):
    """A draft that was paused after some of its bytes and then lost its process."""
    draft = vault.begin("part:1")
    draft.write(plain[:paused])
    draft.pause()
    if paused is not None:
        draft.write(plain[paused:])
    draft.close()
    return draft


@pytest.mark.parametrize(("sealed", "binding"), [(OLD_MASTER, "document_parts.blob:1"), (OLD_DATA, OF_A_FAMILY)])
def test_a_file_of_an_older_version_opens(tmp_path, sealed, binding):
    vault = Vault(tmp_path / "vault", Keyring([OLD_KEY]))
    (tmp_path / "vault" / "aa").mkdir()
    (tmp_path / "vault" / "aa" / ("a" * 32)).write_bytes(base64.b64decode(sealed))
    assert vault.open("a" * 32, binding) == OLD_PLAIN
    assert vault.reader("a" * 32, binding).read(8, 2) == OLD_PLAIN[8:10]
    with pytest.raises(Tampered):
        vault.open("a" * 32, "another document")


@pytest.mark.parametrize("size", [CHUNK, 2 * CHUNK, 2 * CHUNK + 5])
def test_an_old_file_of_many_chunks_opens_from_anywhere(vault, keys, size):
    plain = os.urandom(size)
    new = Seal.new(keys, "part:1")
    old = Seal._of(b"CLV1" + new.head[4:], keys, "part:1")
    starts = range(0, size, CHUNK)
    sealed = old.head + b"".join(
        old._cipher.encrypt(
            bytes(7) + n.to_bytes(4, "big") + bytes([at + CHUNK >= size]), plain[at : at + CHUNK], old._bound_to
        )
        for n, at in enumerate(starts)
    )
    (vault.folder / "aa").mkdir()
    (vault.folder / "aa" / ("a" * 32)).write_bytes(sealed)
    assert vault.open("a" * 32, "part:1") == plain
    assert vault.reader("a" * 32, "part:1").read(CHUNK - 3, 6) == plain[CHUNK - 3 : CHUNK + 3]


def test_no_nonce_serves_twice_though_a_chunk_is_sealed_again(vault):
    plain = os.urandom(3 * CHUNK)
    draft = broken_off(vault, plain)
    path = arriving(vault, draft)
    first = path.read_bytes()[24 + SEALED : 24 + SEALED + 12]
    path.write_bytes(path.read_bytes()[: 24 + SEALED + 100])
    path.with_name(draft.id + ".rest").unlink()  # the pause before had not come so far
    again = vault.resume(draft.id, "part:1")
    again.write(bytes(2 * CHUNK + 1))
    again.pause()
    assert path.read_bytes()[24 + SEALED : 24 + SEALED + 12] != first


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 4 * CHUNK])
def test_a_process_that_dies_in_finish_leaves_a_file_that_can_be_finished(vault, size):
    plain = os.urandom(size)
    draft = broken_off(vault, plain)
    again = vault.resume(draft.id, "part:1")
    with pytest.raises(OSError, match="power"):
        again.finish(dies, str)
    last = vault.resume(draft.id, "part:1")
    assert last.size == size
    blob = vault.finish(last, "part:1")
    assert vault.open(blob.id, "part:1") == plain
    assert [path for path in vault.folder.rglob("*") if path.is_file()] == [vault.folder / blob.id[:2] / blob.id]


def dies(_):
    raise OSError("power")


def test_after_a_power_cut_what_was_paused_is_there_and_zeros_are_not_taken_for_it(vault):
    plain = os.urandom(5 * CHUNK)
    draft = broken_off(vault, plain, paused=2 * CHUNK + 7)
    path = arriving(vault, draft)
    sealed = bytearray(path.read_bytes())
    sealed[24 + 3 * SEALED :] = bytes(len(sealed) - 24 - 3 * SEALED)
    path.write_bytes(sealed)
    assert vault.resume(draft.id, "part:1").size == 3 * CHUNK
    path.write_bytes(bytes(sealed[: 24 + 2 * SEALED]) + bytes(SEALED))
    assert vault.resume(draft.id, "part:1").size == 2 * CHUNK + 7


@pytest.mark.parametrize(("left", "size"), [(24, 0), (24 + SEALED - 1, 0), (24 + SEALED, CHUNK)])
def test_a_draft_that_lost_what_was_paused_goes_on_from_what_still_opens(vault, left, size):
    plain = os.urandom(3 * CHUNK)
    draft = broken_off(vault, plain)
    os.truncate(arriving(vault, draft), left)
    again = vault.resume(draft.id, "part:1")
    assert again.size == size
    again.write(plain[size:])
    assert vault.open(vault.finish(again, "part:1").id, "part:1") == plain


@pytest.mark.parametrize("left", [0, 10])
def test_a_draft_that_lost_its_head_cannot_go_on(vault, left):
    draft = broken_off(vault, os.urandom(3 * CHUNK))
    os.truncate(arriving(vault, draft), left)
    with pytest.raises(Tampered):
        vault.resume(draft.id, "part:1")


def test_what_a_power_cut_left_of_a_pause_counts_for_nothing(vault):
    plain = os.urandom(2 * CHUNK + 7)
    draft = broken_off(vault, plain)
    beside = arriving(vault, draft).with_name(draft.id + REST)
    beside.write_bytes(bytes(beside.stat().st_size))
    assert vault.resume(draft.id, "part:1").size == 2 * CHUNK


def test_a_hole_before_the_last_pause_is_found(vault):
    """Blocks reach the disk in any order; nothing behind the first one that is missing counts."""
    draft = broken_off(vault, os.urandom(5 * CHUNK))
    path = arriving(vault, draft)
    sealed = path.read_bytes()
    path.write_bytes(sealed[: 24 + SEALED] + bytes(SEALED) + sealed[24 + 2 * SEALED :])
    assert vault.resume(draft.id, "part:1").size == CHUNK


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([0, 1, 7, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5]), max_size=6))
def test_however_the_bytes_come_they_are_the_same(sizes):
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(Path(folder), Keyring([OLD_KEY]))
        pieces = [os.urandom(size) for size in sizes]
        blob = vault.put(pieces, "part:1")
        assert (vault.open(blob.id, "part:1"), blob.size) == (b"".join(pieces), sum(sizes))
