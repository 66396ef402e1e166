"""For authors, beside __main__: a form and its catalogues as files. FOLDER has the layout of locales/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.authoring import po, translations
from flows.extraction import texts_of
from flows.fhir.responses import dumps
from flows.library import value_sets
from flows.questionnaire import Questionnaire

CATALOGUE = "LC_MESSAGES/messages.po"


def split(file: Path, folder: Path) -> list[str]:
    """Write the form without translations, a template and one catalogue for each language. Returns what was written.

    Raise Invalid for what is no form, FileExistsError rather than overwrite.
    """
    form = Questionnaire.from_json(file.read_bytes(), value_sets())
    plain, found = translations.split(dict(form.raw))
    wanted = dict.fromkeys([(text.context, text.english) for text, _ in texts_of(form)], "")
    for messages in found.values():
        wanted |= dict.fromkeys(messages, "")
    written = {file.name: _json(plain), "messages.pot": po.write(wanted)}
    for language, messages in found.items():
        written[f"{language.replace('-', '_')}/{CATALOGUE}"] = po.write(messages, language)
    return [_write(folder / name, data) for name, data in written.items()]


def merge(file: Path, locales: Path) -> bytes:
    """The form with the translations that a folder of catalogues has for it. Raise Invalid."""
    form = Questionnaire.from_json(file.read_bytes(), value_sets())
    return _json(translations.merge(translations.split(dict(form.raw))[0], catalogues(locales)))


def catalogues(folder: Path) -> translations.Catalogues:
    """By language, in the order of their names."""
    return {path.parent.parent.name: po.read(path.read_bytes()) for path in sorted(folder.glob(f"*/{CATALOGUE}"))}


def _json(resource: Any) -> bytes:
    return dumps(resource, indent=2).encode() + b"\n"


def _write(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
    return str(path)
