"""The list of doubtful words names only words that the code says."""

from __future__ import annotations

from pathlib import Path

import bot.sandbox
from bot.sandbox.unconfirmed import UNCONFIRMED


def test_every_unconfirmed_refusal_is_one_of_ours() -> None:
    folder = Path(bot.sandbox.__file__).parent
    source = "".join(file.read_text() for file in folder.rglob("*.py") if file.name != "unconfirmed.py")
    assert [words for words in UNCONFIRMED if words.removeprefix("Bad Request: ") not in source] == []
