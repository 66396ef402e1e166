"""The patient seam: an update counts once, however and under whatever number it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.arrivals import Arrival
from bot.effects.scene import PATIENT
from flows.inputs import Edited, Words
from storage import inbox
from tests.stages import SeamPatient, SeamStage


@pytest.fixture
def maria(tmp_path: Path) -> Iterator[SeamPatient]:
    loop = asyncio.new_event_loop()
    stage = SeamStage(folder=tmp_path, loop=loop)
    person = stage.patient("Maria", "en")
    person.starts()
    person.taps("English")
    yield person
    stage.stop()
    loop.close()


def arrive(maria: SeamPatient, arrival: Arrival) -> None:
    """As the pump does it: stored with chat and message, then handled."""
    stage = maria.stage
    new = None if isinstance(arrival.said, Edited) else arrival.message_id
    stage.run(
        stage.database.transact(
            lambda tx: inbox.store(tx, PATIENT, arrival.update_id, {}, chat_id=arrival.telegram_id, message_id=new)
        )
    )
    stage.run(stage.conversation.receive(arrival))
    maria.look()


def test_the_same_message_under_another_update_id_is_answered_once(maria: SeamPatient) -> None:
    for label in ("I have read this",) * 3 + ("Yes",) * 3:
        maria.taps(label)
    maria.taps("I am the patient")
    first = Arrival(update_id=900, telegram_id=maria.telegram_id, message_id=500, said=Words(text="Maria"))
    arrive(maria, first)
    maria.sees("Where does the patient live")
    maria.fresh.clear()
    arrive(maria, replace(first, update_id=12))
    assert not maria.read()


def test_an_edit_of_a_message_is_not_taken_for_its_repetition(maria: SeamPatient) -> None:
    arrive(maria, Arrival(update_id=900, telegram_id=maria.telegram_id, message_id=500, said=Words(text="what?")))
    maria.fresh.clear()
    arrive(maria, Arrival(update_id=901, telegram_id=maria.telegram_id, message_id=500, said=Edited(text="what")))
    maria.sees("/answers")


def test_a_button_that_was_pressed_already_says_so_and_changes_nothing(maria: SeamPatient) -> None:
    """Two taps on a slow phone, or a message whose buttons could not be taken away."""
    message_id, data = next(
        (number, button["callback_data"])
        for number in sorted(maria.shown, reverse=True)
        for row in maria.shown[number]["rows"]
        for button in row
        if button["text"] == "I have read this"
    )
    maria._press(message_id, data)
    maria.toasts.clear()
    shown = dict(maria.shown)
    maria._press(message_id, data)
    assert maria.toasts
    assert "belongs to an earlier question" in maria.toasts[0]
    assert maria.shown == shown


@pytest.mark.parametrize(
    "label", ["Stop reminders only", "Stop all messages", "The patient has died", "Delete everything", "Nothing, go on"]
)
def test_what_is_to_stop_is_asked_once(maria: SeamPatient, label: str) -> None:
    """The card keeps its words and loses its buttons, whichever of them was pressed."""
    for given in ("I have read this",) * 3 + ("Yes",) * 3:
        maria.taps(given)
    maria.says("/stop")
    card = max(maria.shown)
    assert label in {button["text"] for row in maria.shown[card]["rows"] for button in row}
    maria.taps(label)
    assert not maria.shown[card]["rows"]
    assert "What would you like to stop?" in maria.shown[card]["text"]
