"""The intake and the words of the program, read once for all tests: reading takes longer than most of them do."""

from __future__ import annotations

from bot.catalogues import Catalogues
from flows import library

DEFINITION = library.load()
CATALOGUES = Catalogues.load()
