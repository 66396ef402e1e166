"""Messages with a file, one or several; a file comes as bytes, or as the id of one that Telegram holds already."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.sandbox import files, schema
from bot.sandbox.errors import TOO_LARGE, Refusal, bad
from bot.sandbox.markup.formatting import caption_of
from bot.sandbox.methods.answers import given, send, sent, target
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import mentioned
from bot.sandbox.request import attached
from bot.sandbox.world import Upload

ALBUM = range(2, 11)
TOGETHER = {"photo": "visual", "video": "visual", "live_photo": "visual", "document": "document", "audio": "audio"}
MAX_SIDES = 10000  # width and height of a photo together
MAX_RATIO = 20
GENERIC = "application/octet-stream"
MIME_BY_SUFFIX = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".txt": "text/plain",
    ".json": "application/json",
    ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """Fields of a Message, and the files (unique ids) that they show."""

    fields: dict[str, Any] = field(default_factory=dict)
    used: tuple[str, ...] = ()


@method("sendPhoto", returns="Message", sends=True)
def send_photo(call: Call) -> dict[str, Any]:
    return _single(call, "photo")


@method("sendDocument", returns="Message", sends=True)
def send_document(call: Call) -> dict[str, Any]:
    return _single(call, "document")


@method("sendVoice", returns="Message", sends=True)
def send_voice(call: Call) -> dict[str, Any]:
    return _single(call, "voice")


@method("sendMediaGroup", returns="Array of Message", sends=True)
def send_media_group(call: Call) -> list[dict[str, Any]]:
    """All or none: every file is read before the first message is posted."""
    chat = target(call)
    media = call.params.get("media")
    if not isinstance(media, list):
        raise bad("there is no media in the request" if media is None else "can't parse media JSON object")
    if len(media) not in ALBUM:
        raise bad("wrong number of messages, 2-10 expected" if media else "there is no media in the request")
    contents = [input_media(call, one) for one in media]
    if len({TOGETHER.get(one["type"], one["type"]) for one in media}) > 1:
        raise bad("can't mix media types of an album")
    album = str(13_000_000_000_000_000 + secrets.randbelow(10**15))
    entries = [sent(call, chat, content.fields | {"media_group_id": album}, content.used) for content in contents]
    return [given(call, entry) for entry in entries]


def _single(call: Call, kind: str) -> dict[str, Any]:
    chat = target(call)
    upload = _upload(call, kind, call.params.get(kind), kind)
    content = described(call, kind, upload, call.params)
    return send(call, content.fields, content.used, chat)


def input_media(call: Call, media: Any) -> Content:
    """One InputMedia of an album or an edit."""
    if not isinstance(media, dict):
        raise bad("can't parse InputMedia: expected an Object")
    kind = media.get("type")
    if kind not in ("photo", "document", "audio", "video", "animation"):
        raise bad("can't parse InputMedia: type of the media is invalid")
    if "media" not in media:
        raise bad("can't parse InputMedia: Can't find field \"media\"")
    if problem := schema.problem("InputMedia", media, "InputMedia"):
        raise bad(f"can't parse {problem}")
    return described(call, kind, _upload(call, kind, media["media"], "media"), media)


def described(call: Call, kind: str, upload: Upload, params: dict[str, Any]) -> Content:
    caption = caption_of(params, partial(mentioned, call))
    fields = shown(upload, kind)
    if caption.text:
        fields["caption"] = caption.text
        if caption.entities:
            fields["caption_entities"] = caption.entities
        if params.get("show_caption_above_media"):
            fields["show_caption_above_media"] = True
    if params.get("has_spoiler"):
        fields["has_media_spoiler"] = True
    return Content(fields=fields, used=(upload.unique,))


def shown(upload: Upload, kind: str) -> dict[str, Any]:
    """The file as the field of a Message that its kind is called."""
    return SHOWN.get(kind, _document)(upload)


def _photo(upload: Upload) -> dict[str, Any]:
    return {"photo": files.photo_sizes(upload)}


def _document(upload: Upload) -> dict[str, Any]:
    document = files.described(upload) | {"mime_type": upload.mime}
    return {"document": document | ({"file_name": upload.name} if upload.name else {})}


def _voice(upload: Upload) -> dict[str, Any]:
    return {"voice": files.described(upload) | {"duration": upload.duration, "mime_type": upload.mime}}


def _audio(upload: Upload) -> dict[str, Any]:
    audio = files.described(upload) | {"duration": upload.duration, "mime_type": upload.mime}
    return {"audio": audio | ({"file_name": upload.name} if upload.name else {})}


def _video(upload: Upload) -> dict[str, Any]:
    video = files.described(upload) | {"width": upload.width or 640, "height": upload.height or 360}
    video |= {"duration": upload.duration, "mime_type": upload.mime}
    return {"video": video | ({"file_name": upload.name} if upload.name else {})}


def _animation(upload: Upload) -> dict[str, Any]:
    """Telegram repeats an animation as a document, for old programs."""
    return {"animation": _video(upload)["video"]} | _document(upload)


def _video_note(upload: Upload) -> dict[str, Any]:
    return {"video_note": files.described(upload) | {"length": upload.width or 240, "duration": upload.duration}}


def _sticker(upload: Upload) -> dict[str, Any]:
    sticker = files.described(upload) | {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    }
    return {"sticker": sticker | ({"emoji": upload.name} if upload.name else {})}


SHOWN: dict[str, Callable[[Upload], dict[str, Any]]] = {
    "photo": _photo,
    "document": _document,
    "voice": _voice,
    "audio": _audio,
    "video": _video,
    "animation": _animation,
    "video_note": _video_note,
    "sticker": _sticker,
}


def _upload(call: Call, kind: str, value: Any, part: str) -> Upload:
    """The file that `value` means; new bytes are kept."""
    given_file = attached(value, call.sent, part)
    if given_file is None:
        return _held(call, kind, value)
    limit = files.PHOTO_LIMIT if kind == "photo" else files.LIMIT
    if not given_file.content:
        raise bad("file must be non-empty")
    if len(given_file.content) > limit:
        raise Refusal(TOO_LARGE, "Request Entity Too Large")
    upload = call.state.files.add(
        kind,
        given_file.content,
        name="" if kind == "photo" else given_file.name,
        mime=mime_of(given_file.name, given_file.mime, kind),
        duration=int(call.params.get("duration") or 0),
    )
    if kind == "photo":
        _check_photo(upload)
    return call.state.keep(upload)


def mime_of(name: str, declared: str, kind: str) -> str:
    """Telegram guesses from the file's name; what libraries declare is only the fallback."""
    if kind in files.MIMES:
        return files.MIMES[kind]
    suffix = "." + name.rpartition(".")[2].lower()
    return MIME_BY_SUFFIX.get(suffix, declared or GENERIC)


def _check_photo(upload: Upload) -> None:
    if not upload.width:
        raise bad("IMAGE_PROCESS_FAILED")
    sides = sorted((upload.width, upload.height))
    if sum(sides) > MAX_SIDES or sides[1] > MAX_RATIO * sides[0]:
        raise bad("PHOTO_INVALID_DIMENSIONS")


def _held(call: Call, kind: str, value: Any) -> Upload:
    if not isinstance(value, str) or not value or value.startswith("attach://"):
        raise bad(f"there is no {kind} in the request")
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")  # nothing here fetches addresses
    upload = call.state.files.by_id(value, call.bot.id)
    if upload is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if kind == "photo" and upload.kind != "photo":
        raise bad("type of file mismatch")
    return upload
