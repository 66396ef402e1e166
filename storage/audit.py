"""The audit log: append only, each line chained to the one before it, so that a changed or missing line shows.

The hash is a keyed SHA-256: somebody who can write the database but has no key file cannot rebuild the chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, or_, select

from storage.rows import AuditLine
from storage.tables import Audit, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.transaction import Transaction

_audit = table(Audit)
_LAST = select(_audit.c.sequence, _audit.c.hash).order_by(_audit.c.sequence.desc()).limit(1)
_INSERT = _audit.insert()
_PAGE = 1000
_AFTER = select(_audit).where(_audit.c.sequence > bindparam("after_")).order_by(_audit.c.sequence).limit(bindparam("limit_"))
_ABOUT = (
    select(_audit).where(_audit.c.object == bindparam("object_")).order_by(_audit.c.sequence.desc()).limit(bindparam("limit_"))
)


def write(tx: Transaction, *, actor: str, action: str, object: str, detail: str = "") -> None:  # noqa: A002 - the log's word
    """Add a line. actor: "patient", "system", "operator" or a coordinator's id; object: "case:12"; detail: never health data or a name."""
    tx.exclusive("audit")
    last = tx.row(_LAST)
    line: dict[str, Any] = {
        "sequence": 1 if last is None else last.sequence + 1,
        "at": tx.now,
        "actor": actor,
        "action": action,
        "object": object,
        "detail": detail,
        "previous_hash": "" if last is None else last.hash,
    }
    tx.execute(_INSERT, {**line, "hash": _hash(tx, line)})


def lines(tx: Transaction, *, after: int = 0, limit: int = _PAGE) -> list[AuditLine]:
    """Lines with a sequence above `after`, in order."""
    return [AuditLine(**row._asdict()) for row in tx.rows(_AFTER, {"after_": after, "limit_": limit})]


def about(tx: Transaction, object: str, *, limit: int = 100) -> list[AuditLine]:  # noqa: A002 - the log's word
    """The newest lines about one object, the newest first."""
    return [AuditLine(**row._asdict()) for row in tx.rows(_ABOUT, {"object_": object, "limit_": limit})]


def moves(tx: Transaction, object: str, *, begins: Iterable[str]) -> list[AuditLine]:  # noqa: A002 - the log's word
    """Lines about one object whose action begins with one of these, in order."""
    wanted = or_(*(_audit.c.action.startswith(one, autoescape=True) for one in begins))
    found = select(_audit).where(_audit.c.object == object, wanted).order_by(_audit.c.sequence)
    return [AuditLine(**row._asdict()) for row in tx.rows(found)]


def verify(tx: Transaction) -> int | None:
    """The sequence of the first line that is changed, missing or out of place; None when the chain is whole."""
    sequence, previous = 0, ""
    while page := lines(tx, after=sequence):
        for line in page:
            sequence += 1
            if not _follows(tx, line, sequence, previous):
                return sequence
            previous = line.hash
    return None


def _follows(tx: Transaction, line: AuditLine, sequence: int, previous: str) -> bool:
    values = {name: getattr(line, name) for name in ("sequence", "at", "actor", "action", "object", "detail", "previous_hash")}
    return line.sequence == sequence and line.previous_hash == previous and line.hash == _hash(tx, values)


def _hash(tx: Transaction, line: dict[str, Any]) -> str:
    digest = tx.keys.digest()
    digest.update(b"audit" + orjson.dumps({**line, "at": line["at"].isoformat()}, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()
