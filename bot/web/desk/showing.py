"""A case in words, ready for its page: plain values, which the template escapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_timedelta

from bot.appointments import KIND as APPOINTMENT
from bot.appointments import Appointment
from bot.effects.cards import alarmed
from bot.previews import way
from bot.wording import canned, card, measured, submissions, tasks, trail, trials, web
from bot.wording.visible import visible
from flows.case import MOVES
from flows.grounds.measured import measurable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.catalogues import Catalogue
    from bot.effects.scene import House
    from bot.web.desk.reading import Row, Sheet, Stored
    from storage.rows import CaseMessage, Coordinator, Part, Reminder


DELETABLE = timedelta(hours=47)  # Telegram deletes for 48 hours


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One line of the conversation. `hidden`: how many invisible characters were taken out of it; `undo`: what it is taken back by."""

    direction: str
    who: str
    line: CaseMessage
    text: str
    hidden: int
    undo: int | None


def case(words: Catalogue, house: House, sheet: Sheet, visitor: Coordinator) -> dict[str, Any]:
    """Every value that the template of a case takes."""
    made = sheet.card
    return {
        "case": made.case,
        "title": card.title(words, house.definition, made.case, made.response),
        "alarmed": alarmed(made.case),
        "facts": [one for one in card.facts(words, made, commands=False) if one],
        "criteria": [(one.status, card.line(words, made, one)) for one in made.findings],
        "measured": [(one.id, measured.line(words, house.definition, one)) for one in reversed(made.measured)],
        "tests": [(one, name) for one, name in measured.names(words).items() if one in measurable(house.definition.criteria)],
        "readable": [one for one in sheet.documents if one.document.origin == "patient" and not one.guarded],
        "columns": trials.names(words),
        "protocols": [(row, {cell.criterion: cell for cell in row.cells}) for row in sheet.protocols],
        "signs": trials.SIGNS,
        "records": [(one.record.text.worded(words.worded), web.states(words)[one.state], one.state) for one in made.records],
        "tasks": [tasks.line(words, house.definition, one) for one in made.tasks],
        "submissions": [
            (
                submissions.centre(house.definition, one.centre),
                [submissions.line(words, house.definition, each) for each in one.lines],
            )
            for one in made.submissions
        ],
        "documents": sheet.documents,
        "lines": [_said(words, sheet, line, visitor) for line in sheet.lines],
        "reply": _reply(words, house, sheet, visitor),
        "planned": [(one, planned(words, one)) for one in sheet.planned],
        "trail": [
            (line, actor(words, house, sheet.names, line.actor), trail.action(words, line.action)) for line in sheet.trail
        ],
        "reasons": [(one.id, one.label.worded(words.worded)) for one in house.definition.desk.reasons],
        "handing": list(_handing(words, house)),
        "after": sheet.after,
        "colleagues": [one for one in sheet.staff if one.telegram_id != made.case.holder],
        "close_reasons": [(one.id, one.label.worded(words.worded)) for one in house.definition.close_reasons],
        "canned": list(_canned(words, house, sheet, visitor)),
        "tongue": (sheet.chat.language or "en").replace("_", "-"),
        "stages": [(one, card.stage(words, house.definition, one)) for one in MOVES[made.case.stage] if one != "closed"],
        "languages": house.catalogues.for_dossiers.languages,
    }


def actor(words: Catalogue, house: House, names: dict[str, str], code: str) -> str:
    """Who acts in the audit log: a person of the desk, the patient's side, a hospital, the program."""
    kind, _, rest = code.partition(":")
    if kind == "hospital":
        return submissions.centre(house.definition, rest.partition("/")[0])
    return names.get(code, web.actors(words).get(code, code))


def listed(words: Catalogue, house: House, row: Row) -> str:
    return card.title(words, house.definition, row.case, row.response)


def record(words: Catalogue, house: House, stored: Stored) -> str:
    """What a document is; what the desk sent has no record."""
    known = house.definition.record(stored.document.record)
    return known.text.worded(words.worded) if known else web.texts(words)["unnamed"]


def preview(stored: Stored, part: Part) -> str:
    """How a file can be looked into: "picture", "words", or not at all."""
    return "" if stored.guarded or not part.blob else way(part.content_type or "")


def _reply(words: Catalogue, house: House, sheet: Sheet, visitor: Coordinator) -> dict[str, str]:
    """What stands over the field for a reply, or why there is none."""
    t, made = web.texts(words), sheet.card.case
    if sheet.chat.state != "open" or made.closed_at:
        return {"to": "", "not": t["reply_silent"]}
    if made.holder not in {None, visitor.telegram_id}:
        return {"to": "", "not": t["reply_held"].format(name=words.isolate(sheet.names.get(str(made.holder), "")))}
    language = house.catalogues[sheet.chat.language].own_name
    return {"to": t["write_reply"].format(number=words.isolate(made.number), language=words.isolate(language))}


def _canned(words: Catalogue, house: House, sheet: Sheet, visitor: Coordinator) -> Iterator[tuple[str, str, str]]:
    """Each reply that is ready: its title, what the patient would read, and the same for the reader."""
    theirs, made = house.catalogues[sheet.chat.language], sheet.card
    for one in house.definition.desk.canned:
        filled = [
            canned.filled(each, one, number=made.case.number, name=visitor.name, records=made.records)
            for each in (theirs, words)
        ]
        yield one.title.worded(words.worded), filled[0], filled[1]


def lasting(words: Catalogue, span: timedelta) -> str:
    """How long something takes, to be read at a glance."""
    return format_timedelta(span, granularity="minute", threshold=1.5, locale=words.dates)


def _back(sheet: Sheet, line: CaseMessage, visitor: Coordinator) -> int | None:
    """One's own reply can be taken back by who holds the case, for as long as Telegram deletes what a bot wrote."""
    own = line.direction == "out" and line.author == visitor.telegram_id == sheet.card.case.holder
    return line.desk_message_id if own and sheet.now - line.at < DELETABLE else None


def _handing(words: Catalogue, house: House) -> Iterator[tuple[str, str]]:
    """Why a case is handed over: as the topic tells it, which speaks the desk's language, and as the reader does."""
    for one in house.definition.desk.handing:
        yield one.label.worded(house.desk_words.worded), one.label.worded(words.worded)


def _said(words: Catalogue, sheet: Sheet, line: CaseMessage, visitor: Coordinator) -> Said:
    text, hidden = visible(line.body or "")
    side = web.texts(words)["patient"]
    who = side if line.direction == "in" else sheet.names.get(str(line.author), "")
    undo = _back(sheet, line, visitor)
    return Said(direction=line.direction, who=who, line=line, text=text, hidden=hidden, undo=undo)


def planned(words: Catalogue, one: Reminder) -> str:
    """An appointment by its name, a follow-up by its words, a reminder of the rules by what it is about."""
    if one.kind == APPOINTMENT and one.text:
        made = Appointment.loads(one.text)
        return words.worded(made.context, made.what) if made.context else made.what
    return one.text or web.reminder(words, one.kind)
