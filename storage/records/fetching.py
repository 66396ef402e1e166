"""Files on their way from Telegram: claimed under a lease, renewed while they are fetched, then stored, refused or tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal_column, or_, select

from storage.documents import PART, part_row
from storage.schema.document_tables import DocumentParts
from storage.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from storage.rows import Part
    from storage.transaction import Transaction

LEASE_SECONDS = 20.0  # renewed while it is fetched, so that another program follows a dead one within half a minute

_parts = table(DocumentParts)
_announced = _parts.c.state == literal_column("'announced'")
_part = _parts.c.id == bindparam("id_")

_FETCHABLE = (
    select(_parts.c.id)
    .where(
        _announced,
        or_(_parts.c.next_try_at.is_(None), _parts.c.next_try_at <= bindparam("now_")),
        or_(_parts.c.leased_until.is_(None), _parts.c.leased_until < bindparam("wall_")),
    )
    .order_by(_parts.c.id)
    .limit(bindparam("limit_"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    _parts.update()
    .where(_parts.c.id.in_(bindparam("ids_", expanding=True)), _announced)
    .values(leased_until=bindparam("lease_"), attempts=_parts.c.attempts + 1)
    .returning(*PART)
)
_RENEW = (
    _parts.update()
    .where(_part, _announced, _parts.c.attempts == bindparam("attempts_"))
    .values(leased_until=bindparam("lease_"))
)
_RELEASE = _parts.update().where(_announced, _parts.c.leased_until.is_not(None)).values(leased_until=None)
_STORED = (
    _parts.update()
    .where(_part, _announced)
    .values(
        state="stored",
        content_type=bindparam("type_"),
        size=bindparam("size_"),
        hmac=bindparam("hmac_"),
        blob=bindparam("blob_"),
        pages=bindparam("pages_"),
        readable=bindparam("readable_"),
        flags=bindparam("flags_"),
        facts=bindparam("facts_"),
        leased_until=None,
        next_try_at=None,
    )
)
_REFUSED = (
    _parts.update().where(_part, _announced).values(state="refused", reason=bindparam("reason_"), blob=None, leased_until=None)
)
_RETRY = _parts.update().where(_part, _announced).values(next_try_at=bindparam("at_"), leased_until=None)


def claim(tx: Transaction, limit: int, *, lease: float = LEASE_SECONDS) -> list[Part]:
    """Claim announced parts for `lease` seconds of real time, oldest first; a part that is not settled by then comes back."""
    ids = [row.id for row in tx.rows(_FETCHABLE, {"now_": tx.now, "wall_": tx.wall, "limit_": limit})]
    if not ids:
        return []
    rows = tx.rows(_CLAIM, {"ids_": ids, "lease_": tx.wall + lease})
    return sorted((part_row(tx, row) for row in rows), key=lambda part: part.id)


def release(tx: Transaction) -> None:
    """At the start of the only worker: what it was fetching when it died is fetched again, without waiting for the lease."""
    tx.execute(_RELEASE, {})


def stored(
    tx: Transaction,
    part_id: int,
    *,
    content_type: str,
    size: int,
    hmac: str,
    blob: str,
    pages: int | None = None,
    readable: bool | None = None,
    flags: Iterable[str] = (),
    facts: Mapping[str, str] | None = None,
) -> bool:
    """The bytes are in the vault. False: the part was settled or erased meanwhile, and the caller deletes the blob."""
    values = {"type_": content_type, "size_": size, "hmac_": hmac, "blob_": blob, "pages_": pages, "readable_": readable}
    sealed = tx.seal_json(dict(facts), f"document_parts.facts:{part_id}") if facts else None
    return tx.changed(_STORED, {"id_": part_id, **values, "flags_": ",".join(flags) or None, "facts_": sealed})


def refused(tx: Transaction, part_id: int, reason: str) -> bool:
    """The file is not taken; `reason` is a code for wording. False: it was settled or erased meanwhile."""
    return tx.changed(_REFUSED, {"id_": part_id, "reason_": reason})


def renew(tx: Transaction, part_id: int, attempts: int, *, lease: float = LEASE_SECONDS) -> bool:
    """It is still being fetched. False: it was settled, or somebody else fetches it by now."""
    return tx.changed(_RENEW, {"id_": part_id, "attempts_": attempts, "lease_": tx.wall + lease})


def retry(tx: Transaction, part_id: int, at: datetime) -> bool:
    """The fetch failed; it is tried again at that time. False: it was settled or erased meanwhile."""
    return tx.changed(_RETRY, {"id_": part_id, "at_": at})
