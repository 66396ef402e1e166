"""Formula: a FHIRPath expression of a form, compiled once, evaluated over a response with an end that is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fhirpathpy.engine import do_eval
from fhirpathpy.engine.nodes import FP_Type, ResourceNode
from fhirpathpy.engine.util import get_data
from fhirpathpy.models import models

from flows.fhir.patterns import may_run_long
from flows.fhirpath.dependencies import OVER_EACH, Reads, reads_of
from flows.fhirpath.expressions import BadExpressionError, EvaluationError, parsed, read_names, walk
from flows.fhirpath.functions import FUNCTIONS, MOST_LINK_IDS, MOST_WORK

Node = Mapping[str, Any]
SLOW = frozenset({"repeat", "matches", "matchesFull", "replaceMatches"})
COUNTING = frozenset({"AdditiveExpression", "MultiplicativeExpression"})
PLACED = frozenset({"context", "qitem"})
# fhirpathpy's own functions are untyped
_evaluated: Callable[..., Any] = do_eval
_element: Callable[..., Any] = ResourceNode
_data: Callable[[Any], Any] = get_data


@dataclass(frozen=True, kw_only=True, slots=True)
class Formula:
    """`names`: the %variables that it reads; `texts`: the texts in quotes, among them the linkIds that it names.

    `here`: it reads what stands at its place, so that it gives something else elsewhere; `reads`: what it can read of the response.
    """

    text: str
    names: frozenset[str]
    texts: frozenset[str]
    here: bool
    reads: Reads
    _tree: Node = field(repr=False, compare=False)

    @staticmethod
    def compile(text: str) -> Formula:
        """Raise BadExpressionError for bad syntax and for functions that are not there."""
        return _compile(text)

    def endless(self) -> str:
        """What in it would run for very long or for ever; "" when nothing is seen."""
        for node in walk(self._tree):
            name = str(node["children"][0]["text"]) if node["type"] == "Functn" else ""
            inside = list(walk(node)) if name in SLOW else []
            if name == "repeat" and any(one["type"] in COUNTING for one in inside):
                return "repeat() makes new values without end"
            pattern = next((str(one["text"])[1:-1] for one in inside if one["type"] == "StringLiteral"), "")
            if name != "repeat" and may_run_long(pattern):
                return f"{name}('{pattern}') could run for very long"
        return ""

    def always_false(self) -> bool:
        """Whether it reads nothing at all and is false."""
        reads = self.names or any(node["type"] in {"MemberInvocation", "ThisInvocation"} for node in walk(self._tree))
        if reads:
            return False
        try:
            return self.evaluate({}, {}, {}) == (False,)
        except EvaluationError:
            return False

    def evaluate(self, context: Any, variables: Mapping[str, Any], kept: dict[Any, Any]) -> tuple[Any, ...]:
        """All values, plain; see `nodes`."""
        return plain_values(self.nodes(context, variables, kept))

    def nodes(self, context: Any, variables: Mapping[str, Any], kept: dict[Any, Any]) -> list[Any]:
        """All values as the engine has them, to be bound to a variable. `kept` remembers walks over the same response.

        Raise EvaluationError for anything that fails, also for what would never end.
        """
        bound = {"context": context, "ucum": "http://unitsofmeasure.org", **variables}
        root = [_root(context)]
        state = {
            "dataRoot": root,
            "$this": root,
            "vars": bound,
            "model": models["r4"],
            "userInvocationTable": FUNCTIONS,
            "work": MOST_WORK,
            "kept": kept,
        }
        try:
            return list(_evaluated(state, root, self._tree))
        except (Exception, RecursionError) as error:  # fhirpathpy has no error class of its own
            raise EvaluationError(self.text) from error


def node_of(data: Mapping[str, Any], path: str = "") -> Any:
    """Data as a context or variable: a resource, or an element with its path in the resource ("QuestionnaireResponse.item")."""
    return _element(data, path or None)


def _root(context: Any) -> Any:
    """The engine knows a path that begins with the name of a resource ("Patient.name") only when it has the bare resource."""
    data = _data(context)
    return data if isinstance(data, Mapping) and "resourceType" in data else context


def plain_values(nodes: Sequence[Any]) -> tuple[Any, ...]:
    """Values without the engine's wrapping, and without the elements that stand for nothing but an extension of a value."""
    found = map(plain, nodes)
    return tuple(one for one in found if not (isinstance(one, Mapping) and one.keys() == {"extension"}))


def plain(value: Any) -> Any:
    """A value without the engine's wrapping."""
    data = _data(value)
    return str(data) if isinstance(data, FP_Type) and not hasattr(data, "value") else data


