"""The checklist of medical records: which are asked for in this case, and which are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.grounds.given import given
from flows.inputs import Attachment
from flows.reading import Spot, unique
from flows.response import Coding
from flows.texts import Text, text_of

if TYPE_CHECKING:
    from flows.grounds.given import Given
    from flows.library import Definition
    from flows.response import QuestionnaireResponse

Mark = Literal["received", "later", "none", "unreadable", "outdated"]
State = Literal["received", "later", "none", "missing", "unreadable", "outdated"]
SENT = frozenset({"received", "unreadable", "outdated"})
WANTED = frozenset({"missing", "unreadable", "outdated"})  # asked for, the last two once more


@dataclass(frozen=True, kw_only=True)
class Record:
    """One medical record that hospitals ask for. `enabled_when`: (linkId, codes), any of which puts it on the list; empty: always.

    `answered_by`: attachment questions whose file is this record. `guarded`: never shown in the staff topic (a passport).
    `names`: what people call it in a caption or a file name, in any language, folded.
    `large`: often more than a chat can carry (the pictures of a scan), so the upload page is offered at once.
    """

    id: str
    text: Text
    why: Text
    looks_like: Text
    code: Coding
    required: bool
    enabled_when: tuple[tuple[str, frozenset[str]], ...]
    guarded: bool
    large: bool
    answered_by: frozenset[str]
    criteria: tuple[str, ...]
    names: tuple[str, ...] = ()

    def wanted(self, answers: Iterable[Given]) -> bool:
        """Whether these answers put the record on the list."""
        said = {(one.link_id, one.value.code) for one in answers if isinstance(one.value, Coding)}
        return not self.enabled_when or any((link_id, code) in said for link_id, codes in self.enabled_when for code in codes)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordState:
    """later: the person will send it; none: the person does not have it; unreadable, outdated: what came does not serve.

    `covers`: ids of the criteria that it helps to decide.
    """

    record: Record
    state: State
    covers: tuple[str, ...]

    @property
    def asked(self) -> bool:
        """Whether it is asked for now; an optional one is only listed."""
        return self.state in WANTED and self.record.required


def checklist(
    definition: Definition,
    response: QuestionnaireResponse,
    marks: Mapping[str, Mark],
) -> tuple[RecordState, ...]:
    """The records asked for by the answers as they are, and every one that has come, in the definition's order."""
    answers = given(response)
    sent = {one.link_id for one in answers if isinstance(one.value, Attachment)}
    states = ((record, _state(record, sent, marks)) for record in definition.records)
    return tuple(
        RecordState(record=record, state=state, covers=record.criteria)
        for record, state in states
        if state in SENT or record.wanted(answers)
    )


def read(spot: Spot) -> tuple[Record, ...]:
    """The records from their file."""
    spot.only("version", "records")
    return tuple(_record(one) for one in unique(spot.get("records").items()))


def _state(record: Record, sent: set[str], marks: Mapping[str, Mark]) -> State:
    mark: State = marks.get(record.id, "missing")
    return "received" if record.answered_by & sent and mark not in WANTED - {"missing"} else mark


def _record(spot: Spot) -> Record:
    spot.only(
        *("id", "text", "why", "looks_like", "code", "required", "enabled_when", "guarded"),
        *("answered_by", "criteria", "media", "large", "names"),
    )
    code = spot.get("code").only("system", "code", "display")
    return Record(
        id=spot.text("id"),
        text=text_of(spot, "record", "text"),
        why=text_of(spot, "record", "why"),
        looks_like=text_of(spot, "record", "looks_like"),
        code=Coding(system=code.text("system"), code=code.text("code"), display=code.text("display")),
        required=spot.flag("required"),
        enabled_when=_conditions(spot),
        guarded=spot.flag("guarded"),
        large=spot.has("large") and spot.flag("large"),
        answered_by=frozenset(spot.texts("answered_by")),
        criteria=spot.texts("criteria"),
        names=tuple(one.casefold() for one in spot.texts("names")) if spot.has("names") else (),
    )


def _conditions(spot: Spot) -> tuple[tuple[str, frozenset[str]], ...]:
    if not spot.has("enabled_when"):
        return ()
    lines = spot.get("enabled_when").only("any").get("any").items()
    return tuple((line.only("linkId", "codes").text("linkId"), frozenset(line.texts("codes"))) for line in lines)
