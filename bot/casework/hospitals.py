"""/hospitals: with what hospitals read their cases. A lead or an administrator sees and ends it here; it is made on a page, to be shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wording import hospitals as wording
from bot.wording import staff
from flows.staff import roles
from storage.desk import credentials

if TYPE_CHECKING:
    from bot.effects.act import Act

REVOKE = "revoke"


def hospitals(act: Act) -> None:
    """/hospitals, /hospitals revoke NUMBER."""
    verb, _, number = act.arrival.argument.strip().partition(" ")
    if not roles.may(act.coordinator.role, "hospitals"):
        act.tell(staff.not_allowed(act.words))
    elif verb == REVOKE:
        _revoke(act, number.strip())
    else:
        act.answer(wording.listed(act.words, act.house.definition, credentials.everything(act.tx), act.tx.now))


def _revoke(act: Act, number: str) -> None:
    known = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0  # noqa: PLR2004 - below 2**31
    done = credentials.revoke(act.tx, known, by=act.coordinator.telegram_id)
    act.tell(wording.revoked(act.words, known) if done else wording.none_such(act.words))
