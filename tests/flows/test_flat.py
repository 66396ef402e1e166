"""The table of a response: one row for each answer, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fhir.flat import BOM, flat, harmless
from flows.fhir.responses import to_fhir
from flows.inputs import Control as C
from tests.flows.forms import item, options
from tests.flows.talking import Talk


def rows(talk: Talk, language: str = "") -> list[dict[str, str]]:
    text = flat(to_fhir(talk.questionnaire, talk.response, language=language))
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))


def test_one_row_for_each_answer() -> None:
    lines = item("lines", "group", repeats=True, items=[item("drug")])
    several = item("signs", "choice", repeats=True, answerOption=options("Cough", "Fever"))
    talk = Talk(several, lines).taps(C.OPTION, 0).taps(C.OPTION, 1).taps(C.DONE).says("a").taps(C.ADD).says("b").taps(C.DONE)
    found = rows(talk, "ru")
    assert [(one["group"], one["link_id"], one["answer"], one["code"]) for one in found] == [
        ("", "signs", "Cough", "cough"),
        ("", "signs", "Fever", "fever"),
        ("lines? 1", "drug", "a", ""),
        ("lines? 2", "drug", "b", ""),
    ]
    assert [one["language"] for one in found] == ["", "", "ru", "ru"]


def test_numbers_keep_their_digits_and_yes_is_true() -> None:
    assert [one["answer"] for one in rows(Talk(item("n", "decimal"), item("b", "boolean")).says("1.50").taps(C.YES))] == [
        "1.50",
        "true",
    ]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "-5+1", "|x"]
)
def test_formulas_are_texts(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+5", "1.50", "a=1", "", "May"])
def test_everything_else_stays(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.text())
def test_no_cell_begins_a_formula(said: str) -> None:
    cell = harmless(said)
    assert cell in {said, f"'{said}"}
    assert cell == said or cell[0] == "'"
    assert cell.strip()[:1] not in set("=@|") or cell.strip()[:1] == ""
