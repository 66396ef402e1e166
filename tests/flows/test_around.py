"""Any form as an intake: permission first, then the form as it was written, and nothing of the house that speaks of other questions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flows import library
from flows.library import DEFINITIONS, BadDefinitionError, chosen
from tests.flows.forms import OWN, ext, form, item
from tests.flows.test_translations import own, translated


def saved(folder: Path, made: Any, name: str = "clinic.json") -> str:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(made), "utf-8")
    return str(file)


def test_nothing_named_is_the_intake_of_this_house() -> None:
    assert chosen("").name == "allogeneic_car_t"
    assert chosen("allogeneic_car_t").name == "allogeneic_car_t"
    assert chosen("").form.canonical == library.load().questionnaire.canonical


def test_permission_is_asked_before_a_form_and_is_no_part_of_it(tmp_path: Path) -> None:
    definition = chosen(saved(tmp_path, form(item("a"), item("b"))))
    assert list(definition.form.by_link_id) == ["a", "b"]
    assert [one.link_id for one in definition.questionnaire.items] == ["consent", "a", "b"]
    assert {one.consent for one in definition.questionnaire.by_link_id.values() if one.consent} == {
        "keep",
        "share",
        "reminders",
    }
    assert definition.questionnaire.canonical == definition.form.canonical


def test_a_form_that_asks_for_permission_itself_is_taken_as_it_is(tmp_path: Path) -> None:
    definition = chosen(saved(tmp_path, form(item("ok", "boolean", ext(f"{OWN}consent", valueCode="keep")), item("a"))))
    assert definition.questionnaire is definition.form


def test_the_house_keeps_what_is_about_people(tmp_path: Path) -> None:
    definition, house = chosen(saved(tmp_path, form(item("a")))), library.load()
    assert (definition.criteria.criteria, definition.records, definition.protocols) == ((), (), ())
    assert (definition.page.faqs, definition.page.topics) == ((), ())
    assert definition.reminders == house.reminders
    assert [flag.told for flag in definition.red_flags.flags] == [flag.told for flag in house.red_flags.flags]
    assert not any(flag.answers for flag in definition.red_flags.flags)


@pytest.mark.parametrize(
    ("language", "others", "offered"),
    [
        ("en-GB", ("sw",), ("en", "sw")),
        ("nb-NO", ("es",), ("nb", "es")),
        ("de", (), ("de",)),
        ("en", ("pt-BR", "pt-PT"), ("en", "pt_BR", "pt_PT")),
    ],
)
def test_the_languages_of_the_form_are_offered(tmp_path: Path, language: str, others: Any, offered: Any) -> None:
    made = form({**item("a"), "_text": translated(**dict.fromkeys(others, "x"))} if others else item("a"), language=language)
    assert chosen(saved(tmp_path, made)).languages == offered


def test_a_folder_with_a_form_only_and_a_whole_one(tmp_path: Path) -> None:
    saved(tmp_path, form(item("a")), "diabetes/questionnaire.json")
    assert list(chosen(str(tmp_path / "diabetes")).form.by_link_id) == ["a"]
    for name in (DEFINITIONS / "allogeneic_car_t", DEFINITIONS / "protocols"):
        shutil.copytree(name, tmp_path / name.name)
    for name in ("words.json", "laboratory.json", "centres.json"):
        shutil.copy(DEFINITIONS / name, tmp_path)
    assert chosen(str(tmp_path / "allogeneic_car_t")).criteria == library.load().criteria


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("{", "is not JSON"),
        (form(item("a"), item("a")), "Questionnaire.item[1].linkId: 'a' is there twice"),
        (form(item("keep")), "keep are those of the permission"),
        ({"resourceType": "Patient"}, "resourceType"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_path(tmp_path: Path, made: Any, reason: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(made if isinstance(made, str) else json.dumps(made))
    with pytest.raises(BadDefinitionError) as caught:
        chosen(str(file))
    assert "bad.json" in str(caught.value)
    assert reason in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadDefinitionError, match="cannot be read"):
        chosen(str(tmp_path / "none.json"))


def test_own_translations_are_offered(tmp_path: Path) -> None:
    assert chosen(saved(tmp_path, own())).languages == ("en", "sw")
