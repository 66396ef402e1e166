"""What a file is taken for before its first byte."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.foreseen import Foreseen, foreseen
from flows.intake import Intake
from flows.records import Mark
from tests.flows.answering import definition
from tests.flows.test_graph import moment, talking

LATER: dict[str, Mark] = {record.id: "later" for record in definition().records}
DONE = talking().response
assert DONE is not None
ASKED = replace(talking(), response=replace(DONE, status="completed"))
QUIET = replace(ASKED, marks=LATER, aside="asked")
APART = Foreseen(apart=True)


@pytest.mark.parametrize(
    ("intake", "requests", "called", "likely"),
    [
        (QUIET, [], "scan.pdf", Foreseen()),
        (QUIET, [], "Мой ПАСПОРТ", APART),
        (QUIET, [], "صورة جواز السفر.jpg", APART),
        (QUIET, [], "护照.jpg", APART),
        (QUIET, ["passport"], "", Foreseen(record="passport", apart=True)),
        (QUIET, ["passport", None], "", APART),
        (replace(QUIET, aside="said"), ["passport"], "", APART),
        (replace(QUIET, talking=True), ["passport"], "", Foreseen(record="passport", apart=True)),
        (ASKED, [], "passport.jpg", APART),
    ],
)
def test_what_may_be_a_passport_is_kept_apart(intake: Intake, requests: list[Any], called: str, likely: Foreseen) -> None:
    assert foreseen(moment(), intake, requests, called) == likely
