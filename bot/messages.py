"""What the bot says, before it becomes a Bot API call: plain frozen values, already worded in one language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flows.inputs import Press


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """One inline button. Exactly one of press, desk, url and app is given; `desk` is a casework press (see bot/buttons.py).

    `app`: the address of a page that opens inside Telegram, which takes such a button in private chats only.
    """

    text: str
    press: Press | None = None
    desk: DeskPress | None = None
    url: str | None = None
    app: str | None = None
    style: Literal["primary", "success", "danger"] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskPress:
    """A button under a case card. `verb` is a short code of bot/casework/presses.py; `number` an index; the case travels by its row id."""

    verb: str
    case_id: int
    number: int | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message: `text` is Telegram HTML that is already escaped; `rows` the inline keyboard."""

    text: str
    rows: Rows = field(default=())
    silent: bool = False
    protect: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A stored document to be sent; the bytes come from the vault at delivery time."""

    document_id: str
    part: int = 0
    as_: Literal["document", "photo", "voice"] = "document"
    name: str = "document"
    caption: str = ""
    rows: Rows = field(default=())


def clip(text: str, limit: int) -> str:
    """At most so many characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
