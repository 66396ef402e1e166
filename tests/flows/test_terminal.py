"""python -m flows: check and play, as an author runs them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from flows.__main__ import main
from tests.flows.forms import EVERYTHING, constraint, control, form, item, minimum, options


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
    assert "! Please tap Yes or No, or write one of them." in out
    assert "* completed" in out
    assert json.loads(out.splitlines()[-1])["status"] == "completed"


def test_play_ends_with_its_input(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(":1\n:99\n:file x.pdf\n:x\n"))
    assert main(["play", saved(tmp_path, EVERYTHING), "--lang", "ru"]) == 0
    out = capsys.readouterr().out
    assert "There is no button :99" in out
    assert "! На этот вопрос нужно ответить словами или кнопкой." in out


def play(folder: Path, whole: object, said: str, *options: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    return main(["play", saved(folder, whole), *options])


def test_play_says_what_the_chat_would_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = constraint("answer.value.matches('^[0-9]{5}$')", "Five digits, please.")
    whole = form(
        item("/54126-8#1", "group", text="History", items=[item("/54126-8/code", "string", code, text="Your code?")]),
        item("known", readOnly=True, text="Known", initial=[{"valueString": "since May"}]),
        item("kind", "choice", text="Which?", answerOption=options("Lymphoma", "Leukaemia", "Myeloma")),
        item("far", "integer", minimum(3), text="How far?"),
        item("bye", "display", text="That was all."),
    )
    assert play(tmp_path, whole, "1234\n12345\nleuk\n1\n3\n", "--lang", "ar", monkeypatch=monkeypatch) == 0
    out = capsys.readouterr().out
    assert "%2F" not in out
    assert "/54126-8/code (text)" in out
    assert "! Five digits, please." in out
    assert "  Known: since May\n  Which?" in out
    assert "= Leukaemia" in out
    assert "! يبدو هذا الرقم صغيرًا جدًا. أقل رقم هنا هو 3." in out
    assert "That was all." in out


def test_a_question_without_a_text_is_called_by_what_explains_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As forms for phones write it: the label is a text of its own below the question, or above it."""
    below = [item("a1", "display", control("flyover"), text="Your name")]
    coded = {"code": [{"system": "http://loinc.org", "code": "21112-8", "display": "Birth date"}]}
    group = item("g", "group", text="Any of these?", items=[item("c", "boolean", text="")])
    whole = form(item("a", text="", items=below), item("b", "date", text="", **coded), group)
    assert play(tmp_path, whole, "Ann\n1980\nyes\n", monkeypatch=monkeypatch) == 0
    out = capsys.readouterr().out
    assert "1. Your name: Ann\n  2. Birth date: 1980\n  3. Any of these?: yes" in out
