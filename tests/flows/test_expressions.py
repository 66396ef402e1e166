"""A criterion is joined from the sides of its and/or; that gives what the engine gives for the whole."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.fhirpath.expressions import Expression
from tests.examples import examples

TRUTHS = st.sampled_from([(True,), (False,), ()])
NAMES = ("a", "b", "c", "n")


def sides(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or", "xor", "implies"]), inner)


EXPRESSIONS = st.recursive(st.sampled_from(["%a", "%b", "%c", "%a.not()", "%n > 2", "(%n = 1)"]), sides, max_leaves=6)


@examples(300)
@given(EXPRESSIONS, st.tuples(TRUTHS, TRUTHS, TRUTHS), st.sampled_from([(), (1,), (3,)]))
def test_joined_sides_are_the_whole(text: str, truths: tuple[Any, ...], number: tuple[int, ...]) -> None:
    expression = Expression.compile(text)
    values = dict(zip(NAMES, (*truths, number), strict=True))
    [*whole] = expression.evaluate(values)
    assert expression.truth(values) is (whole[0] if whole else None)


def test_remembered_results_are_of_the_same_values() -> None:
    text = Expression.compile("%a.toString()")
    assert [text.evaluate({"a": (value,)})[0] for value in (1, "1", True)] == ["1", "1", "True"]
    assert Expression.compile("%a is Integer").evaluate({"a": (1,)}) != Expression.compile("%a is Integer").evaluate(
        {"a": ("1",)}
    )
