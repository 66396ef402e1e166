"""Who and what exists in the sandbox. Plain records; everything that changes them lives in methods/ and people/."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["person", "bot"]
ADMINISTRATIVE = ("creator", "administrator")
PRESENT = (*ADMINISTRATIVE, "member", "restricted")


@dataclass(kw_only=True, slots=True)
class Person:
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    role: str = "patient"
    deactivated: bool = False

    def as_user(self) -> dict[str, Any]:
        """As Telegram's type User."""
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user


@dataclass(kw_only=True, slots=True)
class Webhook:
    url: str
    secret: str = ""
    max_connections: int = 40
    certificate: bool = False
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass(kw_only=True, slots=True)
class Bot:
    """`commands` by scope key (see methods/commands.py); `menus` by chat id, 0 = default; `next_update` only grows."""

    id: int
    token: str
    username: str
    name: str
    next_update: int
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    menus: dict[str, dict[str, Any]] = field(default_factory=dict)
    allowed: list[str] | None = None
    webhook: Webhook | None = None
    logged_out: bool = False

    def as_user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(kw_only=True, slots=True)
class Member:
    """A person or bot in a group, present or past; `rights` of an administrator as in ChatAdministratorRights."""

    id: int
    kind: Kind
    status: str = "member"
    rights: dict[str, bool] = field(default_factory=dict)

    @property
    def present(self) -> bool:
        return self.status in PRESENT

    @property
    def administers(self) -> bool:
        return self.status in ADMINISTRATIVE

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, True))


@dataclass(kw_only=True, slots=True)
class Topic:
    thread: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    closed: bool = False
    count: int = 0


@dataclass(kw_only=True, slots=True)
class Chat:
    """A private chat (person and bot, key `person:bot`) or a group (key = its id). `id` is the Bot API's chat_id."""

    key: str
    id: int
    type: Literal["private", "group", "supergroup"]
    title: str = ""
    person: int = 0
    bot: int = 0
    started: bool = False
    blocked: bool = False
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    keyboards: dict[int, dict[str, Any]] = field(default_factory=dict)
    next_message: int = 1
    next_ephemeral: int = 1
    migrated_to: int = 0

    @property
    def private(self) -> bool:
        return self.type == "private"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaction:
    kind: Kind
    id: int
    type: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One message in a chat. Never changed: an edit stores a new Entry in its place, so that past events keep their words.

    `message` is the Bot API's Message with bare file names in place of file ids (see files.py); `markup` a reply keyboard,
    its removal or a forced reply (the Bot API shows only inline keyboards in a Message).
    """

    chat: str
    message_id: int
    date: int
    kind: Kind
    sender: int
    message: dict[str, Any]
    thread: int = 0
    service: str = ""
    markup: dict[str, Any] | None = None
    files: tuple[str, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    ephemeral_for: int = 0
    ephemeral_id: int = 0
    deleted: bool = False
    undeletable: bool = False


@dataclass(kw_only=True, slots=True)
class Upload:
    """A file that Telegram holds. `declared` is the size told to bots when it is not that of the bytes (or there are none)."""

    unique: str
    kind: str
    size: int
    name: str = ""
    mime: str = ""
    path: str = ""
    width: int = 0
    height: int = 0
    duration: int = 0
    available: bool = True


@dataclass(kw_only=True, slots=True)
class Press:
    """A tapped inline button and what became of it."""

    id: str
    bot: int
    chat: str
    message_id: int
    person: int
    data: str
    at: float
    state: Literal["waiting", "answered", "expired"] = "waiting"
    text: str = ""
    show_alert: bool = False
    url: str = ""


@dataclass(kw_only=True, slots=True)
class Draft:
    bot: int
    draft_id: int
    person: int
    thread: int = 0
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    rich: dict[str, Any] | None = None
    can_stop: bool = False
    until: float = 0.0


@dataclass(kw_only=True, slots=True)
class Typing:
    bot: int
    action: str
    thread: int
    until: float


@dataclass(kw_only=True, slots=True)
class Settings:
    """What people may switch: `limits` = Telegram's pace; `callback_seconds` = how long a press may be answered."""

    limits: bool = False
    strict: bool = True
    callback_seconds: float = 15.0
