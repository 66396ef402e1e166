"""The people of the tests: a patient and coordinators who write, tap, send and look, over HTTP, as a person would at the page.

What they see is read from the chat and from nowhere else. When a program tells whether it has come to rest (tests/settling.py), nobody
has to guess how long to wait; without that, `settle` waits for a quiet moment and `sees` until what is awaited stands there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from tests.settling import Rest

PATIENCE = 15.0  # seconds to wait for what must come
STARTING = 60.0  # seconds for a program to start on a busy machine and to come to rest
GLANCE = 0.008  # seconds between two looks
QUIET = 0.25  # seconds without a call that pass for rest, where nothing tells
SCREEN = 60  # messages of a chat that somebody looks at
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


class NotSeen(AssertionError):
    """What was awaited did not come; the message holds what stands in the chat instead."""


@dataclass(kw_only=True)
class World:
    """One running sandbox. `database`: the program's own file, if it is near."""

    url: str
    database: Path | None = None
    http: httpx.Client = field(init=False)
    rest: Rest | None = field(init=False, default=None)
    _offset: timedelta = field(init=False, default=timedelta())
    _undelivered: bool = field(init=False, default=True)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=60)
        if self.database:
            self.rest = Rest(path=self.database, now=self.now)

    def now(self) -> datetime:
        """What the sandbox's clock shows."""
        return datetime.now(UTC) + self._offset

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(f"/sandbox/{path}", params=params)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        return self.ask("POST", path, json=body)

    def ask(self, verb: str, path: str, **content: Any) -> Any:
        """Something that changes the world."""
        answer = self.http.request(verb, f"/sandbox/{path}", **content)
        self._undelivered = True
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def state(self) -> Any:
        return self.get("state", messages=0)

    def bot(self, word: str) -> int:
        """The id of the bot with this word in its user name ("desk" or not)."""
        desk = word == "desk"
        return next(bot["id"] for bot in self.state()["bots"] if ("desk" in bot["username"].lower()) == desk)

    @property
    def group(self) -> str:
        return next(
            chat["key"] for chat in self.state()["chats"] if chat["type"] == "supergroup" and not chat.get("migrated_to")
        )

    def move_group(self) -> None:
        """The staff group becomes another one, with another number."""
        self.settle()
        self.post(f"chats/{self.group}/migrate")

    def without_topics(self) -> None:
        """Whoever asks for a topic hears that there are none."""
        self.settle()
        told = "Bad Request: the chat is not a forum"
        self.post("faults", kind="error", method="createForumTopic", code=400, description=told, times=0)

    def without_reactions(self) -> None:
        """A Bot API server of one's own that is older than reactions."""
        self.settle()
        told = "Not Found: method not found"
        self.post("faults", kind="error", method="setMessageReaction", code=404, description=told, times=0)

    def as_usual(self) -> None:
        self.settle()
        self.ask("DELETE", "faults")

    def patient(self, name: str, language: str = "en") -> Patient:
        person = self.post("people", first_name=name, language_code=language, role="patient")
        return Patient(world=self, person=person["id"], chat=f"{person['id']}:{self.bot('patient')}")

    def coordinator(self, name: str) -> Coordinator:
        person = next(one for one in self.state()["people"] if one["first_name"] == name and one["role"] == "coordinator")
        return Coordinator(world=self, person=person["id"], chat=self.group)

    def stranger(self, name: str) -> Coordinator:
        """Somebody in the staff group who is not on the roster."""
        person = self.post("people", first_name=name, language_code="en", role="stranger")
        self.post(f"chats/{self.group}/members", member=person["id"], status="member")
        return Coordinator(world=self, person=person["id"], chat=self.group)

    def later(self, **span: float) -> None:
        """Move the sandbox's clock: days=1, hours=3 ..."""
        moved = self.post("clock", shift=timedelta(**span).total_seconds())
        self._offset = timedelta(seconds=moved["offset"])

    def disturb(self) -> None:
        """Something happened that was not done from here, so there may be updates on their way."""
        self._undelivered = True

    def settle(self) -> None:
        """Return when nothing is on its way any more."""
        if self.rest is None:
            time.sleep(QUIET / 3)  # a bot confirms an update before it answers
            self.get("idle", quiet=QUIET, timeout=PATIENCE)
            return
        end = time.monotonic() + STARTING
        while left := self._left(self.rest):
            if time.monotonic() > end:
                raise NotSeen(f"never came to rest; still {', '.join(left)}")
            time.sleep(GLANCE)

    def _left(self, rest: Rest) -> list[str]:
        """The work that is left. The sandbox is asked only until it has delivered everything: asking slows it down."""
        if self._undelivered:
            self._undelivered = not self.get("idle", quiet=0, timeout=PATIENCE)["idle"]
        return ["to deliver"] if self._undelivered else rest.work()


