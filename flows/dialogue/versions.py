"""A new version of a form meets a response to an older one: each answer is mapped, asked again, or kept as history.

Mapped: the question is still there and takes the answer. Asked again: it is there and does not take it any more; the old answer is
shown. History: it is gone. A form says what it calls something now with our extension `formerly`: on an item its old linkId, on an
option its old code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flows.dialogue.recording import evaluated
from flows.dialogue.scene import Scene, open_place
from flows.dialogue.taking import takes
from flows.fhir.nodes import OWN, Node
from flows.fhir.values import read_value
from flows.items import name_of
from flows.response import Cursor, QuestionnaireResponse, frozen
from flows.values import Value, Values, same
from flows.words.tongue import Tongue

if TYPE_CHECKING:
    from flows.items import Item
    from flows.questionnaire import Questionnaire

FORMERLY = f"{OWN}formerly"


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """`again`: keys of the questions whose old answer is no answer any more. `moved`: another place is open than before."""

    response: QuestionnaireResponse
    again: tuple[str, ...]
    moved: bool


def carried(form: Questionnaire, response: QuestionnaireResponse, *, now: datetime, today: date) -> Carried | None:
    """The response as one to this version; None when it is one. `now` and `today` as in flows.engine."""
    if response.questionnaire == form.canonical:
        return None
    names = _Names.of(form)
    answers: dict[str, Values] = {}
    former = dict(response.former)
    again = []
    for key, old in response.answers.items():
        new, item = names.place(key)
        values = tuple(names.value(item, value) for value in old) if item else old
        if item is None or new in answers:
            former[key] = old
        elif takes(item, values):
            answers[new] = values
        else:
            former[new] = old
            again.append(new)
    return _settled(form, response, names, answers, former, again, now, today)


def _settled(
    form: Questionnaire,
    response: QuestionnaireResponse,
    names: _Names,
    answers: dict[str, Values],
    former: dict[str, Values],
    again: list[str],
    now: datetime,
    today: date,
) -> Carried:
    groups = {new: count for key, count in response.groups.items() if (new := names.group(key))}
    scene = Scene(questionnaire=form, response=response, tongue=Tongue(), now=now, today=today)
    answers, places, computed = evaluated(scene, answers, groups, fresh=True)
    enabled = {place.key for place in places}
    asked_again = tuple(key for key in again if key in enabled and key not in answers)
    done = response.cursor.mode == "done" and not asked_again
    revision = response.revision + 1
    after = scene.after(
        replace(
            response,
            questionnaire=form.canonical,
            answers=frozen(answers),
            former=former,
            groups=groups,
            closed=frozenset(new for key in response.closed if (new := names.group(key))),
            offered=frozenset(names.place(key)[0] for key in response.offered) & answers.keys(),
            parked=frozenset(answers.keys() - enabled),
            computed=computed,
            revision=revision,
            cursor=Cursor(mode="done" if done else "asking", since=revision),
        ),
        places,
    ).response
    at = open_place(form, places, after)
    before = response.cursor.at and names.place(response.cursor.at)[0]
    return Carried(response=after, again=asked_again, moved=(None if at is None else places[at].key) != before)


@dataclass(frozen=True, slots=True)
class _Names:
    """What old names mean in a form: parts of keys, and values of options by the name of their question."""

    form: Questionnaire
    links: Mapping[str, str]
    codes: Mapping[str, tuple[tuple[Value, Value], ...]]

    @staticmethod
    def of(form: Questionnaire) -> _Names:
        items = list(_nodes(Node.of("Questionnaire", dict(form.raw), [])))
        links = {name_of(str(old)): name_of(node.text("linkId")) for node in items if (old := node.extension(FORMERLY))}
        codes = {name_of(node.text("linkId")): tuple(_renamed(node)) for node in items}
        return _Names(form, links, codes)

    def place(self, key: str) -> tuple[str, Item | None]:
        """The key and the question that an old key means now; an answer outside all groups becomes that of the first occurrence."""
        *scopes, last = key.split("/")
        item = self.form.by_name.get(self._name(last))
        if item is None or not item.is_question:
            return key, None
        numbers = {self._name(name): number for name, _, number in (scope.partition("#") for scope in scopes)}
        above = (f"{name_of(scope)}#{numbers.get(name_of(scope), '0')}/" for scope in item.scopes)
        return "".join(above) + item.name, item

    def group(self, key: str) -> str | None:
        """The key of a repeating group that is still one."""
        parts = [part.partition("#") for part in key.split("/")]
        named = "/".join(f"{self._name(name)}{sign}{number}" for name, sign, number in parts)
        item = self.form.by_name.get(named.rpartition("/")[2])
        return named if item is not None and item.repeating_group else None

    def value(self, item: Item, value: Value) -> Value:
        """What an old option is called now."""
        return next((new for old, new in self.codes.get(item.name, ()) if same(old, value)), value)

    def _name(self, name: str) -> str:
        """A name that the form has is never an old one."""
        return name if name in self.form.by_name else self.links.get(name, name)


def _nodes(parent: Node) -> Iterator[Node]:
    for node in parent.children("item"):
        yield node
        yield from _nodes(node)


def _renamed(item: Node) -> Iterator[tuple[Value, Value]]:
    for option in item.children("answerOption"):
        for extension in option.extensions(FORMERLY):
            old, new = read_value(extension), read_value(option)
            if old is not None and new is not None:
                yield old, new


def retired(form: Questionnaire, response: QuestionnaireResponse) -> dict[str, Any]:
    """Answers of earlier versions that no question takes up: key -> values."""
    return {key: values for key, values in response.former.items() if form.item_at(key) is None}
