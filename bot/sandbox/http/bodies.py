"""Bodies of requests under /sandbox/."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.sandbox.faults import FaultKind

MOST_SHIFT = 10 * 366 * 86400  # seconds; the clock may be ten years off in all


class Body(BaseModel):
    """Unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class NewPerson(Body):
    first_name: str = Field(min_length=1, max_length=64)
    id: int | None = Field(default=None, gt=0)
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    role: str = "patient"


class PersonChange(Body):
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    role: str | None = None
    deactivated: bool | None = None


class NewBot(Body):
    token: str
    username: str
    name: str


class NewGroup(Body):
    title: str = Field(min_length=1, max_length=128)
    id: int | None = None
    forum: bool = True
    type: Literal["group", "supergroup"] = "supergroup"
    members: list[int] = Field(min_length=1)
    bots: list[int] = []
    administrators: list[int] = []
    bot_status: Literal["administrator", "member"] = "administrator"


Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]


class Membership(Body):
    member: int
    status: Status
    by: int | None = None


class Acting(Body):
    """`from`: the person; implied in a private chat."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: int = Field(default=0, alias="from")


class NewTopic(Acting):
    name: str = Field(min_length=1, max_length=128)


class TopicChange(Acting):
    name: str | None = None
    closed: bool | None = None


class ForwardFrom(Body):
    chat: str
    message_id: int


CONTENTS = ("text", "contact", "location", "sticker", "dice", "forward_from")


class NewMessage(Acting):
    """Exactly one of CONTENTS."""

    text: str | None = None
    entities: list[dict[str, Any]] | None = None
    contact: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    sticker: dict[str, Any] | None = None
    dice: bool | dict[str, Any] | None = None
    forward_from: ForwardFrom | None = None
    reply_to_message_id: int = 0
    message_thread_id: int = 0

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        if sum(getattr(self, name) not in (None, False) for name in CONTENTS) != 1:
            message = f"exactly one of {', '.join(CONTENTS)} is written"
            raise ValueError(message)
        return self


class Start(Acting):
    payload: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")


class NoBytes(Acting):
    kind: str = "document"
    file_name: str = ""
    mime_type: str = ""
    declared_size: int = Field(default=0, ge=0)
    duration: int = 0
    caption: str = ""
    media_group_id: str = ""
    reply_to_message_id: int = 0
    message_thread_id: int = 0


class WithBytes(NoBytes):
    """As multipart/form-data; several files are an album."""

    file: list[bytes] = Field(min_length=1)


class PressButton(Acting):
    message_id: int
    data: str | None = None
    text: str | None = None
    row: int | None = None
    column: int | None = None
    wait: float = Field(default=10.0, ge=0, le=60)


class Tap(Acting):
    text: str


class Edit(Acting):
    text: str | None = None
    caption: str | None = None


class React(Acting):
    emoji: str | list[str] | None


class Block(Acting):
    blocked: bool


class OpenWebApp(Acting):
    url: str | None = None
    message_id: int | None = None
    row: int = 0
    column: int = 0
    menu: bool = False


class WebAppData(Acting):
    button_text: str
    data: str


class RawUpdate(Body):
    bot: int
    update: dict[str, Any]
    keep_id: bool = False


class NewFault(Body):
    kind: FaultKind
    bot: int = 0
    method: str = ""
    chat_id: int = 0
    times: int = Field(default=1, ge=0)
    after: int = Field(default=0, ge=0)
    delay: float = Field(default=0.0, ge=0)
    retry_after: int = Field(default=5, ge=0)
    code: int = Field(default=500, ge=400, le=599)
    description: str = ""


class SettingsChange(Body):
    limits: bool | None = None
    strict: bool | None = None
    callback_seconds: float | None = Field(default=None, gt=0)


class Shift(Body):
    shift: float = Field(allow_inf_nan=False, ge=-MOST_SHIFT, le=MOST_SHIFT)


class Reset(Body):
    keep: Literal["people", ""] = ""
