"""Nobody is held for ever: what a question that nothing satisfies does, and warnings, which are said once."""

from __future__ import annotations

from typing import Any

import pytest

from flows.dialogue.patience import PATIENCE
from flows.dialogue.prompt import Expects
from flows.fhir.responses import to_fhir
from flows.inputs import Control
from flows.questionnaire import Questionnaire
from flows.values import Absent
from tests.flows.forms import HL7, OWN, SDC, ext, form, item, maximum, minimum, options
from tests.flows.talking import Talk
from tests.flows.test_rules import answer_to, constraint, variable

TRAPS = {
    "a regex that nothing fits": item("q", "string", ext(f"{HL7}regex", valueString="(?!)"), required=True),
    "limits that exclude each other": item("q", "integer", minimum(5), maximum(3), required=True),
    "more answers than there are options": item(
        "q",
        "choice",
        ext(f"{HL7}questionnaire-minOccurs", valueInteger=3),
        required=True,
        repeats=True,
        answerOption=options("A", "B"),
    ),
    "more answers than anybody has": item(
        "q", "string", ext(f"{HL7}questionnaire-minOccurs", valueInteger=3), required=True, repeats=True
    ),
    "a rule that no answer meets": item(
        "q", "string", constraint(f"{answer_to('q')} = 'x' and 1 > {answer_to('z')}", "No."), required=True
    ),
    "a file that nobody has": item("q", "attachment", required=True),
    "a number for words": item("q", "decimal", required=True),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_required_question_that_was_refused_three_times_can_be_skipped(name: str) -> None:
    talk = Talk(item("z", "integer"), TRAPS[name], item("end")).says("9")
    for _ in range(PATIENCE):
        assert Control.SKIP not in talk.prompt.controls
        _tries(talk)
    assert talk.events[0].may_skip
    assert Control.SKIP in talk.prompt.controls
    talk.taps(Control.SKIP).is_asked("end").says("fin").taps(Control.CONFIRM)
    assert talk.response.status == "completed"
    assert to_fhir(talk.questionnaire, talk.response)["status"] == "in-progress"
    talk.taps(Control.CHANGE, 1).is_asked("q")
    assert Control.SKIP not in talk.prompt.controls


def _tries(talk: Talk) -> None:
    match talk.prompt.expects:
        case Expects.OPTIONS:
            talk.taps(Control.DONE)
        case Expects.TEXT if talk.prompt.item.repeats:
            talk.says("one") if not talk.prompt.draft else None
            talk.taps(Control.DONE)
        case Expects.INTEGER:
            talk.says("4")
        case _:
            talk.says("words")


def test_some_of_several_required_answers_stay_when_the_rest_is_left_out() -> None:
    talk = Talk(TRAPS["more answers than anybody has"], item("end")).says("one", "done", "done", "done", "skip")
    talk.is_asked("end")
    assert talk.answer("q") == ("one",)


def test_only_refusals_without_an_answer_between_them_count() -> None:
    talk = Talk(item("a"), item("q", "integer", required=True)).says("x", "no", "no")
    talk.taps(Control.BACK).is_asked("a").taps(Control.KEEP).is_asked("q").says("no", "no")
    assert Control.SKIP not in talk.prompt.controls
    talk.says("skip")
    assert Control.SKIP in talk.prompt.controls
    assert talk.says("5").answer("q") == (5,)
    assert to_fhir(talk.questionnaire, talk.taps(Control.CONFIRM).response)["status"] == "completed"


def test_a_consent_is_never_passed_over() -> None:
    talk = Talk(item("keep", "boolean", ext(f"{OWN}consent", valueCode="keep"), required=True)).says(*["maybe"] * 9, "skip")
    assert Control.SKIP not in talk.prompt.controls
    talk.taps(Control.SKIP).is_refused("required")


def test_refusals_leave_the_buttons_of_the_question_good() -> None:
    talk = Talk(item("q", "boolean", required=True))
    revision = talk.response.revision
    talk.says("x", "y").taps(Control.YES, revision=revision)
    assert talk.answer("q") == (True,)


WARNING = constraint(f"{answer_to('age')} < 100", "That is very old.", "warning")


def test_a_warning_is_said_once_and_the_same_answer_is_taken_then() -> None:
    talk = Talk(item("age", "integer", WARNING), item("end")).says("120")
    assert talk.is_refused("warning").candidates == ("That is very old.",)
    assert talk.says("121").is_refused("warning")
    assert talk.says("121").is_asked("end").answer("age") == (121,)
    assert talk.taps(Control.BACK).says("99").is_asked("end").answer("age") == (99,)


def test_a_warned_answer_can_be_kept_by_a_button_and_the_former_one_is_not_meant() -> None:
    talk = Talk(item("age", "integer", WARNING), item("end")).says("50").taps(Control.BACK).says("120")
    assert talk.prompt.kept == (120,)
    assert talk.taps(Control.KEEP).is_asked("end").answer("age") == (120,)
    assert talk.taps(Control.BACK).taps(Control.KEEP).is_asked("end").answer("age") == (120,)


def test_a_warning_about_several_options_and_an_error_beside_it() -> None:
    both = constraint(f"{answer_to('q')}.count() < 2", "Both?", "warning")
    never = constraint(f"{answer_to('q')}.count() < 3", "Not all.")
    talk = Talk(item("q", "choice", both, never, repeats=True, answerOption=options("A", "B", "C"))).says("A, B, C")
    assert talk.taps(Control.DONE).is_refused("constraint").text == "Not all."
    talk.chooses("C").taps(Control.DONE).is_refused("warning")
    assert talk.taps(Control.DONE).is_reviewed() == [("q", ("a", "b"))]
    assert Questionnaire.from_json(talk.questionnaire.raw).degraded == ()


def test_a_skipped_question_that_is_not_required_leaves_the_response_complete() -> None:
    talk = Talk(item("a", "integer", WARNING)).taps(Control.SKIP).taps(Control.CONFIRM)
    assert to_fhir(talk.questionnaire, talk.response)["status"] == "completed"


def part(*items: Any) -> dict[str, Any]:
    contexts = [ext(f"{SDC}assembleContext", valueString=name) for name in ("linkIdPrefix", "person")]
    return form(*items, extension=contexts)


def test_a_part_by_itself_has_no_prefix_and_its_rules_hold() -> None:
    whole = part(item("first"), item("last"))
    named = "%resource.item.where(linkId = %linkIdPrefix + 'last').answer.value = 'Lee'"
    whole["extension"].append(constraint(named, "Lee, please."))
    assert Talk(whole=whole).says("Ann", "Roe").is_refused("constraint").text == "Lee, please."
    assert Talk(whole=whole).says("Ann", "Lee").is_reviewed()
    assert "linkIdPrefix" not in str(Questionnaire.from_json(whole).degraded)


def test_a_rule_that_rests_on_what_only_the_whole_knows_is_named_and_not_checked() -> None:
    whole = part(item("first", required=True))
    whole["extension"] += [variable("known", "%person.name"), constraint("%known.exists()", "Who?")]
    talk = Talk(whole=whole).says("Ann").taps(Control.CONFIRM)
    assert talk.response.answers["first"] != (Absent(reason="skipped"),)
    assert "there is no %known: not checked" in str(talk.questionnaire.degraded)


def test_whoever_is_refused_three_times_is_told_of_a_way_on_at_any_question() -> None:
    talk = Talk(item("age", "integer"), item("end"))
    assert [talk.says("old").is_refused("not-a-number").may_skip for _ in range(PATIENCE)] == [False, False, True]
    talk.says("skip").is_asked("end")
