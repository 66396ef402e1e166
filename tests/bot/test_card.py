"""The card of a case: what it shows, what it never shows, and that it always fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.wording import card
from bot.wording.card import LIMIT, Card
from flows import records, screening
from flows.response import Absent, Coding, Quantity, QuestionnaireResponse
from storage.rows import Case
from tests.bot.desk_world import CATALOGUES, DEFINITION, plain

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ITEMS = DEFINITION.questionnaire.by_link_id
CASE = Case(
    id=1,
    number="CL-7KQ4M",
    chat_id=1,
    stage="inquiry",
    previous_stage=None,
    urgency="soon",
    reasons="complete",
    holder=None,
    claimed_at=None,
    opened_at=NOW,
    closed_at=None,
    close_reason=None,
    topic_id=4,
    card_outbox_id=2,
    alert_outbox_id=4,
    red_flag_at=None,
    red_flag_ack_at=None,
    day_zero=None,
)


def option(link_id: str, code: str) -> Coding:
    return next(one.value for one in ITEMS[link_id].options if isinstance(one.value, Coding) and one.value.code == code)


def quantity(link_id: str, value: str) -> Quantity:
    unit = ITEMS[link_id].units[0]
    return Quantity(value=Decimal(value), unit=unit.display, code=unit.code, system=unit.system)


ANSWERS: dict[str, tuple[Any, ...]] = {
    "writer": (option("writer", "family"),),
    "call-you": ("Maria Petrova",),
    "diagnosis": (option("diagnosis", "9811/3"),),
    "biopsy": (True,),
    "markers-b-cell": (option("markers-b-cell", "HGNC:1633"),),
    "marker-test": (option("marker-test", "flow"),),
    "creatinine": (quantity("creatinine", "80"),),
    "hiv": (Absent(reason="asked-declined"),),
    "companion": (False,),
    "fly": (True,),
    "weeks": (8,),
}


def made(answers: dict[str, tuple[Any, ...]], **changes: Any) -> Card:
    response = QuestionnaireResponse(id="x", questionnaire=DEFINITION.questionnaire.canonical, authored=NOW, answers=answers)
    shown = Card(
        desk_zone="Asia/Shanghai",
        case=CASE,
        definition=DEFINITION,
        response=response,
        findings=screening.screen(DEFINITION, response, today=date(2026, 11, 22)),
        records=records.checklist(DEFINITION, response, {"pathology": "received", "imaging": "none"}),
        unnamed=1,
        consents={"keep": True, "share": False},
        language="Русский",
        holder=None,
        waiting=NOW,
        zone="Asia/Almaty",
        now=NOW,
        alarmed=False,
        silent="",
    )
    return replace(shown, **changes)


def text(shown: Card, language: str = "en") -> str:
    return plain(card.card(CATALOGUES[language], shown).text)


def test_each_criterion_stands_with_the_answer_it_rests_on() -> None:
    shown = text(made(ANSWERS))
    assert (
        "1. Cancer confirmed by pathology: ✔ met (told)\n   Which cancer does the patient have: B-cell acute leukaemia (B-ALL)"
        in shown
    )
    assert "11. Travel and stay: ✘ not met" in shown
    assert "What is the creatinine value: 80 µmol/L" in shown
    assert "HIV test – I prefer not to say" in shown
    assert "Received: The pathology report" in shown
    assert "Not there: The latest scan report" in shown
    assert "Permissions: keep answers: yes, show to hospitals: no, reminders: not asked yet" in shown
    assert "22 November 2026, 15:00 (Asia/Almaty)" in shown


def test_no_name_stands_on_a_card_or_a_topic() -> None:
    shown = made({**ANSWERS, "diagnosis": ("Maria Petrova has <leukaemia>",)})
    assert "Maria" not in card.title(CATALOGUES["en"], DEFINITION, CASE, shown.response)
    assert "Maria" not in text(made(ANSWERS))
    assert "Which cancer does the patient have – “Maria Petrova has <leukaemia>”" in text(shown)  # their words, in quotes
    assert (
        card.title(CATALOGUES["en"], DEFINITION, CASE, made(ANSWERS).response)
        == "CL-7KQ4M · B-cell acute leukaemia (B-ALL) · First contact"
    )


@pytest.mark.parametrize("language", CATALOGUES.languages)
def test_a_card_fits_one_message_whatever_was_answered(language: str) -> None:
    everything = {
        item.link_id: tuple(option.value for option in item.options) or ("<&" * 2000,)
        for item in ITEMS.values()
        if item.is_question and item.link_id != "call-you"
    }
    shown = card.card(CATALOGUES[language], made(everything)).text
    assert len(shown) <= LIMIT
    assert len(made(everything).findings) == 11
    for number in range(1, 12):
        assert f"\n{number}. " in shown


def test_a_long_card_loses_the_evidence_of_met_criteria_first(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = text(made(ANSWERS))
    monkeypatch.setattr(card, "LIMIT", len(whole) - 1)
    shorter = text(made(ANSWERS))
    met, not_met = "Which cancer does the patient have: B-cell", "Can someone travel with the patient and stay to help: No"
    assert met in whole.split("2. ")[0]
    assert met not in shorter.split("2. ")[0]
    assert not_met in shorter


def test_a_case_without_answers_has_a_card() -> None:
    shown = text(made({}, response=None, findings=(), records=(), zone=None, waiting=None, silent="unreachable", alarmed=True))
    assert "Criteria: no answers yet." in shown
    assert "RED FLAG, not acknowledged yet" in shown
    assert "The patient cannot be reached" in shown
    assert "Time zone: not known" in shown


def test_a_closed_case_has_no_buttons() -> None:
    assert card.card(CATALOGUES["en"], made(ANSWERS, case=replace(CASE, closed_at=NOW))).rows == ()
