"""The scene of one turn: what an effect may read, and the few verbs with which it writes outbox rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from bot.messages import Message
from bot.wire import Call, Wire, toast
from flows import aside, records
from flows.inputs import Control, Press
from storage import chats, consents, outbox
from storage.sending import handing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.arrivals import Arrival
    from bot.catalogues import Catalogue, Catalogues
    from flows.intake import Intake
    from flows.library import Definition
    from flows.records import RecordState
    from flows.staff.desk import Promise
    from storage.rows import Case, Chat
    from storage.sending.handing import Handed
    from storage.transaction import Transaction

PATIENT: Final = "patient"
DESK: Final = "desk"
PASSED_ON = "passed_on"  # kind of the sign on words that were kept and passed on, and of the words where it cannot be shown
ONCE = {Control.STOP, Control.REMINDERS_OFF, Control.REMINDERS_ON, Control.REMEMBER, Control.ERASE, Control.CONTINUE}
TOAST_LIFE = 15  # seconds; Telegram refuses to answer a press that is older


class Lane(IntEnum):
    """Which messages overtake which (storage.outbox claims the lowest lane first)."""

    URGENT = 0
    ANSWER = 1
    CARD = 2
    SCHEDULED = 3


@dataclass(kw_only=True, slots=True)
class House:
    """What every effect needs; built once in bot/app.py. Only `take_up` changes it."""

    definition: Definition
    catalogues: Catalogues
    wire: Wire
    desk_chat: int
    desk_language: str
    second_thoughts: timedelta = timedelta()  # how long a coordinator's reply waits for an undo
    erased: Callable[[int, datetime], object] = lambda _telegram_id, _at: None  # told before an erasure is committed
    upload_url: Callable[[str], str | None] = lambda _secret: (
        None
    )  # where a link to the upload page leads; None: there is no page

    desk_url: Callable[[], str] = lambda: ""  # where the pages of the desk are; "": nobody could open them

    def take_up(self, definition: Definition) -> None:
        """From the next transaction on, this definition counts. Call it in one, so that none sees two."""
        self.definition, self.catalogues = definition, self.catalogues.speaking(definition)

    @property
    def desk_words(self) -> Catalogue:
        return self.catalogues[self.desk_language]

    @property
    def desk_zone(self) -> ZoneInfo:
        """Where the desk has its hours: what many read has the times of this zone."""
        return self.definition.desk.office.zone


@dataclass(kw_only=True, slots=True)
class Scene:
    """One chat in one transaction. `intake` is the state after the turn."""

    tx: Transaction
    house: House
    chat: Chat
    intake: Intake
    arrival: Arrival | None = None
    case: Case | None = None
    flags: tuple[str, ...] = ()  # red flags raised in this turn
    forgotten: tuple[str, ...] = ()  # blobs that are to be deleted after the commit
    reply: Call | None = None  # the bare answer to the press: no message, so no row
    lease: float | None = (
        None  # what is said is handed to delivery with the commit, to be sent until then; None: it waits there
    )
    handed: list[Handed] = field(default_factory=list)
    in_place: bool = False  # the open question is redrawn where it stands instead of being sent again
    rewritten: bool = False  # the message with the open question was edited in this turn
    _prefaces: list[str] = field(default_factory=list)
    _toasted: bool = False

    @property
    def words(self) -> Catalogue:
        """The patient's language."""
        return self.house.catalogues.chosen(self.intake.language, self.chat.language_hint)

    def preface(self, text: str) -> None:
        """Something short that stands before the next message of this turn; escaped already."""
        self._prefaces.append(text)

    def take_preface(self) -> str:
        said = "\n\n".join(text for text in self._prefaces if text)
        self._prefaces.clear()
        return said

    def finish(self) -> None:
        """What nobody said yet is said, and a press that was not answered in words gets its bare answer."""
        self.say_prefaces()
        self._shed()
        if not self._toasted and self.arrival is not None and self.arrival.query is not None:
            self.reply = toast(self.arrival.query)

    def _shed(self) -> None:
        """A card that asks what is to stop is answered once: it keeps its words and loses its buttons."""
        press = self.arrival.said if self.arrival else None
        if (
            self.arrival
            and isinstance(press, Press)
            and press.control in ONCE
            and self.arrival.message_id
            and not self.rewritten
        ):
            bare = {"chat_id": self.chat.telegram_id, "message_id": self.arrival.message_id}
            # After the last row of somebody who deleted everything no row knows the chat any more (settling.py).
            kind = "erased" if press.control is Control.ERASE else "card_answered"
            self._put("editMessageReplyMarkup", bare, kind, Lane.ANSWER)

    def say_prefaces(self) -> None:
        left = self.take_preface()
        if left:
            self.say(Message(text=left), kind="word")

    @property
    def questions_open(self) -> bool:
        """Whether there is a question to go back to."""
        return self.intake.response is not None and self.intake.response.status == "in-progress"

    @property
    def shared(self) -> bool:
        """Whether hospitals may see the case: after the yes to that, where the questionnaire asks for it."""
        asked = self.house.definition.questionnaire.consents(consents.SHARE)
        return not asked or consents.shares(self.tx, self.chat.id)

    @property
    def promise(self) -> Promise:
        """When somebody who writes now usually has an answer."""
        zone = self.house.definition.reminders.zone(self.chat.zone, self.chat.language)
        return self.house.definition.desk.promise(self.tx.now, zone)

    def checklist(self) -> tuple[RecordState, ...]:
        if self.intake.response is None:
            return ()
        return records.checklist(self.house.definition, self.intake.response, self.intake.marks)

    def rewrite_text(self, text: str, *, kind: str) -> None:
        """Edit the pressed message to these words and take its buttons away; without a press nothing changes."""
        if self.arrival and self.arrival.query:
            self.rewrite(Message(text=text), kind=kind)

    def tick(self) -> None:
        """A sign on the person's own message that it was kept and passed on."""
        if self.arrival and self.arrival.message_id and not self.arrival.query:
            sign = {"message_id": self.arrival.message_id, "reaction": [{"type": "emoji", "emoji": "👍"}]}
            self._put("setMessageReaction", sign, PASSED_ON, Lane.ANSWER)

    def drop_scheduled(self) -> None:
        """Scheduled messages of this chat that wait are not sent."""
        outbox.drop_lane(self.tx, PATIENT, self.chat.telegram_id, int(Lane.SCHEDULED))

    def say(
        self,
        message: Message,
        *,
        kind: str,
        lane: Lane = Lane.ANSWER,
        unique_key: str | None = None,
        reply_to: int | None = None,
        due_at: datetime | None = None,
    ) -> int:
        """To the patient. Returns the outbox row that carries the keyboard. `reply_to`: a message of their chat to be quoted."""
        calls = self.house.wire.send(message, self.chat.telegram_id)
        if reply_to is not None:
            calls[0].params["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
        return self._put_all(calls, kind, lane, unique_key, **({"due_at": due_at} if due_at else {}))

    def ask(self, message: Message, *, kind: str) -> None:
        """What was said before it stands above it, in the same message."""
        self.say(replace(message, text="\n\n".join(filter(None, (self.take_preface(), message.text)))), kind=kind)

    def interrupt(self, *, asks: bool = False) -> None:
        """Something that the patient's side did not bring about is said below the open question."""
        self.intake = replace(self.intake, aside=aside.said_by_house(self.intake.aside, asks=asks))
        chats.update(self.tx, self.chat.id, aside=self.intake.aside)

    def rewrite(self, message: Message, *, kind: str) -> None:
        """Edit the message whose button was pressed, or else the one that shows the open question."""
        pressed = self.arrival.message_id if self.arrival and self.arrival.query else None
        if pressed is None and self.chat.asked_message is None:
            return
        call = self.house.wire.edit(message, self.chat.telegram_id)
        self.rewritten = True
        target = {"message_id": pressed} if pressed else {}
        self._put(
            call.method, call.params | target, kind, Lane.ANSWER, target_outbox_id=None if pressed else self.chat.asked_message
        )

    def put_away(self) -> None:
        """The question is shown again further down: its older copy loses its buttons, so that only one of them can be pressed."""
        if self.chat.asked_message is not None and not self.rewritten:
            empty = {"chat_id": self.chat.telegram_id}
            target = self.chat.asked_message
            self._put("editMessageReplyMarkup", empty, "question_put_away", Lane.ANSWER, target_outbox_id=target)

    def toast(self, text: str, *, alert: bool = False) -> None:
        """Answer the press of this turn in a few words, once."""
        if self._toasted or self.arrival is None or self.arrival.query is None:
            return
        self._toasted = True
        call = toast(self.arrival.query, text, alert=alert)
        self._put(call.method, call.params, "press_answered", Lane.URGENT, expires_in=TOAST_LIFE)

    def _put_all(self, calls: list[Call], kind: str, lane: Lane, unique_key: str | None, **more: Any) -> int:
        keys: list[dict[str, Any]] = [{"unique_key": f"{unique_key}/{n}"} if unique_key else {} for n in range(len(calls))]
        rows = [
            self._put(call.method, call.params, kind, lane, document_id=call.document_id, **key, **more)
            for call, key in zip(calls, keys, strict=True)
        ]
        return rows[-1]()

    def _put(
        self, method: str, params: dict[str, Any], kind: str, lane: Lane, *, expires_in: int | None = None, **more: Any
    ) -> Callable[[], int]:
        """Gives the row's id to whoever asks: most rows need not be there before the next one is written."""
        row = {
            "bot": PATIENT,
            "chat_id": self.chat.telegram_id,
            "method": method,
            "payload": params,
            "kind": kind,
            "lane": int(lane),
            "expires_at": self.tx.now + timedelta(seconds=expires_in) if expires_in else None,
            **more,
        }
        if self.lease is not None and "unique_key" not in row:
            return self._hand(self.lease, row)
        number = outbox.put(self.tx, **row)
        return lambda: number

    def _hand(self, lease: float, row: dict[str, Any]) -> Callable[[], int]:
        handed = handing.hand(self.tx, lease=lease, **row)
        if handed is None:
            return lambda: 0
        self.handed.append(handed)
        return lambda: handed.id


def call_patient(tx: Transaction, chat_id: int, call: Call, *, kind: str, **more: Any) -> int:
    """What a patient's chat (Telegram's number) is sent outside of a turn of its own; returns the row's id. `more`: see outbox.put."""
    row = {"method": call.method, "payload": call.params, "document_id": call.document_id, **more}
    return outbox.put(tx, bot=PATIENT, chat_id=chat_id, kind=kind, lane=int(Lane.ANSWER), **row)