@dataclass(kw_only=True)
class Person:
    """What everybody can do in one chat. Everything that came or changed since their latest act is new to them."""

    world: World
    person: int
    chat: str
    thread: int | None = None
    toast: str = ""  # what the latest press was answered with
    _known: dict[int, str] = field(default_factory=dict)

    def says(self, text: str, *, reply_to: int | None = None) -> Any:
        self._mark()
        return self.world.post(f"chats/{self.chat}/messages", **self._where(text=text, reply_to_message_id=reply_to))

    def sends(self, *files: Path, kind: str = "document", caption: str = "", reply_to: int | None = None, **more: Any) -> Any:
        self._mark()
        data = self._where(kind=kind, caption=caption, reply_to_message_id=reply_to, **more)
        parts = [("file", (file.name, file.read_bytes())) for file in files]
        return self.world.ask("POST", f"chats/{self.chat}/files", data={k: str(v) for k, v in data.items()}, files=parts)

    def sends_nothing_of(self, size: int, **more: Any) -> Any:
        """A file that is only announced, such as one of 21 MB."""
        self._mark()
        return self.world.post(f"chats/{self.chat}/files", **self._where(declared_size=size, kind="document", **more))

    def sends_sticker(self) -> Any:
        self._mark()
        return self.world.post(f"chats/{self.chat}/messages", **self._where(sticker={"emoji": "🙂"}))

    def taps(self, label: str) -> Any:
        """The newest button with this label (whole, or how it begins). Returns what the press was answered with."""
        return self.reaches(label)()

    def reaches(self, label: str) -> Callable[[], Any]:
        """The finger is over the button; calling this taps it."""
        seen = self._looked()
        message = next((one for one in reversed(seen) if any(fits(text, label) for text in buttons(one))), None)
        if message is None:
            known = list(dict.fromkeys(text for one in seen[-10:] for text in buttons(one)))
            raise NotSeen(f"no button {label!r}; there are {known}\n--- in the chat:\n{self.read()}")
        return partial(self._press, message, label, seen)

    def answers(self, answer: str) -> None:
        """Tap the button with this label under the newest question, or else say it."""
        seen = self._looked()
        newest = _newest(seen)
        if any(fits(text, answer) for text in buttons(newest)):
            self._press(newest, answer, seen)
        else:
            self.says(answer)

    def passes(self, choose: Callable[[str, list[str]], str | None]) -> str | None:
        """Tap what `choose` finds among the words and the buttons of the newest message with buttons; None: nothing is tapped."""
        seen = self._looked()
        newest = _newest(seen)
        label = choose(words(newest), [text.translate(ISOLATES) for text in buttons(newest)])
        if label is not None:
            self._press(newest, label, seen)
        return label

    def blocks(self, *, blocked: bool) -> None:
        self._mark()
        self.world.post(f"chats/{self.chat}/block", blocked=blocked)

    def edits(self, before: str, text: str) -> Any:
        """Change the newest own message with these words."""
        message = next(one for one in reversed(self.messages()) if before in words(one) and one["sender"]["id"] == self.person)
        self._mark()
        return self.world.ask("PATCH", f"chats/{self.chat}/messages/{message['message_id']}", json=self._from(text=text))

    def sees(self, *texts: str, since_act: bool = True) -> str:
        """Every text stands in what came (or was edited) since the last act; returns all of it."""
        shown = ""
        for shown in self._looks(since_act=since_act):
            if all(text in shown for text in texts):
                return shown
        missing = [text for text in texts if text not in shown]
        raise NotSeen(f"not seen: {missing}\n--- in the chat:\n{shown}")

    def does_not_see(self, *texts: str) -> None:
        """After everything has come to rest, nothing of this stands in what came since the last act."""
        self.world.settle()
        shown = self.read()
        seen = [text for text in texts if text in shown]
        if seen:
            raise NotSeen(f"seen although it must not be: {seen}\n--- in the chat:\n{shown}")

    def sees_nothing(self) -> None:
        """Nothing came since the last act."""
        self.world.settle()
        shown = self.read()
        if shown:
            raise NotSeen(f"seen although nothing must come:\n{shown}")

    def read(self, *, since_act: bool = True) -> str:
        shown = [words(one) for one in self.messages() if not since_act or self._new(one)]
        return "\n".join([*shown, *([self.toast] if self.toast else [])])

    def messages(self) -> list[Any]:
        query = {"person": self.person, "limit": SCREEN, "thread": self.thread or 0}
        return self.world.get(f"chats/{self.chat}/transcript", **query)["messages"]

    def _looks(self, *, since_act: bool) -> Iterator[str]:
        """What stands there now and, until it is certain that no more comes, again."""
        yield self.read(since_act=since_act)
        if self.world.rest is not None:
            self.world.settle()
            yield self.read(since_act=since_act)
            return
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            time.sleep(0.05)
            yield self.read(since_act=since_act)

    def _looked(self) -> list[Any]:
        """The chat once everything has come to rest."""
        self.world.settle()
        return self.messages()

    def _press(self, message: Any, label: str, seen: list[Any]) -> Any:
        self._mark(seen)
        text = next(text for text in buttons(message) if fits(text, label))
        body = self._from(message_id=message["message_id"], text=text, wait=PATIENCE)
        answer = self.world.post(f"chats/{self.chat}/press", **body)
        self.toast = answer.get("text", "")
        return answer

    def _mark(self, seen: list[Any] | None = None) -> None:
        self.toast = ""
        self._known = {message["message_id"]: words(message) for message in (self.messages() if seen is None else seen)}

    def _new(self, message: Any) -> bool:
        """Not there at the latest act, or other words now (fewer buttons are no news); own messages are known to who wrote them."""
        if message["sender"]["kind"] == "person" and message["sender"]["id"] == self.person:
            return False
        number = message["message_id"]
        return number > min(self._known, default=0) and not self._known.get(number, "").startswith(words(message))

    def _where(self, **body: Any) -> dict[str, Any]:
        more = {"message_thread_id": self.thread} if self.thread else {}
        return self._from(**more, **{name: value for name, value in body.items() if value not in (None, "")})

    def _from(self, **body: Any) -> dict[str, Any]:
        return {"from": self.person, **body}


