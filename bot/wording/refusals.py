"""Why an answer cannot be taken, kindly, and what would be one. Escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wording import values
from bot.wording.markup import plain
from flows.dialogue.refusals import Manner, worded

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from flows.dialogue.refusals import Refusals
    from flows.events import Refused
    from flows.items import Item


def refused(words: Catalogue, refusals: Refusals, event: Refused, item: Item) -> str:
    manner = Manner(translate=words.worded, day=lambda partial: values.partial_date(words, partial), apart=words.isolate)
    person = words.gettext("To ask a person, send /human.") if event.may_skip else ""
    return plain(" ".join(filter(None, (worded(refusals, event, item, manner), person))))
