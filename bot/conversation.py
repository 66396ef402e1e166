"""The patient seam: one update, one transaction.

Seen before? Lock the chat, load the intake, let `flows` decide, save, write the effects. The commit is the database's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot import effects, intakes, planning
from bot.arrivals import Arrival
from bot.effects import settling
from bot.effects.scene import PATIENT, House, Lane, Scene
from bot.haste import Haste, Verdict
from bot.messages import Message
from bot.wire import Call, toast
from bot.wording import around
from flows import intake as flow
from flows.events import ConsentRecorded, LanguageAsked, LanguageChosen, ZoneChosen
from flows.fhir.launch import NOBODY
from flows.inputs import Edited
from storage import belongings, chats, documents, inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.inputs import Input
    from flows.intake import Intake, Moment
    from storage.belongings import Belongings
    from storage.database import Database
    from storage.rows import Chat, OutboxRow, Reminder
    from storage.transaction import Transaction


HANDED = (*planning.PLAIN, ConsentRecorded, LanguageAsked, LanguageChosen, ZoneChosen)
"""Events whose effects only say something: no row of theirs is dropped again in the same turn."""


REPEATED = ("question", "greeting")
"""Kinds of rows that wait in numbers for somebody who writes too fast, all with the same words."""


class Out(Protocol):
    """Delivery, as far as a turn knows it."""

    def offer(self, tx: Transaction) -> float | None:
        """Until when a row that is handed over may be sent; None: rows have to wait in the outbox."""

    def hand(self, rows: list[OutboxRow]) -> None:
        """Takes the rows of one chat, in their order, after the commit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What is left to do once the transaction is committed: a call to make, messages to send, blobs to delete.

    `quiet`: nobody needs to look into the store for something to do.
    """

    reply: Call | None = None
    handed: list[OutboxRow] = field(default_factory=list)
    quiet: bool = False
    forgotten: tuple[str, ...] = ()


class Conversation:
    """What the patient's side can do. `wake` tells delivery and uploads that there is work, `forget` deletes a blob."""

    def __init__(
        self,
        *,
        database: Database,
        house: House,
        wake: Callable[[], None],
        forget: Callable[[str], object] = lambda _: None,
        out: Callable[[], Out | None] = lambda: None,
        haste: Haste | None = None,
    ) -> None:
        self._haste = haste
        self._out = out
        self._database = database
        self._house = house
        self._wake = wake
        self._forget = forget

    async def receive(self, arrival: Arrival, *, straight: bool = False) -> Call | None:
        """One update of the patient bot: answered once, however often it is delivered. `straight`: see storage.inbox.take.

        Returns the bare answer to a press that no words go with. It is no message, so it is no row: whoever brought the update
        makes the call, and the person sees a button stop glowing.
        """
        verdict = self._haste.weigh(arrival.telegram_id) if self._haste and _is_message(arrival) else Verdict.HEARD
        if verdict is Verdict.PASSED_OVER:
            return None
        take = self._slow_down if verdict is Verdict.TOLD else partial(self._receive, straight=straight)
        done = await self._database.transact(lambda tx: take(tx, arrival))
        if done.handed and (out := self._out()):
            out.hand(done.handed)
        if not done.quiet:
            self._wake()
        for blob in done.forgotten:
            self._forget(blob)
        return done.reply

    async def document_closed(self, document_id: str) -> None:
        """Every part of a document was fetched or refused."""
        await self._database.transact(lambda tx: self._document_closed(tx, document_id))
        self._wake()

    async def remind(self, reminder: Reminder) -> None:
        """A reminder or follow-up is due."""
        await self._database.transact(lambda tx: planning.remind(tx, self._house, reminder))
        self._wake()

    def _receive(self, tx: Transaction, arrival: Arrival, *, straight: bool) -> Done:
        new = _message_id(arrival)
        where = {"chat_id": arrival.telegram_id, "message_id": new}
        taken = inbox.taking(tx, PATIENT, arrival.update_id, straight=straight, **where)
        found = belongings.of_sender(tx, arrival.telegram_id)
        if not taken() or (new is not None and _again(tx, arrival, new)):
            return Done(reply=toast(arrival.query) if arrival.query else None)
        was, has = found or (chats.lock(tx, arrival.telegram_id, hint=arrival.hint), None)
        if arrival.reachable is not None:
            settling.membership(tx, self._house, was, reachable=arrival.reachable)
            return Done()
        chat = intakes.heard(tx, was)
        if arrival.upload is not None:
            intake, case = intakes.load(tx, chat)
            moment = self._moment(tx, chat, intake, arrival)
            arrival, has = intakes.announce(tx, chat, arrival, moment=moment, intake=intake, case=case), None
        if arrival.said is not None:
            return self._turn(tx, chat, arrival.said, arrival, was=was, has=has)
        if arrival.query is not None:
            self._refuse_press(tx, chat, arrival)
        return Done()

    def _slow_down(self, tx: Transaction, arrival: Arrival) -> Done:
        """Somebody writes faster than anybody can: said before everything else that waits for them."""
        if inbox.take(tx, PATIENT, arrival.update_id, chat_id=arrival.telegram_id, message_id=_message_id(arrival)):
            chat = chats.lock(tx, arrival.telegram_id, hint=arrival.hint)
            intake, _ = intakes.load(tx, chat)
            scene = Scene(tx=tx, house=self._house, chat=chat, intake=intake, arrival=arrival)
            outbox.drop_for_chat(tx, PATIENT, arrival.telegram_id, kinds=REPEATED)
            scene.say(Message(text=around.too_fast(scene.words)), kind="too_fast", lane=Lane.URGENT)
        return Done()

    def _refuse_press(self, tx: Transaction, chat: Chat, arrival: Arrival) -> None:
        """A button that we never made for this chat: answered, and nothing else."""
        intake, _ = intakes.load(tx, chat)
        scene = Scene(tx=tx, house=self._house, chat=chat, intake=intake, arrival=arrival)
        scene.toast(around.not_yours(scene.words), alert=True)

    def _document_closed(self, tx: Transaction, document_id: str) -> None:
        document = documents.get(tx, document_id)
        if not documents.close(tx, document_id, document.record):
            return
        chat = chats.get(tx, document.chat_id)
        self._turn(tx, chat, intakes.closed(tx, document), None)

    def _turn(
        self,
        tx: Transaction,
        chat: Chat,
        said: Input,
        arrival: Arrival | None,
        *,
        was: Chat | None = None,
        has: Belongings | None = None,
    ) -> Done:
        """`was`: the chat as it was before it was heard from; None where nobody said anything just now. `has`: what was read of it."""
        has = has or belongings.of_chat(tx, chat)
        before, case = intakes.read(tx, chat, has)
        turn = flow.receive(self._moment(tx, chat, before, arrival), before, said)
        intakes.save(tx, chat, before, turn.intake)
        stands = was is not None and planning.stands(tx, was, before, turn.events)
        lease = None if has.unsent or not all(isinstance(event, HANDED) for event in turn.events) else self._lease(tx)
        scene = Scene(tx=tx, house=self._house, chat=chat, intake=turn.intake, arrival=arrival, case=case, lease=lease)
        effects.apply(scene, turn.events)
        if not stands:
            planning.replan(tx, self._house, chat.id)
        return Done(
            reply=scene.reply,
            handed=[one.row() for one in scene.handed],
            quiet=stands and lease is not None and case is None,
            forgotten=scene.forgotten,
        )

    def _lease(self, tx: Transaction) -> float | None:
        """Until when what is said now may be sent by whoever it is handed to, if it can be handed over."""
        out = self._out()
        return out.offer(tx) if out else None

    def _moment(self, tx: Transaction, chat: Chat, intake: Intake, arrival: Arrival | None) -> Moment:
        words = self._house.catalogues.chosen(intake.language, chat.language_hint)
        return intakes.moment(tx, self._house.definition, chat, words, arrival.writer if arrival else NOBODY)


def _is_message(arrival: Arrival) -> bool:
    """Whether somebody wrote or sent something, rather than pressed a button or blocked the bot."""
    return arrival.query is None and arrival.reachable is None


def _message_id(arrival: Arrival) -> int | None:
    """The number of a new message: presses and corrections carry that of an earlier one."""
    return None if arrival.query is not None or isinstance(arrival.said, Edited) else arrival.message_id


def _again(tx: Transaction, arrival: Arrival, message_id: int) -> bool:
    """Whether the same new message came before under another update id: after a quiet week Telegram numbers updates anew."""
    return inbox.seen_message(tx, PATIENT, arrival.telegram_id, message_id, update_id=arrival.update_id)
