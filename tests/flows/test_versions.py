"""A new version of a form meets answers to an older one: mapped, asked again, or kept as history. Nothing is lost, nothing made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import engine
from flows import intake as flow
from flows.around import around
from flows.dialogue.versions import FORMERLY, carried, retired
from flows.events import Asked, Completed, Outdated, RedFlagged, Renewed, Reviewed
from flows.fhir.responses import to_fhir
from flows.inputs import Control, Input, Press, Words
from flows.intake import Intake, Moment
from flows.library import value_sets
from flows.questionnaire import Questionnaire
from flows.response import QuestionnaireResponse
from tests.examples import examples
from tests.flows.forms import HL7, coded, ext, form, item, options, when
from tests.flows.talking import NOW, TODAY
from tests.loaded import DEFINITION as HOUSE


def read(*items: Any, version: str) -> Questionnaire:
    return Questionnaire.from_json(form(*items, version=version))


class Chat:
    """One chat whose form changes. Between all turns its state goes through its text form."""

    def __init__(self, *items: Any) -> None:
        self.intake = Intake(language="en")
        self.events: tuple[Any, ...] = ()
        self.becomes(1, *items)

    def becomes(self, version: int, *items: Any) -> Chat:
        self.form = read(*items, version=str(version))
        self.definition = replace(around(self.form, HOUSE, "test", value_sets()), questionnaire=self.form)
        return self

    def does(self, said: Input) -> Chat:
        if self.intake.response is not None:
            self.intake = replace(self.intake, response=QuestionnaireResponse.loads(self.intake.response.dumps()))
        moment = Moment(
            definition=self.definition, now=NOW, today=TODAY, new_id=lambda: "r", translate=lambda _, english: english
        )
        turn = flow.receive(moment, self.intake, said)
        self.intake, self.events = turn.intake, turn.events
        return self

    def says(self, *texts: str) -> Chat:
        for text in texts:
            self.does(Words(text=text))
        return self

    def taps(self, control: Control, number: int | None = None) -> Chat:
        return self.does(Press(control=control, number=number, revision=self.response.cursor.since))

    @property
    def response(self) -> QuestionnaireResponse:
        assert self.intake.response is not None
        return self.intake.response

    @property
    def asked(self) -> str:
        shown = engine.present(self.form, self.response)
        return shown.prompt.key if isinstance(shown, Asked) else type(shown).__name__

    @property
    def renewed(self) -> tuple[str, ...]:
        return next((event.keys for event in self.events if isinstance(event, Renewed)), ())

    def exported(self) -> list[tuple[str, Any]]:
        made = to_fhir(self.form, self.response)
        assert made["questionnaire"] == self.response.questionnaire
        return [
            (one["linkId"], [next(iter(answer.values())) for answer in one["answer"]])
            for one in made.get("item", ())
            if "answer" in one
        ]


def begun(*items: Any) -> Chat:
    return Chat(*items).says("hello")


def test_an_answer_that_still_fits_stays_and_the_talk_goes_on_where_it_was() -> None:
    chat = begun(item("a"), item("b"), item("c")).says("one")
    chat.becomes(2, item("a", text="Other words?"), item("b"), item("c")).says("two")
    assert chat.renewed == ()
    assert chat.exported() == [("a", ["one"]), ("b", ["two"])]
    assert chat.asked == "c"
    assert chat.response.questionnaire.endswith("|2")


def test_a_new_question_before_the_open_one_is_asked_and_words_are_not_taken_for_it() -> None:
    chat = begun(item("a"), item("b")).says("one")
    chat.becomes(2, item("new"), item("a"), item("b")).says("meant for b")
    assert chat.asked == "new"
    assert chat.exported() == [("a", ["one"])]
    assert chat.renewed == ()
    chat.says("n", "two")
    assert chat.exported() == [("new", ["n"]), ("a", ["one"]), ("b", ["two"])]


def test_a_renamed_question_and_a_renamed_code() -> None:
    old = item("ill", "choice", answerOption=options("Yes", "No"))
    chat = begun(old, item("b")).taps(Control.OPTION, 0)
    yes = coded("Certainly", code="certain")
    yes["extension"] = [ext(FORMERLY, valueCoding={"system": "https://careline.example/fhir/CodeSystem/test", "code": "yes"})]
    new = item("sick", "choice", ext(FORMERLY, valueString="ill"), answerOption=[yes, coded("No")])
    chat.becomes(2, new, item("b")).says("two")
    assert chat.renewed == ()
    assert [(one, values[0].get("code") if isinstance(values[0], dict) else values[0]) for one, values in chat.exported()] == [
        ("sick", "certain"),
        ("b", "two"),
    ]


def test_an_answer_that_is_none_any_more_is_asked_again_and_shown() -> None:
    chat = begun(item("n", "integer"), item("b"), item("c")).says("40", "two")
    limited = item("n", "integer", ext(f"{HL7}maxValue", valueInteger=30))
    chat.becomes(2, limited, item("b"), item("c")).says("meant for c")
    assert chat.renewed == ("n",)
    shown = chat.events[-1]
    assert isinstance(shown, Asked)
    assert (shown.prompt.key, shown.prompt.former, shown.prompt.kept) == ("n", (40,), ())
    assert Control.KEEP not in shown.prompt.controls
    assert chat.exported() == [("b", ["two"])]
    chat.says("20")
    assert chat.renewed == ()
    assert chat.exported() == [("n", [20]), ("b", ["two"])]
    assert chat.asked == "c"


@pytest.mark.parametrize(
    ("old", "said", "new"),
    [
        (
            item("q", "choice", answerOption=options("Yes", "No")),
            Press(control=Control.OPTION, number=0),
            item("q", "choice", answerOption=options("No")),
        ),
        (item("q", "boolean"), Press(control=Control.YES), item("q", "date")),
        (item("q"), Words(text="long words"), item("q", maxLength=3)),
        (item("q", "decimal"), Words(text="1.5"), item("q", "integer")),
        (item("q", "date"), Words(text="2020-05-01"), item("q", "date", ext(f"{HL7}minValue", valueDate="2021-01-01"))),
        (item("q"), Press(control=Control.SKIP), item("q", required=True)),
    ],
)
def test_what_does_not_fit_any_more(old: Any, said: Any, new: Any) -> None:
    chat = begun(old, item("b"))
    chat.does(replace(said, revision=chat.response.cursor.since) if isinstance(said, Press) else said)
    before = chat.response.answers["q"]
    chat.becomes(2, new, item("b")).says("x")
    assert chat.renewed == ("q",)
    assert chat.response.former == {"q": before}
    assert chat.asked == "q"


@pytest.mark.parametrize(
    ("old", "said", "new"),
    [
        (item("q", "integer"), Words(text="5"), item("q", "decimal")),
        (item("q"), Words(text="words"), item("q", "text")),
        (
            item("q", "choice", answerOption=options("Yes", "No")),
            Press(control=Control.OPTION, number=1),
            item("q", "choice", answerOption=options("No", "Yes")),
        ),
        (item("q"), Press(control=Control.SKIP), item("q", text="New?")),
    ],
)
def test_what_still_fits(old: Any, said: Any, new: Any) -> None:
    chat = begun(old, item("b"))
    chat.does(replace(said, revision=chat.response.cursor.since) if isinstance(said, Press) else said)
    before = chat.response.answers
    chat.becomes(2, new, item("b"))
    found = carried(chat.form, chat.response, now=NOW, today=TODAY)
    assert found is not None
    assert (found.response.answers, found.again) == (before, ())


def test_what_was_answered_anew_stays_in_later_versions() -> None:
    limited = item("n", "integer", ext(f"{HL7}maxValue", valueInteger=30))
    chat = begun(item("n", "integer"), item("b")).says("40")
    chat.becomes(2, limited, item("b")).says("x", "20")
    chat.becomes(3, limited, item("b"), item("c")).says("two")
    assert chat.renewed == ()
    assert chat.exported() == [("n", [20]), ("b", ["two"])]


def test_a_question_that_is_gone_is_history() -> None:
    chat = begun(item("a"), item("b"), item("c")).says("one", "two")
    chat.becomes(2, item("b"), item("c")).says("three")
    assert chat.renewed == ()
    assert chat.exported() == [("b", ["two"]), ("c", ["three"])]
    assert retired(chat.form, chat.response) == {"a": ("one",)}
    assert "one" not in str(to_fhir(chat.form, chat.response))


def test_what_comes_back_in_a_third_version_is_asked_with_what_was_said() -> None:
    chat = begun(item("a"), item("b"), item("c")).says("one", "two")
    chat.becomes(2, item("b"), item("c")).says("three")
    chat.becomes(3, item("a"), item("b"), item("c")).says("hello")
    assert chat.asked == "a"
    shown = chat.events[-1]
    assert isinstance(shown, Asked)
    assert shown.prompt.former == ("one",)


def group(link_id: str, *items: Any, **fields: Any) -> Any:
    return item(link_id, "group", repeats=True, items=list(items), **fields)


def test_occurrences_keep_their_answers_and_a_renamed_group_its_number() -> None:
    chat = begun(group("lines", item("drug")), item("b"))
    chat.says("x").taps(Control.ADD).says("y").taps(Control.DONE)
    new = group("courses", item("drug"), item("dose"), extension=[ext(FORMERLY, valueString="lines")])
    chat.becomes(2, new, item("b")).says("hello")
    assert chat.response.answers == {"courses#0/drug": ("x",), "courses#1/drug": ("y",)}
    assert chat.asked == "courses#0/dose"
    chat.says("1", "2", "end")
    assert chat.asked == "Reviewed"


def test_a_question_that_moves_into_a_group_goes_into_its_first_occurrence() -> None:
    chat = begun(item("drug"), item("b")).says("x")
    chat.becomes(2, group("lines", item("drug")), item("b")).says("hello")
    assert chat.response.answers == {"lines#0/drug": ("x",)}


def test_what_a_new_condition_switches_off_is_parked_not_lost() -> None:
    chat = begun(item("ill", "boolean"), item("since"), item("b")).taps(Control.NO).says("May")
    chat.becomes(2, item("ill", "boolean"), item("since", enableWhen=[when("ill", answerBoolean=True)]), item("b")).says("two")
    assert chat.response.parked == {"since"}
    assert chat.exported() == [("ill", [False]), ("b", ["two"])]


def test_an_old_button_is_outdated() -> None:
    chat = begun(item("a", "choice", answerOption=options("Yes", "No")))
    press = Press(control=Control.OPTION, number=0, revision=chat.response.cursor.since)
    chat.becomes(2, item("a", "choice", answerOption=options("No", "Yes"))).does(press)
    assert any(isinstance(event, Outdated) for event in chat.events)
    assert chat.response.answers == {}


def test_a_finished_response_stays_finished_unless_something_is_asked_again() -> None:
    chat = begun(item("n", "integer")).says("40").taps(Control.CONFIRM)
    assert isinstance(engine.present(chat.form, chat.response), Completed)
    chat.becomes(2, item("n", "integer"), item("new")).does(Press(control=Control.STATUS))
    assert chat.asked == "Completed"
    chat.becomes(3, item("n", "integer", ext(f"{HL7}maxValue", valueInteger=30)), item("new")).does(
        Press(control=Control.CONTINUE)
    )
    assert chat.renewed == ("n",)
    chat.says("20", "x")
    assert isinstance(engine.present(chat.form, chat.response), Reviewed)
    chat.taps(Control.CONFIRM)
    assert chat.response.status == "amended"


def test_an_alarm_is_heard_also_when_the_question_has_moved() -> None:
    chat = begun(item("a"), item("b")).says("one")
    chat.becomes(2, item("new"), item("a"), item("b")).says("he cannot breathe")
    assert any(isinstance(event, RedFlagged) for event in chat.events)
    assert chat.asked == "new"
    assert chat.exported() == [("a", ["one"])]


def test_in_a_talk_nobody_asks_and_the_new_version_waits() -> None:
    chat = begun(item("n", "integer"), item("b")).says("40")
    chat.intake = replace(chat.intake, talking=True, case_open=True)
    chat.becomes(2, item("n", "integer", ext(f"{HL7}maxValue", valueInteger=30)), item("b")).says("a word to the desk")
    assert chat.renewed == ()
    assert chat.response.questionnaire.endswith("|1")
    chat.does(Press(control=Control.CONTINUE))
    chat.says("hello")
    assert chat.asked == "n"


KINDS = {
    "string": item,
    "integer": lambda name: item(name, "integer"),
    "boolean": lambda name: item(name, "boolean"),
    "choice": lambda name: item(name, "choice", answerOption=options("Yes", "No")),
    "group": lambda name: group(name, item(f"{name}-in")),
}
SAID = [Words(text="5"), Words(text="yes"), Words(text="May"), Press(control=Control.SKIP), Press(control=Control.DONE)]
FORMS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(sorted(KINDS))), min_size=1, max_size=4, unique_by=lambda one: one[0]
)


@examples(60)
@given(st.lists(FORMS, min_size=2, max_size=3), st.lists(st.sampled_from(SAID), max_size=8))
def test_no_answer_is_ever_lost(versions: list[list[tuple[str, str]]], said: list[Any]) -> None:
    """Whatever the versions are, every value is an answer, is shown beside its question, or is history; and no turn raises."""
    chat = begun(*(KINDS[kind](name) for name, kind in versions[0]))
    for number, version in enumerate(versions[1:], start=2):
        for one in said:
            chat.does(replace(one, revision=chat.response.cursor.since) if isinstance(one, Press) else one)
        before = chat.response
        chat.becomes(number, *(KINDS[kind](name) for name, kind in version))
        found = carried(chat.form, before, now=NOW, today=TODAY)
        assert found is not None
        kept = [value for values in (*found.response.answers.values(), *found.response.former.values()) for value in values]
        assert all(value in kept for values in before.answers.values() for value in values)
        assert carried(chat.form, found.response, now=NOW, today=TODAY) is None
        assert not any(key in found.response.answers for key in found.again)
        chat.says("hello")
