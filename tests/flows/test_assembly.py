"""Modular forms: their parts are put in place, or the form is refused with the part's name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows import library
from flows.questionnaire import Invalid, Questionnaire
from tests.flows.forms import HL7, SDC, ext, form, item, options, when
from tests.flows.talking import Talk
from tests.flows.test_rules import constraint

PART = "https://clinic.example/Questionnaire/name"


def placeholder(link_id: str = "p", kind: str = "display", canonical: str = PART, **fields: Any) -> dict[str, Any]:
    return item(link_id, kind, ext(f"{SDC}subQuestionnaire", valueCanonical=canonical), **fields)


def variable(name: str, expression: str) -> dict[str, Any]:
    return ext(f"{HL7}variable", valueExpression={"name": name, "language": "text/fhirpath", "expression": expression})


def assembled(*items: Any, part: dict[str, Any]) -> Questionnaire:
    return Questionnaire.from_json(form(*items), parts=lambda address: part if address == PART else None)


def test_a_part_stands_where_its_placeholder_stood() -> None:
    part = form(item("given"), item("family", enableWhen=[when("given", "exists", answerBoolean=True)]))
    whole = assembled(item("a"), placeholder(), item("z"), part=part)
    assert [one.link_id for one in whole.items] == ["a", "given", "family", "z"]
    assert whole.degraded == ()


def test_a_part_under_a_condition_keeps_the_condition() -> None:
    whole = assembled(
        item("a", "boolean"), placeholder(enableWhen=[when("a", answerBoolean=True)]), part=form(item("given"), item("family"))
    )
    assert [one.link_id for one in whole.by_link_id["p"].items] == ["given", "family"]
    assert whole.by_link_id["given"].gates[0].link_id == "p"


def test_a_part_can_be_used_twice_under_two_prefixes() -> None:
    context = ext(f"{SDC}assembleContext", valueString="linkIdPrefix")
    part = form(item("given"), item("family", enableWhen=[when("given", "exists", answerBoolean=True)]), extension=[context])
    groups = [item(f"g{one}", "group", variable("linkIdPrefix", f"'{one}.'"), items=[placeholder(f"p{one}")]) for one in "ab"]
    whole = assembled(*groups, part=part)
    assert {"a.given", "a.family", "b.given", "b.family"} <= whole.by_link_id.keys()
    assert whole.by_link_id["b.family"].enable_when[0].question == "b.given"


def test_an_expression_of_a_part_knows_the_start_of_its_link_ids() -> None:
    context = ext(f"{SDC}assembleContext", valueString="linkIdPrefix")
    named = "item.where(linkId = %linkIdPrefix + 'given').exists()"
    part = form(item("given"), extension=[context, constraint(named, "A name, please.")])
    whole = form(item("g", "group", variable("linkIdPrefix", "%linkIdPrefix + 'n.'"), items=[placeholder()]))
    talk = Talk(whole=Questionnaire.from_json(whole, parts=lambda address: part if address == PART else None))
    assert talk.says("Ann").is_reviewed()


def test_contained_value_sets_of_two_parts_do_not_mix() -> None:
    def value_set(code: str) -> dict[str, Any]:
        include = [{"system": "http://s", "concept": [{"code": code}]}]
        return {"resourceType": "ValueSet", "id": "vs", "compose": {"include": include}}

    part = form(item("k", "choice", answerValueSet="#vs"), contained=[value_set("part")], id="name")
    whole = Questionnaire.from_json(
        form(item("own", "choice", answerValueSet="#vs"), placeholder(), contained=[value_set("whole")]),
        parts=lambda _: part,
    )
    assert [whole.by_link_id[name].options[0].display for name in ("own", "k")] == ["whole", "part"]


def test_a_part_of_itself_and_a_missing_part_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match="goes round in a circle"):
        assembled(placeholder(), part=form(placeholder("again")))
    with pytest.raises(Invalid, match=r"item\[0\].*whose part https://clinic.example/Questionnaire/other is not at hand"):
        assembled(placeholder(canonical="https://clinic.example/Questionnaire/other"), part=form(item("a")))


@pytest.mark.slow
def test_parts_cannot_multiply_without_end() -> None:
    many = [placeholder(f"p{number}", canonical=f"{PART}/{number}") for number in range(20)]
    with pytest.raises(Invalid) as raised:
        Questionnaire.from_json(form(*many), parts=lambda _: form(*many))
    assert any("more than 200 parts" in str(problem) for problem in raised.value.problems)


def test_another_version_and_what_was_put_in_already_are_named() -> None:
    whole = assembled(placeholder(canonical=f"{PART}|2"), part={**form(item("given")), "version": "1"})
    assert "in version 1, not 2" in str(whole.degraded[0])
    done = assembled(placeholder(kind="group", items=[item("given")]), part=form(item("other")))
    assert "put in already" in str(done.degraded[0])
    assert [one.link_id for one in done.by_link_id["p"].items] == ["given"]


def test_parts_are_found_beside_the_form(tmp_path: Path) -> None:
    part = {**form(item("k", "choice", answerOption=options("A"))), "url": PART}
    (tmp_path / "part.json").write_text(json.dumps(part), "utf-8")
    (tmp_path / "broken.json").write_text('{"resourceType": "Questionnaire", "name"', "utf-8")
    (tmp_path / "whole.json").write_text(json.dumps(form(placeholder())), "utf-8")
    assert list(library.questionnaire(tmp_path / "whole.json").by_link_id) == ["k"]
