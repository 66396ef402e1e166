"""The updates that nearly everything consists of, typed words, a press, a photo and a document, read from the JSON itself.

aiogram's models take 65 us for an update and its dispatcher as much again; here it is 3. And whoever sends a report right after a start
need not wait for aiogram to load. Only what has nothing else about it is read here: every other update gives None and takes aiogram's
way (translation.py), and a test holds both ways against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.arrivals import Arrival, Upload, clean
from bot.patient.words import TELEGRAM_ITSELF, said, writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.buttons import Buttons
    from flows.inputs import Input

Json = dict[str, Any]

ABOUT_WORDS = frozenset({"entities", "link_preview_options"})
ABOUT_FILES = frozenset({"caption_entities"})
PHOTO = frozenset({"file_id", "file_unique_id", "width", "height", "file_size"})
DOCUMENT = frozenset({"file_id", "file_unique_id", "file_name", "mime_type", "file_size", "thumbnail", "thumb"})
SENDER = frozenset({"first_name", "last_name", "username", "language_code"})
PRESS = frozenset({"id", "from", "message", "chat_instance", "data"})


def plain(update: Json, buttons: Buttons) -> Arrival | None:
    """The arrival, or None when there is more to the update than its words, its press or its file."""
    match update:
        case {"update_id": int(update_id), "message": dict() as message, **more} if not more:
            return _message(update_id, message)
        case {"update_id": int(update_id), "callback_query": dict() as query, **more} if not more:
            return _press(update_id, query, buttons)
    return None


def _message(update_id: int, message: Json) -> Arrival | None:
    match message:
        case {
            "message_id": int(message_id),
            "from": {"id": int(sender), "is_bot": False, **about},
            "chat": {"id": int(chat), "type": "private"},
            "date": int(),
            **content,
        } if sender == chat != TELEGRAM_ITSELF and _is_spelt(about):
            words = _words(content)
            upload = None if words else _upload(content)
            if words or upload:
                return Arrival(
                    update_id=update_id,
                    telegram_id=sender,
                    message_id=message_id,
                    said=words,
                    upload=upload,
                    **_known(about),
                )
    return None


def _words(content: Mapping[Any, Any]) -> Input | None:
    match content:
        case {"text": str(text), **more} if more.keys() <= ABOUT_WORDS:
            return said(text)
    return None


def _upload(content: Mapping[Any, Any]) -> Upload | None:
    match content:
        case {"photo": [_, *_] as sizes, **more} if all(map(_is_size, sizes)):
            return _announced("photo", max(sizes, key=lambda size: size["width"] * size["height"]), more)
        case {"document": {"file_id": str(), "file_unique_id": str(), **about} as file, **more} if about.keys() <= DOCUMENT:
            return _announced("document", file, more)
    return None


def _is_size(size: object) -> bool:
    match size:
        case {"file_id": str(), "file_unique_id": str(), "width": int(), "height": int(), **more}:
            return more.keys() <= PHOTO
    return False


def _announced(kind: str, file: Json, more: Mapping[Any, Any]) -> Upload | None:
    match {"file_name": "", "mime_type": "", "file_size": 0, **file}, {"caption": "", "media_group_id": None, **more}:
        case (
            {"file_name": str(name), "mime_type": str(declared_type), "file_size": int(declared_size)},
            {"caption": str(caption), "media_group_id": str() | None as album, **rest},
        ) if rest.keys() <= ABOUT_FILES:
            return Upload(
                kind=kind,
                file_id=file["file_id"],
                file_unique_id=file["file_unique_id"],
                name=clean(name),
                declared_type=clean(declared_type),
                declared_size=declared_size,
                album=album,
                caption=clean(caption),
            )
    return None


def _press(update_id: int, query: Json, buttons: Buttons) -> Arrival | None:
    match query:
        case {
            "id": str(query_id),
            "from": {"id": int(sender), "is_bot": bool(), **about},
            "message": {"message_id": int(message_id), "date": int(), "chat": {"id": int(), "type": "private"}},
            "chat_instance": str(),
            "data": str(data),
        } if query.keys() == PRESS and _is_spelt(about):
            return Arrival(
                update_id=update_id,
                telegram_id=sender,
                message_id=message_id,
                said=buttons.decode(data, sender),
                query=query_id,
                **_known(about),
            )
    return None


def _is_spelt(about: Mapping[Any, Any]) -> bool:
    """Whether everything else about a sender is text, and there is a name."""
    return "first_name" in about and about.keys() <= SENDER and all(isinstance(value, str) for value in about.values())


def _known(about: Mapping[Any, Any]) -> Json:
    """The language and the name of a sender's account."""
    return {"hint": about.get("language_code"), "writer": writer(about["first_name"], about.get("last_name"))}
