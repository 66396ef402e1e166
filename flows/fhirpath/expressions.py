"""FHIRPath behind one adapter: expressions over bound variables only, compiled once, checked for what would lie about the unknown.

The engine is fhirpathpy. It is strict about undefined variables, keeps missing values missing through and, or, not and comparisons,
and has no clock of its own once `now()` and `today()` are refused. Evaluate in one thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from antlr4.CommonTokenStream import CommonTokenStream
from antlr4.error.ErrorListener import ErrorListener
from antlr4.InputStream import InputStream
from antlr4.Token import Token
from fhirpathpy import apply_parsed_path
from fhirpathpy.models import models
from fhirpathpy.parser import parse
from fhirpathpy.parser.generated.FHIRPathLexer import FHIRPathLexer
from fhirpathpy.parser.generated.FHIRPathParser import FHIRPathParser

Variables = Mapping[str, object]
Node = Mapping[str, Any]
Given = tuple[str, ...]
T = TypeVar("T")

# fhirpathpy's own functions are untyped
_parse: Callable[[str], Node] = parse
_apply: Callable[..., list[object]] = apply_parsed_path

REMEMBERED = 512  # results of one expression, and as many judgements
LONGEST = 2000  # characters; the longest criterion of the eleven has about 200
# They run for ever on hostile input, reach outside the variables, read a clock, or exist only in part.
DENIED = frozenset(
    {"matches", "replaceMatches", "repeat", "resolve", "trace", "memberOf", "now", "today", "timeOfDay", "conformsTo"}
)
# They answer true or false about a value that is not there; allowed only inside iif(%x.exists(), ...) without an else, about that %x.
GUARDED = frozenset(
    {"exists", "empty", "count", "all", "allTrue", "anyTrue", "allFalse", "anyFalse", "subsetOf", "supersetOf", "isDistinct"}
)
# Operators that do the same: equivalence, joining of strings.
DENIED_OPERATORS = frozenset({"~", "!~", "&"})
# "x in {}" is false, so the side that holds the collection must be known: its index among the two operands.
MEMBERSHIP = {"in": 1, "contains": 0}


class BadExpressionError(ValueError):
    """An expression that cannot be compiled, or that could turn an unknown answer into a known one."""


class EvaluationError(ValueError):
    """An expression that failed on these values: a comparison of a text with a number, two values where one is needed."""


class Judged(NamedTuple):
    """The truth of a condition; while that is not known, the names of the unknown values that could still decide it."""

    truth: bool | None
    undecided: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Expression:
    """A compiled expression. `names` are the %variables that it reads; every one must be bound at evaluation.

    `operands` are the two sides of a topmost and/or, empty for anything else: they tell which side is undecided.
    """

    text: str
    names: frozenset[str]
    operands: tuple[Expression, ...] = ()
    _tree: Node = field(repr=False, compare=False)
    _known: dict[Given, tuple[object, ...]] = field(default_factory=dict, repr=False, compare=False)
    _judged: dict[Given, Judged] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def compile(text: str) -> Expression:
        """Raise BadExpressionError for bad syntax and for the functions that are never allowed."""
        return _compile(text)

    def evaluate(self, variables: Variables) -> tuple[object, ...]:
        """All values that the expression gives. A variable is one value, a sequence of values, or None or () when not known.

        It reads nothing else, so what it gave for the same values is remembered.
        """
        given = self._given(variables)
        found = self._known.get(given)
        return _remember(self._known, given, self._evaluated(variables)) if found is None else found

    def _given(self, variables: Variables) -> Given:
        return tuple([repr(variables[name]) for name in self.names])

    def _evaluated(self, variables: Variables) -> tuple[object, ...]:
        bound = {name: _collection(variables[name]) for name in self.names}
        try:
            return tuple(_apply({}, {"children": [self._tree]}, bound, models["r4"]))
        except Exception as error:  # fhirpathpy has no error class of its own
            raise EvaluationError(self.text) from error

    def truth(self, variables: Variables) -> bool | None:
        """True, False, or None for "cannot be known from these". Anything else raises EvaluationError."""
        return self.judge(variables).truth

    def judge(self, variables: Variables) -> Judged:
        """The truth, and what could still decide it: a side of an and/or that is decided needs nothing. Raises EvaluationError.

        A topmost and/or is joined from its sides, each remembered for itself: most turns change one of them.
        """
        given = self._given(variables)
        found = self._judged.get(given)
        if found is None:
            judged = self._joined(variables) if self.operands else self._alone(variables)
            found = _remember(self._judged, given, judged)
        return found

    def _joined(self, variables: Variables) -> Judged:
        sides = [side.judge(variables) for side in self.operands]
        truths = [side.truth for side in sides]
        if self._decisive in truths:
            return Judged(self._decisive)
        return (
            Judged(None, frozenset().union(*(side.undecided for side in sides)))
            if None in truths
            else Judged(not self._decisive)
        )

    def _alone(self, variables: Variables) -> Judged:
        result = self.evaluate(variables)
        if not result:
            return Judged(None, frozenset(name for name in self.names if variables[name] in ((), None)))
        if len(result) == 1 and isinstance(result[0], bool):
            return Judged(result[0])
        raise EvaluationError(self.text)

    @property
    def _decisive(self) -> bool:
        """The truth of one side that decides whatever the other is."""
        return _operator(_inner(self._tree)) == "or"


def _remember(known: dict[Given, T], given: Given, made: T) -> T:
    if len(known) >= REMEMBERED:
        known.clear()
    known[given] = made
    return made


def lint(text: str, answers: frozenset[str]) -> tuple[str, ...]:
    """What in a criterion could turn an unknown answer into true or false. `answers`: names of the variables that may be unknown."""
    return tuple(_unguarded(parsed(text), answers, frozenset()))


@lru_cache(maxsize=1024)
def _compile(text: str) -> Expression:
    tree = parsed(text)
    for problem in _denied(tree):
        raise BadExpressionError(problem)
    return _expression(text, tree)


def _expression(text: str, tree: Node) -> Expression:
    inner = _inner(tree)
    sides = _children(inner) if _operator(inner) in {"and", "or"} else ()
    operands = tuple(_expression(text, side) for side in sides)
    return Expression(text=text, names=frozenset(read_names(tree)), operands=operands, _tree=tree)


def _operator(node: Node) -> str:
    """Its name, of a node that joins two sides; the parser calls "xor" an OrExpression too."""
    return str(node["terminalNodeText"][0]) if node["type"] in {"AndExpression", "OrExpression"} else ""


def _inner(tree: Node) -> Node:
    """What stands inside any brackets."""
    while tree["type"] == "TermExpression" and _children(tree)[0]["type"] == "ParenthesizedTerm":
        tree = _children(_children(tree)[0])[0]
    return tree


@lru_cache(maxsize=1024)
def parsed(text: str) -> Node:
    if len(text) > LONGEST:
        raise BadExpressionError(f"longer than {LONGEST} characters")
    _read_strictly(text)
    tree: Node = _parse(text)["children"][0]
    return tree


class _Strict(ErrorListener):
    """fhirpathpy's own listener keeps quiet about mistakes and reads what it can."""

    def syntaxError(self, _parser: object, _symbol: object, _line: int, column: int, message: str, _error: object) -> None:  # noqa: N802 - antlr's name
        raise BadExpressionError(f"column {column + 1}: {message}")


