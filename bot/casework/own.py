"""What coordinators say about themselves: when they work, in which languages, that they are away. Routing goes by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.effects import cards
from bot.messages import Message
from bot.wording import card as worded
from bot.wording import counter, own, values
from bot.wording.markup import paragraphs
from flows.staff import shifts
from flows.staff.desk import TOPICS
from storage import cases, coordinators

if TYPE_CHECKING:
    from bot.effects.act import Act
    from storage.rows import Coordinator

END, ALWAYS = "end", "all"
FURTHEST = 365  # days


def shift(act: Act) -> None:
    """/shift Mon-Fri 09:00-18:00 ZONE, /shift all; /shift end lists what is left to be handed over."""
    said = act.arrival.argument.strip()
    zone = act.house.desk_zone.key
    if said.casefold() == END:
        left_over(act)
    elif said.casefold() == ALWAYS or shifts.parse(said, zone=zone):
        _keep(act, replace(act.coordinator, shift="" if said.casefold() == ALWAYS else said))
    else:
        act.tell(own.how_shift(act.words, act.coordinator))


def away(act: Act) -> None:
    """/away DAYS: news goes to others until then; 0: back again."""
    said = act.arrival.argument.strip()
    if not (said.isascii() and said.isdigit() and int(said[:4]) <= FURTHEST):
        act.tell(own.how_away(act.words))
        return
    until = act.tx.now + timedelta(days=int(said)) if int(said) else None
    if until is None:
        _keep(act, replace(act.coordinator, away_until=None))
    else:
        coordinators.save(act.tx, replace(act.coordinator, away_until=until))
        left_over(act, own.gone_until(act.words, values.day(act.words, until.astimezone(act.zone).date())))


def me(act: Act) -> None:
    """/me ru ar human: languages and topics by their ids; without any of a sort: all of it."""
    said = act.arrival.argument.lower().split()
    known = {one.lower(): one for one in act.house.catalogues.languages}
    if said and set(said) <= {*known, *TOPICS, ALWAYS}:
        spoken = ",".join(known[one] for one in said if one in known)
        topics = ",".join(one for one in said if one in TOPICS)
        _keep(act, replace(act.coordinator, languages=spoken, topics=topics))
    else:
        act.tell(own.how_me(act.words, act.coordinator, list(known.values()), TOPICS))


def _keep(act: Act, now: Coordinator) -> None:
    coordinators.save(act.tx, now)
    act.tell(own.kept(act.words, now))


def left_over(act: Act, first: str = "") -> None:
    """One's own open cases, to be handed over with /handover. `first`: said before them, escaped."""
    mine = cases.listing(act.tx, holder=act.coordinator.telegram_id, limit=counter.LISTED)
    found = []
    for case in mine:
        since = cards.waiting_since(act.tx, case)
        stage = worded.stage(act.words, act.house.definition, case.stage)
        found.append((case, stage, act.name, act.tx.now - since if since else None))
    listed = counter.listed(act.words, found)
    left = own.with_hint(act.words, listed.text) if found else own.nothing_left(act.words)
    act.answer(Message(text=paragraphs(first, left)))
