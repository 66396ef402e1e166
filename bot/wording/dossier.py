"""The fixed words of the dossier. Plain text: nothing is escaped, for it becomes no markup (see bot/dossier)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.catalogues import FIRST_STRONG_ISOLATE, POP_ISOLATE
from bot.wording import values

if TYPE_CHECKING:
    from datetime import date

    from bot.catalogues import Catalogue
    from flows.library import Definition


def title(words: Catalogue) -> str:
    return words.gettext("Case dossier for a hospital")


def running(words: Catalogue) -> str:
    """At the foot of every page."""
    return words.gettext("Information for a hospital’s review. The hospital decides.")


def headings(words: Catalogue) -> dict[str, str]:
    return {
        "case": words.gettext("The case"),
        "read-first": words.gettext("Before you read"),
        "criteria": words.gettext("Criteria, by the answers so far"),
        "timeline": words.gettext("What happened when"),
        "labs": words.gettext("Laboratory and heart values"),
        "records": words.gettext("Records attached"),
        "missing": words.gettext("Records that are not here"),
        "answers": words.gettext("All answers"),
    }


def labels(words: Catalogue) -> dict[str, str]:
    """Of the facts at the top."""
    return {
        "number": words.gettext("Case"),
        "made": words.gettext("Prepared on"),
        "name": words.gettext("Called"),
        "writer": words.gettext("Who answered"),
        "language": words.gettext("Language of the family"),
    }


def legend(words: Catalogue, *, free: bool, english: bool) -> list[str]:
    """How to read what follows; only what occurs in this dossier."""
    return [
        words.gettext("The answers were given in a chat by the patient or somebody close. Nobody has examined the patient."),
        words.gettext("“Met”, “not met” and “unknown” compare these answers with the limits named below. They decide nothing."),
        words.gettext("Text in “quotation marks” stands as the family wrote it. It is not translated.") if free else "",
        words.gettext("[EN]: there is no translation into this language yet, so the English is shown.") if english else "",
    ]


def unprintable(words: Catalogue) -> str:
    """{signs} is filled in by the template, once it is known what has no glyph."""
    return words.gettext("Signs for which there is no font are printed as their code: {signs}")


def limits(words: Catalogue, protocol: str, as_of: date) -> str:
    text = words.gettext("Limits: {protocol}. As of {day}.").format(protocol=protocol, day=values.day(words, as_of))
    return text.replace("..", ".")  # a Russian day ends with one of its own


def status(words: Catalogue) -> dict[str, str]:
    return {
        "met": words.gettext("met by the answers so far"),
        "not-met": words.gettext("not met by the answers so far"),
        "unknown": words.gettext("unknown so far"),
    }


def supporting(words: Catalogue, criterion: str) -> str:
    return words.gettext("{criterion} (supporting)").format(criterion=criterion)


def not_known(words: Catalogue, questions: str) -> str:
    return words.gettext("Not known: {questions}").format(questions=questions)


def proofs(words: Catalogue, records: str) -> str:
    return words.gettext("Attached: {records}").format(records=records)


def quoted(text: str) -> str:
    """Somebody's own words inside a line: in their own direction, whatever the language around them."""
    return f"“{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}”"


def moments(words: Catalogue) -> dict[str, str]:
    """What the dates of the timeline are, by the linkId that asks for them."""
    return {
        "own-cart-date": words.gettext("CAR-T from own cells"),
        "transplant-date": words.gettext("Stem cell transplant"),
        "marker-date": words.gettext("Test of the markers"),
        "blood-date": words.gettext("Blood tests"),
        "heart-date": words.gettext("Heart ultrasound"),
        "day-zero": words.gettext("Infusion (day zero)"),
    }


def no_date(words: Catalogue) -> str:
    return words.gettext("date not known")


def tests(words: Catalogue) -> dict[str, str]:
    """Short names of what is measured, by linkId."""
    return {
        "creatinine": words.gettext("Creatinine"),
        "clearance": words.gettext("Creatinine clearance or eGFR"),
        "weight": words.gettext("Weight"),
        "alt": words.gettext("ALT"),
        "ast": words.gettext("AST"),
        "bilirubin": words.gettext("Bilirubin, total"),
        "neutrophils": words.gettext("Neutrophils"),
        "platelets": words.gettext("Platelets"),
        "haemoglobin": words.gettext("Haemoglobin"),
        "lvef": words.gettext("Heart pumping value (LVEF)"),
        "oxygen": words.gettext("Oxygen in the blood (SpO2)"),
    }


def limit(words: Catalogue, amount: str, *, least: bool) -> str:
    """The line in a chart."""
    text = words.gettext("at least {amount}") if least else words.gettext("at most {amount}")
    return text.format(amount=words.isolate(amount))


def family_said(words: Catalogue, answer: str) -> str:
    """Behind a value that was read in a report."""
    return words.gettext("the family said: {answer}").format(answer=words.isolate(answer))


def stands_in(words: Catalogue, record: str) -> str:
    """Where a value was read."""
    return words.gettext("in “{record}”").format(record=record)


def files(words: Catalogue, n: int) -> str:
    return words.ngettext("{n} file", "{n} files", n).format(n=n)


def pages(words: Catalogue, n: int) -> str:
    return words.ngettext("{n} page", "{n} pages", n).format(n=n)


def received(words: Catalogue, day: date) -> str:
    return words.gettext("received on {day}").format(day=values.day(words, day))


def dated(words: Catalogue, day: date | None) -> str:
    return words.gettext("dated {day}").format(day=values.day(words, day)) if day else no_date(words)


def kept_apart(words: Catalogue) -> str:
    return words.gettext("kept apart, given only when asked for")


def record(words: Catalogue, definition: Definition, record_id: str | None) -> str:
    known = definition.record(record_id)
    return known.text.worded(words.worded) if known else words.gettext("Other document")


def absences(words: Catalogue) -> dict[str, str]:
    """Why a record is not here, by its state on the checklist."""
    return {
        "missing": words.gettext("not sent yet"),
        "later": words.gettext("will be sent later"),
        "none": words.gettext("the family does not have it"),
        "unreadable": words.gettext("was sent, cannot be read"),
        "outdated": words.gettext("was sent, too old"),
    }


def nothing(words: Catalogue) -> str:
    return words.gettext("Nothing yet.")
