"""Rules from FHIR JSON: every expression of a form is compiled at load; what cannot be evaluated is named, with what the chat does instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from flows.dialogue.completeness import out_of_reach
from flows.fhir.assembly import CONTEXT, PREFIX, VARIABLE
from flows.fhir.circles import circular
from flows.fhir.limit_reading import is_calculated
from flows.fhir.nodes import HL7, SDC, Node, Problem
from flows.fhir.values import read_value
from flows.fhirpath.rules import NO_RULES, Kind, Rule, Rules

if TYPE_CHECKING:
    from flows.items import Item

DEEPEST = 30
FHIRPATH = "text/fhirpath"
# extension -> what its expression is for, and what happens without it
KINDS: Mapping[str, tuple[Kind, str]] = {
    f"{HL7}variable": ("variable", "the variable is never known"),
    f"{SDC}variable": ("variable", "the variable is never known"),
    f"{SDC}calculatedExpression": ("calculated", "is not calculated: asked like any other question, left out when read-only"),
    f"{SDC}enableWhenExpression": ("enable", "the condition is not evaluated: the item is always asked"),
    f"{SDC}initialExpression": ("initial", "the initial value is not filled in"),
    f"{HL7}questionnaire-initialExpression": ("initial", "the initial value is not filled in"),
    f"{SDC}answerExpression": ("answers", "the options are not looked up: answered in own words"),
    f"{SDC}answerOptionsToggleExpression": ("toggle", "all options are always offered"),
    f"{HL7}questionnaire-constraint": ("constraint", "the constraint is not checked"),
    f"{HL7}targetConstraint": ("constraint", "the constraint is not checked"),
}
ENABLE = f"{SDC}enableWhenExpression"
NESTED = {"toggle", "constraint"}  # their expression is an extension inside the extension
COMPUTED_TEXT = f"{HL7}cqf-expression"
COMPUTED_VALUE = f"{HL7}cqf-calculatedValue"
LIMITS: Mapping[str, Kind] = {f"{HL7}minValue": "minimum", f"{HL7}maxValue": "maximum"}
LAUNCH = f"{SDC}launchContext"
PERSONS = ("patient", "user")  # what a chat can be started with
KNOWN_OF_PERSONS = {
    "patient": "is known by sex and date of birth if they were asked before, and by name and language only where the patient writes",
    "user": "is whoever writes: known are their name and language",
}
SAME = {"QuestionnaireResponse": "resource", "Questionnaire": "questionnaire"}  # other names in use for the standard ones
GIVEN = frozenset({"resource", "context", "questionnaire", "qitem", "ucum", "today", "now", *PERSONS, *SAME})


def read_rules(form: Node, by_link_id: Mapping[str, Item]) -> Rules:
    """All expressions of a form. Problems are noted: degradations, and expressions that go round in a circle."""
    found = tuple(_everywhere(form))
    if not found:
        return NO_RULES
    launched = dict(_launched(form))
    rules = tuple(_linked(rule, by_link_id) for rule in (*_of_the_whole(form), *found))
    known = GIVEN | {rule.name for rule in rules if rule.kind == "variable"} | launched.keys()
    strange = _resting_on_nothing(rules, known)
    for rule in rules:
        if missing := sorted(rule.names & strange if rule.kind == "constraint" else rule.names - known):
            left_out = "not checked" if rule.kind == "constraint" else "taken as not known"
            form.problems.append(_simpler(rule.path, f"there is no %{', %'.join(missing)}: {left_out}"))
    rules = tuple(rule for rule in rules if rule.kind != "constraint" or not rule.names & strange)
    for rule in _circular(rules, by_link_id):
        form.wrong(f"the expression at {rule.path} goes round in a circle: it needs its own result")
    undeclared = {name: name for rule in rules for name in rule.names & set(PERSONS)}
    return Rules(rules, {**undeclared, **{name: person for name, person in launched.items() if person}})


def _of_the_whole(form: Node) -> Iterator[Rule]:
    """What a part of a modular form that is used by itself is given in place of the whole: its linkIds have no prefix."""
    stated = any(one.text("name") == PREFIX for one in _variables(form))
    if not stated and any(one.text("valueString") == PREFIX for one in form.extensions(CONTEXT)):
        yield Rule(kind="variable", link_id="", text="''", path=form.path, name=PREFIX)


def _variables(form: Node) -> Iterator[Node]:
    return (inner for one in form.extensions(VARIABLE) if (inner := one.child("valueExpression")))


def _resting_on_nothing(rules: tuple[Rule, ...], known: AbstractSet[str]) -> frozenset[str]:
    """The %names that nothing gives, and the variables that are made of them."""
    found = {name for rule in rules for name in rule.names} - known
    while more := {rule.name for rule in rules if rule.kind == "variable" and rule.names & found} - found:
        found |= more
    return frozenset(found)


def check_filled(form: Node, by_link_id: Mapping[str, Item], rules: Rules) -> None:
    """Note required items that neither a person nor the form fills in."""
    filled = {rule.link_id for rule in rules.of("calculated", "initial")}
    for item in by_link_id.values():
        if out_of_reach(item) and not item.initial and item.link_id not in filled:
            message = (
                f"{item.link_id!r} is required, nobody is asked for it and nothing fills it in: responses stay in-progress"
            )
            form.problems.append(_simpler(form.at("item"), message))


def computed_items(parent: Node, depth: int = 0) -> Iterator[str]:
    """The linkIds of items that an expression switches on and off."""
    for node in parent.children("item"):
        if any(node.extensions(ENABLE)):
            yield node.text("linkId")
        if depth < DEEPEST:
            yield from computed_items(node, depth + 1)


def _simpler(path: str, message: str) -> Problem:
    return Problem(path=path, message=message, kind="degradation")


def _everywhere(parent: Node, link_id: str = "", depth: int = 0) -> Iterator[Rule]:
    yield from _of_node(parent, link_id)
    if depth < DEEPEST:
        for node in parent.children("item"):
            yield from _everywhere(node, node.text("linkId"), depth + 1)


def _of_node(node: Node, link_id: str) -> Iterator[Rule]:
    for one in node.extensions(*KINDS):
        kind, otherwise = KINDS[one.text("url")]
        made = _nested(one, kind, link_id, otherwise) if kind in NESTED else _rule(one, kind, link_id, otherwise)
        if made:
            yield made
    yield from _text_rule(node, link_id)
    for one in node.extensions(*LIMITS):
        yield from _limit_rule(one, link_id)


def _text_rule(node: Node, link_id: str) -> Iterator[Rule]:
    if isinstance(node.value.get("_text"), dict):
        inner = node.child("_text")
        for one in inner.extensions(COMPUTED_TEXT) if inner and link_id else ():
            made = _rule(one, "text", link_id, "the text is not computed")
            if made:
                yield made


def _limit_rule(node: Node, link_id: str) -> Iterator[Rule]:
    for name in list(node.value) if is_calculated(node) else ():
        if not isinstance(node.value[name], dict):
            continue
        inner = node.child(name)
        for one in inner.extensions(COMPUTED_VALUE) if inner else ():
            made = _rule(one, LIMITS[node.text("url")], link_id, "a limit that is calculated is not checked")
            if made:
                yield made


def _rule(node: Node, kind: Kind, link_id: str, otherwise: str) -> Rule | None:
    expression = node.child("valueExpression")
    if expression is None:
        node.simpler(f"has no expression: {otherwise}")
        return None
    return _compiled(expression, kind, link_id, otherwise, expression.text("name"))


def _compiled(expression: Node, kind: Kind, link_id: str, otherwise: str, name: str) -> Rule | None:
    language = expression.text("language") or FHIRPATH
    if language != FHIRPATH:
        expression.simpler(f"{language} cannot be evaluated here: {otherwise}")
        return None
    text = expression.text("expression")
    from flows.fhirpath.expressions import BadExpressionError  # the FHIRPath engine: only for forms that have expressions
    from flows.fhirpath.formulas import Formula

    try:
        formula = Formula.compile(text)
    except BadExpressionError as error:
        expression.simpler(f"cannot be used ({error}): {otherwise}")
        return None
    if endless := formula.endless():
        expression.wrong(f"never ends: {endless}", "expression")
        return None
    return Rule(
        kind=kind, link_id=link_id, text=text, path=expression.path, name=name, names=formula.names, mentions=formula.texts
    )


def _nested(node: Node, kind: Kind, link_id: str, otherwise: str) -> Rule | None:
    parts: dict[str, list[Node]] = {}
    for one in node.children("extension"):
        parts.setdefault(one.text("url"), []).append(one)
    severity = next((one.value.get("valueCode") for one in parts.get("severity", ())), "error")
    stated = next(iter(parts.get("expression", ())), None)
    if stated is None:
        node.simpler(f"has no expression: {otherwise}")
        return None
    expression = stated.child("valueExpression") if "valueExpression" in stated.value else _of_string(stated)
    human = next((one.text("valueString") or one.text("valueMarkdown") for one in parts.get("human", ())), "")
    made = _compiled(expression, kind, link_id, otherwise, human) if expression else None
    if made is None or kind == "constraint":
        return _if_it_can_be_met(node, replace(made, warning=severity != "error")) if made else None
    options = (read_value(one) for one in parts.get("option", ()))
    return replace(made, options=tuple(value for value in options if value is not None))


def _if_it_can_be_met(node: Node, rule: Rule) -> Rule | None:
    """No answer could ever satisfy a constraint such as `1 != 1`, which some forms use as a test."""
    from flows.fhirpath.formulas import Formula

    if Formula.compile(rule.text).always_false():
        node.simpler("no answer can meet the constraint: not checked")
        return None
    return rule


def _of_string(node: Node) -> Node:
    return Node(node.path, {"expression": node.text("valueString"), "language": FHIRPATH}, node.problems)


def _launched(form: Node) -> Iterator[tuple[str, str]]:
    """The names of what the form expects from whoever starts it, each with what a chat gives for it: a person, or nothing."""
    for one in form.extensions(LAUNCH):
        name = kind = ""
        for part in one.children("extension"):
            coding = part.child("valueCoding") if "valueCoding" in part.value else None
            if part.text("url") == "name":
                name = coding.text("code") if coding else part.text("valueId") or part.text("valueCode")
            elif part.text("url") == "type":
                kind = part.text("valueCode")
        person = name.casefold() if name.casefold() in PERSONS else "patient" if kind == "Patient" else ""
        if name and not person and name not in GIVEN:
            one.simpler(f"%{name} is not given by a chat: taken as not known")
        if person:
            one.simpler(f"%{name} {KNOWN_OF_PERSONS[person]}")
        if name:
            yield name, person


def _linked(rule: Rule, by_link_id: Mapping[str, Item]) -> Rule:
    about_the_form = "questionnaire" in rule.names and "resource" not in rule.names  # it looks a question up, not its answer
    return replace(rule, mentions=frozenset() if about_the_form else frozenset(rule.mentions & by_link_id.keys()))


def _circular(rules: tuple[Rule, ...], by_link_id: Mapping[str, Item]) -> Iterator[Rule]:
    """Variables and calculated values that are made of themselves."""
    variables = {(rule.link_id, rule.name): index for index, rule in enumerate(rules) if rule.kind == "variable"}
    calculated: dict[str, set[int]] = {}
    for index, rule in enumerate(rules):
        if rule.kind == "calculated":
            calculated.setdefault(rule.link_id, set()).add(index)
    needs = {
        index: set(_read(rule, variables, by_link_id)).union(*(calculated.get(link_id, ()) for link_id in rule.mentions))
        for index, rule in enumerate(rules)
        if rule.kind in {"variable", "calculated"}
    }
    inside = circular(needs)
    yield from (rules[index] for index in needs if index in inside)


def _read(rule: Rule, variables: Mapping[tuple[str, str], int], by_link_id: Mapping[str, Item]) -> Iterator[int]:
    """The variables that an expression reads: of each name the nearest above, for a variable of that name the next one above it."""
    for name in rule.names:
        line = line_of(rule.link_id, by_link_id)
        found = (
            variables[at, name] for at in line if (at, name) in variables and not (rule.name == name and at == rule.link_id)
        )
        yield from islice(found, 1)


def line_of(link_id: str, by_link_id: Mapping[str, Item]) -> Iterator[str]:
    """The linkIds of an item and of everything that it stands in; "" for the form comes last."""
    at: str | None = link_id
    while at:
        yield at
        item = by_link_id.get(at)
        at = item.parent if item else None
    yield ""
