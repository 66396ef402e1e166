"""What a stranger can put into JSON is read, and written again, as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import outcome
from storage.engine import json_text

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(st.characters())
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)


@given(VALUES)
def test_there_and_back(value: object) -> None:
    assert json_text.loads(json_text.dumps(value)) == value
    assert json_text.loads(json.dumps(value)) == value


def test_one_strange_update_does_not_hide_its_neighbours() -> None:
    strange = ['"\\ud83d"', "9" * 30, "9" * 5000]
    batch = ",".join(f'{{"update_id": {number}, "text": {text}}}' for number, text in enumerate(strange))
    assert [one["update_id"] for one in outcome(200, f'{{"ok": true, "result": [{batch}]}}'.encode())] == [0, 1, 2]


@pytest.mark.parametrize("levels", [254, 255, 400, 950, 1000, 1023])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_what_was_read_can_be_written_however_deep_it_is(levels: int, opening: bytes, closing: bytes) -> None:
    inside = opening * levels + b"1" + closing * levels
    read = json_text.loads(b'{"update_id":1,"message":' + inside + b"}")
    assert json_text.loads(json_text.dumps(read))["update_id"] == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"<html>secret words</html>"])
def test_what_is_no_json_is_said_without_quoting_it(body: bytes) -> None:
    with pytest.raises(json_text.Unreadable) as found:
        json_text.loads(body)
    assert str(found.value) == ""
