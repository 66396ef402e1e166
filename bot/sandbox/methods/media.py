"""Messages with a file, one or several."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.sandbox.errors import Refusal, bad
from bot.sandbox.markup.formatting import caption_in, read_caption
from bot.sandbox.markup.text import Formatted
from bot.sandbox.methods.answers import given, send, sent, target
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.shown import shown
from bot.sandbox.methods.targets import mentioned
from bot.sandbox.methods.uploads import Asked, asked, kept

ALBUM = range(2, 11)
ALONE = ("document", "audio")  # kinds that share an album with no other kind
KINDS = ("photo", "document", "audio", "video", "animation")


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """Fields of a Message, and the files (unique ids) that they show."""

    fields: dict[str, Any] = field(default_factory=dict)
    used: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """One file with its caption, read from a request and not yet in Telegram's hands."""

    kind: str
    file: Asked
    caption: Formatted
    options: dict[str, Any]


@method("sendPhoto", returns="Message", sends=True)
def send_photo(call: Call) -> dict[str, Any]:
    return _single(call, "photo")


@method("sendDocument", returns="Message", sends=True)
def send_document(call: Call) -> dict[str, Any]:
    return _single(call, "document")


@method("sendVoice", returns="Message", sends=True)
def send_voice(call: Call) -> dict[str, Any]:
    return _single(call, "voice")


def _single(call: Call, kind: str) -> dict[str, Any]:
    if (file := asked(call, call.params.get(kind), kind)) is None:
        raise bad(f"there is no {kind} in the request")
    media = Media(kind=kind, file=file, caption=read_caption(call.params), options=call.params)
    chat = target(call)
    content = content_of(call, media)
    return send(call, content.fields, content.used, chat)


@method("sendMediaGroup", returns="Array of Message", sends=True)
def send_media_group(call: Call) -> list[dict[str, Any]]:
    """All or none: every file is read before the first message is posted."""
    media = _album(call)
    chat = target(call)
    _check_album([one.kind for one in media])
    contents = [content_of(call, one) for one in media]
    album = str(13_000_000_000_000_000 + secrets.randbelow(10**15))
    entries = [sent(call, chat, content.fields | {"media_group_id": album}, content.used) for content in contents]
    return [given(call, entry) for entry in entries]


def _album(call: Call) -> list[Media]:
    media = required(call)
    if isinstance(media, str):
        raise bad("can't parse media JSON object")
    if not isinstance(media, list):
        raise bad("expected an Array of InputMedia")
    return [read_media(call, one, album=True) for one in media]


def required(call: Call) -> Any:
    """The parameter `media`."""
    if (media := call.params.get("media", "")) == "":
        raise bad('parameter "media" is required')
    return media


def _check_album(kinds: list[str]) -> None:
    if len(kinds) >= ALBUM.stop:
        raise bad("too many messages to send as an album")
    if not kinds:
        raise bad("there are no messages to send")
    if len(kinds) not in ALBUM:
        raise bad("wrong number of messages, 2-10 expected")
    if len(set(kinds)) > 1 and (alone := next((kind for kind in kinds if kind in ALONE), "")):
        raise bad(f"{alone} can't be mixed with other media types")


def read_media(call: Call, media: Any, *, album: bool = False) -> Media:
    """One InputMedia of an album or an edit."""
    try:
        if not isinstance(media, dict):
            raise bad("expected an Object")
        caption = read_caption(media)
        if not isinstance(kind := media.get("type"), str):
            raise bad('Can\'t find field "type"')
        if (file := asked(call, media.get("media"), "")) is None:
            raise bad("media not found")
        if kind not in KINDS:
            raise bad(f'type "{kind}" is unsupported')
        if album and kind == "animation":
            raise bad(f'type "{kind}" can\'t be used in sendMediaGroup')
    except Refusal as refusal:
        raise bad(f"can't parse InputMedia: {refusal.words}") from refusal
    return Media(kind=kind, file=file, caption=caption, options=media)


def content_of(call: Call, media: Media) -> Content:
    """The file and its caption as fields of a Message."""
    upload = kept(call, media.kind, media.file)
    caption = caption_in(media.caption, partial(mentioned, call))
    fields = shown(upload, media.kind)
    if caption.text:
        fields["caption"] = caption.text
        if caption.entities:
            fields["caption_entities"] = caption.entities
        if media.options.get("show_caption_above_media"):
            fields["show_caption_above_media"] = True
    if media.options.get("has_spoiler"):
        fields["has_media_spoiler"] = True
    return Content(fields=fields, used=(upload.unique,))
