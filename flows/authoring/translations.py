"""A form's texts in other languages: taken out into catalogues for translators, and put back as `translation` extensions.

A message is (context, English) -> text, as in gettext. Contexts are those of `flows.items`, with which the chat asks for its texts:
the linkId for a question, `linkId/code` for an option; any other text has the path to it from its item. Only exact contexts are
put back, so that taking apart and putting together gives the same form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError

from flows.fhir.nodes import HL7, bcp47

if TYPE_CHECKING:
    from flows.words.tongue import Translate

Messages = Mapping[tuple[str, str], str]
Catalogues = Mapping[str, Messages]  # by language
Json = dict[str, Any]

TRANSLATION = f"{HL7}translation"
OPEN_LABEL = "sdc-questionnaire-openLabel"
ALSO = ".extension[also-said]"
MARKDOWN = frozenset(
    {"description", "purpose", "copyright", "valueMarkdown"}
)  # fields of this type; their translations have it too
OPTION = re.compile(r"\.answerOption\[[^\]]*\](\.valueCoding)?")
ANSWER = re.compile(r"\.answerOption\[[^\]]*\]")
Change = Callable[[str, str, Json, str], Json]  # context, text, what stands beside it, its field -> what is to stand there


def split(form: Json) -> tuple[Json, dict[str, dict[tuple[str, str], str]]]:
    """The form without its translations, and these by language. What is no translation as FHIR writes it stays in the form."""
    found: dict[str, dict[tuple[str, str], str]] = {}

    def take(context: str, english: str, beside: Json, _name: str) -> Json:
        kept = []
        for extension in beside.get("extension", ()):
            language, text = _translation(extension)
            messages = found.setdefault(language, {}) if language else {}
            if not language or (context, english) in messages:
                kept.append(extension)
            else:
                messages[context, english] = text
        rest = {name: value for name, value in beside.items() if name != "extension"}
        return {**rest, "extension": kept} if kept else rest

    return _worded(form, take), found


def merge(form: Json, catalogues: Catalogues) -> Json:
    """The form with every text that a catalogue has for its context, as extensions beside it, in the catalogues' order."""

    def add(context: str, english: str, beside: Json, name: str) -> Json:
        made = [
            {"url": TRANSLATION, "extension": _parts(bcp47(language), messages[context, english], name)}
            for language, messages in catalogues.items()
            if messages.get((context, english))
        ]
        return {**beside, "extension": [*beside.get("extension", ()), *made]} if made else beside

    return _worded(form, add)


def speaker(form: Json, language: str, otherwise: Translate) -> Translate:
    """The texts in one language: the form's own, by context or by the same words anywhere, else what `otherwise` gives."""
    own = split(form)[1]
    chosen = nearest(language, tuple(own))
    messages = own[chosen] if chosen else {}
    anywhere = {english: text for (_, english), text in reversed(messages.items())}
    return lambda context, english: messages.get((context, english)) or anywhere.get(english) or otherwise(context, english)


def languages(form: Json) -> tuple[str, ...]:
    """The languages that a form brings, the one that it is written in first."""
    source = form.get("language")
    return tuple(dict.fromkeys((source if isinstance(source, str) and source else "en", *split(form)[1])))


