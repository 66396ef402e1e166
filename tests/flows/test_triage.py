"""Red flags: found in words, numbers and buttons, in three languages; not in what only sounds like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import screening, triage
from flows.words.folding import fold, words
from flows.words.phrases import Patterns, sentences
from tests.examples import examples
from tests.flows.answering import SUITED, answered, definition
from tests.flows.triage_sample import ALARMS, CALM


@pytest.mark.parametrize(("language", "text", "flag"), ALARMS)
def test_alarms(language: str, text: str, flag: str) -> None:
    assert flag in triage.flags_in_words(definition(), text, language)


@pytest.mark.parametrize(("language", "text"), CALM)
def test_false_alarms(language: str, text: str) -> None:
    assert triage.flags_in_words(definition(), text, language) == ()


@pytest.mark.parametrize("language", ["en", "ru", "ar", "de", ""])
def test_words_of_every_language_are_found_whatever_was_chosen(language: str) -> None:
    for text in ("he has a fever", "у него жар", "عنده حمى"):
        assert triage.flags_in_words(definition(), text, language) == ("fever",)


@pytest.mark.parametrize(
    "text",
    [
        "he died this morning",
        "My father passed away, please stop writing.",
        "Папа умер вчера",
        "ее больше нет",
        "توفي والدي البارحة",
        "الله يرحمها، ماتت أمي",
    ],
)
def test_a_death_is_heard_in_every_language(text: str) -> None:
    for language in ("en", "ru", "ar", "de"):
        assert triage.tells_of_a_death(definition(), text, language)


@pytest.mark.parametrize(
    "text",
    [
        "he has not died",
        "is he dead",
        "How many people died of it?",
        "I am dead tired",
        "умеренно, не умер",
        "moderate",
        "the phone died",
        "He nearly died in spring",
        "she almost died from the fever",
        "My mother died of cancer, and now I am ill too",
        "His father died of leukaemia",
        "my father died ten years ago",
        "If he died I could not go on",
        "God forbid, if she died",
        "another patient died in his room",
        "он чуть не умер",
        "едва не умерла после химии",
        "мама умерла от рака, теперь болею я",
        "отец умер десять лет назад",
        "его мама умерла в прошлом году",
        "если он умер бы, не дай бог",
        "сосед по палате умер",
        "إذا مات لا سمح الله",
        "كاد يموت في المستشفى",
        "توفيت والدته قبل سنوات",
        "ماتت أمي بالسرطان",
        "مريض آخر توفي في نفس الغرفة",
    ],
)
def test_not_every_word_about_dying_is_a_death(text: str) -> None:
    for language in ("en", "ru", "ar"):
        assert not triage.tells_of_a_death(definition(), text, language)


@pytest.mark.parametrize(
    "text",
    [
        "He died this morning. He had a high fever and could not breathe",
        "she passed away, the bleeding did not stop",
        "Папа умер ночью, была температура 40 и судороги",
        "توفي والدي البارحة، كانت حرارته 40 ولم يستطع التنفس",
    ],
)
def test_nobody_calls_help_for_the_dead(text: str) -> None:
    assert triage.tells_of_a_death(definition(), text, "en")
    assert triage.flags_in_words(definition(), text, "en") == ()


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("My mother passed away. My father has a fever now", "fever"),
        ("he died yesterday, I want to die too", "self-harm"),
        ("мама умерла. я не хочу жить", "self-harm"),
        ("توفي أبي. أريد أن أموت", "self-harm"),
        ("папа умер. У брата сейчас температура 39", "fever"),
    ],
)
def test_who_lives_on_may_need_help(text: str, flag: str) -> None:
    assert triage.tells_of_a_death(definition(), text, "en")
    assert triage.flags_in_words(definition(), text, "en") == (flag,)


@pytest.mark.parametrize(
    "text",
    [
        "My mother died. My father has a fever of 39",
        "My mother died and my father has a fever of 39",
        "mum passed away. Dad is bleeding a lot",
        "My mother died last week. He has a fever of 39",
        "Мама умерла. У папы температура 39",
        "мама умерла, у отца температура 39,5",
        "توفيت أمي. أبي حرارته 39",
    ],
)
def test_the_fever_of_somebody_else_is_an_alarm_without_a_word_for_now(text: str) -> None:
    assert len(triage.flags_in_words(definition(), text, "en")) == 1
    assert triage.alarms_of_another(definition(), text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "My father died yesterday. He had a fever of 40",
        "My father died. My mother saw that he was bleeding a lot",
        "My mother died and she had a fever of 40",
        "Папа умер. Мама мерила ему температуру, была 40",
        "أبي توفي أمس. كانت حرارته 40",
    ],
)
def test_the_fever_of_the_dead_is_none(text: str) -> None:
    assert triage.tells_of_a_death(definition(), text, "en")
    assert triage.flags_in_words(definition(), text, "en") == ()
    assert not triage.alarms_of_another(definition(), text, "en")


@pytest.mark.parametrize(
    "text", ["My mother died in 2015. Dad has a fever of 39", "Мама умерла в 2012 году. У отца жар", "توفيت أمي عام 2012"]
)
def test_a_death_years_ago_is_no_news(text: str) -> None:
    assert not triage.tells_of_a_death(definition(), text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "he is dying",
        "she's dying, help",
        "he is not breathing",
        "no pulse",
        "is he dead? he isn't breathing, not breathing at all",
        "мама умирает",
        "он не дышит",
        "у него нет пульса",
        "إنه يموت",
        "أمي تحتضر",
        "لا يتنفس",
    ],
)
def test_who_is_dying_needs_help(text: str) -> None:
    for language in ("en", "ru", "ar"):
        assert triage.flags_in_words(definition(), text, language)


@pytest.mark.parametrize(
    "text",
    ["my father is dying of cancer, help us", "he is not dying", "Он умирает от рака", "не умирает", "يموت من السرطان"],
)
def test_a_long_illness_is_no_emergency_of_today(text: str) -> None:
    for language in ("en", "ru", "ar"):
        assert triage.flags_in_words(definition(), text, language) == ()


def test_the_person_s_own_language_negates_words_of_another() -> None:
    assert triage.flags_in_words(definition(), "нет fever", "ru") == ()


def test_several_flags_come_in_the_order_of_the_definition() -> None:
    assert triage.flags_in_words(definition(), "He is bleeding, temperature 39, can't breathe", "en") == (
        "fever",
        "breathing",
        "bleeding",
    )


def test_a_lone_number_is_a_temperature_only_where_no_number_is_asked_for() -> None:
    for text in ("38.5", "39,1", "٣٨٫٥", "102.2"):
        assert triage.flags_in_words(definition(), text, "en") == ()
        assert triage.flags_in_words(definition(), text, "en", number_expected=False) == ("fever",)
    for text in ("37.1", "54", "90"):  # an age, sent twice, is no lack of oxygen
        assert triage.flags_in_words(definition(), text, "en", number_expected=False) == ()
    assert triage.flags_in_words(definition(), "oxygen 85", "en", number_expected=False) == ("breathing",)


def test_flags_in_answers() -> None:
    signs = definition().questionnaire.by_link_id["urgent-signs"]
    by_code = {option.value.code: option.value for option in signs.options}
    assert triage.flags_in_answer(definition(), "urgent-signs", (by_code["bleeding"], by_code["fever"])) == (
        "fever",
        "bleeding",
    )
    assert triage.flags_in_answer(definition(), "urgent-signs", (by_code["none"],)) == ()
    assert triage.flags_in_answer(definition(), "cns", (by_code["fever"],)) == ()
    assert triage.flags_in_answer(definition(), "biopsy", (True,)) == ()


def test_every_flag_has_an_answer_in_words_and_the_desk_is_mentioned_last() -> None:
    for flag in definition().red_flags.flags:
        texts = definition().safety_texts([flag.id])
        assert texts[0].id == flag.text
        assert texts[-1].id == "told"


def test_priority() -> None:
    def of(**changes: object) -> str:
        response = answered(SUITED | {link_id.replace("_", "-"): said for link_id, said in changes.items()})
        findings = screening.screen(definition(), response, today=response.authored.date())
        return triage.priority(definition(), response, findings)

    assert of(urgent_signs=["fever"]) == "urgent"
    assert of(urgent_signs=["none"]) == "soon"  # it grows and cannot wait
    assert of(wait="over-4-weeks") == "routine"


# ---- the pieces


@examples(200)
@given(st.text())
def test_folding_is_total_and_settled(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(text) == words(fold(text))


@examples(200)
@given(text=st.text(max_size=200), number_expected=st.booleans())
def test_no_text_breaks_the_search_for_flags(text: str, *, number_expected: bool) -> None:
    found = triage.flags_in_words(definition(), text, "en", number_expected=number_expected)
    assert set(found) <= {flag.id for flag in definition().red_flags.flags}


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("ПЁТР", "петр"),
        ("حُمَّى", "حمي"),
        ("أإآا", "اااا"),
        ("حرارة ٣٨٫٥", "حراره 38.5"),
        ("can’t", "can't"),
        ("۳۸", "38"),
        ("３８．５ ℃", "38.5 °c"),
        ("\u206682 ×10⁹/L\u2069", "82 ×109/l"),
    ],
)
def test_folding(said: str, folded: str) -> None:
    assert fold(said) == folded


def test_sentences_keep_decimals_and_degrees_whole() -> None:
    found = sentences("Temp 38.5 °C. No, worse, 39,1°! Ok?")
    assert [one.words for one in found] == [("temp", "38.5", "°c"), ("no",), ("worse", "39,1", "°"), ("ok",)]


def test_patterns_allow_small_gaps_and_stems_and_no_more() -> None:
    found = Patterns.of(["short* of breath"])
    assert list(found.spans(("shortness", "of", "his", "breath")))
    assert not list(found.spans(("short", "list", "of", "things", "that", "take", "breath")))
    with pytest.raises(ValueError, match=r"\*"):
        Patterns.of(["a *"])
