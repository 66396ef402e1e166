"""Times of day: alone and with a day, typed in one message or one after the other, kept with the patient's time zone."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows import engine
from flows.dialogue.prompt import Expects
from flows.dialogue.refusal import Refusal
from flows.events import Asked
from flows.fhir.responses import to_fhir
from flows.inputs import Control, Words
from flows.questionnaire import Questionnaire
from flows.words.clock_times import date_time_answer, time_answer
from flows.words.tongue import Tongue
from tests.flows.forms import HL7, ext, form, item, options, when
from tests.flows.talking import LEXICON, NOW, TODAY, Talk

PARIS = ZoneInfo("Europe/Paris")
AT = item("at", "dateTime")


@pytest.mark.parametrize(
    ("said", "meant"),
    {
        "14:30": "14:30:00",
        "2.30 pm": "14:30:00",
        "at 9 am": "09:00:00",
        "9 o'clock": "09:00:00",
        "12 am": "00:00:00",
        "14h30": "14:30:00",
        "2:30 p.m.": "14:30:00",
        "\u0669 صباحا": "09:00:00",
        "الساعة 2:30 م": "14:30:00",
        "в 9 вечера": "21:00:00",
        "9": None,
        "25:00": None,
        "13 pm": None,
        "14:75": None,
        "half past nine": None,
        "": None,
    }.items(),
)
def test_times_as_people_write_them(said: str, meant: str | None) -> None:
    read = time_answer(said, LEXICON.of("en"))
    assert (None if isinstance(read, Refusal) else str(read)) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    {
        "3 May 2024 14:30": "2024-05-03T14:30:00+02:00",
        "3 May 2024, at 2.30 pm": "2024-05-03T14:30:00+02:00",
        "14:30 on 3 May 2024": "2024-05-03T14:30:00+02:00",
        "5 pm 3 May 2024": "2024-05-03T17:00:00+02:00",
        "2024-12-03 09:05": "2024-12-03T09:05:00+01:00",
        "2024-05-03T14:30": "2024-05-03T14:30:00+02:00",
        "yesterday at 9 am": "2026-11-21T09:00:00+01:00",
        "вчера в 9 утра": "2026-11-21T09:00:00+01:00",
        "3 مايو 2024 الساعة 2:30 مساء": "2024-05-03T14:30:00+02:00",
        "3 May 2024": "2024-05-03",
        "May 2024": "2024-05",
        "03.05.2024": "ambiguous-date",
        "14:30": "not-a-date",
        "31.02.2024 14:30": "not-a-date",
    }.items(),
)
def test_days_with_their_times(said: str, meant: str) -> None:
    question = Questionnaire.from_json(form(AT)).items[0]
    read = date_time_answer(said, question, tongue=Tongue(vocabulary=LEXICON.of("en")), today=TODAY, zone=PARIS)
    assert (read.reason if isinstance(read, Refusal) else str(read)) == meant


def exported(talk: Talk) -> list[Any]:
    return [answer for one in to_fhir(talk.questionnaire, talk.response)["item"] for answer in one["answer"]]


def test_a_day_alone_asks_for_its_time() -> None:
    talk = Talk(AT, item("end")).says("3 May 2024").is_asked("at", Expects.TIME)
    assert talk.prompt.pending == "2024-05-03"
    talk.says("soon").is_refused("pattern")
    assert exported(talk.says("2.30 pm", "fin")) == [{"valueDateTime": "2024-05-03T14:30:00+00:00"}, {"valueString": "fin"}]
    assert Questionnaire.from_json(form(AT)).degraded == ()


def test_the_day_can_be_enough_and_another_one_can_be_said() -> None:
    assert exported(Talk(AT).taps(Control.TODAY).taps(Control.DONE)) == [{"valueDateTime": "2026-11-22"}]
    assert exported(Talk(AT).says("yesterday", "I don't know")) == [{"valueDateTime": "2026-11-21"}]
    assert exported(Talk(AT).says("today", "yesterday", "9:00")) == [{"valueDateTime": "2026-11-21T09:00:00+00:00"}]
    assert exported(Talk(AT).says("2024")) == [{"valueDateTime": "2024"}]
    assert Talk(AT).says("today").taps(Control.BACK).is_asked("at", Expects.DATE)


def test_the_time_is_that_of_where_the_patient_is() -> None:
    questionnaire = Questionnaire.from_json(form(AT, item("end")))
    turn = engine.start(questionnaire, id="1", now=NOW)
    turn = engine.advance(
        questionnaire, turn.response, Words(text="1.12.2025 08:00"), now=NOW, today=date(2026, 11, 22), zone=PARIS
    )
    assert not isinstance(turn.events[-1], Asked) or turn.events[0].reason == "ambiguous-date"
    turn = engine.advance(questionnaire, turn.response, Words(text="2025-12-01 08:00"), now=NOW, today=TODAY, zone=PARIS)
    assert str(turn.response.answers["at"][0]) == "2025-12-01T08:00:00+01:00"


def test_limits_and_conditions_know_the_time() -> None:
    latest = item("at", "dateTime", ext(f"{HL7}maxValue", valueDateTime="2024-05-03T12:00:00Z"))
    later = item("later", enableWhen=[when("at", ">", answerDateTime="2024-05-03T10:00:00Z")])
    talk = Talk(latest, later).says("3 May 2024 12:01")
    assert talk.is_refused("too-large").limit == "2024-05-03 12:00"
    assert talk.says("3 May 2024 9:00").is_reviewed()
    talk.taps(Control.CHANGE, 0).says("3 May 2024 11:00").is_asked("later")


def test_several_moments_and_a_time_alone() -> None:
    several = Talk(item("at", "dateTime", repeats=True), item("end")).says("today 9:00", "yesterday", "10:00", "done")
    assert len(several.is_asked("end").answer("at")) == 2
    assert exported(Talk(item("t", "time")).is_asked("t", Expects.TIME).says("9 pm")) == [{"valueTime": "21:00:00"}]


def test_the_form_s_own_marks_are_kept_and_can_be_typed() -> None:
    marks = {name: {"extension": [ext(f"{HL7}questionnaire-optionPrefix", valueString=f"{mark})")]} for name, mark in
             (("never", "a"), ("daily", "b"))}  # fmt: skip
    talk = Talk(item("q", "choice", prefix="1.2", answerOption=options("Never", "Daily", **marks)))
    assert [choice.option.prefix for choice in talk.prompt.choices] == ["a)", "b)"]
    assert talk.questionnaire.degraded == ()
    assert talk.says("b").answer("q") == ("daily",)
