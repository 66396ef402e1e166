"""What patient and desk said to each other, and which message is which on the two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, or_, select

from storage.rows import CaseMessage
from storage.tables import CaseMessages, KeptWords, table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from storage.transaction import Transaction

_messages, _words = table(CaseMessages), table(KeptWords)
_KEEP = _words.insert()
_KEPT = select(_words).where(_words.c.chat_id == bindparam("chat_id_")).order_by(_words.c.id)
_TAKEN = _words.delete().where(_words.c.chat_id == bindparam("chat_id_"))
_in_case = _messages.c.case_id == bindparam("case_id_")
_INSERT = _messages.insert().returning(*_messages.c)
_HISTORY = select(_messages).where(_in_case).order_by(_messages.c.id)
_NEWEST = select(_messages).where(_in_case).order_by(_messages.c.id.desc()).limit(bindparam("limit_"))
_BEFORE = (
    select(_messages)
    .where(
        _in_case,
        or_(_messages.c.at < bindparam("at_"), and_(_messages.c.at == bindparam("at_"), _messages.c.id < bindparam("id_"))),
    )
    .order_by(_messages.c.at.desc(), _messages.c.id.desc())
    .limit(bindparam("limit_"))
)
_BY_DESK = select(_messages).where(_in_case, _messages.c.desk_message_id == bindparam("message_id_")).limit(1)
_CASES = select(_messages.c.case_id).where(_messages.c.desk_message_id == bindparam("message_id_")).distinct().limit(2)
_BY_PATIENT = select(_messages).where(_in_case, _messages.c.patient_message_id == bindparam("message_id_")).limit(1)
_DESK_SENT = (
    _messages.update().where(_messages.c.desk_outbox_id == bindparam("outbox_id_")).values(desk_message_id=bindparam("sent_"))
)
_PATIENT_SENT = (
    _messages.update()
    .where(_messages.c.patient_outbox_id == bindparam("outbox_id_"))
    .values(patient_message_id=bindparam("sent_"))
)
_NOTE = _messages.update().where(_messages.c.id == bindparam("id_")).values(direction="note")
_LINK_DESK = _messages.update().where(_messages.c.id == bindparam("id_")).values(desk_outbox_id=bindparam("outbox_id_"))
_LINK_PATIENT = _messages.update().where(_messages.c.id == bindparam("id_")).values(patient_outbox_id=bindparam("outbox_id_"))


def add(
    tx: Transaction,
    case_id: int,
    *,
    direction: str,
    author: int,
    body: str | None = None,
    document_id: str | None = None,
    patient_message_id: int | None = None,
    desk_message_id: int | None = None,
    desk_outbox_id: int | None = None,
    patient_outbox_id: int | None = None,
) -> CaseMessage:
    """Write one line. direction: in | out | note; author: Telegram id of who wrote it."""
    row = tx.row(
        _INSERT,
        {
            "case_id": case_id,
            "direction": direction,
            "author": author,
            "body": tx.maybe_seal(body, _context(case_id)),
            "document_id": document_id,
            "patient_message_id": patient_message_id,
            "desk_message_id": desk_message_id,
            "desk_outbox_id": desk_outbox_id,
            "patient_outbox_id": patient_outbox_id,
            "at": tx.now,
        },
    )
    assert row is not None  # an insert returns its row
    return _message(tx, row)


def keep(tx: Transaction, chat_id: int, *, author: int, body: str, patient_message_id: int | None = None) -> None:
    """Words for the desk while no case is open; `adopt` makes them lines of the case that opens."""
    sealed = tx.seal_text(body, f"kept_words.body:{chat_id}")
    values = {"chat_id": chat_id, "author": author, "body": sealed, "patient_message_id": patient_message_id, "at": tx.now}
    tx.execute(_KEEP, values)


def adopt(tx: Transaction, chat_id: int, case_id: int) -> list[CaseMessage]:
    """The words kept for a chat become lines of its case, in their order."""
    lines = [
        add(
            tx,
            case_id,
            direction="in",
            author=row.author,
            body=tx.unseal_text(row.body, f"kept_words.body:{chat_id}"),
            patient_message_id=row.patient_message_id,
        )
        for row in tx.rows(_KEPT, {"chat_id_": chat_id})
    ]
    tx.execute(_TAKEN, {"chat_id_": chat_id})
    return lines


def kept(tx: Transaction, chat_id: int) -> list[tuple[datetime, str]]:
    """The words kept for a chat whose case is not open yet, and when they were said."""
    found = tx.rows(_KEPT, {"chat_id_": chat_id})
    return [(row.at, tx.unseal_text(row.body, f"kept_words.body:{chat_id}")) for row in found]


def link(tx: Transaction, id: int, *, desk_outbox_id: int | None = None, patient_outbox_id: int | None = None) -> None:  # noqa: A002
    """Say which outbox row carries this line to the other side, when the row was made after the line."""
    if desk_outbox_id is not None:
        tx.execute(_LINK_DESK, {"id_": id, "outbox_id_": desk_outbox_id})
    if patient_outbox_id is not None:
        tx.execute(_LINK_PATIENT, {"id_": id, "outbox_id_": patient_outbox_id})


def become_note(tx: Transaction, id: int) -> None:  # noqa: A002
    """A reply that was taken back: it stays with the case and is no answer to anybody."""
    tx.execute(_NOTE, {"id_": id})


def delivered(tx: Transaction, outbox_id: int, message_id: int) -> None:
    """An outbox row was sent as this message: the line it carried can be found by it from now on."""
    tx.execute(_DESK_SENT, {"outbox_id_": outbox_id, "sent_": message_id})
    tx.execute(_PATIENT_SENT, {"outbox_id_": outbox_id, "sent_": message_id})


def by_desk_message(tx: Transaction, case_id: int, desk_message_id: int) -> CaseMessage | None:
    """The line that is this message in the desk's topic."""
    row = tx.row(_BY_DESK, {"case_id_": case_id, "message_id_": desk_message_id})
    return None if row is None else _message(tx, row)


