"""What a chat cannot do with a form as it was meant: degradations, each named, and reasons to refuse the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flows.fhir.assembly import PART, is_placeholder, part_of
from flows.fhir.circles import circular
from flows.fhir.nodes import HL7, SDC, Node
from flows.values import Coding

if TYPE_CHECKING:
    from flows.items import EnableWhen, Item

# Extensions of items, and what becomes of them.
SIMPLER = {
    f"{HL7}cqf-calculatedValue": "is not calculated",
    f"{SDC}candidateExpression": "the options are not looked up: answered in own words",
    f"{HL7}cqf-expression": "the text is not computed",
    f"{SDC}itemPopulationContext": "nothing is filled in beforehand",
    f"{SDC}unitValueSet": "the unit is taken in own words",
    f"{HL7}questionnaire-unitValueSet": "the unit is taken in own words",
}
REFUSED = {
    f"{SDC}lookupQuestionnaire": "a form that is looked up cannot be used",
}
# Elements of items in other versions of FHIR, which nothing here reads.
OTHER_VERSIONS = {
    "answerConstraint": "R5",
    "disabledDisplay": "R5",
    "option": "STU3",
    "options": "STU3",
    "concept": "DSTU2",
    "group": "DSTU2",
    "question": "DSTU2",
}
DEEPEST = 30  # levels of items; deeper ones are refused by the reader
ADAPTIVE = ("adaptive", "adapt")
TABLES = {"gtable", "grid", "table", "htable"}
TYPE_SIMPLER = {
    "reference": "a reference is answered in own words",
}


def check_head(form: Node) -> None:
    """Note what concerns the form as a whole."""
    if form.value.get("resourceType") != "Questionnaire":
        form.wrong("must be Questionnaire", "resourceType")
    if "modifierExtension" in form.value:
        form.wrong("changes the form's meaning in a way that is not known here", "modifierExtension")
    for one in form.children("extension"):
        url = one.text("url")
        if url.startswith(SDC) and url.removeprefix(SDC).casefold().startswith(ADAPTIVE):
            one.wrong("an adaptive form needs its server")
        elif url == f"{SDC}assembleContext":
            one.simpler("a part of a modular form: used by itself, without what the whole would bring")


def check_items(parent: Node, depth: int = 0) -> None:
    """Note what concerns single items, everywhere below."""
    for node in parent.children("item"):
        _check_item(node)
        if depth < DEEPEST:
            check_items(node, depth + 1)


def _check_version(node: Node) -> None:
    """Note what only other versions of FHIR have; what it says would be dropped silently."""
    for name in OTHER_VERSIONS.keys() & node.value.keys():
        node.wrong(f"is of FHIR {OTHER_VERSIONS[name]}, and R4 forms are read here", name)
    if any(name.startswith("initial") and name != "initial" for name in node.value):
        node.wrong("is of FHIR STU3, and R4 forms are read here: use initial with value[x]", "initial[x]")
    for condition in node.children("enableWhen"):
        if "hasAnswer" in condition.value:
            condition.wrong("is of FHIR STU3, and R4 forms are read here: use the operator exists", "hasAnswer")


def _check_item(node: Node) -> None:
    _check_version(node)
    item_type = node.value.get("type")
    if isinstance(item_type, str) and item_type in TYPE_SIMPLER:
        node.simpler(TYPE_SIMPLER[item_type], "type")
    if "modifierExtension" in node.value:
        node.wrong("changes the item's meaning in a way that is not known here", "modifierExtension")
    for one in node.children("extension"):
        url = one.text("url")
        if url in SIMPLER:
            one.simpler(SIMPLER[url])
        elif url in REFUSED:
            one.wrong(REFUSED[url])
        elif url == PART and is_placeholder(node.value):
            one.wrong(f"a modular form, whose part {part_of(node.value)} is not at hand: keep its file beside the form's")
        elif url == PART:
            one.simpler("a part of a modular form that is put in already: taken as it stands")


def check_links(form: Node, items: Iterable[Item]) -> None:
    """Note linkIds that are there twice, conditions on items that are not there, and conditions that go round in circles."""
    by_link_id = {item.link_id: item for item in items}
    first: dict[str, Node] = {}
    for node in _everywhere(form):
        link_id = str(node.value.get("linkId"))
        if link_id in first:
            node.wrong(f"{link_id!r} is there twice, first at {first[link_id].path}", "linkId")
        first.setdefault(link_id, node)
    for link_id, node in first.items():
        for index, condition in enumerate(by_link_id[link_id].enable_when if link_id in by_link_id else ()):
            if condition.question not in by_link_id:
                node.simpler(
                    f"asks about {condition.question!r}, which is not in the form: counts as not answered",
                    f"enableWhen[{index}]",
                )
            elif strange := _no_option(condition, by_link_id[condition.question]):
                node.simpler(f"asks {condition.question!r} for {strange}, which is none of its options", f"enableWhen[{index}]")
    for link_id in _circular(by_link_id):
        first[link_id].wrong(f"the conditions of {link_id!r} go round in a circle: they need their own result", "enableWhen")


def _no_option(condition: EnableWhen, asked: Item) -> str:
    """The answer that a condition waits for, where the question can never have it."""
    wanted = condition.answer
    if condition.operator == "exists" or asked.open or not asked.options or not isinstance(wanted, Coding):
        return ""
    known = {option.value.code for option in asked.options if isinstance(option.value, Coding)}
    return "" if wanted.code in known else repr(wanted.code or wanted.display)


def _everywhere(parent: Node, depth: int = 0) -> Iterator[Node]:
    """All items with their paths; what is none was noted when the items were read."""
    listed = parent.value.get("item")
    for index, value in enumerate(listed if isinstance(listed, list) and depth <= DEEPEST else ()):
        if isinstance(value, dict):
            node = Node(f"{parent.path}.item[{index}]", value, parent.problems)
            yield node
            yield from _everywhere(node, depth + 1)


def _circular(by_link_id: dict[str, Item]) -> list[str]:
    """Items whose conditions depend on themselves."""
    needs = {
        link_id: {condition.question for gate in item.gates for condition in gate.when} for link_id, item in by_link_id.items()
    }
    inside = circular(needs)
    return [link_id for link_id, item in by_link_id.items() if item.enable_when and link_id in inside]
