"""Words about the promise that a family hears the name of a hospital first: for the desk, and for the family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import keys
from bot.wording.keys import Verb
from bot.wording.markup import paragraphs, plain, quote

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from flows.casework.support import Centre


def to_family(words: Catalogue, centre: Centre) -> str:
    """In the family's language; plain."""
    text = words.gettext(
        "We would like to show your case to {hospital} in {city}. The doctors there look at it and say what is possible. "
        "If you do not want that, please tell me here."
    )
    return text.format(hospital=words.isolate(centre.name), city=words.isolate(centre.city))


def unnamed(words: Catalogue, theirs: Catalogue, case: int, centre: Centre, number: int) -> Message:
    """`theirs`: in which the family would read it."""
    head = words.gettext("The family was promised the name of each hospital first, and no message has named {hospital} yet.")
    would = words.gettext("They would read ({language}):").format(language=words.isolate(theirs.own_name))
    made = [
        keys.numbered(words.gettext("Tell the family"), Verb.NAME_HOSPITAL, case, number),
        keys.numbered(words.gettext("They know it already"), Verb.KNOWN_HOSPITAL, case, number),
    ]
    text = paragraphs(plain(head.format(hospital=words.isolate(centre.name))), plain(would), quote(to_family(theirs, centre)))
    return Message(text=text, rows=tuple((one,) for one in made))


def write_down(words: Catalogue, case: int, centre: Centre, number: int) -> Message:
    text = words.gettext(
        "When the case has been sent, write it down: /submit {id}, with a protocol, a day and words if you like."
    )
    row = (keys.numbered(words.gettext("Sent today"), Verb.SUBMIT, case, number),)
    return Message(text=plain(text.format(id=words.isolate(centre.id))), rows=(row,))
