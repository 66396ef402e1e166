"""The people of the tests: a patient and coordinators who write, tap, send and look, over HTTP, as a person would at the page.

`sees` waits until what is awaited stands in the chat; it never looks at rows or objects of ours.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 15.0  # seconds to wait for what must come
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


class NotSeen(AssertionError):
    """What was awaited did not come; the message holds what stands in the chat instead."""


@dataclass(kw_only=True)
class World:
    """One running sandbox."""

    url: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(f"/sandbox/{path}", params=params)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.http.post(f"/sandbox/{path}", json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def state(self) -> Any:
        return self.get("state", messages=1)

    def bot(self, word: str) -> int:
        """The id of the bot with this word in its user name ("desk" or not)."""
        desk = word == "desk"
        return next(bot["id"] for bot in self.state()["bots"] if ("desk" in bot["username"].lower()) == desk)

    @property
    def group(self) -> str:
        return next(chat["key"] for chat in self.state()["chats"] if chat["type"] == "supergroup" and not chat.get("migrated_to"))

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
        seconds = {"days": 86400, "hours": 3600, "minutes": 60}
        self.post("clock", shift=int(sum(seconds[unit] * amount for unit, amount in span.items())))

    def settle(self) -> None:
        time.sleep(0.08)  # a bot confirms an update before it answers
        self.get("idle", quiet=0.25, timeout=PATIENCE)


@dataclass(kw_only=True)
class Person:
    """What everybody can do in one chat. `mark` is the last message that was there before the latest act."""

    world: World
    person: int
    chat: str
    thread: int | None = None
    mark: int = 0

    def says(self, text: str, *, reply_to: int | None = None) -> Any:
        self._mark()
        return self.world.post(f"chats/{self.chat}/messages", **self._where(text=text, reply_to_message_id=reply_to))

    def sends(self, *files: Path, kind: str = "document", caption: str = "", reply_to: int | None = None, **more: Any) -> Any:
        self._mark()
        data = self._where(kind=kind, caption=caption, reply_to_message_id=reply_to, **more)
        parts = [("file", (file.name, file.read_bytes())) for file in files]
        answer = self.world.http.post(f"/sandbox/chats/{self.chat}/files", data={k: str(v) for k, v in data.items()}, files=parts)
        assert answer.is_success, answer.text
        return answer.json()

    def sends_nothing_of(self, size: int, **more: Any) -> Any:
        """A file that is only announced, such as one of 21 MB."""
        self._mark()
        return self.world.post(f"chats/{self.chat}/files", **self._where(declared_size=size, kind="document", **more))

    def sends_sticker(self) -> Any:
        self._mark()
        return self.world.post(f"chats/{self.chat}/messages", **self._where(sticker={"emoji": "🙂"}))

    def taps(self, label: str) -> Any:
        """The newest button with this label (whole, or how it begins). Returns what the press was answered with."""
        message = self._with_button(label)
        self._mark()
        text = next(text for text in buttons(message) if fits(text, label))
        return self.world.post(f"chats/{self.chat}/press", **self._from(message_id=message["message_id"], text=text, wait=PATIENCE))

    def answers(self, answer: str) -> None:
        """Tap the button with this label under the newest question, or else say it."""
        self.world.settle()
        newest = next((message for message in reversed(self.messages()) if list(buttons(message))), None)
        label = next((text for text in buttons(newest) if fits(text, answer)), None) if newest else None
        if label is None:
            self.says(answer)
        else:
            self._mark()
            self.world.post(
                f"chats/{self.chat}/press", **self._from(message_id=newest["message_id"], text=label, wait=PATIENCE)
            )
        self.world.settle()

    def newest(self) -> tuple[str, list[str]]:
        """The newest message with buttons, once everything has come to rest: its words and its buttons."""
        self.world.settle()
        message = next(message for message in reversed(self.messages()) if list(buttons(message)))
        return words(message), [label.translate(ISOLATES) for label in buttons(message)]

    def blocks(self, *, blocked: bool) -> None:
        self.world.post(f"chats/{self.chat}/block", blocked=blocked)

    def edits(self, message_id: int, text: str) -> Any:
        self._mark()
        url = f"/sandbox/chats/{self.chat}/messages/{message_id}"
        return self.world.http.patch(url, json=self._from(text=text)).json()

    def sees(self, *texts: str, since_act: bool = True) -> str:
        """Wait until every text stands in what came (or was edited) since the last act; returns all of it."""
        shown = ""
        for shown in self._looks(since_act=since_act):
            if all(text in shown for text in texts):
                return shown
        missing = [text for text in texts if text not in shown]
        raise NotSeen(f"not seen: {missing}\n--- in the chat:\n{shown}")

    def sees_button(self, label: str) -> None:
        self._with_button(label)

    def does_not_see(self, *texts: str) -> None:
        """After everything has come to rest, nothing of this stands in what came since the last act."""
        self.world.settle()
        shown = self.read()
        seen = [text for text in texts if text in shown]
        if seen:
            raise NotSeen(f"seen although it must not be: {seen}\n--- in the chat:\n{shown}")

    def read(self, *, since_act: bool = True) -> str:
        return "\n".join(words(message) for message in self.messages() if not since_act or self._new(message))

    def messages(self) -> list[Any]:
        query = {"person": self.person, "limit": 500} | ({"thread": self.thread} if self.thread else {})
        return self.world.get(f"chats/{self.chat}/transcript", **query)["messages"]

    def _looks(self, *, since_act: bool) -> Iterator[str]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            yield self.read(since_act=since_act)
            time.sleep(0.05)

    def _with_button(self, label: str) -> Any:
        end = time.monotonic() + PATIENCE
        seen: list[str] = []
        while time.monotonic() < end:
            for message in reversed(self.messages()):
                seen = list(buttons(message)) + seen
                if any(fits(text, label) for text in buttons(message)):
                    return message
            time.sleep(0.05)
        raise NotSeen(f"no button {label!r}; there are {list(dict.fromkeys(seen))[:60]}\n--- in the chat:\n{self.read()}")

    def _mark(self) -> None:
        known = self.messages()
        self.mark = max((message["message_id"] for message in known), default=0)
        self._edits = {message["message_id"]: words(message) for message in known}

    def _new(self, message: Any) -> bool:
        before = getattr(self, "_edits", {})
        return message["message_id"] > self.mark or before.get(message["message_id"]) != words(message)

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
    """A coordinator in the staff group; `at_case` goes into a case's topic, `in_general` back."""

    def at_case(self, number: str) -> Coordinator:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            chat = next(chat for chat in self.world.state()["chats"] if chat["key"] == self.chat)
            for topic in chat.get("topics", []):
                if number in topic["name"]:
                    return Coordinator(world=self.world, person=self.person, chat=self.chat, thread=topic["thread"])
            time.sleep(0.05)
        raise NotSeen(f"no topic for {number}")

    def in_private(self) -> Coordinator:
        return Coordinator(world=self.world, person=self.person, chat=f"{self.person}:{self.world.bot('desk')}")

    def replies(self, to: str, text: str) -> Any:
        """Reply to the newest message of the topic that holds these words."""
        message = next(one for one in reversed(self._found(to)) if to in words(one))
        return self.says(text, reply_to=message["message_id"])

    def _found(self, text: str) -> list[Any]:
        self.sees(text, since_act=False)
        return self.messages()


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
