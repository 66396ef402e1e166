"""Canned replies as the desk reads them before they go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import keys, reply, values
from bot.wording.markup import bold, lines, paragraphs, plain, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from flows.records import RecordState
    from flows.staff.desk import Canned


def listed(words: Catalogue, case: int, replies: Sequence[Canned]) -> Message:
    """A button shows one; so does its name after the command."""
    titles = [one.title.worded(words.worded) for one in replies]
    named = (plain(f"/canned {one.id} – {title}") for one, title in zip(replies, titles, strict=True))
    text = paragraphs(bold(words.gettext("Replies that are ready")), lines(*named))
    return Message(text=text, rows=keys.show_canned(case, titles))


def nothing(words: Catalogue) -> str:
    """What stands for the records that are missing when none is."""
    return words.gettext("nothing")


def filled(words: Catalogue, chosen: Canned, *, number: str, name: str, records: Sequence[RecordState]) -> str:
    """In one language, with what its placeholders stand for. `name`: the coordinator's, `records`: the checklist of the case."""
    missing = [one.record.text.worded(words.worded) for one in records if one.state == "missing"]
    return chosen.text.worded(words.worded).format(
        number=number,
        coordinator=reply.first_name(name) if not name.isdigit() else "",
        missing=values.listed(words, missing) or nothing(words),
    )


def preview(words: Catalogue, case: int, number: int, *, language: str, theirs: str, ours: str) -> Message:
    """What the patient would read, and the same in the desk's language where that is another."""
    head = words.gettext("This would go to the patient ({language}):").format(language=words.isolate(language))
    meaning = lines(plain(words.gettext("It says:")), quote(ours)) if ours != theirs else ""
    return Message(text=paragraphs(lines(bold(head), quote(theirs)), meaning), rows=keys.send_canned(words, case, number))
