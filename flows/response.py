"""QuestionnaireResponse: the answers of one person to one questionnaire, and where the conversation about them stands.

A key is a place in a response. Plain items have their linkId as key; inside a repeating group it is `group#0/link`, under an answer
`parent#0/child`; groups that do not repeat add nothing. The characters %, # and / of a linkId are written as in URLs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

import orjson

from flows import value_json
from flows.dialogue.cursor import Cursor, cursor_from_json, cursor_json
from flows.fhirpath.computed import NOTHING, Computed, computed_from_json, computed_json
from flows.inputs import Attachment
from flows.items import name_of
from flows.values import Absent, Coding, DateTime, PartialDate, Quantity, TimeOfDay, Value, Values, is_absent

__all__ = [
    "Absent",
    "Attachment",
    "Coding",
    "Cursor",
    "DateTime",
    "PartialDate",
    "Quantity",
    "QuestionnaireResponse",
    "Status",
    "TimeOfDay",
    "Value",
    "Values",
]

Status = Literal["in-progress", "completed", "amended"]


@dataclass(frozen=True, kw_only=True)
class QuestionnaireResponse:
    """`answers` holds everything that was ever answered, also what does not count now; see enablement.parked.

    `groups` counts the occurrences of a repeating group (key of the group -> number, 1 when it is not there); `closed` are the groups
    for which "another one?" was answered no; `offered` are answers that came back and wait for a Keep or a new answer; `computed` is
    what the expressions of the form gave with these answers; `former` are answers to an earlier version of the form that do not count;
    `launch` is what the form was told about the people of the chat when it began (flows.fhir.launch), as far as it asks for it.
    """

    id: str
    questionnaire: str
    authored: datetime
    status: Status = "in-progress"
    answers: Mapping[str, Values] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    parked: frozenset[str] = frozenset()
    former: Mapping[str, Values] = field(default_factory=dict)
    launch: Mapping[str, Any] = field(default_factory=dict)
    computed: Computed = NOTHING
    cursor: Cursor = field(default_factory=Cursor)
    revision: int = 0

    def __post_init__(self) -> None:
        if self.authored.tzinfo is None:
            raise ValueError("authored must be aware of its time zone")

    def value(self, link_id: str) -> Value | None:
        """The first answer to an item that counts and is not "no answer"."""
        return next(iter(self.values(link_id)), None)

    def values(self, link_id: str) -> Values:
        """All answers to an item that count, over every occurrence, without those that say that there is none."""
        name = name_of(link_id)
        found = self.answers.get(name)
        if found is not None:
            return () if name in self.parked else _present(found)
        end = f"/{name}"
        nested = (values for key, values in self.answers.items() if key.endswith(end) and key not in self.parked)
        return tuple(value for values in nested for value in _present(values))

    def occurrences(self, link_id: str) -> int:
        """How many occurrences of a repeating group hold an answer."""
        start = f"{name_of(link_id)}#"
        found = set()
        for key, values in self.answers.items():
            at = 0 if key.startswith(start) else key.find(f"/{start}") + 1
            if (at or key.startswith(start)) and key not in self.parked and _present(values):
                found.add(key[: key.find("/", at)])
        return len(found)

    def dumps(self) -> str:
        """Everything, as JSON text."""
        written = _as_json(self)
        try:
            return orjson.dumps(written, value_json.tagged, orjson.OPT_PASSTHROUGH_DATACLASS).decode()
        except TypeError:  # a lone surrogate, a number above 64 bits
            return json.dumps(written, ensure_ascii=False, separators=(",", ":"), default=value_json.tagged)

    @staticmethod
    def loads(text: str) -> QuestionnaireResponse:
        """The response that `dumps` wrote."""
        return _from_json(json.loads(text))


def _present(values: Values) -> Values:
    return tuple(value for value in values if not is_absent(value))


def frozen(answers: dict[str, Values]) -> Mapping[str, Values]:
    """A mapping that nobody can change by mistake."""
    return MappingProxyType(answers)


def _as_json(response: QuestionnaireResponse) -> dict[str, Any]:
    """With values as they are: whoever writes it has them tagged."""
    return {
        "id": response.id,
        "questionnaire": response.questionnaire,
        "authored": response.authored.isoformat(),
        "status": response.status,
        "answers": dict(response.answers),
        "groups": dict(response.groups),
        "closed": sorted(response.closed),
        "offered": sorted(response.offered),
        "parked": sorted(response.parked),
        "revision": response.revision,
        "cursor": cursor_json(response.cursor),
        **({"former": dict(response.former)} if response.former else {}),
        **({"launch": dict(response.launch)} if response.launch else {}),
        **({"computed": computed_json(response.computed)} if response.computed is not NOTHING else {}),
    }


def _from_json(data: dict[str, Any]) -> QuestionnaireResponse:
    return QuestionnaireResponse(
        id=data["id"],
        questionnaire=data["questionnaire"],
        authored=datetime.fromisoformat(data["authored"]),
        status=data["status"],
        answers=_answers(data["answers"]),
        former=_answers(data["former"]) if "former" in data else {},
        launch=data.get("launch", {}),
        groups=data["groups"],
        closed=frozenset(data["closed"]),
        offered=frozenset(data["offered"]),
        parked=frozenset(data["parked"]),
        revision=data["revision"],
        cursor=cursor_from_json(data["cursor"]),
        computed=computed_from_json(data.get("computed", {})),
    )


def _answers(data: dict[str, Any]) -> Mapping[str, Values]:
    return frozen({key: tuple(map(value_json.from_json, values)) for key, values in data.items()})
