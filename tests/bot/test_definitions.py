"""Another form than the house's in the chat, and a new version of it while the program runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import definitions, intakes, menus
from bot.__main__ import main
from bot.catalogues import Catalogues
from bot.operator.check import check
from bot.settings import Settings
from flows.fhir.launch import Writer
from flows.inputs import Command, Control, Press
from storage import chats, responses
from tests.bot.desk_world import Patient, Person, World
from tests.flows.forms import HL7, SDC, constraint, ext, form, item
from tests.flows.test_translations import own


def settings(file: Path) -> Settings:
    return Settings(_env_file=None, questionnaire=str(file))  # type: ignore[call-arg]


def put(folder: Path, made: Any) -> Settings:
    file = folder / "form.json"
    file.write_text(made if isinstance(made, str) else json.dumps(made))
    return settings(file)


async def moved_in(world: World, made: Any) -> Settings:
    """The world asks this form from now on."""
    chosen = put(world.folder, made)
    world.house.take_up(definitions.read(chosen))
    return chosen


async def begins(patient: Patient) -> None:
    await patient.does(Command(name="start"))
    for _ in range(3):
        await patient.says("yes")


async def test_a_form_with_one_language_begins_at_once(world: World) -> None:
    await moved_in(world, form(item("a", text="How do you sleep?"), title="Sleep"))
    patient = world.patient()
    await begins(patient)
    assert "In which language" not in patient.sees
    assert "asks the questions of “Sleep”" in patient.sees
    assert patient.sees.endswith("Write your answer as a message.")
    assert "How do you sleep?" in patient.sees


async def test_a_form_speaks_its_own_languages(world: World) -> None:
    await moved_in(world, {**own(), "title": "Health"})
    patient = world.patient()
    await patient.does(Command(name="start"))
    assert "asks the questions of “Health”" in patient.sees
    await patient.does(Press(control=Control.LANGUAGE, number=1))
    for _ in range(3):
        await patient.says("yes")
    assert "Je, u mgonjwa?" in patient.sees
    assert "Ndiyo" in world.messages[-1].buttons


async def test_a_form_is_asked_and_refused_in_its_own_words(world: World) -> None:
    """LinkIds as LHC-Forms writes them, a text below its question, a heading inside a part, a value that the form gives."""
    code = constraint("answer.value.matches('^[0-9]{5}$')", "Five digits, please.")
    inner = item("/1/2", "group", text="How to reach you", items=[item("/1/2/3", "string", code, text="Postal code?")])
    seen = item("/1/4", readOnly=True, text="Your clinic", initial=[{"valueString": "North"}])
    outer = item("/1", "group", text="About you", items=[inner, seen, item("/1/5", text="Anything else?")])
    await moved_in(
        world, form(outer, item("/2", "group", text="Rest", items=[item("/2/1")]), item("/9", "display", text="Bye."))
    )
    patient = world.patient()
    await begins(patient)
    assert "About you\nQuestion 1 of 2\n\nHow to reach you\n\nPostal code?" in patient.sees
    await patient.says("1234")
    assert "Five digits, please.\n\nPart" in patient.sees
    await patient.says("12345")
    assert "Your clinic: North\n\nAnything else?" in patient.sees
    await patient.says("no")
    await patient.says("done")
    assert "Bye." in world.messages[-1].text


async def test_a_form_of_somebody_elses_has_nothing_to_read_and_asks_for_no_records(world: World) -> None:
    await moved_in(world, form(item("a", text="How do you sleep?")))
    patient = world.patient()
    await begins(patient)
    await patient.does(Command(name="help"))
    assert "/faq" not in patient.sees
    assert "/about" not in patient.sees
    await patient.does(Command(name="documents"))
    assert "No particular records are asked for so far." in patient.sees
    for command in ("faq", "about"):
        await patient.does(Command(name=command))
        assert "There is nothing to read here. A person can answer your questions." in patient.sees
    names = [one["command"] for one in menus.patient(world.house.catalogues, world.house.definition.page)[0]["commands"]]
    assert "help" in names
    assert not {"faq", "about"} & set(names)


async def test_the_card_shows_the_answers_of_a_form_without_criteria(world: World) -> None:
    await moved_in(world, form(item("a", text="How do you sleep?"), item("b", text="Since when?")))
    await world.coordinator("Carla", 7101)
    patient = world.patient()
    await begins(patient)
    await patient.says("Badly")
    await patient.does(Command(name="human"))
    topic = await Person(world, 7101, "Carla").at()
    assert "How do you sleep?: Badly" in topic.sees
    assert "Criteria" not in topic.sees
    assert "Records" not in topic.sees
    assert "May we keep" not in topic.sees


async def test_a_new_version_counts_from_the_next_turn_on(world: World) -> None:
    chosen = await moved_in(world, form(item("a", text="Old?"), item("b", text="Second, old?")))
    patient = world.patient()
    await begins(patient)
    put(world.folder, form(item("a", text="Old?"), item("b", text="Second, new?"), version="2"))
    await definitions.renew(chosen, world.database, world.house)
    await patient.says("one")
    assert "Second, new?" in patient.sees


async def test_a_changed_question_is_asked_again_in_kind_words_and_the_desk_sees_what_is_gone(world: World) -> None:
    chosen = await moved_in(world, form(item("n", "integer", text="How old?"), item("gone"), item("b", text="Second?")))
    await world.coordinator("Carla", 7101)
    patient = world.patient()
    await begins(patient)
    await patient.says("40")
    await patient.says("some words")
    limited = item("n", "integer", ext(f"{HL7}maxValue", valueInteger=30), text="How old?")
    put(world.folder, form(limited, item("b", text="Second?"), version="2"))
    await definitions.renew(chosen, world.database, world.house)
    await patient.says("meant for the second")
    seen = world.messages[-1].text
    assert seen.startswith("A question has changed since you answered it.")
    assert "Before this question changed, your answer was: 40" in seen
    assert "Keep" not in str(world.messages[-1].buttons)
    await patient.says("20")
    assert "Second?" in world.messages[-1].text
    assert "has changed" not in world.messages[-1].text
    await patient.does(Command(name="human"))
    topic = await Person(world, 7101, "Carla").at()
    assert "How old?: 20" in topic.sees
    assert "No longer asked" in topic.sees
    assert "gone: some words" in topic.sees


@pytest.mark.parametrize("bad", ["{", form(item("a"), item("a"), version="2"), form(item("a", text="Changed?"))])
async def test_a_bad_new_version_changes_nothing_and_is_reported(world: World, bad: Any) -> None:
    chosen = await moved_in(world, form(item("a", text="Good?")))
    before = world.house.definition
    put(world.folder, bad)
    with capture_logs() as logs:
        await definitions.renew(chosen, world.database, world.house)
    assert world.house.definition is before
    assert [one["event"] for one in logs] == ["definition_refused"]
    assert "form.json" in logs[0]["reason"]


async def test_the_check_reports_a_bad_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text(json.dumps(form(item("a", "coding"))))
    monkeypatch.setenv("CARELINE_QUESTIONNAIRE", "bad.json")
    lines: list[str] = []
    assert await check(lines.append) == 1
    assert "wrong  questionnaire" in lines
    assert any("Questionnaire.item[0].type" in line for line in lines)


@pytest.mark.parametrize("command", ["run", "sandbox"])
def test_a_refused_form_stops_the_program_before_it_starts(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARELINE_QUESTIONNAIRE", "")
    (tmp_path / "bad.json").write_text(json.dumps(form(item("a", "coding"))))
    assert main([command, "--questionnaire", "bad.json"]) == 2
    assert "bad.json: (top): \n  Questionnaire.item[0].type" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.json"]


def test_the_sandbox_asks_the_form_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARELINE_QUESTIONNAIRE", "none.json")
    assert main(["sandbox"]) == 2
    assert "none.json: (top): cannot be read" in capsys.readouterr().err


def test_an_unknown_language_does_not_stop_a_form() -> None:
    assert Catalogues.load()["xx"].language == "en"


def _response(tx: Any, definition: Any, number: int) -> Any:
    return intakes.current(tx, chats.of_telegram(tx, number).id, definition)


def _answered(tx: Any, definition: Any, number: int, answers: Any) -> None:
    made = _response(tx, definition, number)
    made = replace(made, answers={**made.answers, **answers})
    responses.save(tx, chats.of_telegram(tx, number).id, made.id, made.questionnaire, 99, made.status, made.dumps())


def expression(name: str, text: str) -> dict[str, Any]:
    return ext(f"{SDC}{name}", valueExpression={"language": "text/fhirpath", "expression": text})


async def test_a_form_knows_who_writes_and_what_was_answered_before(world: World) -> None:
    """The house's own form asked for the sex; then the clinic asks a form of its own, which begins with what is known."""
    before = world.house.definition
    ana = world.patient()
    ana.writer = Writer(given="Ana", family="B")
    await ana.does(Command(name="start"))
    await ana.begins()
    female = next(one.value for one in before.questionnaire.by_link_id["sex"].options if "female" in str(one.value))
    answers: dict[str, Any] = {"sex": (female,), "writer": (before.questionnaire.by_link_id["writer"].options[0].value,)}
    await world.database.transact(lambda tx: _answered(tx, before, ana.number, answers))
    name = item("name", "string", expression("initialExpression", "%patient.name.family"), text="Your family name?")
    greeting = item("hello", "string", expression("calculatedExpression", "'Dear ' + %user.name.given"), readOnly=True)
    known = item("known", "string", expression("calculatedExpression", "%patient.gender"), readOnly=True)
    await moved_in(world, form(name, greeting, known, item("b", text="Second?")))
    await ana.does(Command(name="start"))
    assert "Your family name?" in world.messages[-1].text
    assert "Keep" in str(world.messages[-1].buttons)
    await ana.says("Bee")
    stored = await world.database.read(lambda tx: _response(tx, world.house.definition, ana.number))
    assert [stored.value(link_id) for link_id in ("name", "hello", "known")] == ["Bee", "Dear Ana", "female"]