def offered(form: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages that a person can choose, the form's own first: without the region where that makes no difference."""
    found = [bcp47(one) for one in languages(dict(form))]
    short = [one.split("-")[0].lower() for one in found]
    named = (one if short.count(one) == 1 else whole.replace("-", "_") for one, whole in zip(short, found, strict=True))
    return tuple(dict.fromkeys(one for one in named if _is_known(one)))


def _is_known(language: str) -> bool:
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def nearest(language: str, known: tuple[str, ...]) -> str | None:
    """The same language, or one that differs in its region only."""
    wanted = bcp47(language)
    alike = [one for one in known if bcp47(one).split("-")[0].lower() == wanted.split("-")[0].lower()]
    return wanted if wanted in known else next(iter(alike), None)


def _translation(extension: Any) -> tuple[str, str]:
    """(language, text) of a translation extension; two empty texts for anything else."""
    if not isinstance(extension, dict) or extension.get("url") != TRANSLATION:
        return "", ""
    parts = {part.get("url"): part for part in extension.get("extension", ()) if isinstance(part, dict)}
    content = parts.get("content", {})
    language, text = parts.get("lang", {}).get("valueCode"), content.get("valueString", content.get("valueMarkdown"))
    usable = isinstance(language, str) and language and isinstance(text, str) and text
    return (language, text) if usable else ("", "")  # type: ignore[return-value]


def _parts(language: str, text: str, name: str) -> list[Json]:
    kind = "valueMarkdown" if name in MARKDOWN else "valueString"
    return [{"url": "lang", "valueCode": language}, {"url": "content", kind: text}]


def _worded(form: Json, change: Change) -> Json:
    """The form with a change made beside each of its texts."""
    seen: set[str] = set()

    def visit(value: Any, place: Place) -> Any:
        if isinstance(value, list):
            return [visit(one, place.inside(_named(one, index))) for index, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        here = place.of(value)
        made = {name: visit(one, here.below(name)) for name, one in value.items() if not name.startswith("_")}
        beside = {name: one for name, one in value.items() if name.startswith("_")}
        for name in [name for name, text in made.items() if isinstance(text, str) and text]:
            context = _once(here.context(name, value), seen)
            old = beside.get(f"_{name}", {})
            new = change(context, made[name], old, name) if isinstance(old, dict) else old
            beside = {**beside, f"_{name}": new} if new else {one: old for one, old in beside.items() if one != f"_{name}"}
        return {**made, **beside}

    made: Json = visit(form, Place())
    return made


def _named(value: Any, index: int) -> str:
    """What tells an element of a list apart: the end of its address, its code, else its number."""
    named = (value.get("url"), value.get("code")) if isinstance(value, dict) else ()
    return next((one.rpartition("/")[2] for one in named if isinstance(one, str) and one), str(index))


def _option_code(option: Json) -> str:
    """What names an answer option in a context: its code, else its words."""
    coding = option.get("valueCoding")
    named = (coding.get("code"), coding.get("display")) if isinstance(coding, dict) else (option.get("valueString"),)
    return next((one for one in named if isinstance(one, str) and one), "")


def _once(context: str, seen: set[str]) -> str:
    """The context, with a number when it was met before: two options can have one code in two systems."""
    known, number = context, 1
    while known in seen:
        number += 1
        known = f"{context}#{number}"
    seen.add(known)
    return known


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: the linkId of its item ("" outside all items), the path from there, and the code of the option it belongs to."""

    item: str = ""
    path: str = ""
    option: str = ""

    def of(self, value: Json) -> Place:
        """The place of an object: an item begins a path of its own."""
        link_id = value.get("linkId")
        if isinstance(link_id, str) and link_id:
            return Place(link_id)
        return replace(self, option=_option_code(value)) if ANSWER.fullmatch(self.path) else self

    def below(self, name: str) -> Place:
        return replace(self, path=f"{self.path}.{name}")

    def inside(self, name: str) -> Place:
        return replace(self, path=f"{self.path}[{name}]")

    def context(self, name: str, value: Json) -> str:
        """The gettext context of a text in a field of the object that stands here."""
        if not self.item:
            return f"{self.path}.{name}".lstrip(".")
        if not self.path and name == "text":
            return self.item
        if OPTION.fullmatch(self.path) and name in {"display", "valueString"}:
            return f"{self.item}/{value.get('code') or value[name]}"
        if self.path == f".extension[{OPEN_LABEL}]":
            return f"{self.item}/openLabel"
        if self.option and self.path.endswith(ALSO):
            return f"{self.item}/{self.option}/also"
        return f"{self.item}{self.path}.{name}"
