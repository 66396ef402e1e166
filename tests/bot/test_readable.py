"""What is no text and can still be read: in a talk a person at the desk gets it; a question is not answered by it."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message

from bot.patient.translation import of_message
from flows.inputs import Unsupported
from tests.bot.desk_world import Person, World

HEAD: dict[str, Any] = {
    "message_id": 5,
    "date": 1_700_000_000,
    "chat": {"id": 501, "type": "private"},
    "from": {"id": 501, "is_bot": False, "first_name": "Ana"},
}
STICKER = {
    "file_id": "a",
    "file_unique_id": "b",
    "type": "regular",
    "width": 9,
    "height": 9,
    "is_animated": False,
    "is_video": False,
    "emoji": "🙏",
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"contact": {"phone_number": "+86101", "first_name": "Dr", "last_name": "Li"}}, "📇 Dr Li, +86101"),
        ({"location": {"latitude": 31.2, "longitude": 121.4}}, "📍 31.20000, 121.40000"),
        ({"sticker": STICKER}, "🙏"),
        ({"dice": {"emoji": "🎲", "value": 3}}, ""),
    ],
)
def test_what_there_is_to_read(content: dict[str, Any], words: str) -> None:
    arrival = of_message(Message.model_validate(HEAD | content), 1)
    assert isinstance(arrival.said, Unsupported)
    assert arrival.said.words == words


async def test_a_contact_card_reaches_the_person_who_asked_for_it(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.does(Unsupported(kind="contact", words="📇 Dr Li, +86101"))
    assert "📇 Dr Li, +86101" in (await carla.at()).sees
    assert "not needed" not in patient.sees
