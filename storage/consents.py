"""What somebody agreed to, with the very text they saw. Append only; the newest line of a consent counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from storage.rows import ConsentLine
from storage.tables import Consents, table

if TYPE_CHECKING:
    from storage.transaction import Transaction

SHARE = "share"  # the consent without which no hospital sees a case

_consents = table(Consents)
_INSERT = _consents.insert()
_ALL = (
    select(_consents.c.consent, _consents.c.given).where(_consents.c.chat_id == bindparam("chat_id_")).order_by(_consents.c.id)
)

_HISTORY = (
    select(*(_consents.c[name] for name in ConsentLine.__slots__))
    .where(_consents.c.chat_id == bindparam("chat_id_"))
    .order_by(_consents.c.id)
)


def add(tx: Transaction, chat_id: int, consent: str, *, given: bool, text_version: str, text_hash: str, language: str) -> None:
    """Write one line. text_version: the questionnaire's version; text_hash: of the words that were shown, in `language`."""
    tx.later(
        _INSERT,
        {
            "chat_id": chat_id,
            "consent": consent,
            "given": given,
            "text_version": text_version,
            "text_hash": text_hash,
            "language": language,
            "at": tx.now,
        },
    )


def current(tx: Transaction, chat_id: int) -> dict[str, bool]:
    """Consent -> given. What was never asked is not there."""
    return {row.consent: row.given for row in tx.rows(_ALL, {"chat_id_": chat_id})}


def shares(tx: Transaction, chat_id: int) -> bool:
    """Whether the newest word on showing the case to hospitals is a yes."""
    return current(tx, chat_id).get(SHARE) is True


def history(tx: Transaction, chat_id: int) -> list[ConsentLine]:
    """Every line of a chat, oldest first."""
    return [ConsentLine(**row._asdict()) for row in tx.rows(_HISTORY, {"chat_id_": chat_id})]
