"""One act of a coordinator: an update of the desk bot, translated, and the verbs with which it is answered where it was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.effects.scene import DESK, TOAST_LIFE, Lane, Scene
from bot.messages import Message
from bot.wire import Call, toast
from bot.wording.markup import plain
from flows.staff import shifts
from storage import outbox
from storage.rows import GENERAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.arrivals import Upload
    from bot.catalogues import Catalogue
    from bot.effects.scene import House
    from bot.messages import DeskPress, Rows
    from storage.rows import Case, Coordinator
    from storage.transaction import Transaction


ASKING = frozenset({"task_given", "tasks_listed", "recontact_asked"})  # kinds of the desk's messages that want an answer
ANEW = frozenset({"question", "review", "record_asked"})  # the open question itself: said with the turn that brings it


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskArrival:
    """One update of the desk bot. `sender`: numeric id of a person, None for anonymous administrators, channels and services.

    `query` is the id of a press, `press` what its button means (None: not a button of ours). `argument`: what follows a command.
    """

    update_id: int
    chat_id: int
    private: bool = False
    sender: int | None = None
    name: str = ""
    thread_id: int | None = None
    message_id: int | None = None
    reply_to: int | None = None
    query: str | None = None
    press: DeskPress | None = None
    text: str = ""
    command: str = ""
    argument: str = ""
    upload: Upload | None = None
    forwarded: bool = False
    answers_bot: bool = False  # whether it replies to something that the bot wrote
    member: int | None = None  # somebody whose membership in the group changed
    present: bool = False  # whether they, or the bot itself, are in it now
    able: bool = False  # whether they may make topics there
    moved_to: int | None = None  # the group has this id from now on


@dataclass(kw_only=True, slots=True)
class Act:
    """Who acts (`coordinator` is on the active roster), on what update, in which transaction."""

    tx: Transaction
    house: House
    arrival: DeskArrival
    coordinator: Coordinator
    _toasted: bool = False

    @property
    def on_page(self) -> bool:
        """Whether it was done on a page: its arrival bears a negative number, which stands for the page."""
        return self.arrival.update_id < 0

    @property
    def words(self) -> Catalogue:
        return self.house.desk_words

    @property
    def zone(self) -> ZoneInfo:
        """Where this coordinator works: the zone of their shift, else the desk's."""
        shift = shifts.parse(self.coordinator.shift, zone=self.house.desk_zone.key)
        return shift.zone if shift else self.house.desk_zone

    @property
    def today(self) -> date:
        """The calendar day there."""
        return self.tx.now.astimezone(self.zone).date()

    @property
    def name(self) -> str:
        """What the desk calls this coordinator."""
        return self.coordinator.name or str(self.coordinator.telegram_id)

    def answer(self, message: Message) -> None:
        """Say something where the coordinator acted, as a reply if there is something to reply to."""
        answer(self.tx, self.house, self.arrival, message)

    def tell(self, text: str) -> None:
        """A short plain sentence for the coordinator: over the button that was pressed, else as a message."""
        if self.arrival.query:
            self._toast(text)
        else:
            self.answer(Message(text=plain(text)))

    def rewrite(self, text: str, *, kind: str) -> None:
        """Edit the message whose button was pressed to these words (escaped), and take its buttons away."""
        call = self.house.wire.edit(Message(text=text), self.arrival.chat_id)
        self._to_pressed(call.method, call.params, kind)

    def redraw(self, rows: Rows, *, kind: str) -> None:
        """Other buttons under the message whose button was pressed; its words stay."""
        markup = {"reply_markup": self.house.wire.keyboard(rows, self.arrival.chat_id)}
        self._to_pressed("editMessageReplyMarkup", markup, kind)

    def finish(self) -> None:
        """The press gets its answer, if it has not."""
        if not self._toasted:
            press_answered(self.tx, self.arrival)

    def _toast(self, text: str) -> None:
        self._toasted = True
        press_answered(self.tx, self.arrival, text)

    def _to_pressed(self, method: str, params: dict[str, Any], kind: str) -> None:
        if self.arrival.query and self.arrival.message_id:
            call = Call(method=method, params=params | {"message_id": self.arrival.message_id})
            _put(self.tx, self.arrival, call, kind, Lane.ANSWER)


@dataclass(kw_only=True, slots=True)
class DeskScene(Scene):
    """The scene of a coordinator's act on one case; effects of the desk's events take it."""

    act: Act

    def say(self, message: Message, *, kind: str, **how: Any) -> int:
        """As in any scene. What the desk brings about is remembered, so that the open question does not take the answer to it."""
        if kind not in ANEW:
            self.interrupt(asks=kind in ASKING)
        return Scene.say(self, message, kind=kind, **how)

    @property
    def own_case(self) -> Case:
        """The case that the coordinator acts on."""
        assert self.case is not None
        return self.case

    @property
    def said_at(self) -> int | None:
        """The message id of what was said where the messages of this case stand; what was said elsewhere has none that counts there."""
        return self.act.arrival.message_id if self.at_home and not self.act.arrival.query else None

    @property
    def at_home(self) -> bool:
        """Whether it was done where the messages of this case stand: in its topic, or in the group when it has none."""
        arrival, topic = self.act.arrival, self.own_case.topic_id
        return not arrival.private and (topic == GENERAL or (topic is not None and arrival.thread_id == topic))

    @property
    def may_write(self) -> bool:
        """Whether the patient's side wants messages now: nobody stopped them, nobody died, nothing was deleted."""
        return self.chat.state == "open"


def at_desk(effect: Callable[[DeskScene, Any], None]) -> Callable[[Scene, Any], None]:
    """An effect that needs to know who acted."""

    def run(scene: Scene, event: object) -> None:
        if not isinstance(scene, DeskScene):
            raise TypeError(f"{type(event).__name__} happened away from the desk")
        effect(scene, event)

    return run


def answer(tx: Transaction, house: House, arrival: DeskArrival, message: Message) -> None:
    """A message in the place where an update came from."""
    place: dict[str, Any] = {"message_thread_id": arrival.thread_id} if arrival.thread_id else {}
    if arrival.message_id and not arrival.query:
        place["reply_parameters"] = {"message_id": arrival.message_id, "allow_sending_without_reply": True}
    for call in house.wire.send(message, arrival.chat_id):
        _put(tx, arrival, Call(method=call.method, params=call.params | place), "desk_answered", Lane.ANSWER)


def press_answered(tx: Transaction, arrival: DeskArrival, text: str = "") -> None:
    """Answer a press, with an alert of plain text where there is something to say. One that is too old falls by its expiry."""
    if arrival.query:
        call = toast(arrival.query, text, alert=True)
        _put(tx, arrival, call, "press_answered", Lane.URGENT, expires_at=tx.now + timedelta(seconds=TOAST_LIFE))


def _put(
    tx: Transaction, arrival: DeskArrival, call: Call, kind: str, lane: Lane, *, expires_at: datetime | None = None
) -> None:
    outbox.put(
        tx,
        bot=DESK,
        chat_id=arrival.chat_id,
        method=call.method,
        payload=call.params,
        kind=kind,
        lane=int(lane),
        expires_at=expires_at,
    )
