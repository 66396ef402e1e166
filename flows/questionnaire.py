"""Questionnaire: a FHIR R4 form as frozen items with an index. The JSON is the truth and is kept as it came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.dialogue.place import Place, standing
from flows.fhir.assembly import Parts, assembled, no_parts
from flows.fhir.checking import check_head, check_items, check_links
from flows.fhir.item_reading import Above, read_items
from flows.fhir.nodes import Invalid, Node, Problem
from flows.fhir.rule_reading import check_filled, computed_items, read_rules
from flows.fhir.value_sets import NO_VALUE_SETS, ValueSets, read_value_sets
from flows.fhirpath.memory import Memory
from flows.fhirpath.rules import Rules
from flows.items import AnswerOption, EnableWhen, Item, Unit

if TYPE_CHECKING:
    from flows.burden import Burden

__all__ = ["AnswerOption", "EnableWhen", "Invalid", "Item", "Problem", "Questionnaire", "Unit"]

LARGEST = 5_000_000  # bytes; the largest of a thousand public forms has one million


@dataclass(frozen=True, kw_only=True, slots=True)
class Questionnaire:
    """A form. `degraded` names everything that the chat does in a simpler way than the form means; `raw` is the JSON.

    `conditions`: the keys of answers on which it depends what is asked (those inside occurrences apart).
    """

    url: str
    version: str
    title: str
    language: str
    items: tuple[Item, ...]
    by_link_id: Mapping[str, Item] = field(repr=False)
    by_name: Mapping[str, Item] = field(repr=False)
    presets: tuple[Item, ...] = field(repr=False)
    standing: Mapping[str, Place] = field(repr=False)
    conditions: tuple[str, ...] = field(repr=False)
    rules: Rules = field(repr=False)
    degraded: tuple[Problem, ...]
    raw: Mapping[str, Any] = field(repr=False)
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)
    burden: Burden | None = field(default=None, repr=False, compare=False)

    @staticmethod
    def from_json(
        data: Mapping[str, Any] | bytes | str, value_sets: ValueSets = NO_VALUE_SETS, parts: Parts = no_parts
    ) -> Questionnaire:
        """Read a form. Raise Invalid, and nothing else, when it cannot be used; its `problems` lists every reason.

        `value_sets` are those that forms name and do not contain, by their address (see library.value_sets); `parts` finds the
        parts of a modular form.
        """
        problems: list[Problem] = []
        form = Node.of("Questionnaire", data if isinstance(data, dict) else _parse(data), problems)
        form = Node.of("Questionnaire", assembled(form.value, parts, problems), problems)
        check_head(form)
        check_items(form)
        computed = frozenset(computed_items(form))
        items = read_items(form, Above(value_sets={**value_sets, **read_value_sets(form, value_sets)}, computed=computed))
        everything = tuple(walk(items))
        if not items:
            form.wrong("there are no items", "item")
        check_links(form, everything)
        by_link_id = {item.link_id: item for item in everything}
        rules = read_rules(form, by_link_id)
        check_filled(form, by_link_id, rules)
        errors = tuple(problem for problem in problems if problem.kind == "error")
        if errors:
            raise Invalid(errors[0].path, errors[0].message, errors)
        return _built(form, items, everything, rules)

    @property
    def canonical(self) -> str:
        """What a response says that it answers: `url|version`."""
        return f"{self.url}|{self.version}" if self.version else self.url

    def consents(self, kind: str) -> tuple[Item, ...]:
        """The consent items of one kind (keep, share, reminders)."""
        return tuple(item for item in self.by_link_id.values() if item.consent == kind)

    def item_at(self, key: str) -> Item | None:
        """The item of a key, None when the form has none (any more)."""
        return self.by_name.get(key.rpartition("/")[2].partition("#")[0])


def walk(items: Iterable[Item]) -> Iterator[Item]:
    """All items in the form's order, also those that only explain others."""
    for item in items:
        yield item
        yield from (child for child in (item.why, item.help) if child)
        yield from walk(item.items)


def _built(form: Node, items: tuple[Item, ...], everything: tuple[Item, ...], rules: Rules) -> Questionnaire:
    url, identity = form.text("url"), form.text("id")
    return Questionnaire(
        url=url or (f"Questionnaire/{identity}" if identity else ""),
        version=form.text("version"),
        title=form.text("title") or form.text("name"),
        language=form.text("language") or "en",
        items=items,
        by_link_id={item.link_id: item for item in everything},
        by_name={item.name: item for item in everything},
        presets=tuple(item for item in everything if item.initial and item.is_question and not item.asked),
        standing=standing(items),
        conditions=_conditions(everything),
        rules=rules,
        degraded=tuple(form.problems),
        raw=form.value,
    )


def _conditions(everything: tuple[Item, ...]) -> tuple[str, ...]:
    """What enableWhen asks about, and the questions under whose answers something stands."""
    asked_about = {one.question for item in everything for one in item.enable_when}
    return tuple(item.name for item in everything if item.link_id in asked_about or (item.items and item.type != "group"))


def _parse(data: bytes | str | Any) -> Any:
    if not isinstance(data, bytes | str):
        return data
    if len(data) > LARGEST:
        raise Invalid("Questionnaire", f"the file is larger than {LARGEST} bytes")
    try:
        return _whole(json.loads(data, parse_float=Decimal, parse_constant=_no_constant))
    except (ValueError, RecursionError) as error:
        raise Invalid("Questionnaire", f"is not JSON: {_in_words(error)}") from None


def _whole(parsed: Any) -> Any:
    """Half of a character cannot be sent to anybody: raise ValueError."""
    json.dumps(parsed, ensure_ascii=False, default=str).encode()
    return parsed


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _in_words(error: Exception) -> str:
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)
