"""What a person sees in a chat, as records and as plain lines."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.state import State
from bot.sandbox.world import Chat, Entry

KINDS = (
    "photo",
    "document",
    "voice",
    "video",
    "audio",
    "sticker",
    "contact",
    "location",
    "animation",
    "video_note",
    "rich_message",
    "dice",
)


def seen_by(state: State, chat: Chat, person: int = 0, thread: int | None = None) -> list[Entry]:
    """Without deleted messages and others' ephemeral ones; of one topic when asked (0: General)."""
    return [
        entry
        for entry in state.messages[chat.key].values()
        if not entry.deleted
        and (not entry.ephemeral_for or entry.ephemeral_for == person)
        and (thread is None or entry.thread == thread)
    ]


def as_text(state: State, entries: list[Entry]) -> str:
    return "\n".join(line for entry in entries for line in _lines(state, entry)) + "\n"


def _lines(state: State, entry: Entry) -> Iterator[str]:
    name = "bot" if entry.kind == "bot" else state.people[entry.sender].first_name
    kinds = [kind for kind in KINDS if kind in entry.message]
    words = entry.message.get("text", entry.message.get("caption", ""))
    body = " ".join(filter(None, [*(f"[{kind}]" for kind in kinds), words])) or f"({entry.service})"
    yield f"{name}: {body}"
    for row in entry.message.get("reply_markup", {}).get("inline_keyboard", []):
        yield " ".join(f"[{button['text']}]" for button in row)
    for row in (entry.markup or {}).get("keyboard", []):
        yield " ".join(f"<{button['text']}>" for button in row)
