"""Babel extractor: every translatable text of the definition files, with its context, for locales/messages.pot.

The files are read by the same readers as at start, so that a text has one context, written down in one spot.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from flows import alerts, criteria, page, records, red_flags
from flows.casework import stages, support
from flows.dialogue import refusals
from flows.items import Item
from flows.questionnaire import Questionnaire
from flows.reading import Spot
from flows.schedule import followups, reminder_rules
from flows.staff import desk
from flows.texts import Text

Message = tuple[int, str, tuple[str, str], list[str]]

BETWEEN = "words that are understood and never shown; as many as you like, semicolons between them"

# a field that only this kind of file has -> its reader
READERS: Mapping[str, Callable[[Spot], object]] = {
    "variables": criteria.read,
    "records": records.read,
    "quiet_hours": reminder_rules.read,
    "points": followups.read,
    "flags": red_flags.read,
    "faq": page.read,
    "stages": stages.read,
    "canned": desk.read,
    "rules": alerts.read,
    "path_reasons": support.read,
    "refusals": refusals.read,
}


def extract(fileobj: BinaryIO, *_keywords: object, **_options: object) -> Iterator[Message]:
    """(line, "pgettext", (context, text), comments) for each text. A file without texts (words.json) gives none."""
    source = fileobj.read().decode()
    data = json.loads(source, parse_float=Decimal)
    lines = source.splitlines()
    for text, comments in _texts(data):
        yield _line(lines, text.english), "pgettext", (text.context, text.english), comments


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[Text, list[str]]]:
    if data.get("resourceType") == "Questionnaire":
        yield from texts_of(Questionnaire.from_json(data))
        return
    reader = next((reader for field, reader in READERS.items() if field in data), None)
    if reader is not None:
        seen: set[str] = set()
        for text in _inside(reader(Spot("", "", data))):
            if text.context not in seen:
                seen.add(text.context)
                yield text, []


def texts_of(form: Questionnaire) -> Iterator[tuple[Text, list[str]]]:
    """Every text of a form that the chat says, with comments for translators."""
    if form.title:
        yield Text(context="title", english=form.title), []
    for item in form.by_link_id.values():
        yield from _item(item)


def _item(item: Item) -> Iterator[tuple[Text, list[str]]]:
    if item.text:
        yield Text(context=item.context, english=item.text), []
    about = [f"an answer to: {item.text}"]
    for option in item.options:
        if option.display:
            yield Text(context=option.context, english=option.display), about
        if option.also:
            yield (
                Text(context=option.also_context, english=option.also),
                [f"what else people say for: {option.display}", BETWEEN],
            )
    if item.open_label:
        yield Text(context=item.open_context, english=item.open_label), about


def _inside(value: object) -> Iterator[Text]:
    """Every text anywhere in what a reader made."""
    if isinstance(value, Text):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _inside(getattr(value, one.name))
    elif isinstance(value, Mapping):
        yield from _inside(tuple(value.values()))
    elif isinstance(value, Collection) and not isinstance(value, str | bytes):
        for inner in value:
            yield from _inside(inner)


def _line(lines: list[str], text: str) -> int:
    """The first line on which the text stands, from 1."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return next((number for number, line in enumerate(lines, start=1) if written in line), 1)
