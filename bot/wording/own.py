"""What coordinators are answered about themselves. In the desk's language; plain unless said otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wording.markup import paragraphs, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from storage.rows import Coordinator


def kept(words: Catalogue, now: Coordinator) -> str:
    """Shown back, so that a slip is seen at once."""
    text = words.gettext("Kept. News of cases goes by it from now on. Your shift: {shift}. News for you: {now}")
    return text.format(shift=_shift(words, now), now=_wanted(words, now))


def gone_until(words: Catalogue, day: str) -> str:
    """Escaped."""
    return plain(words.gettext("You are away until {day}. News of cases goes to others.").format(day=day))


def _shift(words: Catalogue, now: Coordinator) -> str:
    return words.isolate(now.shift) if now.shift else words.gettext("always")


def _wanted(words: Catalogue, now: Coordinator) -> str:
    return ", ".join(filter(None, (*now.languages.split(","), *now.topics.split(",")))) or words.gettext("all")


def how_shift(words: Catalogue, now: Coordinator) -> str:
    text = words.gettext(
        "Your shift: {shift}. Write it like /shift Mon-Fri 09:00-18:00 Asia/Almaty, or /shift all, or /shift end"
    )
    return text.format(shift=_shift(words, now))


def how_away(words: Catalogue) -> str:
    return words.gettext("For how many days? Write /away 3, and /away 0 when you are back.")


def how_me(words: Catalogue, now: Coordinator, languages: Sequence[str], topics: Sequence[str]) -> str:
    text = words.gettext(
        "News for you: {now}. Write the languages that you answer in and what you see to, such as /me ru ar human, or /me all. "
        "Languages: {languages}. To see to: {topics}"
    )
    return text.format(now=_wanted(words, now), languages=", ".join(languages), topics=", ".join(topics))


def with_hint(words: Catalogue, listed: str) -> str:
    """Escaped."""
    return paragraphs(
        plain(words.gettext("You still hold these cases. Hand over what cannot wait: /handover NAME in its topic.")), listed
    )


def nothing_left(words: Catalogue) -> str:
    """Escaped."""
    return plain(words.gettext("You hold no open case. Nothing is left to hand over."))
