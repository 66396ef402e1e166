"""QuestionnaireResponse to and from FHIR R4 JSON.

Order as in the form; a question once, with all its answers; a repeating group once for each occurrence that holds something; what
stands under a question is under its answers; disabled items, texts and cards are left out. "Not known" and "not said" are items
without an answer that carry the data-absent-reason extension; what was skipped is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flows.dialogue.completeness import status_of
from flows.dialogue.place import Path
from flows.enablement import Enablement, occurrences
from flows.fhir.nodes import Invalid, Node, Problem
from flows.fhir.values import read_value, write_value
from flows.inputs import Attachment
from flows.response import Cursor, QuestionnaireResponse, Status, frozen
from flows.values import Absent, Coding, Reference, Value, Values, same

if TYPE_CHECKING:
    from flows.items import Item
    from flows.questionnaire import Questionnaire

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
LANGUAGE = "http://hl7.org/fhir/StructureDefinition/language"
STATUSES: dict[str, Status] = {"in-progress": "in-progress", "completed": "completed", "amended": "amended"}


def to_fhir(questionnaire: Questionnaire, response: QuestionnaireResponse, *, language: str = "") -> dict[str, Any]:
    """The response as an R4 resource; numbers are int or Decimal, see `dumps`.

    `language` is that of the interview: texts and displays stay those of the form, what people wrote themselves is marked with it.
    """
    writer = Writer(questionnaire, response.answers, response.groups, response.computed.off, language)
    return {
        "resourceType": "QuestionnaireResponse",
        "id": response.id,
        **({"language": language} if language else {}),
        **({"questionnaire": response.questionnaire} if response.questionnaire else {}),
        "status": status_of(questionnaire, response),
        "authored": response.authored.isoformat(),
        **_unless_empty("item", writer.items(questionnaire.items, "", ())),
    }


def dumps(resource: Mapping[str, Any], *, indent: int | None = None) -> str:
    """A resource as JSON text in which decimals keep their digits (1.50 stays 1.50)."""
    text = json.dumps(resource, ensure_ascii=False, default=_marked, indent=indent)
    return re.sub(r'"\\u0000([-+.\dE]+)"', r"\1", text)


def _marked(value: object) -> str:
    """Decimals pass the JSON writer as texts that begin with NUL, which no answer holds."""
    if isinstance(value, Decimal):
        return f"\x00{value}"
    raise TypeError(type(value).__name__)


def _unless_empty(name: str, values: list[Any]) -> dict[str, Any]:
    return {name: values} if values else {}


class Writer:
    """One walk over a form and its answers. `written` keeps what was made of each place, by the start of the keys inside it or its key."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Mapping[str, Values],
        groups: Mapping[str, int],
        off: frozenset[str],
        language: str = "",
    ) -> None:
        self._answers, self._groups, self._language = answers, groups, language
        self.enablement = Enablement(questionnaire, answers, groups, off)
        self._questionnaire = questionnaire
        self.written: dict[str, dict[str, Any]] = {}

    @cached_property
    def _live(self) -> set[str]:
        return _live(self._questionnaire, self._answers)

    def items(self, items: Iterable[Item], prefix: str, path: Path) -> list[dict[str, Any]]:
        live = self._live
        return [written for item in items if item.link_id in live for written in self._item(item, prefix, path)]

    def _item(self, item: Item, prefix: str, path: Path) -> Iterator[dict[str, Any]]:
        if item.type == "display" or (item.conditional and not self.enablement.open(item.gates[-1], path)):
            return
        if item.type != "group":
            yield from self._question(item, prefix + item.name, path)
            return
        for start, inside in self._occurrences(item, prefix, path):
            below = self.items(item.items, start, inside)
            if below:
                yield self.put(start if item.repeats else prefix + item.name, {**_head(item), "item": below})

    def _occurrences(self, group: Item, prefix: str, path: Path) -> Iterator[tuple[str, Path]]:
        if not group.repeats:
            yield prefix, path
            return
        key = prefix + group.name
        for number in range(occurrences(group, key, self._groups)):
            start = f"{key}#{number}/"
            yield start, (*path, (group.link_id, start))

    def _question(self, item: Item, key: str, path: Path) -> Iterator[dict[str, Any]]:
        values = self._answers.get(key, ())
        answers = [
            self._answer(item, key, number, path) for number, value in enumerate(values) if not isinstance(value, Absent)
        ]
        reasons = [value.reason for value in values if isinstance(value, Absent) and value.reason != "skipped"]
        if answers:
            yield self.put(key, {**_head(item), "answer": answers})
        elif reasons:
            yield {**_head(item), "extension": [{"url": ABSENT, "valueCode": reasons[0]}]}

    def put(self, key: str, written: dict[str, Any]) -> dict[str, Any]:
        """Keep what was made of a place."""
        self.written[key] = written
        return written

    def _answer(self, item: Item, key: str, number: int, path: Path) -> dict[str, Any]:
        start = f"{key}#{number}/"
        below = self.items(item.items, start, (*path, (item.link_id, start))) if item.items else []
        return {**self.value(self._answers[key][number], item), **_unless_empty("item", below)}

    def value(self, value: Value, item: Item) -> dict[str, Any]:
        """One value as value[x]; words of a person's own bear their language."""
        written = _written(value, item)
        if self._language and "valueString" in written and not any(same(one.value, value) for one in item.options):
            written["_valueString"] = {"extension": [{"url": LANGUAGE, "valueCode": self._language}]}
        return written