@dataclass(kw_only=True)
class Patient(Person):
    """The patient's side of the patient bot."""

    def starts(self) -> None:
        self._mark()
        self.world.post(f"chats/{self.chat}/start")


@dataclass(kw_only=True)
class Coordinator(Person):
    """Somebody in the staff group: in General, in a case's topic (`at_case`), or in private with the desk bot."""

    def at_case(self, number: str) -> Coordinator:
        self.world.settle()
        chat = next(chat for chat in self.world.state()["chats"] if chat["key"] == self.world.group)
        for topic in chat.get("topics", []):
            if number in topic["name"]:
                return Coordinator(world=self.world, person=self.person, chat=chat["key"], thread=topic["thread"])
        raise NotSeen(f"no topic for {number}")

    def in_general(self) -> Coordinator:
        return Coordinator(world=self.world, person=self.person, chat=self.world.group)

    def in_private(self) -> Coordinator:
        return Coordinator(world=self.world, person=self.person, chat=f"{self.person}:{self.world.bot('desk')}")

    def replies(self, to: str, text: str) -> Any:
        """Reply to the newest message of the topic that holds these words."""
        return self.says(text, reply_to=self._found(to))

    def replies_with(self, to: str, *files: Path) -> Any:
        return self.sends(*files, reply_to=self._found(to))

    def _found(self, text: str) -> int:
        self.sees(text, since_act=False)
        number: int = next(one["message_id"] for one in reversed(self.messages()) if text in words(one))
        return number


def _newest(seen: list[Any]) -> Any:
    return next(message for message in reversed(seen) if list(buttons(message)))


def words(message: Any) -> str:
    """The text of a message with its buttons' labels in brackets, isolates left out."""
    body = message["message"]
    text = body.get("text") or body.get("caption") or ""
    files = " ".join(f"[{file['kind']}]" for file in message.get("files", []))
    labels = " ".join(f"[{label}]" for label in buttons(message))
    return " ".join(part for part in (text, files, labels) if part).translate(ISOLATES)


def buttons(message: Any) -> Iterator[str]:
    for row in message["message"].get("reply_markup", {}).get("inline_keyboard", []):
        for one in row:
            yield one["text"]


def fits(text: str, label: str) -> bool:
    plain, wanted = text.translate(ISOLATES), label.translate(ISOLATES)
    return plain == wanted or bool(re.match(rf"{re.escape(wanted)}\b", plain))
