"""The roster at the desk: everybody may look, an administrator says who works here and as what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import rating
from bot.wording import staff as wording
from flows.staff import roles
from storage import audit, coordinators
from storage.desk import ratings as marks

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.effects.act import Act

MOST = 2**52  # Telegram's ids are below that


def roster(act: Act) -> None:
    """/roster, /roster add NUMBER [ROLE], /roster role NUMBER ROLE, /roster remove NUMBER."""
    verb, *said = act.arrival.argument.split()[:3] or [""]
    if not verb:
        act.answer(Message(text=wording.roster(act.words, coordinators.everybody(act.tx))))
    elif not roles.may(act.coordinator.role, "roster"):
        act.tell(wording.not_allowed(act.words))
    elif verb not in DEEDS or not said or not _is_number(said[0]) or not set(said[1:]) <= set(roles.ROLES):
        act.tell(wording.how(act.words))
    else:
        DEEDS[verb](act, int(said[0]), said[1] if len(said) > 1 else None)


def ratings(act: Act) -> None:
    """/ratings: how families found it, in numbers; their words stand in the topics of their cases."""
    if roles.may(act.coordinator.role, "ratings"):
        act.answer(rating.results(act.words, marks.counted(act.tx)))
    else:
        act.tell(wording.not_allowed(act.words))


def _add(act: Act, number: int, role: str | None) -> None:
    known = coordinators.get(act.tx, number)
    if known is None:
        language = act.house.desk_language
        coordinators.put(act.tx, number, name=str(number), language=language, role=role or "coordinator", standing="added")
    else:
        coordinators.save(act.tx, replace(known, active=True, standing="added", role=role or known.role))
    _done(act, "added", number)


def _change(act: Act, number: int, role: str | None) -> None:
    known = coordinators.get(act.tx, number)
    if known is None or role is None:
        act.tell(wording.how(act.words))
    elif _last(act, number) and role != "administrator":
        act.tell(wording.last_administrator(act.words))
    else:
        coordinators.save(act.tx, replace(known, role=role, standing="added" if known.standing == "listed" else known.standing))
        _done(act, f"role-{role}", number)


def _remove(act: Act, number: int, _role: str | None) -> None:
    known = coordinators.get(act.tx, number)
    if known is None:
        act.tell(wording.how(act.words))
    elif _last(act, number):
        act.tell(wording.last_administrator(act.words))
    else:
        coordinators.save(act.tx, replace(known, active=False, standing="removed"))
        _done(act, "removed", number)


def _last(act: Act, number: int) -> bool:
    """Whether nobody but this one could change the roster any more."""
    return {one.telegram_id for one in coordinators.roster(act.tx) if roles.may(one.role, "roster")} == {number}


def _done(act: Act, what: str, number: int) -> None:
    audit.write(act.tx, actor=str(act.coordinator.telegram_id), action=f"roster.{what}", object=f"coordinator:{number}")
    act.answer(Message(text=wording.roster(act.words, coordinators.everybody(act.tx))))


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) <= len(str(MOST)) and 0 < int(said) < MOST


DEEDS: dict[str, Callable[[Act, int, str | None], None]] = {"add": _add, "role": _change, "remove": _remove}
