"""Every language is complete, keeps its placeholders, and says nothing that must not be said to a patient."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from bot.catalogues import LOCALES, Catalogues
from flows import library

HOUSE = Path(__file__).parent.parent
LANGUAGES = sorted(file.parent.parent.name for file in LOCALES.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"\{(\w*)\}")
DESK = (
    "bot/wording/grades.py",
    "bot/wording/trials.py",
    "bot/wording/desk.py",
    "bot/wording/card.py",
    "bot/wording/counter.py",
    "bot/wording/keys.py",
    "bot/wording/staff.py",
    "bot/wording/canned.py",
    "bot/wording/waiting.py",
    "bot/wording/own.py",
    "bot/wording/filing.py",
    "bot/wording/morning.py",
    "bot/wording/flood.py",
    "bot/wording/web.py",
    "bot/wording/trail.py",
)
DESK_CONTEXT = re.compile(
    r"^(criterion|alert|desk-canned|hand-over|take-over|protocol|red-flag|close-reason)/|^stage/[^/]+/desk$"
)

# What no text for patients says: a verdict, a promise, a dose. Whole words, or stems with a star.
FORBIDDEN = {
    "en": [
        "eligib*",
        "ineligib*",
        "qualif*",
        "suitable",
        "guarantee*",
        "cure*",
        "you will get",
        "mg",
        "milligram*",
        "congratulations",
    ],
    "ru": [
        "подходите",
        "подходит для лечения",
        "не подходит",
        "годен",
        "годны",
        "гарантир*",
        "вылеч*",
        "исцел*",
        "мг",
        "поздравля*",
    ],
    "ar": ["مؤهل", "مؤهلة", "مؤهلين", "غير مؤهل", "نضمن", "مضمون", "شفاء", "ملغ", "تهانينا"],
}
ALLOWED = {"qualified cancer doctor"}  # an oncologist's qualification, not the patient's


@cache
def source(tmp: Path = HOUSE / "locales" / "messages.pot") -> Catalog:
    with tmp.open("rb") as file:
        return read_po(file)


@cache
def translated(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def one(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def for_patients(message: Message) -> bool:
    if message.context and DESK_CONTEXT.match(message.context):
        return False
    places = {place for place, _ in message.locations}
    return not places or not places <= set(DESK)


def test_there_are_three_languages() -> None:
    assert {"ru", "ar"} <= set(LANGUAGES)
    assert set(library.load().languages) == {"en", *LANGUAGES}


def test_the_template_is_what_the_code_and_the_definitions_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "messages.pot"
    monkeypatch.chdir(HOUSE)
    CommandLineInterface().run(["pybabel", "-q", "extract", "-F", "pyproject.toml", "-o", str(made), "."])
    fresh = {(message.context, one(message)) for message in messages(source(made))}
    kept = {(message.context, one(message)) for message in messages(source())}
    assert fresh == kept, "make locales/messages.pot again: locales/README.md says how"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing(language: str) -> None:
    known = translated(language)
    missing = []
    for message in messages(source()):
        found = known.get(one(message), message.context)
        if (
            found is None
            or found.fuzzy
            or not all(strings(found))
            or (isinstance(message.id, tuple) and len(strings(found)) != known.num_plurals)
        ):
            missing.append((message.context, one(message)))
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(language: str) -> None:
    for message in messages(source()):
        found = translated(language).get(one(message), message.context)
        assert found
        wanted = {*PLACEHOLDER.findall(one(message))}
        for text in strings(found):
            got = set(PLACEHOLDER.findall(text))
            assert got == wanted or (isinstance(message.id, tuple) and got < wanted), (message.context, text)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_no_text_for_patients_gives_a_verdict_a_promise_or_a_dose(language: str) -> None:
    stems = [re.escape(word).replace(r"\*", r"\w*") for word in FORBIDDEN[language]]
    forbidden = re.compile(rf"(?<!\w)({'|'.join(stems)})(?!\w)", re.IGNORECASE)
    said = []
    for message in filter(for_patients, messages(source())):
        found = message if language == "en" else translated(language).get(one(message), message.context)
        texts = [one(message)] if language == "en" else strings(found) if found else []
        for text in texts:
            for allowed in ALLOWED:
                text = text.replace(allowed, "")  # noqa: PLW2901 - the allowed use is taken out
            if forbidden.search(text):
                said.append((message.context, text))
    assert not said


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_nothing_shouts(language: str) -> None:
    for message in filter(for_patients, messages(source())):
        found = message if language == "en" else translated(language).get(one(message), message.context)
        texts = [one(message)] if language == "en" else strings(found) if found else []
        assert not [text for text in texts if "!" in text], message.context


DOSSIERS = sorted(file.parent.parent.name for file in LOCALES.glob("*/LC_MESSAGES/dossier.po"))
OF_THE_DOSSIER = {"bot/wording/dossier.py"}


def test_dossiers_are_made_in_six_languages() -> None:
    assert {"en", *LANGUAGES, *DOSSIERS} == {"ar", "en", "fa", "hi", "ru", "zh_Hans"}


@pytest.mark.parametrize("language", DOSSIERS)
def test_the_words_of_the_dossier_are_complete(language: str) -> None:
    """In the languages that only hospitals read: its own words, the criteria, the records, the disclaimers."""
    with (LOCALES / language / "LC_MESSAGES" / "dossier.po").open("rb") as file:
        known = read_po(file, locale=language)
    for message in messages(source()):
        coded = re.fullmatch(r"(criterion/.*/title|record/.*/text|disclaimer/.*/text|evidence)", message.context or "")
        if coded or {place for place, _ in message.locations} & OF_THE_DOSSIER:
            found = known.get(one(message)) or known.get(one(message), message.context)
            if found is None and message.context == "evidence":
                continue  # what a button says, and no dossier
            assert found, one(message)
            assert all(strings(found)), one(message)
            for text in strings(found):
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(one(message))), text
    known_texts = {one(message) for message in messages(source())}
    assert not [one(message) for message in messages(known) if one(message) not in known_texts]


def test_a_command_keeps_its_order_inside_right_to_left_words() -> None:
    words = Catalogues.load()["ar"]
    lab = words.gettext("a value from a report: /lab anc 0.4 10^9/L 2026-11-20, best as a reply to the report")
    assert "\u2068/lab anc 0.4 10^9/L 2026-11-20\u2069" in lab
    texts = [
        words.pgettext(each.context, one(each)) if each.context else words.gettext(one(each)) for each in messages(source())
    ]
    told = [text for text in texts if re.search("[\u0600-\u06ff]", text) and re.search(r"(?<!\w)/[a-z]{3}", text)]
    assert len(told) > 30
    assert not [text for text in told if re.search(r"(?<![\w/\u200e\u2068])/[a-z]", text)]


def test_a_language_is_guessed_from_what_the_client_says() -> None:
    catalogues = Catalogues.load()
    assert catalogues.nearest("ru-RU") == "ru"
    assert catalogues.nearest("ar") == "ar"
    assert catalogues.nearest("pt-BR") == "en"
    assert [catalogues.nearest(hint) for hint in (None, "", "en'; --", "xx-" * 40)] == ["en"] * 4
