"""What arrives at the patient bot, in our words: one update, translated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.fhir.launch import NOBODY, Writer

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def upload_in(message: Any, kinds: Iterable[str]) -> Upload | None:
    """The file in a message of either library, if it has one of a photo or these kinds: both name the fields as the Bot API does."""
    if message.photo:
        return _upload(message, "photo", max(message.photo, key=lambda size: size.width * size.height))
    kind = next((kind for kind in kinds if getattr(message, kind)), None)
    return _upload(message, kind, getattr(message, kind)) if kind else None


def _upload(message: Any, kind: str, file: Any) -> Upload:
    return Upload(
        kind=kind,
        file_id=file.file_id,
        file_unique_id=file.file_unique_id,
        name=clean(getattr(file, "file_name", None) or ""),
        declared_type=clean(getattr(file, "mime_type", None) or ""),
        declared_size=file.file_size or 0,
        album=message.media_group_id,
        caption=clean(message.caption or ""),
    )


def clean(text: str) -> str:
    """Text as sent, with the one thing mended that cannot be stored: half a surrogate pair."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