@lru_cache(maxsize=8192)
def _compile(text: str) -> Formula:
    tree = parsed(text)
    for name in _called(tree):
        if name not in FUNCTIONS:
            raise BadExpressionError(f"there is no function {name}()")
    texts = frozenset(str(node["text"]).strip("'") for node in walk(tree) if node["type"] == "StringLiteral")
    names = frozenset(read_names(tree))
    here, quicker = bool(names & PLACED) or _reads_here(tree), _quicker(tree)
    return Formula(text=text, names=names, texts=texts, here=here, reads=reads_of(quicker), _tree=quicker)


def _reads_here(node: Node) -> bool:
    """Whether a path begins at the context; in the parameters of where() and its like it begins at what they look at."""
    children: Sequence[Node] = node.get("children", ())
    if node["type"] == "InvocationTerm":
        function = children[0]["children"][0] if children[0]["type"] == "FunctionInvocation" else None
        if function is None or str(function["children"][0]["text"]) not in {"today", "now", "iif"}:
            return True
    if node["type"] == "Functn" and str(children[0].get("text")) in OVER_EACH:
        return False
    return any(map(_reads_here, children))


def _called(tree: Node) -> Iterator[str]:
    for node in walk(tree):
        if node["type"] == "Functn":
            yield str(node["children"][0]["text"]).strip("`")


# ---- the usual ways of SDC to find an item by its linkId, each as one function instead of a walk in FHIRPath


def _quicker(node: Node) -> Node:
    """The tree with those ways replaced. They also lose the answers' types in fhirpathpy when they hold a union."""
    children = [_quicker(child) for child in node.get("children", ())]
    if node["type"] == "Functn":
        name, parameter = str(children[0].get("text")), _parameter(children)
        if name == "repeat" and _spelled(parameter) in {"item", "item|answer.item", "answer.item|item"}:
            return _function(node, "everyItem()" if _spelled(parameter) == "item" else "everyItemAndBelow()", ())
        literals = _literals(parameter) if name == "where" else ()
        if literals:
            return _function(node, "withLinkId()", literals)
    return {**node, "children": children} if children else node


def _parameter(children: Sequence[Node]) -> Node | None:
    parameters: Sequence[Node] = children[1].get("children", ()) if len(children) > 1 else ()
    return parameters[0] if len(parameters) == 1 else None


def _function(node: Node, name: str, parameters: Sequence[Node]) -> Node:
    identifier = {**node["children"][0], "text": name}
    listed = [{"type": "ParamList", "text": "", "terminalNodeText": [], "children": list(parameters)}] if parameters else []
    return {**node, "children": [identifier, *listed]}


def _spelled(node: Node | None) -> str:
    """The text of a path or a union of paths; "?" for anything else."""
    if node is None:
        return "?"
    inner = [_spelled(child) for child in node.get("children", ())]
    match node["type"]:
        case "Identifier":
            return str(node.get("text"))
        case "MemberInvocation" | "InvocationTerm" | "TermExpression" | "ParenthesizedTerm":
            return inner[0] if len(inner) == 1 else "?"
        case "InvocationExpression":
            return ".".join(inner)
        case "UnionExpression":
            return "|".join(inner)
        case _:
            return "?"


def _literals(node: Node | None) -> Sequence[Node]:
    """The texts X of `linkId = 'X'`, `linkId = 'X' or linkId = 'Y'` and `linkId in ('X' | 'Y')`; none for anything else."""
    sides: Sequence[Node] = node.get("children", ()) if node else ()
    operator = node["terminalNodeText"][:1] if node and len(sides) == 2 else []  # noqa: PLR2004 - two sides
    if operator == ["or"]:
        found = [_literals(side) for side in sides]
        return [literal for one in found for literal in one] if all(found) else ()
    if operator not in (["="], ["in"]) or _spelled(sides[0]) != "linkId":
        return ()
    texts = _united(sides[1]) if operator == ["in"] else [sides[1]]
    return texts if all(map(_is_text, texts)) and len(texts) <= MOST_LINK_IDS else ()


def _united(node: Node) -> list[Node]:
    """The sides of a union in brackets."""
    children: Sequence[Node] = node.get("children", ())
    if node["type"] == "UnionExpression":
        return [one for child in children for one in _united(child)]
    bracketed = node["type"] == "TermExpression" and children[0]["type"] == "ParenthesizedTerm"
    return _united(children[0]["children"][0]) if bracketed else [node]


def _is_text(node: Node) -> bool:
    inside = [inner["type"] for inner in walk(node)][1:3]
    return node["type"] == "TermExpression" and inside == ["LiteralTerm", "StringLiteral"]
