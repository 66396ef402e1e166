"""Files as they stand in a Message, by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox import files
from bot.sandbox.world import Upload


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
