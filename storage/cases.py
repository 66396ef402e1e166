"""Cases of the desk: one open case per chat at most. Every reading by a coordinator goes through `access`."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage import audit, coordinators
from storage.rows import GENERAL, Case
from storage.tables import Cases, table
from storage.transaction import AfterRollback

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row, Select

    from storage.transaction import Transaction

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # Crockford's base32 without vowels and without 0 and 1: no words, no look-alikes
_LENGTH = 5

_cases = table(Cases)
_open = _cases.c.closed_at.is_(None)
_BY_ID = select(_cases).where(_cases.c.id == bindparam("id_"))
_LOCK = _BY_ID.with_for_update(key_share=True)
_OPEN_FOR = select(_cases).where(_cases.c.chat_id == bindparam("chat_id_"), _open)
_OF_CHAT = select(_cases).where(_cases.c.chat_id == bindparam("chat_id_")).order_by(_cases.c.id)
_BY_NUMBER = select(_cases).where(_cases.c.number == bindparam("number_"))
_BY_TOPIC = select(_cases).where(_cases.c.topic_id == bindparam("topic_id_")).order_by(_cases.c.id.desc()).limit(1)
_IN_GENERAL = (
    select(_cases)
    .where(_cases.c.topic_id == literal_column(str(GENERAL)), _open)
    .order_by(_cases.c.id)
    .limit(bindparam("limit_"))
)
_INSERT = insert(_cases).on_conflict_do_nothing(index_elements=["number"]).returning(*_cases.c)
_SAVE = _cases.update().where(_cases.c.id == bindparam("id_"))


class Denied(AfterRollback):
    """Only the active roster of coordinators may do this; nothing is shown, and the attempt is in the audit log."""

    def __init__(self, case_id: int, coordinator_id: int) -> None:
        super().__init__(Denied.__doc__)
        self.case_id = case_id
        self.coordinator_id = coordinator_id

    def afterwards(self, tx: Transaction) -> None:
        audit.write(tx, actor=str(self.coordinator_id), action="case.denied", object=f"case:{self.case_id}")


def open_for(tx: Transaction, chat_id: int) -> Case | None:
    """The open case of a chat."""
    return _case(tx.row(_OPEN_FOR, {"chat_id_": chat_id}))


def of_chat(tx: Transaction, chat_id: int) -> list[Case]:
    """Every case of a chat, oldest first."""
    return [Case(**row._asdict()) for row in tx.rows(_OF_CHAT, {"chat_id_": chat_id})]


def open_case(tx: Transaction, chat_id: int, *, urgency: str, reason: str, stage: str) -> Case:
    """Open a case with a new random number. The chat must have no open case: the database refuses a second one."""
    values = {"chat_id": chat_id, "urgency": urgency, "reasons": reason, "stage": stage, "opened_at": tx.now}
    while True:
        number = "CL-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        case = _case(tx.row(_INSERT, {**values, "number": number}))
        if case is not None:
            return case


def get(tx: Transaction, case_id: int) -> Case:
    """A case, not for showing to a coordinator. Raises KeyError."""
    return _found(tx, _BY_ID, case_id)


def lock(tx: Transaction, case_id: int) -> Case:
    """A case, held until the transaction ends. Raises KeyError."""
    return _found(tx, _LOCK, case_id)


def by_number(tx: Transaction, number: str) -> Case | None:
    """A case by its number, typed in any case and with or without the prefix."""
    plain = number.strip().upper().removeprefix("CL").lstrip("-")
    return _case(tx.row(_BY_NUMBER, {"number_": f"CL-{plain}"}))


def by_topic(tx: Transaction, topic_id: int) -> Case | None:
    """The newest case of a topic of the staff group; GENERAL is nobody's."""
    return None if topic_id == GENERAL else _case(tx.row(_BY_TOPIC, {"topic_id_": topic_id}))


def in_general(tx: Transaction, limit: int) -> list[Case]:
    """The open cases that have no topic for want of topics in the group, oldest first."""
    return [Case(**row._asdict()) for row in tx.rows(_IN_GENERAL, {"limit_": limit})]


def save(tx: Transaction, case: Case) -> None:
    """Write every field of a case that was loaded before (under `lock`)."""
    values = asdict(case)
    tx.execute(_SAVE, {"id_": values.pop("id"), **values})


def flags(tx: Transaction, case: Case) -> frozenset[str]:
    """Ids of the red flags that were raised since the last time that somebody acknowledged one."""
    return frozenset(tx.unseal_json(case.red_flags, f"cases.red_flags:{case.id}") if case.red_flags else ())


def with_flags(tx: Transaction, case: Case, raised: Iterable[str]) -> Case:
    """The case with these; nothing is written."""
    return replace(case, red_flags=tx.seal_json(sorted(raised), f"cases.red_flags:{case.id}"))


def listing(
    tx: Transaction,
    *,
    holder: int | None = None,
    stage: str | None = None,
    closed: bool = False,
    limit: int = 100,
    after: int = 0,
) -> list[Case]:
    """Open (or closed) cases with an id above `after`, oldest first; of one holder, in one stage."""
    wanted = [_cases.c.id > after, ~_open if closed else _open]
    wanted += [] if holder is None else [_cases.c.holder == holder]
    wanted += [] if stage is None else [_cases.c.stage == stage]
    return [Case(**row._asdict()) for row in tx.rows(select(_cases).where(*wanted).order_by(_cases.c.id).limit(limit))]


def access(tx: Transaction, case_id: int, coordinator_id: int, *, action: str = "case.read", locked: bool = True) -> Case:
    """A case for a coordinator, and the audit line that says so. Raises Denied (also for a case that is not there)."""
    coordinator = coordinators.get(tx, coordinator_id)
    row = tx.row(_LOCK if locked else _BY_ID, {"id_": case_id})
    if row is None or coordinator is None or not coordinator.active:
        raise Denied(case_id, coordinator_id)
    audit.write(tx, actor=str(coordinator_id), action=action, object=f"case:{case_id}")
    return Case(**row._asdict())


def allowed(tx: Transaction, case_id: int, coordinator_id: int) -> None:
    """Before anything of a case is looked for: raises Denied for whoever is not on the active roster."""
    coordinator = coordinators.get(tx, coordinator_id)
    if coordinator is None or not coordinator.active:
        raise Denied(case_id, coordinator_id)


def operated(tx: Transaction, number: str, *, action: str) -> Case:
    """A case by its number for the operator of this installation, and the audit line that says so. Raises KeyError."""
    case = by_number(tx, number)
    if case is None:
        raise KeyError(number)
    audit.write(tx, actor="operator", action=action, object=f"case:{case.id}")
    return case


def _found(tx: Transaction, statement: Select[tuple[object, ...]], case_id: int) -> Case:
    case = _case(tx.row(statement, {"id_": case_id}))
    if case is None:
        raise KeyError(case_id)
    return case


def _case(row: Row[tuple[object, ...]] | None) -> Case | None:
    return None if row is None else Case(**row._asdict())
