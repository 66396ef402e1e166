"""Lists of markers as reports write them: what was not found is never taken for found."""

from __future__ import annotations

import pytest

from flows.dialogue.prompt import Expects
from tests.flows.forms import EXCLUSIVE, item, options
from tests.flows.talking import Talk, plain
from tests.flows.test_conversations import also

MARKERS = options("CD19", "CD20", "CD22", "None of these were found", **{"none of these were found": EXCLUSIVE})


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "CD19+, CD20-", "CD19"),
        ("en", "CD19+ CD20+ CD22-", "CD19 CD20"),
        ("en", "CD19 (+), CD20 (\u2212), CD22 (+)", "CD19 CD22"),
        ("en", "CD19 positive, CD20-negative", "CD19"),
        ("en", "CD19 and CD20 are positive", "CD19 CD20"),
        ("ru", "CD19 и CD20 положительные", "CD19 CD20"),
        ("ar", "CD19 إيجابي و CD20 سلبي", "CD19"),
        ("en", "no", "None of these were found"),
    ],
)
def test_what_was_found(language: str, text: str, found: str) -> None:
    talk = Talk(item("markers", "choice", repeats=True, answerOption=MARKERS), item("b"), language=language)
    assert " ".join(choice.option.display for choice in talk.says(text).prompt.choices if choice.selected) == found


@pytest.mark.parametrize(("language", "text"), [("ru", "нет, ничего"), ("en", "none found")])
def test_none_in_words_says_all_there_is_to_say(language: str, text: str) -> None:
    talk = Talk(item("markers", "choice", repeats=True, answerOption=MARKERS), item("b"), language=language)
    assert talk.says(text).is_asked("b").answer("markers") == ("none of these were found",)


@pytest.mark.parametrize("text", ["CD20-", "no CD20", "CD20 negative", "CD19, CD20 negative", "CD19 CD20-"])
def test_what_was_not_found_alone_or_unclear_is_asked_again(text: str) -> None:
    talk = Talk(item("markers", "choice", repeats=True, answerOption=MARKERS), item("b")).says(text)
    assert not any(choice.selected for choice in talk.prompt.choices)
    talk.is_refused("not-an-option")


def test_a_mistyped_name_is_shown_back_but_none_of_another_illness() -> None:
    myeloma = options("Multiple myeloma", **{"multiple myeloma": also("myeloma")})
    lymphoma = options("B-cell lymphoma", **{"b-cell lymphoma": also("non-Hodgkin lymphoma")})
    talk = Talk(item("diagnosis", "open-choice", answerOption=[*myeloma, *lymphoma]), item("b"))
    assert plain(talk.says("myelome").is_asked("diagnosis", Expects.CONFIRM_ANSWER).prompt.kept) == ("multiple myeloma",)
    talk.says("no").says("Hodgkin lymphoma")
    assert talk.prompt.kept == ("Hodgkin lymphoma",)
