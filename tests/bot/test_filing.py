"""A message that answers the open question is filed as its answer: from where, by whom, and never by mistake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.dialogue.cursor import Cursor
from flows.inputs import Control, Press
from flows.response import QuestionnaireResponse
from storage import audit, chats, relay, responses
from tests.bot.desk_world import Patient, Person, World


@pytest.fixture
async def maria(world: World) -> Patient:
    """In a talk, with the question open who writes and then the patient's name."""
    patient = world.patient()
    await patient.begins()
    await patient.says("A family member")
    await patient.says("Yes")
    await patient.asks_for_a_person()
    return patient


@pytest.fixture
async def carla(world: World, maria: Patient) -> Person:
    topic = await (await world.coordinator("Carla", 7101)).at()
    await topic.says("/claim")
    return topic


async def stored(world: World) -> tuple[QuestionnaireResponse, list[Any]]:
    def read(tx: Any) -> tuple[QuestionnaireResponse, list[Any]]:
        row = responses.current(tx, chats.of_telegram(tx, 501).id)
        return QuestionnaireResponse.loads(row.body), responses.changes(tx, row.id)

    return await world.database.read(read)


async def test_words_become_the_answer_with_their_source(world: World, maria: Patient, carla: Person) -> None:
    before, _ = await stored(world)
    await maria.says("Anna Petrova")
    patient_saw = maria.sees
    await carla.says("/answer", reply_to="Anna Petrova")
    after, changes = await stored(world)
    (key,) = after.answers.keys() - before.answers.keys()
    assert after.answers[key] == ("Anna Petrova",)
    shown = world.find("filed this message as the answer to", thread=carla.thread)
    assert "Anna Petrova" in shown.text
    assert shown.reply_to == world.find("From the patient’s side:\nAnna Petrova", thread=carla.thread).id
    line = (await world.database.read(lambda tx: relay.history(tx, 1)))[-1]
    assert [(one.key, one.by) for one in changes] == [(key, f"7101 from message {line.id}")]
    filed = [one for one in await world.database.read(audit.lines) if one.action == "answer.filed"]
    assert [(one.actor, one.detail) for one in filed] == [("7101", f"{key} message:{line.id}")]
    assert maria.sees == patient_saw  # the bot is silent while a person speaks
    await maria.does(Press(control=Control.CONTINUE))
    assert "Where does the patient live" in maria.sees.removeprefix(patient_saw)  # and then the next question follows


async def test_what_is_no_answer_changes_nothing(world: World, maria: Patient, carla: Person) -> None:
    await maria.says("Anna Petrova")
    await carla.says("/answer", reply_to="Anna Petrova")
    await maria.says("I do not know where that is written, sorry")
    before = await stored(world)
    await carla.says("/answer", reply_to="I do not know where")
    assert await stored(world) == before
    assert "no answer to this question, or the family has to confirm it: Where does the patient live" in carla.sees


async def test_only_the_holder_and_only_the_patients_own_words(world: World, maria: Patient, carla: Person) -> None:
    await maria.says("Anna Petrova")
    before = await stored(world)
    mei = await (await world.coordinator("Mei", 7102)).at()
    await mei.says("/answer", reply_to="Anna Petrova")
    assert "Only who holds the case" in mei.sees
    note = await carla.says("Anna is her name")
    await carla.says("/answer", reply_to=note)
    await carla.says("/answer")
    assert "Reply with /answer to words of the patient" in carla.sees
    assert await stored(world) == before


async def test_any_question_is_meant_by_its_words_and_the_open_one_stays_open(
    world: World, maria: Patient, carla: Person
) -> None:
    before, _ = await stored(world)
    await maria.says("54")
    await carla.says("/answer how old", reply_to="From the patient’s side:\n54")
    after, changes = await stored(world)
    assert [one.key for one in changes] == ["age"]
    assert after.answers["age"] == (54,)
    await maria.says("Sorry, 55")
    await maria.says("55")
    await carla.says("/answer age", reply_to="From the patient’s side:\n55")
    after, changes = await stored(world)
    assert after.answers["age"] == (55,)
    assert [one.key for one in changes] == ["age", "age"]
    assert after.cursor.at == before.cursor.at == "call-you"
    await maria.does(Press(control=Control.CONTINUE))
    assert "What may we call you?" in maria.sees.rpartition("55")[2]


async def test_what_is_not_clear_is_one_tap_away(world: World, maria: Patient, carla: Person) -> None:
    await maria.says("54")
    await carla.says("/answer patient", reply_to="From the patient’s side:\n54")
    assert "Which question does the message answer?" in carla.sees
    mei = await (await world.coordinator("Mei", 7102)).at()
    assert "Only who holds" in await mei.presses("How old is the patient, in years?")
    assert (await stored(world))[1] == []
    await carla.says("/answer patient", reply_to="From the patient’s side:\n54")
    await carla.presses("How old is the patient, in years?")
    after, changes = await stored(world)
    assert [one.key for one in changes] == ["age"]
    assert after.answers["age"] == (54,)


async def test_a_permission_is_nobody_elses_to_give(world: World, maria: Patient, carla: Person) -> None:
    await maria.says("Yes")
    before, _ = await stored(world)
    permissions = [one for one in world.house.definition.questionnaire.by_link_id.values() if one.consent]
    assert permissions
    for one in permissions:
        await carla.says(f"/answer {one.link_id}", reply_to="From the patient’s side:\nYes")
    shown = world.find("Which question does the message answer?", thread=carla.thread)
    assert len(shown.buttons) > 20
    assert not {one.label.english[:50] for one in permissions} & {label[:50] for label in shown.buttons}
    assert (await stored(world))[0].answers == before.answers


async def test_what_is_complete_is_amended_and_stays_complete(world: World) -> None:
    patient = world.patient()
    await patient.begins()

    def complete(tx: Any) -> None:
        chat = chats.of_telegram(tx, 501)
        row = responses.current(tx, chat.id)
        done = replace(QuestionnaireResponse.loads(row.body), status="completed", cursor=Cursor(mode="done"))
        responses.save(tx, chat.id, done.id, done.questionnaire, done.revision, done.status, done.dumps())

    await world.database.transact(complete)
    await patient.asks_for_a_person()
    topic = await (await world.coordinator("Carla", 7101)).at()
    await topic.says("/claim")
    await patient.says("54")
    await topic.says("/answer age", reply_to="From the patient’s side:\n54")
    after, changes = await stored(world)
    assert [one.key for one in changes] == ["age"]
    assert (after.status, after.cursor.mode) == ("amended", "done")
