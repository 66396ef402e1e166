"""What a chat cannot do with a form as it was meant: degradations, each named, and reasons to refuse the form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flows.fhir_nodes import HL7, SDC

if TYPE_CHECKING:
    from flows.fhir_nodes import Node
    from flows.items import Item

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
    f"{SDC}subQuestionnaire": "a modular form has to be assembled before it is used",
    f"{SDC}lookupQuestionnaire": "a form that is looked up cannot be used",
}
ADAPTIVE = ("adaptive", "adapt")
TABLES = {"gtable", "grid", "table", "htable"}
TYPE_SIMPLER = {
    "reference": "a reference is answered in own words",
    "dateTime": "the time of day is not asked",
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
        if depth < 30:  # noqa: PLR2004 - deeper items are refused by the reader
            check_items(node, depth + 1)


def _check_item(node: Node) -> None:
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


def check_links(form: Node, items: Iterable[Item]) -> None:
    """Note linkIds that are there twice, conditions on items that are not there, and conditions that go round in circles."""
    by_link_id: dict[str, Item] = {}
    for item in items:
        if item.link_id in by_link_id:
            form.wrong(f"linkId {item.link_id!r} is there twice", "item")
        by_link_id[item.link_id] = item
    for item in by_link_id.values():
        for condition in item.enable_when:
            if condition.question not in by_link_id:
                form.wrong(
                    f"enableWhen of {item.link_id!r} asks about {condition.question!r}, which is not in the form", "item"
                )
    for link_id in _circular(by_link_id):
        form.simpler(f"the conditions of {link_id!r} go round in a circle: taken as met where they meet themselves", "item")


def _circular(by_link_id: dict[str, Item]) -> list[str]:
    """Items whose conditions depend on themselves."""
    needs = {
        link_id: {condition.question for gate in item.gates for condition in gate.when} for link_id, item in by_link_id.items()
    }
    return [link_id for link_id in needs if needs[link_id] and _reaches(link_id, needs)]


def _reaches(link_id: str, needs: dict[str, set[str]]) -> bool:
    waiting, seen = list(needs[link_id]), set[str]()
    while waiting:
        one = waiting.pop()
        if one == link_id:
            return True
        if one not in seen:
            seen.add(one)
            waiting += needs.get(one, ())
    return False