def _live(questionnaire: Questionnaire, answers: Mapping[str, Values]) -> set[str]:
    """The linkIds of all that can be written: items that were answered somewhere, and what they stand in."""
    found: set[str] = set()
    for key in answers:
        item = questionnaire.item_at(key)
        while item is not None and item.link_id not in found:
            found.add(item.link_id)
            item = questionnaire.by_link_id.get(item.parent) if item.parent else None
    return found


def _written(value: Value, item: Item) -> dict[str, Any]:
    """A choice that was answered in own words, as its options are not here, is a code without a code."""
    if item.type == "choice" and isinstance(value, str) and not any(option.value == value for option in item.options):
        return {"valueCoding": {"display": " ".join(value.split())}}
    return write_value(value, item.type)


def _head(item: Item) -> dict[str, Any]:
    return {"linkId": item.link_id, **({"text": item.text} if item.text.strip() else {})}


def from_fhir(questionnaire: Questionnaire, resource: Mapping[str, Any], *, now: datetime) -> QuestionnaireResponse:
    """A response from an R4 resource. Raise Invalid when it is none, or answers what this form does not ask.

    `now` stands in for a missing time.
    """
    problems: list[Problem] = []
    node = Node.of("QuestionnaireResponse", resource, problems)
    if node.value.get("resourceType") != "QuestionnaireResponse":
        node.wrong("must be QuestionnaireResponse", "resourceType")
    reader = _Reader()
    reader.items(node, questionnaire.items, "")
    if problems:
        raise Invalid(problems[0].path, problems[0].message, tuple(problems))
    status = STATUSES.get(node.text("status"), "in-progress")
    return QuestionnaireResponse(
        id=node.text("id"),
        questionnaire=node.text("questionnaire") or questionnaire.canonical,
        authored=_time(node.text("authored"), now),
        status=status,
        answers=frozen(reader.answers),
        groups=reader.groups,
        closed=frozenset(reader.groups),
        cursor=Cursor(mode="asking" if status == "in-progress" else "done"),
    )


def _time(text: str, now: datetime) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return now
    return time if time.tzinfo else now


class _Reader:
    """Answers and occurrences by key."""

    def __init__(self) -> None:
        self.answers: dict[str, Values] = {}
        self.groups: dict[str, int] = {}

    def items(self, parent: Node, items: tuple[Item, ...], prefix: str) -> None:
        by_link_id = {item.link_id: item for item in items}
        for node in parent.children("item"):
            item = by_link_id.get(node.text("linkId"))
            if item is None:
                node.wrong(f"linkId {node.text('linkId')!r} is not asked at this place of the form", "linkId")
            elif item.type == "group":
                self._group(node, item, prefix)
            else:
                self._question(node, item, prefix + item.name)

    def _group(self, node: Node, item: Item, prefix: str) -> None:
        if not item.repeats:
            self.items(node, item.items, prefix)
            return
        key = prefix + item.name
        number = self.groups.get(key, 0)
        self.groups[key] = number + 1
        self.items(node, item.items, f"{key}#{number}/")

    def _question(self, node: Node, item: Item, key: str) -> None:
        reason = node.extension(ABSENT)
        if reason in {"asked-unknown", "asked-declined"}:
            self.answers[key] = (Absent(reason=reason),)
            return
        answers = list(node.children("answer"))
        values = [_as_asked(_read_answer(answer), item) for answer in answers]
        self.answers[key] = tuple(value for value in values if value is not None)
        for number, answer in enumerate(answers):
            self.items(answer, item.items, f"{key}#{number}/")


def _as_asked(value: Value | None, item: Item) -> Value | None:
    """The same value that the chat would have put down: own words for a code without a code, the option for its text."""
    if isinstance(value, Coding) and not value.code and not item.options:
        return value.display
    if isinstance(value, Reference) and not item.options:
        return value.display
    if isinstance(value, str) and item.type in {"string", "text"}:
        return next((option.value for option in item.options if option.display == value), value)
    return next((option.value for option in item.options if value is not None and same(option.value, value)), value)


def _read_answer(node: Node) -> Value | None:
    attachment = node.value.get("valueAttachment")
    if isinstance(attachment, dict):
        address = str(attachment.get("url", "")).removeprefix("urn:uuid:")
        return Attachment(document_id=address, content_type=str(attachment.get("contentType", "")))
    return read_value(node)
