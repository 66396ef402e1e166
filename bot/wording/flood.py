"""The list of new cases while there are more of them than the group can take: numbers and coded words only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from babel.dates import format_timedelta

from bot.messages import Message
from bot.wording import desk, keys
from bot.wording.controls import rows
from bot.wording.markup import bold, lines, paragraphs, plain

if TYPE_CHECKING:
    from bot.catalogues import Catalogue, Catalogues
    from storage.desk.overview import Unalerted


def listed(words: Catalogue, catalogues: Catalogues, found: Unalerted, *, waiting: int, minutes: int) -> Message:
    """How many wait, in which languages, the most urgent of them with buttons, and how far the group lags behind."""
    if not found.count:
        return Message(text=plain(words.gettext("All the new cases of this list were taken.")))
    head = words.ngettext("{n} new case waits for somebody", "{n} new cases wait for somebody", found.count)
    spoken = (f"{words.isolate(catalogues[language].own_name)}: {count}" for language, count in found.languages)
    listed = (f"{words.isolate(case.number)}: {desk.urgencies(words)[case.urgency]}" for case in found.first)
    lag = words.ngettext(
        "{n} message waits for this group; the last one comes in about {time}. A claimed case comes first.",
        "{n} messages wait for this group; the last one comes in about {time}. A claimed case comes first.",
        waiting,
    )
    time = format_timedelta(timedelta(minutes=minutes), locale=words.language, granularity="minute", threshold=2)
    return Message(
        text=paragraphs(
            bold(head.format(n=found.count)),
            plain("; ".join(spoken)),
            lines(*map(plain, listed), "…" if found.count > len(found.first) else ""),
            plain(lag.format(n=waiting, time=time)) if waiting else "",
        ),
        rows=rows(*(keys.claim_listed(words, case.id, case.number) for case in found.first)),
    )
