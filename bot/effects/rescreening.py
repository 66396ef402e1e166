"""Closed ways are looked at again when a protocol or a fact has changed. The desk is told, once; the family never reads of it from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import intakes
from bot.effects import cards, paths
from bot.effects.group import Group
from bot.effects.scene import Lane
from bot.wording import paths as wording
from flows.trials import rescreening
from storage import audit, cases, chats, consents
from storage.desk import closed_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.effects.scene import House
    from flows.trials.rescreening import Touched
    from storage.rows import Case
    from storage.transaction import Transaction

DECLINED = "declined"


def look(tx: Transaction, house: House) -> list[int]:
    """Cases whose picture has changed since their way closed."""
    return [case_id for case_id in closed_paths.case_ids(tx) if _changed(tx, house, cases.get(tx, case_id))]


def tell(tx: Transaction, house: House, ids: Sequence[int]) -> None:
    """Keeps the new pictures, and says which closed ways are worth another look: one message for all of them."""
    found = []
    for case_id in ids:
        case = cases.lock(tx, case_id)
        touched = _changed(tx, house, case)
        if touched is None:
            continue
        response = intakes.current(tx, case.chat_id, house.definition)
        paths.keep(tx, house, case.id, response, reason=closed_paths.of_case(tx, case.id)[-1].reason, by=0)
        if touched:
            found.append(_told(Group(tx=tx, house=house), case, touched))
    if found:
        Group(tx=tx, house=house).general(wording.listed(house.desk_words, found), kind="ways_changed", lane=Lane.CARD)


def _told(group: Group, case: Case, touched: tuple[Touched, ...]) -> wording.Changed:
    audit.write(group.tx, actor="system", action="path.changed", object=f"case:{case.id}", detail=str(len(touched)))
    message = wording.changed(group.house.desk_words, case.id, touched, closed=case.closed_at is not None)
    group.topic(case.id, message, kind="way_changed")
    return wording.Changed(number=case.number, address=cards.address(group, case), count=len(touched))


def _changed(tx: Transaction, house: House, case: Case) -> tuple[Touched, ...] | None:
    """What a coordinator should look at; nothing at all, or None where the picture is as it was, or is nobody's business now."""
    response = intakes.current(tx, case.chat_id, house.definition) if _waits(tx, case) else None
    now = paths.picture(tx, house, case.chat_id, response)
    before = closed_paths.of_case(tx, case.id)[-1].picture if now is not None else None
    if now is None or now == before:
        return None
    return rescreening.touched(rescreening.loads(before), rescreening.loads(now)) if before is not None else ()


def _waits(tx: Transaction, case: Case) -> bool:
    """Declined or closed since, with no newer case, nobody stopped the messages, and the family said that it may be written to."""
    newest = cases.of_chat(tx, case.chat_id)[-1]
    ended = case.stage == DECLINED or case.closed_at is not None
    open_ = chats.get(tx, case.chat_id).state == "open"
    return newest.id == case.id and ended and open_ and consents.current(tx, case.chat_id).get(paths.RECONTACT, False)
