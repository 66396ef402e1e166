"""Loading a definition: all is well, and whatever is wrong is said with the file and the place in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from flows import extraction
from flows.library import DEFINITIONS, BadDefinitionError, definitions, load
from tests.examples import quick
from tests.flows.answering import definition

NAME = "allogeneic_car_t"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFINITIONS, tmp_path / "definitions")) / NAME


def change(file: Path, edit: Callable[[Any], None]) -> None:
    data = json.loads(file.read_text())
    edit(data)
    file.write_text(json.dumps(data))


def test_the_definition_loads_whole() -> None:
    whole = definition()
    assert whole.languages == ("en", "ru", "ar")
    assert whole.name == NAME
    assert whole.version == whole.questionnaire.version
    assert len(whole.criteria.criteria) == 11
    assert whole.records
    assert whole.reminders.rules
    assert definitions() == (DEFINITIONS / NAME,)


def set_(*path: str | int, to: object) -> Callable[[Any], None]:
    def edit(data: Any) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = to

    return edit


def without(*path: str | int) -> Callable[[Any], None]:
    def edit(data: Any) -> None:
        for part in path[:-1]:
            data = data[part]
        del data[path[-1]]

    return edit


@pytest.mark.parametrize(
    ("file", "edit", "path", "words"),
    [
        ("criteria.json", set_("criteria", 0, "expression", to="%nothing"), "criteria[0].expression", "no variable %nothing"),
        ("criteria.json", set_("criteria", 0, "expression", to="%biopsy and"), "criteria[0].expression", "column"),
        ("criteria.json", set_("criteria", 0, "expression", to="%biopsy.exists()"), "criteria[0].expression", "unknown answer"),
        ("criteria.json", set_("criteria", 0, "rests_on", to=["biopsy"]), "criteria[0].rests_on", "diagnosis"),
        ("criteria.json", set_("criteria", 0, "role", to="most"), "criteria[0].role", "none of all, supportive"),
        ("criteria.json", set_("criteria", 1, "id", to="pathology"), "criteria[1]", "twice"),
        ("criteria.json", set_("variables", "lvef", "linkIds", to=["heart"]), "criteria[5].rests_on", "heart, lvef"),
        ("criteria.json", set_("criteria", 0, "background", to=["heart"]), "criteria.pathology.background", "no 'heart'"),
        ("criteria.json", set_("variables", "lvef", "as", to="code"), "variables.lvef.as", "cannot become code"),
        ("criteria.json", set_("variables", "creatinine", "factors", "mg/dL", to=8.842), "variables.creatinine", "reviewed"),
        ("criteria.json", without("variables", "creatinine", "factors", "mg/dL"), "variables.creatinine", "no factor"),
        ("criteria.json", set_("variables", "hiv", "true", to=["yes"]), "variables.hiv", "no option yes"),
        (
            "criteria.json",
            set_("protocol", "thresholds", "pLvefMin", "as_of", to="May"),
            "protocol.thresholds.pLvefMin.as_of",
            "date",
        ),
        (
            "criteria.json",
            without("protocol", "thresholds", "pLvefMin", "source"),
            "protocol.thresholds.pLvefMin",
            "source is missing",
        ),
        ("criteria.json", set_("derived", "clearance", to="now()"), "derived.clearance", "not allowed"),
        (
            "records.json",
            set_("records", 0, "criteria", to=["pathology"]),
            "criteria.relapsed-refractory.records",
            "physician-summary",
        ),
        ("records.json", set_("records", 0, "colour", to="red"), "records[0]", "unknown field colour"),
        ("records.json", set_("records", 0, "required", to="yes"), "records[0].required", "true or false"),
        ("records.json", set_("records", 0, "answered_by", to=["cns"]), "records.physician-summary.answered_by", "attachment"),
        ("reminders.json", set_("rules", 0, "first_after", to="1 day"), "rules[0].first_after", "duration"),
        ("reminders.json", set_("rules", 0, "ends", to=["tired"]), "rules[0].ends[0]", "none of"),
        ("reminders.json", set_("rules", 0, "buttons", to=["EXPLODE"]), "rules[0].buttons[0]", "no control"),
        ("reminders.json", set_("rules", 1, "body", to="{name}, please"), "rules[1].body", "not in placeholders"),
        ("reminders.json", set_("rules", 1, "last", to="Bye {"), "rules[1].last", "encountered"),
        ("reminders.json", set_("rules", 0, "needs_consent", to="fun"), "rules.unfinished-intake.needs_consent", "no consent"),
        ("reminders.json", set_("quiet_hours", "to", to="9 am"), "quiet_hours.to", "time"),
        ("reminders.json", set_("zone_of_language", "en", to="London"), "zone_of_language.en", "zone"),
        ("reminders.json", without("zone_of_language", "ar"), "negations", "ar"),
        ("red_flags.json", set_("flags", 0, "text", to="none"), "flags[0].text", "no safety text"),
        ("red_flags.json", set_("flags", 0, "words", "en", to=["*"]), "flags[0].words.en", "pattern"),
        ("red_flags.json", without("flags", 0, "words", "ar"), "flags[0].words", "must have words in"),
        ("red_flags.json", set_("flags", 0, "answers", 0, "code", to="heat"), "flags.fever.answers", "no option heat"),
        ("red_flags.json", without("numbers", 0, "near", "ru"), "numbers[0].near", "must have words in"),
        ("red_flags.json", set_("numbers", 0, "flag", to="heat"), "numbers[0].flag", "no red flag"),
        ("alerts.json", set_("rules", 0, "event", to="Party"), "rules[0].event", "no event"),
        ("alerts.json", set_("rules", 0, "event", to="date"), "rules[0].event", "no event"),
        ("alerts.json", set_("rules", 1, "when", to={"colour": ["red"]}), "rules[1].when.colour", "no field colour"),
        ("alerts.json", set_("rules", 0, "audience", to="everyone"), "rules[0].audience", "none of"),
        ("stages.json", without("stages", 0), "stages", "inquiry"),
        ("stages.json", set_("stages", 0, "kind", to="side"), "stages[0].kind", "flows.case"),
        ("page.json", set_("parts", 0, "id", to="news"), "parts[0].id", "none of"),
        ("page.json", set_("faq", 0, "question", to=""), "faq[0].question", "empty"),
        ("page.json", set_("faq", 0, "topics", to=["news"]), "faq[0].topics", "no part news"),
        ("page.json", set_("source", "reviewed", to="soon"), "source.reviewed", "date"),
        ("page.json", set_("disclaimers", to={}), "disclaimers", "must be a list"),
        ("questionnaire.json", set_("resourceType", to="Patient"), "Questionnaire.resourceType", "must be Questionnaire"),
        ("../words.json", without("ar"), "(top)", "has words in"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    folder: Path, file: str, edit: Callable[[Any], None], path: str, words: str
) -> None:
    change(folder / file, edit)
    with pytest.raises(BadDefinitionError) as caught:
        load(folder)
    assert path in str(caught.value)
    assert words in str(caught.value)
    assert caught.value.file.endswith(".json")
    assert str(folder) not in str(caught.value)


@pytest.mark.parametrize("content", [b'{"version": 1}'] if quick() else [b"[]", b"null", b'{"version": 1}'])
def test_a_file_that_is_no_definition(folder: Path, content: bytes) -> None:
    for file in sorted(folder.glob("*.json")):
        refused(file, content)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json(folder: Path, content: bytes) -> None:
    """All files are read in one place."""
    refused(folder / "criteria.json", content)
    refused(folder / "questionnaire.json", content)


def refused(file: Path, content: bytes) -> None:
    kept = file.read_bytes()
    file.write_bytes(content)
    with pytest.raises(BadDefinitionError, match=file.name):
        load(file.parent)
    file.write_bytes(kept)


def test_a_missing_file(folder: Path) -> None:
    (folder / "records.json").unlink()
    with pytest.raises(BadDefinitionError, match=r"records\.json.*missing"):
        load(folder)


# ---- texts for translators


def extracted(file: Path) -> list[tuple[int, str, tuple[str, str], list[str]]]:
    return list(extraction.extract(BytesIO(file.read_bytes()), {}, [], options={}))


def test_every_text_is_extracted_once_with_its_context() -> None:
    found = [message for file in sorted((DEFINITIONS / NAME).glob("*.json")) for message in extracted(file)]
    contexts = [message[2][0] for message in found]
    assert len(set(contexts)) == len(contexts)
    assert all(function == "pgettext" and text.strip() for _, function, (_, text), _ in found)
    for context in (
        *("title", "welcome", "diagnosis", "diagnosis-why", "hiv/not-tested", "cns/never"),
        *("criterion/cns/title", "protocol/general/name", "record/pathology/looks_like", "reminder/missing-record/body"),
        *("red-flag/fever/label", "safety/act/text", "alert/red-flag/text", "glance/donor/text", "faq/cost/answer"),
        *("comparison/head/own", "comparison/note/text", "part/about/title", "step/edit/text", "where/china/text"),
        *("source/page/text", "stage/died/patient", "close-reason/treated/label"),
    ):
        assert context in contexts


def test_extracted_lines_point_at_the_texts() -> None:
    file = DEFINITIONS / NAME / "records.json"
    lines = file.read_text().splitlines()
    for line, _, (_, text), _ in extracted(file):
        assert json.dumps(text, ensure_ascii=False)[1:-1] in lines[line - 1]


def test_every_text_in_use_has_an_extracted_context() -> None:
    """What the bot can ask a catalogue for is what translators are given."""
    found = {message[2] for file in sorted((DEFINITIONS / NAME).glob("*.json")) for message in extracted(file)}
    for item in definition().questionnaire.by_link_id.values():
        assert not item.text or (item.context, item.text) in found
        assert all((option.context, option.display) in found for option in item.options if option.display)


def test_a_file_without_texts_gives_none() -> None:
    assert extracted(DEFINITIONS / "words.json") == []
