"""Translations in a form and in catalogues: taken apart and put together, nothing is lost and nothing is made up."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import library
from flows.__main__ import main
from flows.authoring import po
from flows.authoring.translations import TRANSLATION, languages, merge, nearest, speaker, split
from flows.questionnaire import Questionnaire
from tests.flows.forms import HL7, SDC, coded, ext, form, item, options

LOCALES = Path(__file__).parents[2] / "locales"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=12)
LANGUAGES = st.sampled_from(["ru", "ar", "pt-BR", "gsw"])


def translated(**texts: str) -> dict[str, Any]:
    return {"extension": [translation(language, text) for language, text in texts.items()]}


def translation(language: str, text: str) -> dict[str, Any]:
    return {"url": TRANSLATION, "extension": [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}]}


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    """Small forms in which any text may have translations and extensions of other kinds."""

    def beside(name: str, made: dict[str, Any]) -> dict[str, Any]:
        known = draw(st.dictionaries(LANGUAGES, TEXTS, max_size=2))
        other = draw(st.sampled_from([[], [ext(f"{HL7}rendering-style", valueString="color: red")]]))
        extensions = [*other, *(translation(one, known[one]) for one in sorted(known))]
        return {**made, f"_{name}": {"extension": extensions}} if extensions else made

    def question(number: int) -> dict[str, Any]:
        codes = [coded(draw(TEXTS), code=draw(st.sampled_from("ab"))) for _ in range(draw(st.integers(0, 2)))]
        answers = [{"valueCoding": beside("display", one["valueCoding"])} for one in codes]
        label = {**beside("valueString", ext(f"{SDC}openLabel", valueString=draw(TEXTS)))}
        made = item(f"q{number}", "open-choice", label, answerOption=answers)
        return beside("text", {**made, "text": draw(TEXTS), "prefix": draw(TEXTS)})

    questions = [question(number) for number in range(draw(st.integers(1, 3)))]
    group = beside("text", item("g", "group", items=questions))
    return beside("title", form(group, title=draw(TEXTS), description=draw(TEXTS)))


@given(forms())
def test_apart_and_together_again_is_the_same_form(made: dict[str, Any]) -> None:
    plain, found = split(made)
    assert TRANSLATION not in json.dumps(plain)
    known = {language: found[language] for language in sorted(found)}
    assert merge(plain, known) == made


@given(forms(), st.data())
def test_together_and_apart_again_is_the_same_form(made: dict[str, Any], data: st.DataObject) -> None:
    plain, found = split(made)
    texts = {key for messages in found.values() for key in messages}
    known = {one: {key: data.draw(TEXTS) for key in texts} for one in data.draw(st.sets(LANGUAGES, max_size=2)) if texts}
    again, messages = split(merge(plain, known))
    assert again == plain
    assert messages == known


@given(st.dictionaries(st.tuples(TEXTS, TEXTS), TEXTS, max_size=4))
def test_catalogues_keep_every_text(messages: dict[tuple[str, str], str]) -> None:
    assert po.read(po.write(messages, "ru")) == messages


def test_the_intake_is_published_in_every_language_and_comes_back() -> None:
    raw = dict(library.load().questionnaire.raw)
    known = {one: po.read((LOCALES / one / "LC_MESSAGES" / "messages.po").read_bytes()) for one in ("ar", "ru")}
    published = merge(raw, known)
    again, found = split(published)
    assert again == raw
    assert found.keys() == known.keys()
    assert all(known[one][key] == text for one in found for key, text in found[one].items())
    form_ = Questionnaire.from_json(json.loads(json.dumps(published, default=float)))
    wanted = {(one.context, one.text) for one in form_.by_link_id.values() if one.text}
    wanted |= {(option.context, option.display) for one in form_.by_link_id.values() for option in one.options}
    for one in found:
        say = speaker(published, one, lambda _, __: "MISSING")
        assert all(say(*key) != "MISSING" for key in wanted)


def test_markdown_stays_markdown() -> None:
    made = merge(form(item("a"), description="*Hello*"), {"ru": {("description", "*Hello*"): "*Привет*"}})
    assert made["_description"]["extension"][0]["extension"][1] == {"url": "content", "valueMarkdown": "*Привет*"}
    assert split(made)[1] == {"ru": {("description", "*Hello*"): "*Привет*"}}


def test_what_is_no_translation_stays_where_it_is() -> None:
    odd = {"url": TRANSLATION, "extension": [{"url": "lang", "valueCode": "ru"}]}
    twice = {"extension": [odd, *translated(ru="раз")["extension"], *translated(ru="два")["extension"]]}
    plain, found = split(form({**item("a"), "_text": twice}))
    assert found == {"ru": {("a", "a?"): "раз"}}
    assert plain["item"][0]["_text"]["extension"] == [odd, translation("ru", "два")]


def test_changed_english_is_not_published_with_the_old_words() -> None:
    assert "_text" not in merge(form(item("a", text="New?")), {"ru": {("a", "Old?"): "Старый?"}})["item"][0]


def test_unsure_entries_are_not_published() -> None:
    unsure = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n#, fuzzy\nmsgctxt "a"\nmsgid "a?"\nmsgstr "x"\n'
    assert po.read(unsure) == {}


@pytest.mark.parametrize(("wanted", "found"), [("nb", "nb-NO"), ("pt_BR", "pt-BR"), ("pt", "pt-BR"), ("fr", None)])
def test_the_nearest_language(wanted: str, found: str | None) -> None:
    assert nearest(wanted, ("en", "nb-NO", "pt-BR")) == found


def own() -> dict[str, Any]:
    yes, no = options("Yes", "No")
    yes["valueCoding"]["_display"] = translated(sw="Ndiyo")
    return form(
        {**item("ill", "choice", answerOption=[yes, no], text="Are you ill?"), "_text": translated(sw="Je, u mgonjwa?")},
        language="en-GB",
    )


def test_a_form_is_spoken_in_its_own_translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    assert languages(own()) == ("en-GB", "sw")
    file = tmp_path / "q.json"
    file.write_text(json.dumps(own()))
    monkeypatch.setattr("sys.stdin", io.StringIO(":1\n"))
    assert main(["play", str(file), "--lang", "sw"]) == 0
    said = capsys.readouterr().out
    assert "Je, u mgonjwa?" in said
    assert ":1 Ndiyo" in said


def test_a_language_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    file = tmp_path / "q.json"
    file.write_text(json.dumps(own()))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["play", str(file), "--lang", "fr"]) == 0
    assert "There are no texts in 'fr'; the form has: en-GB, sw." in capsys.readouterr().err


def test_files_apart_and_together(tmp_path: Path, capsys: Any) -> None:
    file, folder = tmp_path / "q.json", tmp_path / "apart"
    source = form({**item("n", "decimal", ext(f"{HL7}minValue", valueDecimal=1.50)), "_text": translated(sw="Ngapi?")})
    file.write_text(json.dumps(source).replace("1.5", "1.50"))
    assert main(["split", str(file), str(folder)]) == 0
    assert "Ngapi" not in (folder / "q.json").read_text()
    assert 'msgctxt "n"' in (folder / "messages.pot").read_text()
    assert main(["merge", str(folder / "q.json"), "--locales", str(folder), "--out", str(tmp_path / "again.json")]) == 0
    again = (tmp_path / "again.json").read_text("utf-8")
    assert json.loads(again, parse_float=Decimal) == json.loads(file.read_text(), parse_float=Decimal)
    assert "1.50" in again
    assert main(["split", str(file), str(folder)]) == 2
    assert "q.json" in capsys.readouterr().out
