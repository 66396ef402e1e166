"""Keys: one file that only its owner can read, values that open in their own place only, rotation without loss."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import pytest

from storage.sealed.keyring import KeyFileDamaged, KeyFileExposed, Keyring, Tampered, derive

needs_modes = pytest.mark.skipif(os.name != "posix", reason="file modes are not kept by this system")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "keys"


@needs_modes
def test_the_first_start_makes_a_file_that_only_its_owner_reads(path):
    Keyring.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name.name for name in path.parent.iterdir()] == ["keys"]


@needs_modes
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o666])
def test_a_file_that_others_can_read_is_refused(path, mode):
    Keyring.open(path)
    path.chmod(mode)
    with pytest.raises(KeyFileExposed):
        Keyring.open(path)


@pytest.mark.parametrize("content", ["", "not a key\n", "c2hvcnQ=\n"])
def test_a_damaged_file_is_refused_and_not_replaced(path, content):
    Keyring.open(path)
    path.write_text(content)
    with pytest.raises(KeyFileDamaged):
        Keyring.open(path)
    assert path.read_text() == content


def test_programs_that_start_together_use_one_key(path):
    with ThreadPoolExecutor(8) as threads:
        keyrings = list(threads.map(Keyring.open, [path] * 8))
    sealed = keyrings[0].seal(b"x", "a")
    assert all(keyring.unseal(sealed, "a") == b"x" for keyring in keyrings)


def test_a_value_opens_with_its_context_only(path):
    keys = Keyring.open(path)
    sealed = keys.seal(b"CD19 positive", "responses.body:1")
    assert b"CD19" not in sealed
    assert keys.unseal(sealed, "responses.body:1") == b"CD19 positive"
    with pytest.raises(Tampered):
        keys.unseal(sealed, "responses.body:2")
    assert keys.seal(b"CD19 positive", "responses.body:1") != sealed


def test_every_changed_byte_is_noticed(path):
    keys = Keyring.open(path)
    sealed = keys.seal(b"CD19", "a")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Tampered):
            keys.unseal(bytes(changed), "a")
    for length in range(len(sealed)):
        with pytest.raises(Tampered):
            keys.unseal(sealed[:length], "a")


def test_after_a_rotation_the_old_opens_and_the_new_uses_the_new_key(path):
    old = Keyring.open(path)
    sealed, tag, digest = old.seal(b"x", "a"), old.sign("button:1"), old.digest()
    new = Keyring.rotate(path)
    assert new.unseal(sealed, "a") == b"x"
    assert new.verify("button:1", tag)
    assert new.sign("button:1") != tag
    later = new.digest()
    for one in (digest, later):
        one.update(b"the same file")
    assert digest.hexdigest() == later.hexdigest()
    fresh = new.seal(b"y", "a")
    assert Keyring.open(path).unseal(fresh, "a") == b"y"
    with pytest.raises(Tampered):
        old.unseal(fresh, "a")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_tag_is_short_safe_in_a_url_and_fits_one_text(path, tmp_path):
    keys = Keyring.open(path)
    tag = keys.sign("button:1")
    assert len(tag) == 12
    assert tag.replace("-", "").replace("_", "").isalnum()
    assert keys.verify("button:1", tag)
    plain = blake2b(b"button:1", key=derive(keys.master_of(keys.newest_id), "sign"), digest_size=9)
    assert tag == base64.urlsafe_b64encode(plain.digest()).decode()
    for text, wrong in (("button:2", tag), ("button:1", tag[:-1]), ("button:1", ""), ("button:1", "\ud800é")):
        assert not keys.verify(text, wrong)
    assert not Keyring.open(tmp_path / "other").verify("button:1", tag)
