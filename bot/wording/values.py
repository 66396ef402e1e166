"""Answers in words: a value as a person of this language reads it. Plain text; the caller escapes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton

from flows.inputs import Attachment
from flows.items import Item
from flows.response import Absent, Coding, DateTime, PartialDate, Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from flows.response import Value


NO_ITEM = Item(link_id="", name="", type="string")


def answer(words: Catalogue, item: Item, values: tuple[Value, ...]) -> str:
    return listed(words, [value(words, item, one) for one in values])


def listed(words: Catalogue, texts: Sequence[str]) -> str:
    """Several values, apart by the language's commas, in the reader's order whatever their script."""
    if len(texts) < 2:  # noqa: PLR2004 - nothing to be put in order
        return "".join(texts)
    return comma(words).join(words.isolate(one) for one in texts)


def comma(words: Catalogue) -> str:
    return "، " if words.right_to_left else "，" if words.language.startswith("zh") else ", "


def value(words: Catalogue, item: Item, one: Value) -> str:  # noqa: C901 - one line for each kind of value
    match one:
        case bool():
            return words.gettext("Yes") if one else words.gettext("No")
        case Coding():
            return option(words, item, one)
        case Quantity():
            return words.isolate(f"{number(one.value)} {one.unit}".strip())
        case PartialDate():
            return partial_date(words, one)
        case Attachment():
            return pages(words, one)
        case Absent():
            return absent(words, one)
        case DateTime():
            return date_time(words, one)
        case int() | Decimal():
            return words.isolate(number(one))
        case _:
            return str(one)


def told(words: Catalogue, one: Value) -> str:
    """A value whose question is not there any more."""
    return value(words, NO_ITEM, one)


def option(words: Catalogue, item: Item, coding: Coding) -> str:
    """The option's label in this language; what the form said where it has no such option."""
    for choice in item.options:
        if isinstance(choice.value, Coding) and (choice.value.system, choice.value.code) == (coding.system, coding.code):
            return words.worded(choice.context, choice.display)
    return coding.display or coding.code


def number(value: int | Decimal) -> str:
    """Digits as typed: precision is meaning in a laboratory value."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def absent(words: Catalogue, one: Absent) -> str:
    if one.reason == "asked-unknown":
        return words.gettext("I don't know")
    if one.reason == "asked-declined":
        return words.gettext("I prefer not to say")
    return words.gettext("Skipped")


def pages(words: Catalogue, attachment: Attachment) -> str:
    """What a document is: pages where there are any, files of a folder, images of a scan."""
    kind, n = attachment.content_type, attachment.pages
    if kind == "application/zip":
        return words.ngettext("a folder of {n} file", "a folder of {n} files", n).format(n=n)
    if kind == "application/dicom":
        return words.ngettext("{n} image of a scan", "{n} images of a scan", n).format(n=n)
    if kind != "application/pdf" and not kind.startswith("image/"):
        return words.gettext("a file")
    return words.ngettext("a file of {n} page", "a file of {n} pages", n).format(n=n)


def partial_date(words: Catalogue, partial: PartialDate) -> str:
    """As precise as it was said: a year, a month of a year, or a day."""
    parts = [int(part) for part in partial.text.split("-")]
    if len(parts) == 1:
        return words.isolate(partial.text)
    if len(parts) == 2:  # noqa: PLR2004 - year and month
        return _before_a_stop(format_skeleton("yMMMM", date(parts[0], parts[1], 1), locale=words.dates))
    return day(words, date(parts[0], parts[1], parts[2]))


def date_time(words: Catalogue, stated: DateTime) -> str:
    """Day and time as they were said, where the patient is."""
    if stated.instant is None:
        return words.isolate(stated.text)
    return f"{day(words, stated.instant.date())}{comma(words)}{words.isolate(stated.text[11:16])}"


def day(words: Catalogue, when: date) -> str:
    return _before_a_stop(format_date(when, "long", locale=words.dates))


def _before_a_stop(stated: str) -> str:
    """Without the Russian "г." for "year": a sentence may end behind it, and the date says the same."""
    return stated.removesuffix("г.").rstrip()


def moment(words: Catalogue, when: datetime, zone: str | None) -> str:
    """A time in the reader's zone: "24 November 2026, 10:00"."""
    local = when.astimezone(ZoneInfo(zone or "UTC"))
    return f"{day(words, local.date())}{comma(words)}{words.isolate(format_datetime(local, 'HH:mm', locale='en'))}"
