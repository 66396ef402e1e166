"""The page on which a lead or an administrator lets hospitals read their cases, and ends it. A secret stands on one answer and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from bot.effects.scene import DESK
from bot.wording import hospitals as wording
from bot.wording.submissions import centre
from flows.staff import roles
from storage import audit, coordinators, inbox
from storage.desk import credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.web.desk.frame import Frame
    from storage.desk.credentials import Credential
    from storage.rows import Coordinator
    from storage.transaction import Transaction

DIGITS = 18  # of a credential's number: fewer than the store can hold
SPANS = (7, 30, 90, 180, 365)  # days


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What was done. `again`: the same page was sent before; `secret`: to be shown now."""

    again: bool = False
    secret: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HospitalPages:
    frame: Frame

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route("/hospitals", self.frame.for_visitors(self._page), methods=["GET"])
        router.add_api_route("/hospitals", self.frame.for_visitors(self._change), methods=["POST"])

    async def _page(self, request: Request, visitor: Coordinator) -> Response:
        return await self._shown(request, visitor, Made())

    async def _shown(self, request: Request, visitor: Coordinator, made: Made) -> Response:
        frame, words = self.frame, self.frame.words(visitor)
        found = await frame.database.transact(lambda tx: _listed(tx, visitor))
        if found is None:
            return frame.closed(words)
        definition = frame.house.definition
        return frame.page_for(
            visitor,
            "hospitals.html",
            rows=[(one, centre(definition, one.centre), wording.state(words, state), state, who) for one, state, who in found],
            centres=definition.support.centres,
            spans=SPANS,
            made=made,
            address=f"{(frame.house.desk_url() or f'{request.base_url}desk/').removesuffix('desk/')}fhir",
        )

    async def _change(self, request: Request, visitor: Coordinator) -> Response:
        sent = await self.frame.sent_back(request, visitor)
        if sent is None:
            return self.frame.closed(self.frame.words(visitor))
        fields, once = sent
        try:
            made = await self.frame.database.transact(lambda tx: self._done(tx, visitor, fields, once))
        except ValueError:
            return self.frame.missing(self.frame.words(visitor))
        if made is None:
            return self.frame.closed(self.frame.words(visitor))
        if made.secret or made.again:
            return await self._shown(request, visitor, made)
        return RedirectResponse("hospitals", HTTPStatus.SEE_OTHER, headers=self.frame.headers)

    def _done(self, tx: Transaction, visitor: Coordinator, fields: Mapping[str, str], once: int) -> Made | None:
        """None for who may not. Raises ValueError for what is not on the page."""
        if not _may(tx, visitor):
            return None
        verb, days, number = (fields.get(name, "") for name in ("verb", "days", "number"))
        known = {one.id for one in self.frame.house.definition.support.centres}
        if verb == "issue" and (fields.get("centre") not in known or days not in map(str, SPANS)):
            raise ValueError(verb)
        if verb not in {"issue", "revoke"} or (
            verb == "revoke" and not (number.isascii() and number.isdigit() and len(number) <= DIGITS)
        ):
            raise ValueError(verb)
        if not inbox.take(tx, DESK, -once):
            return Made(again=verb == "issue")
        if verb == "revoke":
            credentials.revoke(tx, int(number), by=visitor.telegram_id)
            return Made()
        _, secret = credentials.issue(tx, fields["centre"], by=visitor.telegram_id, life=timedelta(days=int(days)))
        return Made(secret=secret)


def _listed(tx: Transaction, visitor: Coordinator) -> list[tuple[Credential, str, str]] | None:
    """Every credential, how it stands, and who issued it; None for who may not see that."""
    if not _may(tx, visitor):
        return None
    audit.write(tx, actor=str(visitor.telegram_id), action="credential.list", object="credentials")
    names = {one.telegram_id: one.name for one in coordinators.everybody(tx)}
    return [(one, one.state(tx.now), names.get(one.by, "")) for one in credentials.everything(tx)]


def _may(tx: Transaction, visitor: Coordinator) -> bool:
    """By the roster of this very transaction; who may not is written down."""
    known = coordinators.get(tx, visitor.telegram_id)
    good = known is not None and known.active and roles.may(known.role, "hospitals")
    if not good:
        audit.write(tx, actor=str(visitor.telegram_id), action="desk.denied", object="credentials")
    return good
