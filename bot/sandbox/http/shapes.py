"""What /sandbox/ answers, for its OpenAPI description. Fields that would be empty are left out; views.py makes the values."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from bot.sandbox.faults import FaultKind
from bot.sandbox.world import Kind

exact = with_config(ConfigDict(extra="forbid"))
Json = dict[str, Any]


@exact
class Error(TypedDict):
    """Why it was not done."""

    error: str


@exact
class Done(TypedDict):
    ok: bool


@exact
class StartedOver(TypedDict):
    ok: bool
    seq: int


@exact
class Person(TypedDict):
    id: int
    first_name: str
    language_code: str
    role: str
    last_name: NotRequired[str]
    username: NotRequired[str]
    deactivated: NotRequired[bool]


@exact
class People(TypedDict):
    people: list[Person]


@exact
class Bot(TypedDict):
    """`pending`: updates that it has not taken yet; `polling`: a long poll is open now."""

    id: int
    username: str
    name: str
    commands: list[dict[str, str]]
    webhook: bool
    polling: bool
    pending: int


@exact
class Bots(TypedDict):
    bots: list[Bot]


@exact
class Member(TypedDict):
    id: int
    kind: Kind
    status: str


@exact
class Topic(TypedDict):
    thread: int
    name: str
    icon_color: int
    closed: bool
    count: int


@exact
class Typing(TypedDict):
    """Seen until `until`, in seconds since 1970 by the sandbox's clock."""

    bot: int
    action: str
    until: int
    thread: NotRequired[int]


@exact
class Draft(TypedDict):
    bot: int
    draft_id: int
    person: int
    text: str
    can_stop: bool
    until: int
    thread: NotRequired[int]
    entities: NotRequired[list[Json]]
    rich_message: NotRequired[Json]


@exact
class Chat(TypedDict):
    """`key` names it in paths (`person:bot`, or a group's id), `id` is the Bot API's chat_id. Keyboards are reply keyboards."""

    key: str
    type: Literal["private", "group", "supergroup"]
    title: str
    id: int
    pinned: list[int]
    count: int
    typing: list[Typing]
    drafts: list[Draft]
    last: NotRequired[int]
    migrated_to: NotRequired[str]
    person: NotRequired[int]
    bot: NotRequired[int]
    started: NotRequired[bool]
    blocked: NotRequired[bool]
    keyboard: NotRequired[Json]
    commands: NotRequired[list[dict[str, str]]]
    menu: NotRequired[Json]
    members: NotRequired[list[Member]]
    topics: NotRequired[list[Topic]]
    forum: NotRequired[bool]
    keyboards: NotRequired[dict[str, Json]]


@exact
class Migrated(TypedDict):
    chat: Chat


@exact
class Sender(TypedDict):
    kind: Kind
    id: int
    name: str


@exact
class File(TypedDict):
    unique_id: str
    url: str
    kind: str
    size: int
    available: bool
    name: NotRequired[str]
    mime_type: NotRequired[str]
    width: NotRequired[int]
    height: NotRequired[int]


@exact
class Reaction(TypedDict):
    kind: Kind
    id: int
    emoji: str


@exact
class Message(TypedDict):
    """`message` is the Bot API's Message as the chat's bot has it; the rest is what the person's app knows beside it."""

    chat: str
    message_id: int
    date: int
    sender: Sender
    message: Json
    thread: NotRequired[int]
    edit_date: NotRequired[int]
    service: NotRequired[str]
    files: NotRequired[list[File]]
    reactions: NotRequired[list[Reaction]]
    keyboard: NotRequired[Json]
    ephemeral_for: NotRequired[int]
    pinned: NotRequired[bool]
    deleted: NotRequired[bool]


@exact
class Messages(TypedDict):
    messages: list[Message]


@exact
class Press(TypedDict):
    """A tapped inline button, and what the bot answered."""

    id: str
    chat: str
    message_id: int
    person: int
    data: str
    state: Literal["waiting", "answered", "expired"]
    text: NotRequired[str]
    show_alert: NotRequired[bool]
    url: NotRequired[str]


@exact
class Launch(TypedDict):
    """A Mini App's address with its signed data; `query_id` may be answered with answerWebAppQuery."""

    url: str
    init_data: str
    query_id: str


@exact
class PublicKey(TypedDict):
    hex: str


@exact
class Fault(TypedDict):
    """`left`: so often will it strike yet (null: until it is removed); `after`: so many fitting calls are let through first."""

    id: int
    kind: FaultKind
    bot: int
    method: str
    chat_id: int
    left: int | None
    after: int
    delay: float
    retry_after: int
    code: int
    description: str


@exact
class Faults(TypedDict):
    faults: list[Fault]


@exact
class Settings(TypedDict):
    limits: bool
    strict: bool
    callback_seconds: float


@exact
class Clock(TypedDict):
    now: int
    offset: float


@exact
class Call(TypedDict):
    """One Bot API call. `unconfirmed`: why nobody is sure of the refusal's words; `fault`: the fault that struck it."""

    id: int
    at: float
    bot: int
    method: str
    ok: bool
    ms: float
    via: str
    error_code: NotRequired[int]
    description: NotRequired[str]
    chat_id: NotRequired[Any]
    fault: NotRequired[int]
    unconfirmed: NotRequired[str]


@exact
class Calls(TypedDict):
    calls: list[Call]


@exact
class Sent(TypedDict):
    field: str
    name: str
    size: int


@exact
class OpenedCall(Call):
    """With its request and its answer."""

    params: Json
    files: list[Sent]
    response: Any


@exact
class Violation(TypedDict):
    """What the schema of Bot API 10.3 forbids: in a bot's request, in a result or in an update."""

    id: int
    bot: int
    method: str
    where: Literal["request", "result", "update"]
    problem: str


@exact
class Violations(TypedDict):
    violations: list[Violation]


@exact
class State(TypedDict):
    """`seq`: /sandbox/events goes on from here. `messages` by chat key, the newest last; `presses` that wait for an answer."""

    seq: int
    now: int
    offset: float
    settings: Settings
    people: list[Person]
    bots: list[Bot]
    chats: list[Chat]
    messages: dict[str, list[Message]]
    presses: list[Press]
    faults: list[Fault]
    calls: list[Call]
    violations: int


@exact
class Event(TypedDict):
    """`kind` says what happened, `chat` where (its key, or the chat itself where that changed); beside it stands what is new."""

    seq: int
    kind: str
    chat: NotRequired[str | Chat]
    person: NotRequired[Person]
    bot: NotRequired[int | Bot]
    message: NotRequired[Message]
    message_id: NotRequired[int]
    message_ids: NotRequired[list[int]]
    reactions: NotRequired[list[Reaction]]
    press: NotRequired[Press]
    draft: NotRequired[Draft | None]
    draft_id: NotRequired[int]
    action: NotRequired[str]
    until: NotRequired[int]
    thread: NotRequired[int]
    call: NotRequired[Call]
    faults: NotRequired[list[Fault]]
    violation: NotRequired[Violation]
    settings: NotRequired[Settings]
    now: NotRequired[int]
    offset: NotRequired[float]


@exact
class Events(TypedDict):
    seq: int
    events: list[Event]


@exact
class Idle(TypedDict):
    """`pending`: undelivered updates by bot."""

    idle: bool
    seq: int
    pending: dict[str, int]


@exact
class Pending(TypedDict):
    pending: list[Json]


@exact
class Queued(TypedDict):
    update_id: int
