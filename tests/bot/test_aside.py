"""Words that are typed while something else stands below the open question: never an answer to that question by mistake."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.inputs import Command, Control, Press
from flows.presses import COMMANDS, PRESSES
from flows.response import QuestionnaireResponse
from storage import responses
from tests.stages import SeamPatient, SeamStage, played
from tests.steps import Play

YES_NO = "May we remind you"  # a question that takes a bare yes, and a bare no
ITSELF = {"answers", "continue", "start"}  # commands that show the question itself again
ENDING = {Control.CONTINUE}
NOT_TAKEN = "have not taken your words as an answer"
NOT_SURE = "not sure which question you mean"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> SeamStage:
    return played(tmp_path_factory.mktemp("before"), "Maria starts", "Maria taps: English", f"Maria comes to: {YES_NO}")


@pytest.fixture
def maria(before: SeamStage, tmp_path: Path) -> Iterator[SeamPatient]:
    with asyncio.Runner() as runner:
        stage = before.copied(tmp_path, runner.get_loop())
        yield stage.people[0]
        stage.stop()


def kept(maria: SeamPatient) -> dict[str, object]:
    found = maria.stage.run(maria.stage.database.transact(lambda tx: responses.current(tx, 1)))
    return dict(QuestionnaireResponse.loads(found.body).answers) if found else {}


def asks(maria: SeamPatient) -> bool:
    """Whether the question came again: only its buttons are made for a place in the questions."""
    rows = maria.shown[max(maria.fresh)]["rows"] if maria.fresh else []
    presses = [maria.stage.buttons.decode(one["callback_data"], maria.telegram_id) for row in rows for one in row]
    return any(press is not None and press.revision is not None for press in presses)


def answered(maria: SeamPatient, said: str) -> bool:
    before = kept(maria)
    maria.says(said)
    return kept(maria) != before


@pytest.mark.parametrize(
    ("opens", "asks"),
    [
        ("/stop", "What would you like to stop?"),
        ("/delete", "Delete everything?"),
        ("/language", "Choose a language"),
    ],
)
def test_a_card_that_asks_something_takes_the_words_until_it_is_settled(maria: SeamPatient, opens: str, asks: str) -> None:
    for said in ("yes", "London", "perhaps", "yes"):
        maria.says(opens)
        assert not answered(maria, said)
        maria.sees(NOT_TAKEN, asks)
    assert not answered(maria, "no")
    maria.sees(YES_NO)
    maria.does_not_see(asks)
    assert answered(maria, "no")


def test_what_a_card_leads_to_is_asked_in_its_turn(maria: SeamPatient) -> None:
    maria.says("/stop")
    maria.taps("Delete everything")
    assert not answered(maria, "yes")
    maria.sees(NOT_TAKEN, "Delete everything?")
    maria.taps("No, keep it")
    maria.sees(YES_NO)
    assert answered(maria, "yes")


def test_after_a_death_a_typed_yes_is_enough(maria: SeamPatient) -> None:
    maria.says("/stop")
    maria.taps("The patient has died")
    assert not answered(maria, "what do you mean")
    maria.sees(NOT_TAKEN, "We are very sorry")
    assert not answered(maria, "yes")
    maria.sees("We are sorry for your loss")


def test_a_permission_that_is_taken_back_is_no_yes_to_keeping_it(maria: SeamPatient) -> None:
    maria.says("/answers")
    maria.taps("1")
    maria.taps("No")
    before = kept(maria)
    maria.says("yes")
    maria.sees(NOT_TAKEN, "Delete everything?")
    assert kept(maria) == before


def test_a_document_that_is_asked_about_is_not_named_by_an_answer(maria: SeamPatient) -> None:
    maria.sends(maria.stage.file("scan.jpg"), kind="photo")
    assert not answered(maria, "yes")
    maria.sees(NOT_TAKEN, "What is this document?")
    maria.taps("Recent blood tests")
    maria.sees(YES_NO)
    assert answered(maria, "yes")


def test_after_a_reminder_a_bare_no_is_asked_about(maria: SeamPatient) -> None:
    assert answered(maria, "yes")
    maria.taps("A family member")
    maria.stage.later(days=1)
    maria.sees("Your answers are saved")
    assert not answered(maria, "no")
    maria.sees(NOT_SURE)
    assert answered(maria, "no")


def test_words_that_speak_for_themselves_count_below_what_asks_nothing(maria: SeamPatient) -> None:
    Play(stage=maria.stage, cast={"Maria": maria}).step("Maria comes to: How old is the patient")
    maria.says("/help")
    assert answered(maria, "54")


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - ITSELF))
@pytest.mark.parametrize("said", ["yes", "no"])
def test_no_command_leaves_a_yes_or_no_to_the_question_above(maria: SeamPatient, name: str, said: str) -> None:
    maria.does(Command(name=name))
    assert not answered(maria, said)


@pytest.mark.parametrize("control", sorted(set(PRESSES) - ENDING))
@pytest.mark.parametrize("number", [None, 0, 1])
def test_no_button_leaves_a_yes_to_the_question_above(maria: SeamPatient, control: Control, number: int | None) -> None:
    maria.does(Press(control=control, number=number))
    if maria.fresh and not asks(maria):
        assert not answered(maria, "yes")


@pytest.mark.parametrize("said", ["yes", "no", "Maria", "hello, we would like to go on with the questions now please"])
def test_the_first_words_after_a_stop_are_no_answer(maria: SeamPatient, said: str) -> None:
    maria.says("/stop")
    maria.taps("Stop all messages")
    assert not answered(maria, said)
    maria.sees("It is good to hear from you", YES_NO)
    assert answered(maria, "yes")


def test_words_of_a_death_after_a_stop_turn_nothing_on_again(maria: SeamPatient) -> None:
    maria.does(Press(control=Control.STOP, number=1))
    maria.says("he died yesterday")
    maria.sees("We are very sorry")
    assert not asks(maria)
    maria.says("yes")
    maria.sees("We are sorry for your loss")
