"""Catalogues: every sentence in every language, read from locales/<language>/LC_MESSAGES/messages.po once at start.

The .po files themselves are read, so that a translator's change needs a restart and no compiler.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from flows.authoring.translations import languages, speaker

if TYPE_CHECKING:
    from flows.library import Definition
    from flows.words.tongue import Translate

SOURCE = "en"
LOCALES = Path(__file__).parent.parent / "locales"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
COMMAND = re.compile(r"(?<![\w/\u200e\u2068])/[a-z]+\b(?: [A-Za-z0-9^/%:.-]*[A-Za-z0-9])*")
UNTRANSLATED = "\ue000"  # stands before English in a language that has no words of its own for it: see `for_dossiers`


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """One language. `gettext` is for the bot's own sentences, `worded` for those of a definition (context = where it stands)."""

    language: str
    right_to_left: bool
    translations: NullTranslations
    form: Mapping[str, Any] = field(default_factory=dict, repr=False)  # whose own translations come first

    @property
    def own_name(self) -> str:
        """The language's name in itself: what its button says."""
        return (Locale.parse(self.language).get_language_name(self.language) or self.language).capitalize()

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.language)

    @property
    def dates(self) -> str:
        """The locale for dates: "3 April 2024" in English, which is written and read the same way everywhere."""
        return "en_GB" if self.language == SOURCE else self.language

    def gettext(self, message: str) -> str:
        return self.translations.gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.translations.ngettext(one, many, n)

    def pgettext(self, context: str, message: str) -> str:
        return self.translations.pgettext(context, message)

    def worded(self, context: str, english: str) -> str:
        """A definition's text: by its own place first, then the same English anywhere, then English."""
        if not english:
            return ""
        return self._own(context, english)

    @cached_property
    def _own(self) -> Translate:
        return speaker(dict(self.form), self.language, self._worded) if self.form else self._worded

    def _worded(self, context: str, english: str) -> str:
        found = self.translations.pgettext(context, english) if context else english
        return self.translations.gettext(english) if found == english else found

    def isolate(self, text: str) -> str:
        """Keep a number with its unit, a code or a name in its own order inside right-to-left text."""
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if self.right_to_left else text


class Catalogues:
    """All languages that a folder of catalogues holds, English always among them."""

    def __init__(self, by_language: dict[str, Catalogue]) -> None:
        self._by_language = by_language
        self.languages = tuple(by_language)

    @classmethod
    def load(cls, folder: Path = LOCALES) -> Catalogues:
        found = {SOURCE: _catalogue(SOURCE, NullTranslations())}
        for file in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
            language = file.parent.parent.name
            found[language] = _catalogue(language, _read(file))
        return cls(found)

    def speaking(self, definition: Definition) -> Catalogues:
        """With the languages of a definition, and the translations that its form brings along."""
        known = {one: self._by_language.get(one) or _catalogue(one, NullTranslations()) for one in definition.languages}
        form = definition.form.raw if len(languages(dict(definition.form.raw))) > 1 else {}
        return Catalogues({one: replace(each, form=form) for one, each in {**self._by_language, **known}.items()})

    @cached_property
    def for_dossiers(self) -> Catalogues:
        """These and the languages that serve the dossier only: dossier.po holds its words, and what is not there is marked English."""
        found = dict(self._by_language)
        for file in sorted(LOCALES.glob("*/LC_MESSAGES/dossier.po")):
            language = file.parent.parent.name
            if language not in found:
                translations = _read(file)
                translations.add_fallback(_Marked())
                found[language] = _catalogue(language, translations)
        return Catalogues(found)

    def __getitem__(self, language: str | None) -> Catalogue:
        return self._by_language.get(language or SOURCE, self._by_language[SOURCE])

    def chosen(self, language: str | None, hint: str | None) -> Catalogue:
        """The language that somebody chose; before that, what their Telegram speaks."""
        return self[language or self.nearest(hint)]

    def nearest(self, hint: str | None) -> str:
        """The language to begin with, from what the client says about itself (an IETF tag, or anything at all)."""
        preferred = [hint.replace("-", "_"), hint.split("-")[0].lower()] if hint else []
        try:
            return negotiate_locale(preferred, self.languages, sep="_") or SOURCE
        except (ValueError, UnknownLocaleError):
            return SOURCE


class _Marked(NullTranslations):
    """What a catalogue does not know. A text in a context is looked for without it first, so only that last look marks."""

    def gettext(self, message: str) -> str:
        return UNTRANSLATED + message


def _read(file: Path) -> GNUTranslations:
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.parent.parent.name)
    if catalogue.locale and catalogue.locale.text_direction == "rtl":
        for message in catalogue:
            message.string = _in_order(message.string)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _in_order(said: Any) -> Any:
    """Commands with what follows them keep their order inside right-to-left words: /lab anc 0.4 is not read as 0.4 anc/lab."""
    if isinstance(said, str):
        return COMMAND.sub(rf"{FIRST_STRONG_ISOLATE}\g<0>{POP_ISOLATE}", said)
    return tuple(map(_in_order, said))


def _catalogue(language: str, translations: NullTranslations) -> Catalogue:
    direction = Locale.parse(language).text_direction
    return Catalogue(language=language, right_to_left=direction == "rtl", translations=translations)