def case_of(tx: Transaction, desk_message_id: int) -> int | None:
    """The case that one of its messages in the group belongs to; None also where two would fit."""
    found = tx.rows(_CASES, {"message_id_": desk_message_id})
    return found[0].case_id if len(found) == 1 else None


def by_patient_message(tx: Transaction, case_id: int, patient_message_id: int) -> CaseMessage | None:
    """The line that is this message in the patient's chat."""
    row = tx.row(_BY_PATIENT, {"case_id_": case_id, "message_id_": patient_message_id})
    return None if row is None else _message(tx, row)


def history(tx: Transaction, case_id: int) -> list[CaseMessage]:
    """Every line of a case, oldest first."""
    return [_message(tx, row) for row in tx.rows(_HISTORY, {"case_id_": case_id})]


def newest(tx: Transaction, case_id: int, limit: int) -> list[CaseMessage]:
    """The last lines of a case, oldest first."""
    return [_message(tx, row) for row in tx.rows(_NEWEST, {"case_id_": case_id, "limit_": limit})][::-1]


def before(tx: Transaction, case_id: int, at: datetime, id_: int, limit: int) -> list[CaseMessage]:
    """Lines older than this moment, and of those of this moment the ones with a smaller id; the newest first."""
    found = tx.rows(_BEFORE, {"case_id_": case_id, "at_": at, "id_": id_, "limit_": limit})
    return [_message(tx, row) for row in found]


def _message(tx: Transaction, row: Row[tuple[object, ...]]) -> CaseMessage:
    return CaseMessage(**{**row._asdict(), "body": tx.maybe_unseal(row.body, _context(row.case_id))})


def _context(case_id: int) -> str:
    return f"case_messages.body:{case_id}"