def _read_strictly(text: str) -> None:
    lexer = FHIRPathLexer(InputStream(text))
    parser = FHIRPathParser(CommonTokenStream(lexer))
    for reader in (lexer, parser):
        reader.removeErrorListeners()
        reader.addErrorListener(_Strict())
    parser.expression()
    rest = parser.getCurrentToken()
    if rest.type != Token.EOF:
        raise BadExpressionError(f"column {rest.column + 1}: nothing is expected here")


def _collection(value: object) -> object:
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _children(node: Node) -> Sequence[Node]:
    children: Sequence[Node] = node.get("children", ())
    return children


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in _children(node):
        yield from walk(child)


def read_names(tree: Node) -> Iterator[str]:
    for node in walk(tree):
        if node["type"] == "ExternalConstant":
            yield _children(node)[0]["text"].strip("`'")


def _denied(tree: Node) -> Iterator[str]:
    for node in walk(tree):
        if node["type"] == "Functn" and (name := _name(node)) in DENIED:
            yield f"{name}() is not allowed"
        if node["type"] == "InvocationTerm" and _children(node)[0]["type"] == "MemberInvocation":
            yield f"{_text(node)} is a path; only %variables can be read"


def _text(node: Node) -> str:
    """The text of a node, for messages."""
    for inner in walk(node):
        if inner.get("text"):
            return str(inner["text"])
    return str(node["type"])


def _name(function: Node) -> str:
    return str(_children(function)[0]["text"])


def _parameters(function: Node) -> Sequence[Node]:
    children = _children(function)
    return _children(children[1]) if len(children) > 1 else ()


def _unguarded(node: Node, answers: frozenset[str], known: frozenset[str]) -> Iterator[str]:
    """Walk down with the set of variables that a surrounding iif(%x.exists(), ...) has proved to be known."""
    if node["type"] == "Functn" and _name(node) == "iif":
        yield from _guard(node, answers, known)
        return
    operation, asked = _turns(node)
    if operation and (unknown := sorted(frozenset(read_names(asked)) & answers - known)):
        yield f"{operation} on %{', %'.join(unknown)} would turn an unknown answer into a known one"
    for child in _children(node):
        yield from _unguarded(child, answers, known)


def _guard(function: Node, answers: frozenset[str], known: frozenset[str]) -> Iterator[str]:
    condition, *branches = _parameters(function)
    if len(branches) > 1:
        yield "iif() with an else would turn an unknown answer into a known one"
    proved = frozenset(read_names(condition)) if _asks_existence(condition) else frozenset()
    if not proved:
        yield from _unguarded(condition, answers, known)
    for branch in branches:
        yield from _unguarded(branch, answers, known | proved)


def _asks_existence(node: Node) -> bool:
    """Exactly %x.exists()."""
    children = _children(node)
    return (
        node["type"] == "InvocationExpression"
        and children[0]["type"] == "TermExpression"
        and _children(children[0])[0]["type"] == "ExternalConstantTerm"
        and _text(children[1]) == "exists"
        and not _parameters(_children(children[1])[0])
    )


def _turns(node: Node) -> tuple[str, Node]:
    """The operation in this node that answers even when it is asked about nothing, and what it is asked about; "" if there is none."""
    children = _children(node)
    if operators := (DENIED_OPERATORS | MEMBERSHIP.keys()).intersection(node.get("terminalNodeText", ())):
        operator = min(operators)
        return operator, children[MEMBERSHIP[operator]] if operator in MEMBERSHIP else node
    if node["type"] == "InvocationExpression" and children[1]["type"] == "FunctionInvocation":
        name = _name(_children(children[1])[0])
        return (f"{name}()", children[0]) if name in GUARDED else ("", node)
    return "", node
