"""Files that a person sends: one, or an album."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import Unable
from bot.sandbox.markup.detection import detected
from bot.sandbox.methods.shown import SHOWN, shown
from bot.sandbox.methods.uploads import mime_of
from bot.sandbox.people.writing import HERE, MAX_CAPTION, Where, say
from bot.sandbox.state import State
from bot.sandbox.world import Chat, Entry, Person, Upload

MOST_IN_ALBUM = 10
NAMED = ("document", "audio", "video", "animation")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """One file of a person. Without `content` nobody can ever fetch it; `declared` is the size told to the bot."""

    kind: str
    content: bytes | None = None
    name: str = ""
    mime: str = ""
    declared: int = 0
    duration: int = 0


def share(
    state: State, chat: Chat, person: Person, shared: list[Shared], *, caption: str = "", album: str = "", where: Where = HERE
) -> list[Entry]:
    """Several files make an album; the caption goes under the first. Each is one message and one update."""
    if not 1 <= len(shared) <= MOST_IN_ALBUM:
        raise Unable("1 to 10 files at a time", 422)
    if len(caption) > MAX_CAPTION:
        raise Unable("the caption is too long", 422)
    if len(shared) > 1 and not album:
        album = str(13_000_000_000_000_000 + secrets.randbelow(10**15))
    entries = []
    for index, one in enumerate(shared):
        upload = _kept(state, one)
        content = shown(upload, one.kind) | ({"media_group_id": album} if album else {})
        if caption and index == 0:
            content |= _captioned(caption)
        entries.append(say(state, chat, person, content, where, used=(upload.unique,)))
    return entries


def _captioned(caption: str) -> dict[str, Any]:
    found = detected(caption, [])
    return {"caption": caption} | ({"caption_entities": found} if found else {})


def _kept(state: State, one: Shared) -> Upload:
    if one.kind not in SHOWN:
        message = f"no such kind of file: {one.kind}"
        raise Unable(message, 422)
    return state.keep(
        state.files.add(
            one.kind,
            one.content,
            name=one.name if one.kind in NAMED else "",
            mime=mime_of(one.name, one.mime, one.kind) if not one.mime else one.mime,
            declared=one.declared,
            duration=one.duration,
        )
    )
