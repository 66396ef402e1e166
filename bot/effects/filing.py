"""A document gets its name. What is to be kept apart is from that moment on, whoever says so: the patient, a file that came before, the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import documents
from storage.records import guarding

if TYPE_CHECKING:
    from bot.effects.scene import House
    from storage.transaction import Transaction


def file_under(tx: Transaction, house: House, document_id: str, record: str) -> bool:
    """True: it is kept apart. What only might have been such a thing, and is none, is like the others from now on."""
    documents.file_under(tx, document_id, record)
    known = house.definition.record(record)
    apart = known is not None and known.guarded
    documents.guard(tx, document_id, guarded=apart)
    if apart:
        guarding.follow(tx, document_id)
    return apart
