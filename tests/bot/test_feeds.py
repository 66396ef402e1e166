"""What a handler raises comes back to whoever fed the update, in both frameworks, and nothing of it is printed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import ValidationError
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.arrivals import Arrival
from bot.buttons import Buttons
from bot.desk.channel import DeskChannel
from bot.desk.dispatching import DeskApplication
from bot.desk.feed import DeskFeed
from bot.patient.feed import PatientFeed
from flows.inputs import Edited, Words
from tests.bot.stand_in import DESK_BOT, PATIENT_BOT, StandIn

PERSON = {"id": 7001, "is_bot": False, "first_name": "Ana"}


def update(text: str) -> dict[str, Any]:
    message = {"message_id": 1, "date": 1790000000, "chat": {"id": 7001, "type": "private"}, "from": PERSON, "text": text}
    return {"update_id": 1, "message": message}


def edit(text: str) -> dict[str, Any]:
    return {"update_id": 1, "edited_message": update(text)["message"] | {"edit_date": 1790000001}}


class Heard:
    def __init__(self) -> None:
        self.texts: list[str | None] = []

    def hear(self, text: str | None) -> None:
        self.texts.append(text)
        if text == "crash":
            raise KeyError(text)


@pytest.fixture
def heard() -> Heard:
    return Heard()


class Conversation:
    """Hears words, as they are and as aiogram gives them."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    async def receive(self, arrival: Arrival, *, straight: bool = False) -> None:
        assert isinstance(arrival.said, Words | Edited)
        self._heard.hear(arrival.said.text)


@pytest.fixture
def patient(heard: Heard) -> PatientFeed:
    return PatientFeed(PATIENT_BOT, Conversation(heard), Buttons(lambda _: ""))  # type: ignore[arg-type]


@pytest.fixture
async def desk(heard: Heard, stand_in: StandIn) -> AsyncIterator[DeskFeed]:
    async def listen(update: Update, _: object) -> None:
        assert update.message is not None
        heard.hear(update.message.text)

    def register(application: DeskApplication) -> None:
        application.add_handler(MessageHandler(filters.ALL, listen))

    made = DeskFeed(DeskChannel(DESK_BOT, stand_in.url), register)
    yield made
    await made.close()


@pytest.mark.filterwarnings("ignore:Detected unknown update type")
async def test_the_patient_bot(patient: PatientFeed, heard: Heard) -> None:
    for given in (update, edit):
        await patient.handle(given("hello"))
        with pytest.raises(KeyError):
            await patient.handle(given("crash"))
    with pytest.raises(ValidationError):
        await patient.handle({"update_id": 2, "message": {"message_id": 1, "photo": [{"file_id": "no width"}]}})
    await patient.handle({"update_id": 3, "kind_of_next_year": {"x": 1}})
    await patient.handle(update("still here"))
    assert heard.texts == ["hello", "crash", "hello", "crash", "still here"]


async def test_words_wait_for_nothing_to_load(patient: PatientFeed) -> None:
    assert patient.read(update("hello"))
    assert not patient.read(edit("hello"))
    await patient.load()
    assert not patient.read(edit("hello")), "it keeps its place behind what another program may have stored"


async def test_the_desk_bot(desk: DeskFeed, heard: Heard, capsys: pytest.CaptureFixture[str]) -> None:
    await desk.start()
    await desk.handle(update("hello"))
    with pytest.raises(KeyError):
        await desk.handle(update("crash"))
    with pytest.raises(Exception):  # noqa: B017 - whatever the library says to nonsense
        await desk.handle({"update_id": 2, "message": {"message_id": 1, "photo": [{"file_id": "no width"}]}})
    await desk.handle({"update_id": 3, "kind_of_next_year": {"x": 1}})
    await desk.handle(update("still here"))
    assert heard.texts == ["hello", "crash", "still here"]
    assert "crash" not in capsys.readouterr().err


async def test_the_desk_waits_until_telegram_knows_the_bot(desk: DeskFeed, heard: Heard) -> None:
    early = asyncio.create_task(desk.handle(update("early")))
    await asyncio.sleep(0)
    assert not early.done()
    await desk.start()
    await early
    assert heard.texts == ["early"]
