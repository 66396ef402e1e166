"""The file of a request: bytes that come with it, or the id of one that Telegram holds already."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox import files
from bot.sandbox.errors import TOO_LARGE, Refusal, bad
from bot.sandbox.methods.registry import Call
from bot.sandbox.request import Sent, attached
from bot.sandbox.world import Upload

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
TYPES = {  # as Telegram's errors call them
    "photo": "Photo",
    "document": "Document",
    "voice": "VoiceNote",
    "video": "Video",
    "audio": "Audio",
    "animation": "Animation",
    "video_note": "VideoNote",
    "sticker": "Sticker",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a parameter names: bytes that were sent, or the id (or address) of a file."""

    sent: Sent | None = None
    id: str = ""


def asked(call: Call, value: object, part: str) -> Asked | None:
    """None when the parameter names no file at all."""
    if (sent := attached(value, call.sent, part)) is not None:
        return Asked(sent=sent)
    if not isinstance(value, str) or not value or value.startswith("attach://"):
        return None
    return Asked(id=value)


def kept(call: Call, kind: str, file: Asked) -> Upload:
    """The file in Telegram's hands; new bytes are kept."""
    if file.sent is None:
        return _held(call, kind, file.id)
    limit = files.PHOTO_LIMIT if kind == "photo" else files.LIMIT
    if not file.sent.content:
        raise bad("file must be non-empty")
    if len(file.sent.content) > limit:
        raise Refusal(TOO_LARGE, "Request Entity Too Large")
    upload = call.state.files.add(
        kind,
        file.sent.content,
        name="" if kind == "photo" else file.sent.name,
        mime=mime_of(file.sent.name, file.sent.mime, kind),
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


def _held(call: Call, kind: str, file_id: str) -> Upload:
    """Photos and all other files do not stand in for each other."""
    if file_id.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")  # nothing here fetches addresses
    upload = call.state.files.by_id(file_id, call.bot.id)
    if upload is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if (kind == "photo") != (upload.kind == "photo"):
        raise bad(f"can't use file of type {TYPES.get(upload.kind, 'Document')} as {TYPES[kind]}")
    return upload
