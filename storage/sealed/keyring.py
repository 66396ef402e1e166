"""Keys: one file with mode 0600, one line per master key, the newest last. Everything else is derived from them.

A sealed value is `version (1 byte) | key id (4) | nonce (12) | AES-256-GCM ciphertext and tag`, bound to a context such as
"responses.body:<id>". The key id lets old values stay readable after `rotate`.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = b"\x01"
_KEY_BYTES = 32
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD = 1 + _ID_BYTES + _NONCE_BYTES
_TAG_BYTES = 9  # 72 bits of a signature: 12 characters in a button


class KeyFileExposed(PermissionError):
    """The key file can be read by other accounts of this machine: set its mode to 0600."""


class KeyFileDamaged(ValueError):
    """The key file is empty or holds a line that is not a key."""


class Tampered(ValueError):
    """A sealed value or a stored file was changed, cut, moved to another place, or sealed with a key that is not in the key file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Key:
    id: bytes
    master: bytes
    cipher: AESGCM
    signing: bytes

    @classmethod
    def of(cls, master: bytes) -> _Key:
        return cls(
            id=derive(master, "id")[:_ID_BYTES],
            master=master,
            cipher=AESGCM(derive(master, "seal")),
            signing=derive(master, "sign"),
        )


def derive(master: bytes, purpose: str, *, salt: bytes = b"") -> bytes:
    """A 32-byte key for one purpose."""
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=f"careline {purpose}".encode()).derive(master)


class Keyring:
    """The master keys and what is done with them. Values are sealed with the newest key and opened with the one that sealed them."""

    def __init__(self, masters: list[bytes]) -> None:
        if not masters:
            raise KeyFileDamaged(KeyFileDamaged.__doc__)
        keys = [_Key.of(master) for master in masters]
        self._by_id = {key.id: key for key in keys}
        self._newest = keys[-1]
        self._prefix = _VERSION + self._newest.id
        # Digests must stay comparable for ever, so they never move to a newer key.
        self._digesting = derive(masters[0], "digest")

    @classmethod
    def open(cls, path: Path) -> Keyring:
        """Read the key file, making it first when there is none. Raises KeyFileExposed, KeyFileDamaged."""
        if not path.exists():
            _create(path, secrets.token_bytes(_KEY_BYTES))
        return cls(_read(path))

    @classmethod
    def rotate(cls, path: Path) -> Keyring:
        """Add a new newest key; what was sealed before stays readable."""
        masters = [*_read(path), secrets.token_bytes(_KEY_BYTES)]
        _replace(path, masters)
        return cls(masters)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt; only `unseal` with the same context opens it."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._prefix + nonce + self._newest.cipher.encrypt(nonce, plain, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Decrypt. Raises Tampered."""
        key = self._by_id.get(sealed[1 : 1 + _ID_BYTES])
        if key is None or sealed[:1] != _VERSION:
            raise Tampered(Tampered.__doc__)
        try:
            return key.cipher.decrypt(sealed[1 + _ID_BYTES : _HEAD], sealed[_HEAD:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise Tampered(Tampered.__doc__) from error

    def sign(self, text: str) -> str:
        """A tag of 12 URL-safe characters. Put the purpose into the text: `sign("button:...")`."""
        return _tag(self._newest, text)

    def verify(self, text: str, tag: str) -> bool:
        """Whether `sign(text)` gave this tag, with any key of the file. Takes the same time for every wrong tag."""
        given = tag.encode("utf-8", "replace")
        good = [hmac.compare_digest(_tag(key, text).encode(), given) for key in self._by_id.values()]
        return any(good)

    def digest(self) -> hmac.HMAC:
        """A keyed SHA-256 to be fed; the same for the same bytes for ever, also after `rotate`."""
        return hmac.new(self._digesting, digestmod=sha256)

    @property
    def newest_id(self) -> bytes:
        """The id of the key that new things are sealed with."""
        return self._newest.id

    def master_of(self, key_id: bytes) -> bytes:
        """The master key with this id. Raises Tampered."""
        key = self._by_id.get(key_id)
        if key is None:
            raise Tampered(Tampered.__doc__)
        return key.master


def _tag(key: _Key, text: str) -> str:
    """BLAKE2b with a key (RFC 7693): a third of the time of an HMAC, and a question has ten buttons."""
    signed = blake2b(text.encode("utf-8", "surrogatepass"), key=key.signing, digest_size=_TAG_BYTES)
    return base64.urlsafe_b64encode(signed.digest()).decode()


def _read(path: Path) -> list[bytes]:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyFileExposed(KeyFileExposed.__doc__)
    try:
        masters = [base64.b64decode(line, validate=True) for line in path.read_text().split()]
    except ValueError as error:
        raise KeyFileDamaged(KeyFileDamaged.__doc__) from error
    if not masters or any(len(master) != _KEY_BYTES for master in masters):
        raise KeyFileDamaged(KeyFileDamaged.__doc__)
    return masters


def _create(path: Path, master: bytes) -> None:
    """Two programs may start at once: the key file that is there first wins."""
    draft = _write_draft(path, [master])
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


def _replace(path: Path, masters: list[bytes]) -> None:
    _write_draft(path, masters).replace(path)
    sync_folder(path.parent)


def _write_draft(path: Path, masters: list[bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(b"".join(base64.b64encode(master) + b"\n" for master in masters))
        file.flush()
        os.fsync(file.fileno())
    return draft


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable: a new or renamed file may be gone after a power cut without it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
