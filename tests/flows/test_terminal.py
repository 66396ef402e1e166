"""python -m flows: check and play, as an author runs them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from flows.__main__ import main
from tests.flows.forms import EVERYTHING, form, item


def saved(folder: Path, text: object) -> str:
    file = folder / "form.json"
    file.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return str(file)


def test_check_of_all_definitions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "allogeneic_car_t: supported" in capsys.readouterr().out


def test_check_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", saved(tmp_path, EVERYTHING)]) == 0
    assert capsys.readouterr().out.endswith("form.json: supported\n")
    assert main(["check", saved(tmp_path, form(item("a", "reference")))]) == 0
    assert "supported with degradations\n  Questionnaire.item[0].type: a reference" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{", "[]", '{"resourceType": "Patient"}', "[" * 50_000])
def test_check_of_what_is_no_form(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["check", saved(tmp_path, text)]) == 2
    assert "refused\n  Questionnaire" in capsys.readouterr().out
    assert main(["play", saved(tmp_path, text)]) == 2
    assert "Traceback" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (form(item("a"), item("a")), "item[1].linkId: 'a' is there twice, first at Questionnaire.item[0]"),
        (form(item("a", "coding")), "R5 forms are not read"),
        (form(item("a", answerConstraint="optionsOnly")), "Questionnaire.item[0].answerConstraint: is of FHIR R5"),
        (form(item("a", "choice", option=[{"valueString": "x"}])), "Questionnaire.item[0].option: is of FHIR STU3"),
        (
            form(item("a", enableWhen=[{"question": "b", "hasAnswer": True}]), item("b")),
            "enableWhen[0].hasAnswer: is of FHIR STU3",
        ),
        (form(item("a", "question")), "Questionnaire.item[0].type: 'question' is not an item type of FHIR R4"),
        ({"resourceType": "Questionnaire", "group": {"question": [{"linkId": "1"}]}}, "Questionnaire.item: there are no items"),
        (form(item("a", text="x" * 5_000_000)), "larger than"),
    ],
)
def test_check_of_bad_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: object, said: str) -> None:
    assert main(["check", saved(tmp_path, whole)]) == 2
    out = capsys.readouterr().out
    assert "refused" in out
    assert said in out


def test_check_of_a_large_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four megabytes are read in reasonable time."""
    assert main(["check", saved(tmp_path, form(*(item(f"q{number}", text="x" * 4000) for number in range(1000))))]) == 0
    assert "form.json: supported" in capsys.readouterr().out


def test_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "none.json"), str(tmp_path)]) == 2
    assert main(["play", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().out.count("refused") == 2


def test_play_to_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("maybe\nyes\nAnn\n:3\n"))
    whole = form(item("fever", "boolean", required=True), item("name", required=True))
    assert main(["play", saved(tmp_path, whole), "--fhir"]) == 0
    out = capsys.readouterr().out
    assert "! not-yes-or-no" in out
    assert "* completed" in out
    assert json.loads(out.splitlines()[-1])["status"] == "completed"


def test_play_ends_with_its_input(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(":1\n:99\n:file x.pdf\n:x\n"))
    assert main(["play", saved(tmp_path, EVERYTHING), "--lang", "ru"]) == 0
    assert "words-needed" in capsys.readouterr().out
