"""Whoever writes after a crash waits for the start, so what the first answers do not need is not loaded before them."""

from __future__ import annotations

import subprocess
import sys

import pytest

NEEDED = "bot.operator.check, bot.program.running"  # by `python -m bot run`
LATER = {"aiogram", "aiohttp", "alembic", "fastapi", "jinja2", "psycopg", "xlsxwriter"}


@pytest.mark.whole
def test_what_the_first_answers_do_not_need_is_loaded_later() -> None:
    look = f"import sys, {NEEDED}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True).stdout.split()
    assert "sqlalchemy" in loaded
    assert LATER.isdisjoint(loaded)
