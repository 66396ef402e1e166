"""What hospitals read with, in words for the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import values
from bot.wording.markup import bold, lines, paragraphs, plain
from bot.wording.submissions import centre

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.catalogues import Catalogue
    from flows.library import Definition
    from storage.desk.credentials import Credential

LISTED = 20


def state(words: Catalogue, code: str) -> str:
    """How a credential stands."""
    return {
        "works": words.pgettext("credential", "works"),
        "expired": words.pgettext("credential", "expired"),
        "revoked": words.pgettext("credential", "revoked"),
    }[code]


def line(words: Catalogue, definition: Definition, one: Credential, now: datetime) -> str:
    """One credential, with the number that commands take."""
    name, until = words.isolate(centre(definition, one.centre)), values.day(words, one.expires_at.date())
    text = words.gettext("{number}. {hospital}: {state}, until {day}")
    return text.format(number=one.id, hospital=name, state=state(words, one.state(now)), day=until)


def listed(words: Catalogue, definition: Definition, found: Sequence[Credential], now: datetime) -> Message:
    """The newest credentials and how to change them."""
    none = words.gettext("No hospital can read cases here yet.")
    rows = [plain(line(words, definition, one, now)) for one in found[:LISTED]] or [plain(none)]
    return Message(text=paragraphs(bold(words.gettext("Hospitals that can read their cases")), lines(*rows), plain(how(words))))


def how(words: Catalogue) -> str:
    return words.gettext(
        "/hospitals revoke NUMBER ends a credential at once. A new one is made on the page of the desk, under Hospitals: it is shown there once."
    )


def revoked(words: Catalogue, number: int) -> str:
    return words.gettext("Credential {number} does not work any more.").format(number=number)


def none_such(words: Catalogue) -> str:
    return words.gettext("There is no credential with this number that works.")


def page(words: Catalogue) -> dict[str, str]:
    """The words of the page."""
    return {
        "hospitals": words.gettext("Hospitals"),
        "hospitals_about": words.gettext(
            "With a credential the computer system of a hospital reads, as FHIR, the open cases that were sent to this hospital, "
            "as long as the family says yes to sharing. It can change nothing. Every look is written down in the case."
        ),
        "hospital_name": words.gettext("Hospital"),
        "until": words.gettext("Until"),
        "issued": words.gettext("Issued"),
        "issued_by": words.gettext("Issued by"),
        "last_used": words.gettext("Last used"),
        "never": words.gettext("never"),
        "revoke": words.gettext("Revoke"),
        "issue": words.gettext("Make a credential"),
        "valid_for": words.gettext("Valid for (days)"),
        "secret": words.gettext("Copy it now: it is shown only once, and nobody can look it up later."),
        "secret_address": words.gettext("The hospital sends it as a bearer token to:"),
        "issued_before": words.gettext("This page was sent twice. The credential was made once and is not shown again."),
        "operator": words.gettext("the operator"),
    }
