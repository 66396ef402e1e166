"""The table protocol x criterion for coordinators: one letter a criterion, one sign a cell, narrow enough for a phone. Never a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import values
from bot.wording.markup import bold, lines, paragraphs, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.catalogues import Catalogue
    from flows.library import Definition
    from flows.trials.protocols import TrialProtocol
    from flows.trials.table import Cell, NotToBeSent, Row

SIGNS = {"met": "+", "not-met": "-", "unknown": "?"}
NOT_VERIFIED = "."
STALE = "*"
QUESTION = 60  # characters of a question


def names(words: Catalogue) -> dict[str, str]:
    """What each column asks about."""
    return {
        "age": words.pgettext("protocol", "age"),
        "diagnosis": words.pgettext("protocol", "diagnosis"),
        "disease-state": words.pgettext("protocol", "state of the cancer"),
        "lines": words.pgettext("protocol", "lines of treatment"),
        "antigen": words.pgettext("protocol", "marker"),
        "prior-cart": words.pgettext("protocol", "CAR-T before"),
        "transplant": words.pgettext("protocol", "transplant"),
        "performance": words.pgettext("protocol", "daily activity"),
        "heart": words.pgettext("protocol", "heart"),
        "kidney": words.pgettext("protocol", "kidneys"),
        "liver": words.pgettext("protocol", "liver"),
        "oxygen": words.pgettext("protocol", "oxygen"),
        "blood": words.pgettext("protocol", "blood counts"),
        "cns": words.pgettext("protocol", "brain and spine"),
        "infection": words.pgettext("protocol", "infections"),
        "dsa": words.pgettext("protocol", "antibodies against donor cells"),
        "other": words.pgettext("protocol", "other rules"),
    }


def status(words: Catalogue, code: str) -> str:
    """A status of the registry in words; one that is new to us as it is written there."""
    known = {
        "RECRUITING": words.pgettext("registry", "recruiting"),
        "NOT_YET_RECRUITING": words.pgettext("registry", "not yet recruiting"),
        "ENROLLING_BY_INVITATION": words.pgettext("registry", "by invitation"),
        "AVAILABLE": words.pgettext("registry", "available"),
        "ACTIVE_NOT_RECRUITING": words.pgettext("registry", "active, not recruiting"),
        "COMPLETED": words.pgettext("registry", "completed"),
        "SUSPENDED": words.pgettext("registry", "suspended"),
        "TERMINATED": words.pgettext("registry", "terminated"),
        "WITHDRAWN": words.pgettext("registry", "withdrawn"),
        "UNKNOWN": words.pgettext("registry", "status not known"),
    }
    return known.get(code, words.isolate(code))


def table(words: Catalogue, number: str, rows: Sequence[Row], *, hidden: int) -> Message:
    """All rows at once. `hidden`: trials that take nobody now and are not listed."""
    columns = names(words)
    letters = {criterion: chr(ord("A") + index) for index, criterion in enumerate(columns)}
    grid = "\n".join([f"{'':9}{''.join(letters.values())}", *(_row(row, columns) for row in rows)])
    legend = [f"{words.isolate(letters[criterion])} {name}" for criterion, name in columns.items()]
    signs = words.gettext("+ met, - not met, ? unknown, . not verified in this protocol, * older than 90 days")
    rest = words.ngettext(
        "{n} more takes nobody now: /protocols all", "{n} more take nobody now: /protocols all", hidden
    ).format(n=hidden)
    return Message(
        text=paragraphs(
            bold(words.gettext("Protocols and the answers of {number}").format(number=words.isolate(number))),
            f"<pre>{plain(grid)}</pre>",
            lines(*map(plain, (values.comma(words).join(legend), signs))),
            lines(*map(plain, (rest if hidden else "", _more(words), desk_only(words)))),
        )
    )


def _row(row: Row, columns: dict[str, str]) -> str:
    cells = "".join(_sign(row.cell(criterion)) for criterion in columns)
    return f"{row.protocol.id.removeprefix('NCT')}{STALE if row.stale else ' '}{cells}"


def _sign(cell: Cell) -> str:
    return SIGNS[cell.status] if cell.verified else NOT_VERIFIED


def _more(words: Catalogue) -> str:
    return words.gettext("One protocol with its reasons: /protocols NUMBER")


def desk_only(words: Catalogue) -> str:
    return words.gettext("For the desk only. The hospital decides; a patient never reads this.")


def one(words: Catalogue, definition: Definition, row: Row) -> Message:
    """One protocol: each criterion with its rule as it was read, and what would decide it."""
    protocol, columns = row.protocol, names(words)
    told = [_cell(words, definition, cell, columns[cell.criterion]) for cell in row.cells if cell.verified]
    unread = [columns[cell.criterion] for cell in row.cells if not cell.verified]
    missing = words.gettext("Not verified in this protocol, so unknown: {criteria}").format(
        criteria=values.comma(words).join(unread)
    )
    return Message(
        text=paragraphs(_head(words, row), lines(*told), plain(missing if unread else ""), plain(_about(words, protocol)))
    )


def _head(words: Catalogue, row: Row) -> str:
    protocol = row.protocol
    facts = (protocol.product, protocol.target, protocol.cells, protocol.sponsor)
    warning = words.gettext("Older than 90 days: check the registry before anybody relies on it.") if row.stale else ""
    return lines(bold(words.isolate(protocol.id)), plain(values.comma(words).join(map(words.isolate, facts))), bold(warning))


def _about(words: Catalogue, protocol: TrialProtocol) -> str:
    approved = words.isolate(protocol.approved) if protocol.approved else words.gettext("nobody yet")
    text = words.gettext("Registry: {status}, changed {changed}, read {day}. Version {version}, approved by: {name}")
    return text.format(
        status=status(words, protocol.registry.status),
        changed=values.day(words, protocol.registry.last_update),
        day=values.day(words, protocol.as_of),
        version=words.isolate(str(protocol.version)),
        name=approved,
    )


def _cell(words: Catalogue, definition: Definition, cell: Cell, name: str) -> str:
    said = {
        "met": words.pgettext("criterion", "met"),
        "not-met": words.pgettext("criterion", "not met"),
        "unknown": words.pgettext("criterion", "unknown"),
    }[cell.status]
    head = f"{plain(words.isolate(SIGNS[cell.status]))} {plain(name)}: {bold(said)}"
    rules = [words.isolate(text) for text in cell.texts]
    return lines(head, *(plain(f"   {text}") for text in (*rules, _open(words, definition, cell)) if text))


def _open(words: Catalogue, definition: Definition, cell: Cell) -> str:
    if cell.status != "unknown":
        return ""
    items = (definition.questionnaire.by_link_id[link_id] for link_id in cell.lacking)
    asked = [clip_question(item.label.worded(words.worded)) for item in items]
    papers = [record.text.worded(words.worded) for record in definition.records if record.id in cell.records]
    unsettled = [words.isolate(one) for one in cell.unsettled]
    found = "; ".join(dict.fromkeys((*asked, *papers, *unsettled)))
    return words.gettext("Would decide it: {what}").format(what=found) if found else ""


def clip_question(text: str) -> str:
    return text if len(text) <= QUESTION else text[: QUESTION - 1].rstrip() + "…"


def for_hospital(words: Catalogue, number: str, rows: Sequence[Row]) -> Message:
    """Rows to pass on: what each protocol asks for and what the answers say. A coordinator copies it."""
    columns = names(words)
    head = words.gettext("{number}: answers beside protocols. Nothing here is a decision.").format(number=words.isolate(number))
    return Message(text=paragraphs(bold(head), *(_passed_on(words, row, columns) for row in rows)))


def _passed_on(words: Catalogue, row: Row, columns: dict[str, str]) -> str:
    said = [f"{SIGNS[cell.status]} {columns[cell.criterion]}" for cell in row.cells if cell.verified]
    head = bold(words.isolate(f"{row.protocol.id} · {row.protocol.product}"))
    return lines(head, *map(plain, said), plain(_about(words, row.protocol)))


def not_to_be_sent(words: Catalogue, refused: NotToBeSent, as_of: date) -> str:
    told = [words.gettext("Not passed on.")]
    if refused.stale:
        text = words.gettext("Older than 90 days (read {day}): {numbers}.")
        told.append(text.format(day=values.day(words, as_of), numbers=_listed(words, refused.stale)))
    if refused.unapproved:
        told.append(words.gettext("Approved by nobody yet: {numbers}.").format(numbers=_listed(words, refused.unapproved)))
    return " ".join(told)


def no_such_protocol(words: Catalogue) -> str:
    return words.gettext("There is no such protocol. Its number looks like NCT05679687; /protocols all lists every one.")


def no_answers(words: Catalogue) -> str:
    return words.gettext("Criteria: no answers yet.")


def _listed(words: Catalogue, numbers: Sequence[str]) -> str:
    return values.comma(words).join(map(words.isolate, numbers))
