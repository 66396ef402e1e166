"""Reading forms: what is supported, what is simpler, what is refused, each with its path; and nothing but Invalid is raised."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fhir.patterns import may_run_long
from flows.questionnaire import Invalid, Questionnaire
from flows.values import Coding, Quantity
from tests.examples import examples
from tests.flows.forms import EVERYTHING, HL7, SDC, ext, form, item, options, unit, when


def problems(*items: Any, **fields: Any) -> list[str]:
    with pytest.raises(Invalid) as raised:
        Questionnaire.from_json(form(*items, **fields))
    return [str(problem) for problem in raised.value.problems]


def degradations(*items: Any, **fields: Any) -> list[str]:
    return [str(problem) for problem in Questionnaire.from_json(form(*items, **fields)).degraded]


def test_a_form_keeps_its_json_and_finds_its_items() -> None:
    questionnaire = Questionnaire.from_json(json.dumps(EVERYTHING).encode())
    assert questionnaire.raw == EVERYTHING
    assert questionnaire.canonical == "https://careline.example/fhir/Questionnaire/test|1"
    assert questionnaire.by_link_id["drug"].parent == "lines"
    assert questionnaire.degraded == ()
    found = questionnaire.item_at("lines#3/drug")
    assert found is not None
    assert found.link_id == "drug"


def test_decimals_keep_their_digits() -> None:
    text = json.dumps(form(item("n", "decimal", initial=[{"valueDecimal": 0}]))).replace(
        '"valueDecimal": 0', '"valueDecimal": 1.50'
    )
    assert str(Questionnaire.from_json(text).by_link_id["n"].initial[0]) == "1.50"


def test_option_texts_have_their_place_as_context() -> None:
    option = Questionnaire.from_json(form(item("kind", "choice", answerOption=options("A")))).by_link_id["kind"].options[0]
    assert (option.context, option.display, option.index) == ("kind/a", "A", 0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (item("", "string"), "Questionnaire.item[0].linkId: is missing or empty"),
        ({"linkId": "a"}, "Questionnaire.item[0].type: is missing"),
        (item("a", "coding"), "Questionnaire.item[0].type: 'coding' is not an item type of FHIR R4 (R5 forms are not read"),
        (item("a", required="true"), "Questionnaire.item[0].required: must be true or false, without quotes"),
        (item("a", text=5), "Questionnaire.item[0].text: must be a string"),
        (item("a", maxLength="x"), "Questionnaire.item[0].maxLength: must be a number"),
        (item("a", "group", item={}), "Questionnaire.item[0].item: must be a list"),
        (
            item("a", enableWhen=[{"question": "a"}]),
            "Questionnaire.item[0].enableWhen[0]: needs a question and one of the operators",
        ),
        (item("a", enableWhen=[when("a", "exists", answerString="x")]), "exists needs answerBoolean"),
        (item("a", "choice", answerOption=[{}]), "Questionnaire.item[0].answerOption[0]: value[x] is missing"),
        (
            item("a", "date", initial=[{"valueDate": "1.5.2020"}]),
            "Questionnaire.item[0].initial[0].valueDate: cannot be used here",
        ),
        (item("a", "display", ext(f"{SDC}subQuestionnaire", valueCanonical="x")), "whose part x is not at hand"),
        (item("a", modifierExtension=[{}]), "changes the item's meaning"),
    ],
)
def test_what_is_refused_is_said_with_its_path(wrong: Any, message: str) -> None:
    assert any(message in problem for problem in problems(wrong)), problems(wrong)


def test_every_reason_is_listed() -> None:
    assert len(problems(item("a", "x"), item("a", "y"), item("c", required="no"))) == 4


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"1", b"[" * 100_000, b'{"resourceType":"Patient"}', b'{"item":NaN}'],
)
def test_what_is_no_form_is_invalid(data: bytes) -> None:
    with pytest.raises(Invalid):
        Questionnaire.from_json(data)


def test_a_form_without_items_or_with_too_many_levels() -> None:
    assert problems() == ["Questionnaire.item: there are no items"]
    deep = item("end")
    for level in range(40):
        deep = item(f"g{level}", "group", items=[deep])
    assert "more than 30 levels" in problems(deep)[0]


def test_what_is_simpler_is_named() -> None:
    assert degradations(item("a", "reference")) == ["Questionnaire.item[0].type: a reference is answered in own words"]
    assert "is not here" in degradations(item("a", "choice", answerValueSet="http://x"))[0]
    assert "not evaluated" in degradations(item("a", "string", ext(f"{SDC}enableWhenExpression", valueExpression={})))[0]
    assert "very long" in degradations(item("a", "string", ext(f"{HL7}regex", valueString="(a+)+$")))[0]
    blank = {"valueCoding": {"system": "http://x"}}
    assert (
        "without a text is offered by its number" in degradations(item("a", "choice", answerOption=[blank, *options("A")]))[0]
    )
    whole = item("a", "integer", answerOption=[{"valueString": "one"}, {"valueInteger": 1}])
    assert "no answer to a question of type integer" in degradations(whole)[0]
    chosen = [{**option, "initialSelected": True} for option in options("A", "B")]
    assert "the first is offered" in degradations(item("a", "choice", answerOption=chosen))[0]
    assert "that is no url is not offered" in degradations(item("a", "url", initial=[{"valueBoolean": True}]))[0]
    assert "cannot be read" in degradations(item("a", "string", ext(f"{HL7}regex", valueString="[")))[0]


def test_conditions_in_a_circle_are_refused_with_their_paths() -> None:
    one = item("a", enableWhen=[when("b", "exists", answerBoolean=True)])
    other = item("b", enableWhen=[when("a", "exists", answerBoolean=True)])
    assert [problem.partition(":")[0] for problem in problems(one, other)] == [
        "Questionnaire.item[0].enableWhen",
        "Questionnaire.item[1].enableWhen",
    ]


def test_a_condition_on_what_is_not_there_counts_as_not_answered() -> None:
    asked = item("a", enableWhen=[when("b", "exists", answerBoolean=False)])
    assert degradations(asked) == [
        "Questionnaire.item[0].enableWhen[0]: asks about 'b', which is not in the form: counts as not answered"
    ]


def test_a_condition_on_a_code_that_no_option_has_is_told() -> None:
    options = [{"valueCoding": {"system": "http://s", "code": one}} for one in ("yes", "no")]
    choice = item("a", "choice", answerOption=options)
    wanted = {"system": "http://s", "code": "maybe"}
    asked = item("b", enableWhen=[when("a", "=", answerCoding=wanted)])
    assert degradations(choice, asked) == [
        "Questionnaire.item[1].enableWhen[0]: asks 'a' for 'maybe', which is none of its options"
    ]
    assert degradations(choice, item("b", enableWhen=[when("a", "=", answerCoding=wanted | {"code": "no"})])) == []
    assert degradations({**choice, "type": "open-choice"}, asked) == []


def test_a_contained_value_set_is_expanded() -> None:
    contained = [
        {
            "resourceType": "ValueSet",
            "id": "vs",
            "compose": {"include": [{"system": "http://s", "concept": [{"code": "a", "display": "A"}, {"code": "b"}]}]},
        }
    ]
    found = (
        Questionnaire.from_json(form(item("k", "choice", answerValueSet="#vs"), contained=contained)).by_link_id["k"].options
    )
    assert [(option.display, option.context) for option in found] == [("A", "k/a"), ("b", "k/b")]


def test_what_several_conditions_mean_is_said_where_the_form_does_not_say_it() -> None:
    conditions = [when("a", "exists", answerBoolean=True), when("b", "exists", answerBoolean=True)]
    [named] = degradations(item("a"), item("b"), item("c", enableWhen=conditions))
    assert named == "Questionnaire.item[2].enableWhen: several conditions and no enableBehavior: one of them is enough"
    assert degradations(item("a"), item("b"), item("c", enableWhen=conditions, enableBehavior="all")) == []


def includes(*parts: Any, **more: Any) -> list[Any]:
    others = [
        {
            "resourceType": "ValueSet",
            "id": "other",
            "compose": {"include": [{"system": "http://s", "concept": [{"code": "o"}]}]},
        },
        {"resourceType": "CodeSystem", "id": "cs", "url": "http://c", "concept": [{"code": "1", "concept": [{"code": "2"}]}]},
    ]
    return [{"resourceType": "ValueSet", "id": "vs", "url": "http://vs", "compose": {"include": list(parts), **more}}, *others]


@pytest.mark.parametrize("address", ["#vs", "http://vs|1"])
def test_a_contained_value_set_is_composed_of_what_is_at_hand(address: str) -> None:
    """Codes listed, the codes of a contained system, another value set, a pinned one; each once, without what is excluded."""
    parts = (
        {"system": "http://s", "concept": [{"code": "a"}, {"code": "a"}]},
        {"system": "http://c"},
        {"valueSet": ["#other"]},
    )
    contained = includes(*parts, {"valueSet": ["http://p"]}, exclude=[{"system": "http://c", "concept": [{"code": "1"}]}])
    pinned = {"http://p": ((Coding(system="http://q", code="p"), None),)}
    read = Questionnaire.from_json(form(item("k", "choice", answerValueSet=address), contained=contained), pinned)
    assert [option.display for option in read.by_link_id["k"].options] == ["a", "2", "o", "p"]
    assert read.degraded == ()


def test_the_part_of_a_value_set_that_is_not_listed_is_named() -> None:
    unlisted = {"system": "http://snomed.info/sct", "filter": [{"property": "concept", "op": "is-a", "value": "1"}]}
    [named] = degradations(
        item("k", "choice", answerValueSet="#vs"),
        contained=includes({"system": "http://s", "concept": [{"code": "a"}]}, unlisted),
    )
    assert named.startswith("Questionnaire.contained[0].compose.include[1]: the codes of this part are not listed here")
    [named] = degradations(item("k", "choice", answerValueSet="#vs"), contained=includes(unlisted))
    assert "the value set #vs is not here" in named


def test_a_unit_child_is_the_unit() -> None:
    child = item(
        "u", "display", ext(f"{HL7}questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "unit"}]}), text="kg"
    )
    assert [
        one.display for one in Questionnaire.from_json(form(item("w", "decimal", items=[child]))).by_link_id["w"].units
    ] == ["kg"]


def test_limits_and_units() -> None:
    low = ext(f"{SDC}minQuantity", valueQuantity={"value": 5, "code": "%"})
    read = Questionnaire.from_json(form(item("l", "quantity", low, unit("%")))).by_link_id["l"]
    assert read.minimum == Quantity(value=Decimal(5), code="%")
    assert read.units[0].code == "%"


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|aa)*", "((a+)b?)*", "(.*)*", "(\\w+\\s?)+$", "a*a*a*a*b"])
def test_patterns_that_may_run_long(pattern: str) -> None:
    assert may_run_long(pattern)


@pytest.mark.parametrize(
    "pattern", ["[A-Z]{2}\\d{3}", "\\d+", "[^@\\s]+@[^@\\s]+\\.[a-z]{2,}", "(a|b)", "[+*(|]+x", "(\\d{2}-?)?x*"]
)
def test_patterns_that_do_not(pattern: str) -> None:
    assert not may_run_long(pattern)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """The form with everything, one of its values replaced by something else."""
    whole: Any = json.loads(json.dumps(EVERYTHING))
    at = whole
    while isinstance(at, dict | list) and at:
        name = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else list(range(len(at)))))
        if not isinstance(at[name], dict | list) or draw(st.integers(0, 3)) == 0:
            at[name] = draw(JSON)
            break
        at = at[name]
    return whole


@examples(300)
@given(spoiled())
def test_a_spoiled_form_is_read_or_invalid(whole: Any) -> None:
    try:
        Questionnaire.from_json(whole)
    except Invalid as error:
        assert error.path
        assert error.message
