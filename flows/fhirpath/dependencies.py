"""Which parts of a response an expression can read at all: the elements of the linkIds that its paths begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.fhirpath.expressions import walk

Node = Mapping[str, Any]
LinkIds = frozenset[str]
# Ways down from the response that pass by every item; what is picked of them is named by linkId.
DOWN = frozenset({"item", "answer", "descendants", "everyItem()", "everyItemAndBelow()"})
CLOCKS = frozenset({"today", "now", "timeOfDay"})
FROM_NOWHERE = CLOCKS | {"iif"}  # functions that a path can begin with without reading what stands at its place
TYPES = frozenset({"ofType", "is", "as"})  # functions whose parameter names a type, and reads nothing
OVER_EACH = frozenset({"where", "select", "all", "exists", "repeat", "aggregate"})


@dataclass(frozen=True, slots=True)
class Reads:
    """`whole`: linkIds that it reads of %resource, None for anything of it; `here`: the same for paths that begin at its place.

    `clock`: it reads the day; `now`: the very moment.
    """

    whole: LinkIds | None
    here: LinkIds | None
    clock: bool
    now: bool


def reads_of(tree: Node) -> Reads:
    """What the expression of this tree reads."""
    heads = list(_heads(tree))
    called = {str(_below(node)[0]["text"]) for node in walk(tree) if node["type"] == "Functn"}
    return Reads(_joined(heads, "resource"), _joined(heads, ""), not called.isdisjoint(CLOCKS), "now" in called)


def _joined(heads: Sequence[tuple[str, LinkIds | None]], start: str) -> LinkIds | None:
    found = [link_ids for name, link_ids in heads if name == start]
    return None if None in found else frozenset(link_id for one in found if one for link_id in one)


def _heads(node: Node, *, each: bool = False) -> Iterator[tuple[str, LinkIds | None]]:
    """For each path: where it begins (%resource, or "" for the place), and the linkIds that it picks; None when it picks none.

    `each`: inside where() and its like, where a path begins at what they look at.
    """
    steps: list[Node] = []
    head = node
    while head["type"] == "InvocationExpression":
        steps.insert(0, head["children"][1])
        head = head["children"][0]
    start, first = _start(head)
    if start is None:
        yield from (found for child in _below(head) for found in _heads(child, each=each))
    elif start == "resource" or (start == "" and not (each and first)):
        yield start, _picked([*first, *steps])
    for step in steps:
        inside = each or _name(step) in OVER_EACH
        yield from (found for parameter in _parameters(step) for found in _heads(parameter, each=inside))


def _below(node: Node) -> Sequence[Node]:
    children: Sequence[Node] = node.get("children", ())
    return children


def _start(head: Node) -> tuple[str | None, Sequence[Node]]:
    """The %name that a path begins with, "" for a path from its place, None for anything else; and the first step of the latter."""
    inner = _below(head)[0] if head["type"] == "TermExpression" else head
    if inner["type"] == "ExternalConstantTerm":
        name = str(_below(_below(inner)[0])[0].get("text")).strip("`'")
        return {"QuestionnaireResponse": "resource", "context": ""}.get(name, name), ()
    if inner["type"] == "InvocationTerm" and _name(_below(inner)[0]) not in FROM_NOWHERE:
        return "", (_below(inner)[0],)
    return None, ()


def _picked(steps: Sequence[Node]) -> LinkIds | None:
    """The last linkIds that are picked on the way down: what they stand in is there whenever they are."""
    picked: LinkIds | None = None
    for step in steps:
        if _name(step) == "withLinkId()":
            texts = [str(node["text"])[1:-1] for node in walk(step) if node["type"] == "StringLiteral"]
            if any("\\" in text for text in texts):
                return picked
            picked = frozenset(texts)
        elif _name(step) not in DOWN:
            break
    return picked


def _name(step: Node) -> str:
    if step["type"] == "FunctionInvocation":
        return str(_below(_below(step)[0])[0]["text"])
    return str(_below(step)[0]["text"]) if step["type"] == "MemberInvocation" else ""


def _parameters(step: Node) -> Sequence[Node]:
    """The expressions that a function is given."""
    if _name(step) in TYPES:
        return ()
    children = _below(_below(step)[0]) if step["type"] == "FunctionInvocation" else ()
    return _below(children[1]) if len(children) > 1 else ()
