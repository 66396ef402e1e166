"""Circles: what needs itself in the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.fhir.circles import circular

NUMBERS = st.integers(0, 7)


@given(st.dictionaries(NUMBERS, st.sets(NUMBERS)))
def test_what_reaches_itself_is_found(needs: dict[int, set[int]]) -> None:
    def reached(one: int) -> set[int]:
        found: set[int] = set()
        waiting = list(needs.get(one, ()))
        while waiting:
            other = waiting.pop()
            if other not in found:
                found.add(other)
                waiting += needs.get(other, ())
        return found

    assert circular(needs) == {one for one in needs if one in reached(one)}


def test_a_long_chain_needs_no_deep_calls() -> None:
    chain = {number: [number + 1] for number in range(50_000)}
    assert circular(chain) == frozenset()
    assert len(circular({**chain, 50_000: [0]})) == 50_001
