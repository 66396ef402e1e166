"""What arrives at the patient bot, in our words: one update, translated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.fhir.launch import NOBODY, Writer

if TYPE_CHECKING:
    from flows.inputs import Input


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file as Telegram announces it: nothing here is true until the bytes were looked at."""

    kind: str  # photo, document, voice, audio, video
    file_id: str
    file_unique_id: str
    name: str = ""
    declared_type: str = ""
    declared_size: int = 0
    album: str | None = None
    caption: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One update of the patient bot, translated: who, where, what. `query` is the id of the press to be answered."""

    update_id: int
    telegram_id: int
    message_id: int | None
    said: Input | None
    hint: str | None = None
    query: str | None = None
    upload: Upload | None = None
    reply_to: int | None = None  # the message of this chat that it answers
    forwarded: bool = False  # somebody else wrote it first
    writer: Writer = NOBODY
    reachable: bool | None = None  # my_chat_member: the person blocked or unblocked the bot
