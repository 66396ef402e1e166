"""What hospitals show to read the cases that were sent to them: 256 random bits for one hospital, for a time. Only a digest is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from sqlalchemy import bindparam, select

from storage import audit
from storage.schema.support_tables import Credentials
from storage.tables import table

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from storage.transaction import Transaction

PREFIX = "clh_"  # so that whoever finds one where it does not belong knows what it is
LONGEST = 100  # characters that are looked at

State = Literal["works", "expired", "revoked"]

_credentials = table(Credentials)
_INSERT = _credentials.insert().returning(_credentials.c.id)
_columns = [one for one in _credentials.c if one.name != "digest"]
_FIND = select(*_columns).where(_credentials.c.digest == bindparam("digest_"))
_ALL = select(*_columns).order_by(_credentials.c.id.desc())
_REVOKE = (
    _credentials.update()
    .where(
        _credentials.c.id == bindparam("id_"),
        _credentials.c.revoked_at.is_(None),
        _credentials.c.expires_at > bindparam("now_"),
    )
    .values(revoked_at=bindparam("at_"))
)
_USED = _credentials.update().where(_credentials.c.id == bindparam("id_")).values(used_at=bindparam("at_"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Credential:
    """`by`: the coordinator who issued it, 0 for the operator. `used_at`: when something was last read with it."""

    id: int
    centre: str
    by: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    def state(self, now: datetime) -> State:
        return "revoked" if self.revoked_at else "works" if now < self.expires_at else "expired"

    @property
    def actor(self) -> str:
        """As the audit log names it."""
        return f"hospital:{self.centre}/{self.id}"


def issue(tx: Transaction, centre: str, *, by: int, life: timedelta) -> tuple[Credential, str]:
    """A new credential and its secret, 47 URL-safe characters, which is said once and kept nowhere."""
    secret = PREFIX + secrets.token_urlsafe(32)
    values = {
        "centre": centre,
        "by": by,
        "created_at": tx.now,
        "expires_at": tx.now + life,
        "revoked_at": None,
        "used_at": None,
    }
    id_ = int(tx.execute(_INSERT, {**values, "digest": _digest(secret)}).scalar_one())
    made = Credential(id=id_, **values)  # type: ignore[arg-type]
    _write_down(tx, by, "credential.issued", id_, f"centre={centre} days={life.days}")
    return made, secret


def revoke(tx: Transaction, id_: int, *, by: int) -> bool:
    """It stops working with this transaction. False: it did not work any more, or there is none."""
    if not tx.changed(_REVOKE, {"id_": id_, "now_": tx.now, "at_": tx.now}):
        return False
    _write_down(tx, by, "credential.revoked", id_)
    return True


def find(tx: Transaction, secret: str) -> Credential | None:
    """The credential with this secret, also one that does not work any more."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    row = tx.row(_FIND, {"digest_": _digest(secret)})
    return row and Credential(**row._asdict())


def everything(tx: Transaction) -> list[Credential]:
    """All that were ever issued, the newest first."""
    return [Credential(**row._asdict()) for row in tx.rows(_ALL)]


def used(tx: Transaction, credential: Credential, *, action: str, object: str, detail: str = "") -> None:  # noqa: A002 - the log's word
    """Something is about to be read with it: written down before it is."""
    tx.execute(_USED, {"id_": credential.id, "at_": tx.now})
    audit.write(tx, actor=credential.actor, action=action, object=object, detail=detail)


def _write_down(tx: Transaction, by: int, action: str, id_: int, detail: str = "") -> None:
    audit.write(tx, actor=str(by) if by else "operator", action=action, object=f"credential:{id_}", detail=detail)


def _digest(secret: str) -> str:
    return sha256(b"careline hospital " + secret.encode("utf-8", "replace")).hexdigest()
