"""What a file is, is read from its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inspection.sniffing import EXTENSIONS, Reason, Sniffed, sniff
from tests.bot.files import BAD, GOOD


@pytest.mark.parametrize("name", GOOD)
def test_what_people_send_is_kept(name: str) -> None:
    data, content_type = GOOD[name]
    assert sniff(data, name) == Sniffed(content_type=content_type, extension=EXTENSIONS[content_type])


@pytest.mark.parametrize("name", BAD)
def test_what_can_do_harm_is_refused(name: str) -> None:
    data, reason = BAD[name]
    assert sniff(data, name) == Reason(reason)


@given(data=st.sampled_from([data for data, _ in GOOD.values()]), at=st.floats(0, 1), noise=st.binary(max_size=64))
def test_nothing_makes_it_crash(data: bytes, at: float, noise: bytes) -> None:
    place = int(len(data) * at)
    for broken in (data[:place], data[:place] + noise + data[place + len(noise) :], noise + data, noise):
        assert isinstance(sniff(broken, "x"), Sniffed | Reason)


@given(name=st.text(max_size=300))
def test_no_name_makes_it_crash(name: str) -> None:
    assert isinstance(sniff(b"Haemoglobin 82", name), Sniffed | Reason)
