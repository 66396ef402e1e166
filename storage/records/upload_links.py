"""Links to the upload page: 128 random bits, bound to one chat, for a time. Only a digest of them is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from storage.schema.document_tables import UploadLinks
from storage.tables import table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from storage.transaction import Transaction

LIFE = timedelta(days=3)

_links = table(UploadLinks)
_good = (_links.c.revoked_at.is_(None), _links.c.expires_at > bindparam("now_"))
_INSERT = _links.insert()
_REVOKE = _links.update().where(_links.c.chat_id == bindparam("chat_id_"), *_good).values(revoked_at=bindparam("at_"))
_FIND = select(_links).where(_links.c.digest == bindparam("digest_"), *_good)
_GET = select(_links).where(_links.c.id == bindparam("id_"), *_good)


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadLink:
    """A link that works now. `record`: what it was asked for."""

    id: int
    chat_id: int
    record: str | None
    expires_at: datetime


def make(tx: Transaction, chat_id: int, *, record: str | None = None, life: timedelta = LIFE) -> str:
    """A new link's secret, 22 URL-safe characters, which is said once and kept nowhere. The links before it stop working."""
    revoke(tx, chat_id)
    secret = secrets.token_urlsafe(16)
    values = {"chat_id": chat_id, "digest": _digest(secret), "record": record}
    tx.execute(_INSERT, {**values, "created_at": tx.now, "expires_at": tx.now + life, "revoked_at": None})
    return secret


def revoke(tx: Transaction, chat_id: int) -> bool:
    """No link of this chat works any more. False: none did."""
    return tx.changed(_REVOKE, {"chat_id_": chat_id, "now_": tx.now, "at_": tx.now})


def find(tx: Transaction, secret: str) -> UploadLink | None:
    """The link, unless it is unknown, revoked or too old: which of them it is, nobody is told."""
    return _link(tx.row(_FIND, {"digest_": _digest(secret), "now_": tx.now}))


def get(tx: Transaction, link_id: int) -> UploadLink | None:
    """A link by its row, if it still works."""
    return _link(tx.row(_GET, {"id_": link_id, "now_": tx.now}))


def _digest(secret: str) -> str:
    return sha256(b"careline upload " + secret.encode("utf-8", "replace")).hexdigest()


def _link(row: Row[tuple[object, ...]] | None) -> UploadLink | None:
    return row and UploadLink(id=row.id, chat_id=row.chat_id, record=row.record, expires_at=row.expires_at)
