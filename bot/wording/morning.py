"""The morning digest in words: five lines, and what stands in its picture. Counts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from babel.dates import format_timedelta

from bot.wording import values
from bot.wording.markup import bold, lines, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.catalogues import Catalogue, Catalogues
    from storage.desk.figures import Figures

SHOWN = 6  # languages
AGES = (timedelta(days=2), timedelta(days=7), timedelta(days=30))


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """`since`: from when on cases are new; `zone`: the desk's; `late`: families that wait longer than promised; `overdue`: next acts whose day has passed."""

    figures: Figures
    late: int
    overdue: int
    today: date
    since: datetime
    now: datetime
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One part of the picture: bars with what they are and how long."""

    title: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]


def text(words: Catalogue, catalogues: Catalogues, digest: Digest) -> str:
    """Five lines, escaped."""
    found = digest.figures
    new = words.gettext("Since {when}: {opened} opened, {closed} closed, {open} open now.")
    since = values.moment(words, digest.since, digest.zone)
    free = words.gettext("Nobody holds: {n}.").format(n=found.free)
    if found.oldest_free is not None:
        waits = format_timedelta(digest.now - found.oldest_free, locale=words.language)
        free = words.gettext("Nobody holds: {n}, the oldest for {time}.").format(n=found.free, time=waits)
    late = words.gettext("Waiting longer than promised: {n}. Next steps overdue: {overdue}.")
    flags = words.gettext("Red flags not acknowledged: {n}.").format(n=found.alarmed)
    spoken = ", ".join(f"{label} {count}" for label, count in _languages(catalogues, found))
    return lines(
        bold(values.day(words, digest.today))
        + " · "
        + plain(new.format(when=since, opened=found.opened, closed=found.closed, open=found.open)),
        plain(free),
        plain(late.format(n=digest.late, overdue=digest.overdue)),
        ("🚩 " if found.alarmed else "") + plain(flags),
        plain(words.gettext("Languages: {languages}").format(languages=spoken or words.gettext("none"))),
    )


def panels(words: Catalogue, catalogues: Catalogues, digest: Digest) -> tuple[Panel, ...]:
    """Funnel, ageing, what waits, languages."""
    found = digest.figures
    languages = _languages(catalogues, found)
    waiting = (
        (words.gettext("nobody holds it"), found.free),
        (words.gettext("longer than promised"), digest.late),
        (words.gettext("next steps overdue"), digest.overdue),
        (words.gettext("red flags not seen"), found.alarmed),
    )
    return (
        Panel(title=words.gettext("Who wrote first in the last 30 days"), labels=_funnel(words), counts=found.funnel),
        Panel(title=words.gettext("Open cases by age"), labels=_ages(words), counts=found.ages),
        _panel(words.gettext("Waiting now"), waiting),
        _panel(words.gettext("Open cases by language"), languages),
    )


def _panel(title: str, bars: Sequence[tuple[str, int]]) -> Panel:
    return Panel(title=title, labels=tuple(label for label, _ in bars), counts=tuple(count for _, count in bars))


def _funnel(words: Catalogue) -> tuple[str, ...]:
    return (
        words.gettext("wrote to us"),
        words.gettext("answered all questions"),
        words.gettext("came to the desk"),
        words.gettext("sent to a hospital"),
        words.gettext("infusion done"),
    )


def _ages(words: Catalogue) -> tuple[str, ...]:
    return (
        words.gettext("up to 2 days"),
        words.gettext("3 to 7 days"),
        words.gettext("8 to 30 days"),
        words.gettext("over 30 days"),
    )


def _languages(catalogues: Catalogues, found: Figures) -> list[tuple[str, int]]:
    """The most frequent by their own names, the others together."""
    first, rest = found.languages[:SHOWN], sum(count for _, count in found.languages[SHOWN:])
    named = [(catalogues[language].own_name, count) for language, count in first]
    return [*named, ("…", rest)] if rest else named
