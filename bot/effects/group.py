"""Verbs with which effects write to the staff group: into its General area, into the topic of a case, over an earlier message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.effects.scene import DESK, Lane
from bot.messages import Message
from storage import outbox

if TYPE_CHECKING:
    from bot.effects.scene import House
    from bot.exports import Format
    from bot.messages import File
    from storage.rows import Case
    from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The staff group in one transaction. What is written for a topic that is not there yet waits for it."""

    tx: Transaction
    house: House

    @property
    def chat(self) -> int:
        """The group's chat id: the pinned one, or the one that Telegram moved it to."""
        return self.house.desk_chat

    def general(self, message: Message, *, kind: str, lane: Lane = Lane.CARD) -> int:
        """Outside every topic: Telegram wants no thread id there. Returns the outbox row."""
        return self._send(message, kind=kind, lane=lane)

    def topic(
        self, case_id: int, message: Message, *, kind: str, lane: Lane = Lane.CARD, reply_to: int | None = None, **more: Any
    ) -> int:
        """Into the topic of a case; `reply_to` is a message id there (a negative one stands for a page). Returns the (last) outbox row."""
        return self._send(message, kind=kind, lane=lane, case_id=case_id, reply_to=reply_to, **more)

    def line(self, case_id: int, text: str, *, kind: str, lane: Lane = Lane.CARD) -> int:
        """A line in the topic, escaped already."""
        return self.topic(case_id, Message(text=text), kind=kind, lane=lane)

    def privately(self, coordinator: int, message: Message, *, kind: str, lane: Lane = Lane.CARD) -> None:
        """Into the private chat that a coordinator has opened with the desk bot."""
        for call in self.house.wire.send(message, coordinator):
            outbox.put(
                self.tx, bot=DESK, chat_id=coordinator, method=call.method, payload=call.params, kind=kind, lane=int(lane)
            )

    def file(self, case_id: int, file: File, *, kind: str) -> int:
        """A stored document into the topic."""
        call = self.house.wire.file(file, self.chat)
        return self.call(
            call.method, call.params, kind=kind, lane=Lane.ANSWER, thread_case_id=case_id, document_id=call.document_id
        )

    def export(self, case: Case, format_: Format) -> int:
        """A case as a file into its topic, made when it is sent; the caption tells which case, and no more."""
        params = {"caption": case.number, "export": {"case": case.id, "format": format_}}
        return self.call("sendDocument", params, kind="case_exported", lane=Lane.SCHEDULED, thread_case_id=case.id)

    def rewrite(self, row: int, message: Message, *, kind: str, unique_key: str | None = None) -> None:
        """Edit what an outbox row was sent as, or will be."""
        call = self.house.wire.edit(message, self.chat)
        self.call(call.method, call.params, kind=kind, target_outbox_id=row, unique_key=unique_key)

    def sign(self, message_id: int, emoji: str, *, kind: str) -> None:
        """The bot's one reaction to a message in the group; what was written on a page has none there."""
        if message_id < 0:
            return
        reaction = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": emoji}]}
        self.call("setMessageReaction", reaction, kind=kind, lane=Lane.ANSWER)

    def call(self, method: str, params: dict[str, Any], *, kind: str, lane: Lane = Lane.CARD, **more: Any) -> int:
        """Any Bot API call about the group."""
        return outbox.put(
            self.tx, bot=DESK, chat_id=self.chat, method=method, payload=params, kind=kind, lane=int(lane), **more
        )

    def _send(
        self, message: Message, *, kind: str, lane: Lane, case_id: int | None = None, reply_to: int | None = None, **more: Any
    ) -> int:
        there = reply_to is not None and reply_to > 0
        answered = {"reply_parameters": {"message_id": reply_to, "allow_sending_without_reply": True}} if there else {}
        rows = [
            self.call(call.method, call.params | answered, kind=kind, lane=lane, thread_case_id=case_id, **more)
            for call in self.house.wire.send(message, self.chat)
        ]
        return rows[-1]
