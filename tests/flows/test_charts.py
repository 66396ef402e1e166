"""The documentation draws the tables of legal moves as they are: read back arrow by arrow, it is the same table."""

from __future__ import annotations

import re

import pytest

from flows.__main__ import main
from flows.authoring import charts
from flows.authoring.commands import STAGES
from flows.case import MAIN, MOVES
from flows.casework import submissions, tasks

ARROW = re.compile(r"^ +(\S+) --> (\S+)$", re.MULTILINE)
NAMED = re.compile(r'state "(.+)" as (\S+)')


def read_back(drawn: str) -> dict[str, set[str]]:
    """The moves that a diagram shows, its box opened."""
    names = {id_: state for state, id_ in NAMED.findall(drawn)}
    inside = re.search(r"state under_way \{(.+?)\}", drawn, re.DOTALL)
    box = [state for state, _ in NAMED.findall(inside[1])] if inside else []
    moves: dict[str, set[str]] = {state: set() for state in names.values()}
    for from_, to in ARROW.findall(drawn):
        targets = box if to == "under_way" else [names[to]] if to != "[*]" else []
        for one in box if from_ == "under_way" else [names[from_]] if from_ != "[*]" else []:
            moves[one] |= set(targets)
    return moves


TABLES = {"stages": (MOVES, MAIN[0]), "submissions": (submissions.MOVES, submissions.SENT), "tasks": (tasks.MOVES, tasks.OPEN)}


@pytest.mark.parametrize("name", charts.charts())
def test_the_documentation_is_the_table(name: str) -> None:
    text, (moves, first) = STAGES.read_text(encoding="utf-8"), TABLES[name]
    assert charts.redrawn(text) == text, "python -m flows stages --write"
    drawn = text.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    assert read_back(drawn) == {state: set(to) for state, to in moves.items()}
    assert f"[*] --> {first}" in drawn


def test_a_changed_table_shows() -> None:
    fewer = MOVES | {"travel": ("admission",)}
    assert read_back(charts.chart(fewer, first="inquiry", group=MAIN[:-1]))["travel"] == {"admission"}


def test_a_document_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        charts.redrawn("# Stages\n")


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stages"]) == 0
    assert "inquiry --> records" in capsys.readouterr().out
