"""Files that Telegram holds. Bytes lie in a folder of the data directory, or in memory when there is none.

A file id belongs to one bot, so messages are kept with bare names (`@<unique>.<size>`) and spelt out for each bot that sees them.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from pathlib import Path
from typing import Any

from bot.sandbox import images
from bot.sandbox.world import Upload

DOWNLOADABLE = 20 * 1024 * 1024  # getFile refuses more
PHOTO_LIMIT = 10 * 1024 * 1024
LIMIT = 50 * 1024 * 1024
FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "video": "videos",
    "audio": "music",
    "sticker": "stickers",
}
EXTENSIONS = {"photo": ".jpg", "voice": ".oga", "video": ".mp4", "audio": ".mp3", "sticker": ".webp"}
MIMES = {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4", "audio": "audio/mpeg", "sticker": "image/webp"}
PHOTO_BOXES = (90, 320, 800)


class Files:
    """`known` by unique id; the journal keeps the descriptions, this class the bytes."""

    def __init__(self, folder: Path | None) -> None:
        self.known: dict[str, Upload] = {}
        self._folder = folder
        self._memory: dict[str, bytes] = {}
        self._paths: dict[str, str] = {}
        self._lent: set[tuple[int, str]] = set()

    def add(
        self, kind: str, content: bytes | None, *, name: str = "", mime: str = "", declared: int = 0, duration: int = 0
    ) -> Upload:
        """Keeps the bytes (None: a file of `declared` bytes that nobody will ever read)."""
        unique = secrets.token_hex(8)
        width, height = images.dimensions(content) if content else (0, 0)
        upload = Upload(
            unique=unique,
            kind=kind,
            size=declared or len(content or b""),
            name=name,
            mime=mime or MIMES.get(kind, "application/octet-stream"),
            width=width,
            height=height,
            duration=duration,
            available=content is not None,
        )
        upload.path = f"{FOLDERS.get(kind, 'documents')}/file_{len(self.known)}{_extension(upload)}"
        if content is not None:
            self._write(unique, content)
        self.register(upload)
        return upload

    def register(self, upload: Upload) -> None:
        self.known[upload.unique] = upload
        self._paths[upload.path] = upload.unique

    def content(self, unique: str) -> bytes | None:
        if self._folder is None:
            return self._memory.get(unique)
        path = self._folder / unique
        return path.read_bytes() if unique in self.known and path.exists() else None

    def lend(self, upload: Upload, bot: int) -> str:
        """The path under which this bot may fetch the file from now on (until a restart)."""
        self._lent.add((bot, upload.path))
        return upload.path

    def by_path(self, path: str, bot: int) -> Upload | None:
        return self.known.get(self._paths.get(path, "")) if (bot, path) in self._lent else None

    def by_id(self, file_id: str, bot: int) -> Upload | None:
        """The file that `file_id` means to this bot; another bot's id means nothing."""
        try:
            owner, _, name = base64.urlsafe_b64decode(file_id + "=" * (-len(file_id) % 4)).decode("ascii").partition(":")
        except (binascii.Error, ValueError):
            return None
        return self.known.get(name.partition(".")[0]) if owner == str(bot) else None

    def forget(self) -> None:
        for unique in list(self.known):
            self._memory.pop(unique, None)
            if self._folder is not None:
                (self._folder / unique).unlink(missing_ok=True)
        self.known.clear()
        self._paths.clear()
        self._lent.clear()

    def _write(self, unique: str, content: bytes) -> None:
        if self._folder is None:
            self._memory[unique] = content
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / unique).write_bytes(content)


def _extension(upload: Upload) -> str:
    suffix = Path(upload.name).suffix
    if suffix.isascii() and suffix[1:].isalnum() and len(suffix) < 8:  # noqa: PLR2004 (longer is no extension)
        return suffix.lower()
    return EXTENSIONS.get(upload.kind, "")


def file_id(bot: int, name: str) -> str:
    return base64.urlsafe_b64encode(f"{bot}:{name}".encode()).decode().rstrip("=")


def addressed(value: Any, bot: int) -> Any:
    """A copy of a Bot API object in which every bare file name is the id that this bot may use."""
    if isinstance(value, dict):
        return {key: _spelt(key, inner, bot) for key, inner in value.items()}
    if isinstance(value, list):
        return [addressed(inner, bot) for inner in value]
    return value


def _spelt(key: str, value: Any, bot: int) -> Any:
    if key == "file_id" and isinstance(value, str) and value.startswith("@"):
        return file_id(bot, value[1:])
    return addressed(value, bot) if isinstance(value, (dict, list)) else value


def described(upload: Upload, *, size: str = "o") -> dict[str, Any]:
    """The fields that every file object begins with."""
    return {"file_id": f"@{upload.unique}.{size}", "file_unique_id": upload.unique, "file_size": upload.size}


def photo_sizes(upload: Upload) -> list[dict[str, Any]]:
    """Smaller sizes first, the real dimensions last; all of them download as the one picture that we hold."""
    width, height = upload.width or 800, upload.height or 600
    sizes = []
    for box in PHOTO_BOXES:
        if max(width, height) > box:
            scale = box / max(width, height)
            sizes.append((max(1, round(width * scale)), max(1, round(height * scale))))
    sizes.append((width, height))
    return [
        described(upload, size=str(index)) | {"file_unique_id": _unique(upload, index, len(sizes)), "width": w, "height": h}
        for index, (w, h) in enumerate(sizes)
    ]


def _unique(upload: Upload, index: int, count: int) -> str:
    return upload.unique if index == count - 1 else f"{upload.unique}{index}"
