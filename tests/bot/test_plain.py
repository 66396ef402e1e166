"""Words, presses and files read from the JSON are what aiogram's models make of them; everything else is left to aiogram."""

from __future__ import annotations

import asyncio
import copy
import time
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.arrivals import Arrival, Upload
from bot.buttons import Buttons
from bot.patient import handlers
from bot.patient.plain import plain
from flows.inputs import Command, Control, Press, Words
from tests.examples import examples

ANA = {"id": 7001, "is_bot": False, "first_name": "Ana", "last_name": "B", "username": "ana_b", "language_code": "ru"}
CHAT = {"id": 7001, "first_name": "Ana", "type": "private"}
BUTTONS = Buttons(lambda text: f"{hash(text) & 0xFFFF:x}")
BOT = Bot("42:TEST")


def words(text: str = "34", **more: Any) -> dict[str, Any]:
    return {
        "update_id": 5,
        "message": {"message_id": 9, "from": ANA, "chat": CHAT, "date": int(time.time()), "text": text} | more,
    }


def press(data: str | None = None, **more: Any) -> dict[str, Any]:
    data = BUTTONS.encode(Press(control=Control.YES, revision=3), 7001) if data is None else data
    shown = {"message_id": 8, "chat": CHAT, "date": 1790000000, "text": "Is that right?"}
    query = {"id": "77", "from": ANA, "message": shown, "chat_instance": "1", "data": data}
    return {"update_id": 6, "callback_query": query | more}


def photo(**more: Any) -> dict[str, Any]:
    sizes = [
        {"file_id": f"P{width}", "file_unique_id": f"p{width}", "width": width, "height": width, "file_size": 7}
        for width in (90, 320, 200)
    ]
    return _file(photo=sizes, **more)


def document(**more: Any) -> dict[str, Any]:
    about = {"file_name": "report \ud83d.pdf", "mime_type": "application/pdf", "file_size": 70_000}
    small = {"file_id": "T", "file_unique_id": "t", "width": 9, "height": 9}
    return _file(document={"file_id": "D", "file_unique_id": "d", "thumbnail": small, "thumb": small, **about}, **more)


def _file(**content: Any) -> dict[str, Any]:
    return {"update_id": 5, "message": {"message_id": 9, "from": ANA, "chat": CHAT, "date": int(time.time()), **content}}


class Notes:
    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    async def receive(self, arrival: Arrival) -> None:
        self.arrivals.append(arrival)


def by_aiogram(update: dict[str, Any]) -> list[Arrival] | None:
    """What comes of it the other way; None: it is refused."""
    notes = Notes()
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_router(handlers.router(notes, BUTTONS))  # type: ignore[arg-type]
    try:
        asyncio.run(dispatcher.feed_update(BOT, Update.model_validate(update, context={"bot": BOT})))
    except ValidationError:
        return None
    return notes.arrivals


@pytest.mark.parametrize(
    ("update", "said"),
    [
        (words(), Words(text="34")),
        (
            words("/start ref", entities=[{"type": "bot_command", "offset": 0, "length": 6}]),
            Command(name="start", argument="ref"),
        ),
        (words("half \ud83d"), Words(text="half \ufffd")),
        (press(), Press(control=Control.YES, revision=3)),
        (press("forged~tag"), None),
    ],
)
def test_the_usual_is_read_without_models(update: dict[str, Any], said: Any) -> None:
    found = plain(update, BUTTONS)
    assert found is not None
    assert found.said == said
    assert (found.telegram_id, found.hint) == (7001, "ru")
    assert by_aiogram(update) == [found]


@pytest.mark.parametrize(
    ("update", "upload"),
    [
        (photo(), Upload(kind="photo", file_id="P320", file_unique_id="p320", declared_size=7)),
        (
            document(caption="biopsy", caption_entities=[], media_group_id="12"),
            Upload(
                kind="document",
                file_id="D",
                file_unique_id="d",
                name="report \ufffd.pdf",
                declared_type="application/pdf",
                declared_size=70_000,
                album="12",
                caption="biopsy",
            ),
        ),
        (
            _file(document={"file_id": "D", "file_unique_id": "d"}),
            Upload(kind="document", file_id="D", file_unique_id="d"),
        ),
    ],
)
def test_a_photo_and_a_document_are_read_without_models(update: dict[str, Any], upload: Upload) -> None:
    found = plain(update, BUTTONS)
    assert found is not None
    assert (found.upload, found.said) == (upload, None)
    assert by_aiogram(update) == [found]


@pytest.mark.parametrize(
    "update",
    [
        words(photo=[]),
        photo(reply_to_message=words()["message"]),
        document(animation={"file_id": "D", "file_unique_id": "d", "width": 1, "height": 1, "duration": 1}),
        words(forward_origin={"type": "hidden_user", "sender_user_name": "x", "date": 1}),
        words(sender_chat={"id": -5, "type": "channel"}),
        words(chat={"id": -100, "type": "supergroup", "title": "x"}),
        words(chat={"id": 7002, "type": "private"}),
        words(**{"from": {**ANA, "is_bot": True}}),
        words(**{"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}}, chat={"id": 777000, "type": "private"}),
        {"update_id": 5, "edited_message": words()["message"]},
        press(message=None),
        press(inline_message_id="1"),
        {**words(), "callback_query": press()["callback_query"]},
    ],
)
def test_everything_else_is_not(update: dict[str, Any]) -> None:
    assert plain(update, BUTTONS) is None


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.just({}),
    st.just([]),
    st.sampled_from([777000, -1, "private"]),
)


@examples(60)
@given(st.data(), st.sampled_from([words(), words("/help"), press(), press("y.0.3~ab"), photo(), document(caption="x")]))
def test_whatever_is_changed_about_an_update_both_ways_agree(data: Any, update: dict[str, Any]) -> None:
    changed = copy.deepcopy(update)
    for _ in range(data.draw(st.integers(1, 3))):
        if not changed:
            break
        path = data.draw(st.sampled_from([place for place in places(changed) if place]))
        parent = changed
        for key in path[:-1]:
            parent = parent[key]
        if data.draw(st.booleans()):
            del parent[path[-1]]
        else:
            more = ["photo", "caption", "via_bot"] if isinstance(parent, dict) else []
            parent[data.draw(st.sampled_from([path[-1], *more]))] = data.draw(STRANGE)
    found = plain(changed, BUTTONS)
    assert found is None or by_aiogram(changed) in ([found], None)
