"""The patient seam: one update, one transaction.

Seen before? Lock the chat, load the intake, let `flows` decide, save, write the effects. The commit is the database's.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import effects, intakes, planning
from bot.arrivals import Arrival
from bot.effects import settling
from bot.effects.scene import PATIENT, House, Scene
from bot.wording import around
from flows import intake as flow
from flows.inputs import Edited
from storage import chats, documents, inbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.inputs import Input
    from flows.intake import Intake, Moment
    from storage.database import Database
    from storage.rows import Chat, Reminder
    from storage.transaction import Transaction


class Conversation:
    """What the patient's side can do. `wake` tells delivery and uploads that there is work, `forget` deletes a blob."""

    def __init__(
        self, *, database: Database, house: House, wake: Callable[[], None], forget: Callable[[str], object] = lambda _: None
    ) -> None:
        self._database = database
        self._house = house
        self._wake = wake
        self._forget = forget

    async def receive(self, arrival: Arrival) -> None:
        """One update of the patient bot: answered once, however often it is delivered."""
        forgotten = await self._database.transact(lambda tx: self._receive(tx, arrival))
        self._wake()
        for blob in forgotten:
            self._forget(blob)

    async def document_closed(self, document_id: str) -> None:
        """Every part of a document was fetched or refused."""
        await self._database.transact(lambda tx: self._document_closed(tx, document_id))
        self._wake()

    async def remind(self, reminder: Reminder) -> None:
        """A reminder or follow-up is due."""
        await self._database.transact(lambda tx: planning.remind(tx, self._house, reminder))
        self._wake()

    def _receive(self, tx: Transaction, arrival: Arrival) -> tuple[str, ...]:
        """Returns the blobs to be deleted once this is committed."""
        if not inbox.take(tx, PATIENT, arrival.update_id) or _again(tx, arrival):
            return ()
        chat = chats.lock(tx, arrival.telegram_id, hint=arrival.hint)
        if arrival.reachable is not None:
            settling.membership(tx, self._house, chat, reachable=arrival.reachable)
            return ()
        chat = intakes.heard(tx, chat)
        if arrival.upload is not None:
            intake, _ = intakes.load(tx, chat)
            arrival = intakes.announce(tx, chat, arrival, moment=self._moment(tx, chat, intake), intake=intake)
        if arrival.said is not None:
            return self._turn(tx, chat, arrival.said, arrival)
        if arrival.query is not None:
            self._refuse_press(tx, chat, arrival)
        return ()

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

    def _turn(self, tx: Transaction, chat: Chat, said: Input, arrival: Arrival | None) -> tuple[str, ...]:
        before, case = intakes.load(tx, chat)
        turn = flow.receive(self._moment(tx, chat, before), before, said)
        intakes.save(tx, chat, before, turn.intake)
        scene = Scene(tx=tx, house=self._house, chat=chat, intake=turn.intake, arrival=arrival, case=case)
        effects.apply(scene, turn.events)
        planning.replan(tx, self._house, chat.id)
        return scene.forgotten

    def _moment(self, tx: Transaction, chat: Chat, intake: Intake) -> Moment:
        words = self._house.catalogues[intake.language or self._house.catalogues.nearest(chat.language_hint)]
        return flow.Moment(
            definition=self._house.definition,
            now=tx.now,
            today=tx.now.astimezone(ZoneInfo(chat.zone or "UTC")).date(),
            new_id=str(uuid.uuid4()),
            translate=words.worded,
        )


def _again(tx: Transaction, arrival: Arrival) -> bool:
    """Whether the same new message came before under another update id: after a quiet week Telegram numbers updates anew."""
    new = arrival.message_id is not None and arrival.query is None and not isinstance(arrival.said, Edited)
    return new and inbox.seen_message(tx, PATIENT, arrival.telegram_id, arrival.message_id or 0, update_id=arrival.update_id)
