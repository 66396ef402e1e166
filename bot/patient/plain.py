"""The two updates that nearly everything consists of, typed words and a press, read from the JSON itself.

aiogram's models take 65 us for an update and its dispatcher as much again; here it is 3. Only what has nothing else about it is read
here: every other update gives None and takes aiogram's way (translation.py), and a test holds both ways against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.arrivals import Arrival
from bot.patient.words import TELEGRAM_ITSELF, said, writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.buttons import Buttons

Json = dict[str, Any]

WORDS = frozenset({"message_id", "from", "chat", "date", "text", "entities", "link_preview_options"})
SENDER = frozenset({"first_name", "last_name", "username", "language_code"})
PRESS = frozenset({"id", "from", "message", "chat_instance", "data"})


def plain(update: Json, buttons: Buttons) -> Arrival | None:
    """The arrival, or None when there is more to the update than its words or its press."""
    match update:
        case {"update_id": int(update_id), "message": dict() as message, **more} if not more:
            return _words(update_id, message)
        case {"update_id": int(update_id), "callback_query": dict() as query, **more} if not more:
            return _press(update_id, query, buttons)
    return None


def _words(update_id: int, message: Json) -> Arrival | None:
    match message:
        case {
            "message_id": int(message_id),
            "from": {"id": int(sender), "is_bot": False, **about},
            "chat": {"id": int(chat), "type": "private"},
            "date": int(),
            "text": str(text),
        } if message.keys() <= WORDS and _is_spelt(about) and sender == chat != TELEGRAM_ITSELF:
            return Arrival(
                update_id=update_id,
                telegram_id=sender,
                message_id=message_id,
                said=said(text),
                **_known(about),
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
