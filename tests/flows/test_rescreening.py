"""What a change touches: a protocol that is new or takes patients again, a fact that no longer stands against the case."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from flows.trials.rescreening import Standing, Touched, dumps, loads, touched

STANDINGS = st.builds(Standing, open=st.booleans(), against=st.frozensets(st.sampled_from(["age", "heart", "antigen"])))
PICTURES = st.dictionaries(st.sampled_from(["NCT1", "NCT2", "NCT3"]), STANDINGS)


def _against(*names: str, taking: bool = True) -> dict[str, Standing]:
    return {"NCT1": Standing(open=taking, against=frozenset(names))}


def test_a_new_protocol_with_nothing_against_it() -> None:
    assert touched({}, _against()) == (Touched(protocol="NCT1", what="new"),)
    assert touched({}, _against("age")) == ()
    assert touched({}, _against(taking=False)) == ()


def test_one_that_takes_patients_again_and_one_with_less_against_it() -> None:
    assert touched(_against(taking=False), _against()) == (Touched(protocol="NCT1", what="takes-patients"),)
    assert touched(_against("age", "heart"), _against("age")) == (Touched(protocol="NCT1", what="fact", gone=("heart",)),)


@given(PICTURES)
def test_what_has_not_changed_touches_nobody(picture: dict[str, Standing]) -> None:
    assert touched(picture, picture) == ()


@given(PICTURES, PICTURES)
def test_only_what_takes_patients_and_stood_otherwise_is_looked_at(
    before: dict[str, Standing], now: dict[str, Standing]
) -> None:
    for one in touched(before, now):
        assert now[one.protocol].open
        assert before.get(one.protocol) != now[one.protocol]
        assert not set(one.gone) & now[one.protocol].against


@given(PICTURES)
def test_a_picture_is_kept_as_it_is(picture: dict[str, Standing]) -> None:
    assert loads(orjson.loads(orjson.dumps(dumps(picture)))) == picture
