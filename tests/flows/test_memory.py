"""What an expression gave is remembered; a turn is the same when everything was forgotten before it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows import engine
from flows.dialogue.turns import Turn
from flows.events import Asked
from flows.fhirpath.dependencies import reads_of
from flows.fhirpath.formulas import Formula
from flows.inputs import Control, Press, Words
from flows.questionnaire import Questionnaire
from tests.examples import examples
from tests.flows.forms import Json, form, item, options
from tests.flows.talking import NOW
from tests.flows.test_engine_properties import fitting
from tests.flows.test_rules import answer_to, rule, variable

LINKS = ("a", "b", "c", "inner", "each")
READS = (
    *(answer_to(link_id) for link_id in LINKS),
    *(f"%resource.repeat(item).where(linkId='{link_id}').answer.value" for link_id in LINKS),
    "%resource.item.where(linkId='group').item.where(linkId='inner').answer.value",
    "%resource.descendants().where(linkId='inner').answer.value",
    "%resource.item.where(linkId='a' or linkId='b').answer.value.first()",
    "%resource.item.where(linkId in ('a' | 'c')).answer.value",
    "%resource.item.where(linkId.startsWith('a')).answer.value",
    "%context.parent.answer.value",
    "%above",
    "%near",
)
VARIABLES = (
    "item.where(linkId='a').answer.value",
    "repeat(item).where(linkId='each').answer.value",
    *READS[:8],
    "today().toString()",
)
NEAR = ("item.where(linkId='inner').answer.value", "%above", "%resource.item.where(linkId='b').answer.value", "%qitem.linkId")
TESTS = ("{}.exists()", "{}.empty()", "{}.count() > 1", "{}.first() > 2", "({}.first() = 1) or %near.exists()")
VALUES = ("{}.count()", "{}.first()", "{}.sum() + 1", "iif({}.exists(), 1, 0)")


def expressions(shapes: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.builds(str.format, st.sampled_from(shapes), st.sampled_from(READS))


@st.composite
def forms(draw: st.DrawFn) -> Json:
    """A form whose expressions read each other's items, groups and variables."""

    def asked(link_id: str, kind: str = "integer", **fields: Any) -> Json:
        rules = [rule("enableWhenExpression", draw(expressions(TESTS)))] if draw(st.booleans()) else []
        return item(link_id, kind, *rules, **fields)

    made = item("made", "integer", rule("calculatedExpression", draw(expressions(VALUES))), readOnly=True)
    near = variable("near", draw(st.sampled_from(NEAR)))
    inside = item("group", "group", near, items=[asked("inner"), asked("word", "choice", answerOption=options("A", "B"))])
    repeated = item("rounds", "group", near, repeats=True, items=[asked("each"), asked("other", "boolean")])
    above = variable("above", draw(st.sampled_from(VARIABLES)))
    parts = draw(st.permutations([asked("a"), asked("b", "boolean"), asked("c"), made, inside, repeated]))
    return form(*parts, extension=[above, variable("near", "1")])


def advanced(questionnaire: Questionnaire, turn: Turn, said: Any, *, anew: bool) -> Turn:
    if anew:
        questionnaire.memory.forget()
    return engine.advance(questionnaire, turn.response, said, now=NOW, today=NOW.date())


@examples(40)
@given(forms(), st.data())
def test_a_turn_is_the_same_with_and_without_what_was_remembered(whole: Json, data: st.DataObject) -> None:
    """A form that looks at the clock evaluates everything in every turn; one that does not, what the answer may have changed."""
    clock = {**whole, "extension": [*whole["extension"], variable("clock", "today()")]}
    kept, forgetful = Questionnaire.from_json(whole), Questionnaire.from_json(clock)
    turn = engine.start(kept, id="1", now=NOW)
    assert turn == engine.start(forgetful, id="1", now=NOW)
    for _ in range(data.draw(st.integers(1, 10))):
        shown = engine.present(kept, turn.response)
        if isinstance(shown, Asked):
            back = Press(control=Control.BACK, revision=turn.response.revision)
            said = data.draw(st.sampled_from([*[fitting(shown.prompt, data.draw)] * 4, back]))
        else:
            said = Press(control=Control.CHANGE, number=data.draw(st.integers(0, 3)), revision=turn.response.revision)
        other = advanced(forgetful, turn, said, anew=True)
        turn = advanced(kept, turn, said, anew=False)
        assert turn == other


def test_what_an_expression_can_read_is_seen_from_its_paths() -> None:
    def whole(text: str) -> frozenset[str] | None:
        return Formula.compile(text).reads.whole

    assert whole("%resource.item.where(linkId='a').item.where(linkId='b').answer.value") == {"b"}
    assert whole("%resource.item.where(linkId='a').first().item.where(linkId='b').answer.value") == {"a"}
    assert whole("%resource.item.where(linkId='a').item.answer.value") == {"a"}
    assert whole(
        "%resource.repeat(item).where(linkId='a').exists(answer.value = %resource.item.where(linkId='b').answer.value)"
    ) == {
        "a",
        "b",
    }
    assert whole("%resource.item.where(linkId='a')[0].answer") == {"a"}
    assert whole("%resource.descendants().where(linkId in ('a' | 'b' | 'c'))") == {"a", "b", "c"}
    assert whole("%resource.descendants().where(linkId in %resource.item.linkId)") is None
    assert whole("(%resource.item | %resource.item.item).where(linkId='a')") is None
    assert whole("%resource.item.where(linkId='a' or linkId='b')") == {"a", "b"}
    assert Formula.compile("%resource.item.where(linkId='a').answer.value.ofType(string)").reads.here == frozenset()
    assert whole("%resource.item.where(linkId='a' or text='b')") is None
    assert Formula.compile("item.where(linkId='a').answer.value").reads.here == {"a"}
    assert Formula.compile("$this.answer").reads.here is None
    assert Formula.compile("today() - 1 year").reads.clock
    assert reads_of(Formula.compile("1 + 1")._tree).whole == frozenset()


def test_digits_and_kinds_of_values_are_kept_apart() -> None:
    """1, 1.0 and true are equal in Python."""
    shown = item("shown", "string", rule("calculatedExpression", f"{answer_to('n')}.toString()"), readOnly=True)
    questionnaire = Questionnaire.from_json(form(item("n", "decimal"), shown))
    start = engine.start(questionnaire, id="1", now=NOW)
    for typed in ("1", "1.0", "1.00"):
        turn = engine.advance(questionnaire, start.response, Words(text=typed), now=NOW, today=NOW.date())
        assert turn.response.answers["shown"] == (typed,)
