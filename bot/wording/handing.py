"""What the desk reads about dossiers and packets: captions, choices, and why one was not made. Escaped, except labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale

from bot.wording import counter
from bot.wording.markup import lines, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue

INSTALL = "apt-get install fonts-noto-core fonts-noto-cjk"  # Debian and Ubuntu
MEGABYTE = 1024 * 1024


def language(words: Catalogue, which: str) -> str:
    """A language's name as the desk says it; plain."""
    return Locale.parse(which).get_display_name(words.language) or which


def caption(words: Catalogue, what: str, tongue: str, digest: str, unprintable: Sequence[str]) -> str:
    """`digest`: SHA-256 of the dossier, by which a copy can be told."""
    heads = {
        "dossier": words.gettext("Dossier in {language} and in the family’s language."),
        "packet": words.gettext("Packet with a dossier in {language} and in the family’s language."),
    }
    signs = words.ngettext(
        "{n} sign has no font and is printed as its code: {signs}",
        "{n} signs have no font and are printed as their codes: {signs}",
        len(unprintable),
    ).format(n=len(unprintable), signs=words.isolate(" ".join(f"U+{ord(sign):04X}" for sign in unprintable)))
    return lines(
        plain(heads[what].format(language=tongue)),
        plain(words.gettext("Please look through it before it goes to a hospital.")),
        plain(words.isolate(f"SHA-256 {digest}")),
        plain(signs) if unprintable else "",
    )


def not_shared(words: Catalogue) -> str:
    return plain(counter.not_shared(words))


def no_fonts(words: Catalogue, scripts: Sequence[str]) -> str:
    return plain(font_problem(words, scripts))


def font_problem(words: Catalogue, scripts: Sequence[str]) -> str:
    """Also for `python -m bot check`."""
    text = words.gettext(
        "Dossiers need a font for {scripts}. On Debian or Ubuntu: {install}. "
        "Or put Noto fonts into a folder and name it in CARELINE_FONTS."
    )
    return text.format(scripts=", ".join(scripts), install=words.isolate(INSTALL))


def not_printed(words: Catalogue) -> str:
    return plain(words.gettext("No dossier was made: setting it failed or took too long. Please try again."))


def too_large(words: Catalogue, size: int) -> str:
    text = words.gettext(
        "The packet would have {size} MB, and Telegram takes at most 50 MB from a bot. "
        "/dossier sends the dossier alone; the originals are above in this topic."
    )
    return plain(text.format(size=words.isolate(str(-(-size // MEGABYTE)))))


def document_lost(words: Catalogue) -> str:
    return plain(words.gettext("Nothing was made: a document of this case cannot be opened any more."))


def no_answers(words: Catalogue) -> str:
    return words.gettext("There are no answers yet, so there is nothing to make a dossier of.")


def being_made(words: Catalogue) -> str:
    """Said where it was asked, when that is not the topic."""
    return words.gettext("It is being made and comes into the topic of the case.")


def choose(words: Catalogue) -> str:
    return words.gettext("In which language does the hospital read?")
