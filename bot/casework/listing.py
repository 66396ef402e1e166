"""What a coordinator can look up: the open cases, one case, help. In the group and in private only coded words, never a patient's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.casework.acts import case_meant, open_private_chat, scene_of
from bot.effects import cards
from bot.effects.group import Group
from bot.effects.scene import DESK, Lane
from bot.messages import Button, Message
from bot.wording import card, counter, web
from bot.wording.markup import lines, plain
from storage import audit, cases, outbox

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.effects.act import Act
    from storage.rows import Case

URGENCIES = ("urgent", "soon", "routine")
MOST = 500  # open cases that are looked at


def open_cases(act: Act) -> None:
    """The most urgent first, and among them the one that has waited longest."""
    audit.write(act.tx, actor=str(act.coordinator.telegram_id), action="case.list", object="cases")
    found = [_line(act, case) for case in cases.listing(act.tx, limit=MOST)]
    found.sort(key=lambda line: (URGENCIES.index(line[0].urgency), -(line[3].total_seconds() if line[3] else 0)))
    act.answer(counter.listed(act.words, found))


def one_case(act: Act) -> None:
    """In its topic: the card anew. In private, to its holder: the card. Elsewhere: one line, and where the card is."""
    case, _ = case_meant(act)
    scene = scene_of(act, case.id, action="read") if case else None
    if scene is None:
        act.tell(counter.no_such_case(act.words))
        return
    case, group = scene.own_case, Group(tx=act.tx, house=act.house)
    if act.arrival.private and case.holder == act.coordinator.telegram_id:
        act.answer(card.card(act.words, cards.gather(group, case)))
    elif scene.at_home:
        cards.post_card(group, case, lane=Lane.ANSWER)
    else:
        act.answer(Message(text=lines(counter.line(act.words, *_line(act, case)), plain(counter.card_in_topic(act.words)))))


def page(act: Act) -> None:
    """A button that opens the pages of the desk, at one case if one is meant. Telegram takes it in private chats only."""
    address = act.house.desk_url()
    case, _ = case_meant(act)
    if not address:
        act.tell(counter.no_page(act.words))
    elif not act.arrival.private and not act.coordinator.private_chat:
        act.tell(counter.page_in_private(act.words))
    else:
        button = Button(text=web.texts(act.words)["desk"], app=f"{address}?case={case.number}" if case else address)
        message = Message(text=plain(counter.page_here(act.words, case.number if case else None)), rows=((button,),))
        _privately(act, message)
        if not act.arrival.private:
            act.tell(counter.page_sent(act.words))


def _privately(act: Act, message: Message) -> None:
    me = act.coordinator.telegram_id
    for call in act.house.wire.send(message, me):
        lane = int(Lane.ANSWER)
        outbox.put(act.tx, bot=DESK, chat_id=me, method=call.method, payload=call.params, kind="page_offered", lane=lane)


def help_(act: Act) -> None:
    act.answer(counter.help_(act.words))


def start(act: Act) -> None:
    """In private: from now on alerts can reach this coordinator there."""
    if act.arrival.private:
        open_private_chat(act)
        act.tell(counter.welcome(act.words, act.name))
    help_(act)


def _line(act: Act, case: Case) -> tuple[Case, str, str | None, timedelta | None]:
    since = cards.waiting_since(act.tx, case)
    stage = card.stage(act.words, act.house.definition, case.stage)
    return case, stage, cards.name_of(act.tx, case.holder), act.tx.now - since if since else None
