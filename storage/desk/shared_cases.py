"""The cases that a hospital may read: sent to it and under way there, open, and with the family's newest word on sharing a yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, select

from storage.consents import SHARE
from storage.rows import Case
from storage.schema.support_tables import Submissions
from storage.tables import Cases, Chats, Consents, Responses, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.transaction import Transaction

SPOKEN = ("open", "stopped")  # states of a chat whose owner lives and was not forgotten

_cases, _chats, _consents = table(Cases), table(Chats), table(Consents)
_responses, _submissions = table(Responses), table(Submissions)
_newest_word = _consents.alias("newest_word")
_last = (
    select(func.max(_newest_word.c.id))
    .where(_newest_word.c.chat_id == _cases.c.chat_id, _newest_word.c.consent == SHARE)
    .scalar_subquery()
)
_newer = _responses.alias("newer")
_newest = select(func.max(_newer.c.number)).where(_newer.c.chat_id == _cases.c.chat_id).scalar_subquery()
_sent = select(_submissions.c.case_id).where(
    _submissions.c.centre == bindparam("centre_"), _submissions.c.state.not_in(bindparam("ended_", expanding=True))
)
_SHARED = (
    select(*_cases.c, _responses.c.id.label("response_id"))
    .join(_chats, and_(_chats.c.id == _cases.c.chat_id, _chats.c.state.in_(SPOKEN)))
    .join(_consents, and_(_consents.c.id == _last, _consents.c.given))
    .join(_responses, and_(_responses.c.chat_id == _cases.c.chat_id, _responses.c.number == _newest))
    .where(_cases.c.closed_at.is_(None), _cases.c.id.in_(_sent))
    .order_by(_cases.c.id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """`response_id`: of the newest response of its chat, from which the ids of all that is told of this case are made."""

    case: Case
    response_id: str


def at(tx: Transaction, centre: str, *, ended: Iterable[str]) -> list[Shared]:
    """What one hospital may read now, in the order of their opening. `ended`: states of submissions that are under way no more."""
    found = [row._asdict() for row in tx.rows(_SHARED, {"centre_": centre, "ended_": list(ended)})]
    return [Shared(response_id=one.pop("response_id"), case=Case(**one)) for one in found]
