"""How a stored file is sealed, chunk by chunk.

A file is a head, then chunks of 64 KiB, each AES-256-GCM with a key of this file alone and a random nonce before it: what is sealed
again after a crash may be another thing than before, and no nonce serves twice. A chunk's associated data holds the head, the context,
its index and whether it is the last. So a chunk that is changed, moved, dropped or taken from another file is noticed, and so is a file
put into another one's place. (2^32 chunks under one key are the bound for random nonces; 3 GB are 2^16 of them.)

Two heads: `CLV3 | master key id (4) | salt (16)`, whose key comes from the master key, and `CLV4 | data key id (16) | salt (16)`, whose
key comes from the data key of one family, which lies wrapped in the database: once that row is gone, nobody opens the file again.
`CLV1` and `CLV2` are the same from a time when index and end were the nonce and not written down; they are still read, never written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.sealed.keyring import Tampered, derive

if TYPE_CHECKING:
    from storage.sealed.keyring import Keyring

CHUNK = 64 * 1024
_TAG, _NONCE = 16, 12
HEAD = 4 + 16 + 16  # bytes of the longer head
MORE = _NONCE + _TAG  # bytes that a sealed chunk is longer than the plain one
_SALT = 16
_MASTER, _DATA = b"CLV3", b"CLV4"
_OLD = {b"CLV1": _MASTER, b"CLV2": _DATA}
_ID = {_MASTER: 4, _DATA: 16}


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """What a file belongs to: `context` says which document of whom; the data key comes wrapped. `guarded`: it lies apart."""

    context: str
    key_id: str
    wrapped: bytes = field(repr=False)
    guarded: bool = False


def data_key(keys: Keyring, key_id: str) -> bytes:
    """A new data key, wrapped; `key_id` is 32 hex digits."""
    return keys.seal(os.urandom(32), f"data_keys.wrapped:{key_id}")


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens the chunks of one file."""

    head: bytes
    _cipher: AESGCM
    _beside: AESGCM
    _bound_to: bytes

    @classmethod
    def new(cls, keys: Keyring, binding: Binding | str) -> Seal:
        salt = os.urandom(_SALT)
        if isinstance(binding, Binding):
            return cls._of(_DATA + bytes.fromhex(binding.key_id) + salt, keys, binding)
        return cls._of(_MASTER + keys.newest_id + salt, keys, binding)

    @classmethod
    def read(cls, file: BinaryIO, keys: Keyring, binding: Binding | str) -> Seal:
        """The seal of a file that stands at its beginning; it stands at its first chunk then. Raises Tampered."""
        magic = file.read(4)
        length = _ID.get(_OLD.get(magic, magic), 0) + _SALT
        rest = file.read(length)
        if length == _SALT or len(rest) != length:
            raise Tampered(Tampered.__doc__)
        return cls._of(magic + rest, keys, binding)

    @classmethod
    def _of(cls, head: bytes, keys: Keyring, binding: Binding | str) -> Seal:
        secret = _secret(head, keys, binding)
        context = binding if isinstance(binding, str) else binding.context
        salt = head[-_SALT:]
        chunks, beside = (AESGCM(derive(secret, purpose, salt=salt)) for purpose in ("file", "beside a file"))
        return cls(head, chunks, beside, head + context.encode())

    @property
    def old(self) -> bool:
        """Whether it is only read any more: nothing may be added to a file whose nonces are counted."""
        return self.head[:4] in _OLD

    @property
    def more(self) -> int:
        """Bytes that a sealed chunk is longer than the plain one."""
        return _TAG if self.old else MORE

    def seal(self, index: int, plain: bytes | memoryview, *, last: bool) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, self._bound_to + _place(index, last=last))

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        """Raises Tampered."""
        nonce, body, beside = sealed[:_NONCE], sealed[_NONCE:], _place(index, last=last)
        if self.old:
            nonce, body, beside = bytes(7) + index.to_bytes(4, "big") + bytes([last]), sealed, b""
        try:
            return self._cipher.decrypt(nonce, body, self._bound_to + beside)
        except (InvalidTag, ValueError) as error:
            raise Tampered(Tampered.__doc__) from error

    def seal_rest(self, index: int, plain: bytes) -> bytes:
        """What came after the last whole chunk of a file that is still arriving."""
        nonce = os.urandom(_NONCE)
        return nonce + self._beside.encrypt(nonce, plain, self._bound_to + _place(index, last=True))

    def open_rest(self, index: int, sealed: bytes) -> bytes:
        """Raises Tampered."""
        try:
            return self._beside.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound_to + _place(index, last=True))
        except (InvalidTag, ValueError) as error:
            raise Tampered(Tampered.__doc__) from error


def _secret(head: bytes, keys: Keyring, binding: Binding | str) -> bytes:
    if _OLD.get(head[:4], head[:4]) == _MASTER:
        return keys.master_of(head[4:-_SALT])
    if isinstance(binding, str) or head[4:-_SALT].hex() != binding.key_id:
        raise Tampered(Tampered.__doc__)
    return keys.unseal(binding.wrapped, f"data_keys.wrapped:{binding.key_id}")


def _place(index: int, *, last: bool) -> bytes:
    return index.to_bytes(8, "big") + bytes([last])
