"""The audit log of a case says in words what was done, whatever brought it about."""

from __future__ import annotations

import pytest

from bot.casework.commands import ABOUT_CASES
from bot.casework.on_page import DEEDS
from bot.casework.presses import NAMES
from bot.wording.trail import action
from tests.loaded import CATALOGUES

CODES = [
    *(f"case.{name}" for name in (*NAMES.values(), *ABOUT_CASES)),
    *(f"case.web.{name}" for name in DEEDS),
    *("case.api", "case.api.documents", "case.api.conversation", "stage.closed", "submission.accepted", "task.changed"),
    *("answer.filed", "case.rated", "costs.asked", "document.judged", "path.closed", "path.changed", "evidence.raised"),
]


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_no_code_is_shown_as_it_is_written(language: str) -> None:
    words = CATALOGUES[language]
    for code in CODES:
        said = action(words, code)
        assert said
        assert code not in said
        assert "." not in said


def test_a_command_is_called_what_its_button_is() -> None:
    words = CATALOGUES["en"]
    assert (
        action(words, "case.handover")
        == action(words, "case.hand-over")
        == action(words, "case.web.hand-over")
        == "handed over"
    )
