"""What a virus scanner says of a file that was kept before it answered: the topic hears it, and what is infected leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.group import Group
from bot.effects.relaying import withdraw
from bot.effects.scene import Lane
from bot.wording import desk as wording
from storage import audit, cases, documents
from storage.records import scans

if TYPE_CHECKING:
    from bot.effects.scene import House
    from storage.rows import Part
    from storage.transaction import Transaction


def scanned(tx: Transaction, house: House, part: Part, verdict: str) -> bool:
    """`verdict`: clean | partly | infected. False: somebody else wrote it down, or the file is gone."""
    document = documents.get(tx, part.document_id)
    infected = verdict == "infected"
    if not (scans.infected(tx, part) if infected else scans.clean(tx, part, partly=verdict == "partly")):
        return False
    audit.write(
        tx,
        actor="system",
        action="document.scanned",
        object=f"chat:{document.chat_id}",
        detail=f"part={part.id} {verdict}",
    )
    case = cases.get(tx, document.case_id) if document.case_id else None
    if case is None or case.closed_at:
        return True
    group = Group(tx=tx, house=house)
    if infected:
        withdraw(group, case.id, document)
    known = house.definition.record(document.record)
    name = known.text.worded(house.desk_words.worded) if known else ""
    number = documents.number(tx, document)
    told = wording.scanned(house.desk_words, name, number, verdict)
    group.line(case.id, told, kind="document_scanned", lane=Lane.ANSWER)
    cards.refresh(group, case)
    return True
