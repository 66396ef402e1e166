"""What families call the illness: a name that may be several illnesses is never taken for one of them."""

from __future__ import annotations

import pytest

from flows.dialogue.refusal import Refusal
from flows.words.choices import one_option
from flows.words.tongue import Tongue
from tests.loaded import CATALOGUES, DEFINITION


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "blood cancer"),
        ("en", "ALL"),
        ("en", "leukemia"),
        ("ru", "рак крови"),
        ("ru", "лимфома"),
        ("ar", "سرطان بالدم"),
        ("ar", "سرطان الدم"),
        ("ar", "لوكيميا"),
        ("ar", "لوكيميا حادة"),
        ("ar", "ALL"),
    ],
)
def test_a_name_of_several_illnesses_is_asked_about(language: str, text: str) -> None:
    words, form = CATALOGUES[language], DEFINITION.questionnaire
    tongue = Tongue(language=language, vocabulary=DEFINITION.lexicon.of(language), translate=words.worded)
    found = one_option(text, form.by_link_id["diagnosis"], tongue)
    assert isinstance(found, Refusal)
    assert found.reason == "ambiguous-option"
    assert len(found.candidates) > 1
