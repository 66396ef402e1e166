"""Around a form: what turns any questionnaire into an intake. Permission comes first, then the form as its author wrote it.

The rules of the house that speak of its own questions (criteria, records, protocols, the page, red flags by button) fall away; those
that speak of people stay: reminders, alerts, stages, and the words that may be an emergency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.authoring.translations import offered
from flows.fhir.nodes import OWN
from flows.questionnaire import Questionnaire
from flows.reading import BadDefinitionError

if TYPE_CHECKING:
    from flows.fhir.value_sets import ValueSets
    from flows.library import Definition
    from flows.red_flags import RedFlags

CONSENT = f"{OWN}consent"


def around(form: Questionnaire, house: Definition, name: str, value_sets: ValueSets) -> Definition:
    """An intake of this form. Raise BadDefinitionError when one of its linkIds is that of a permission."""
    return replace(
        house,
        name=name,
        version=form.version,
        questionnaire=form if form.consents("keep") else _with_permission(form, house.questionnaire, name, value_sets),
        form=form,
        criteria=replace(house.criteria, variables={}, derived={}, criteria=()),
        records=(),
        red_flags=_by_words(house.red_flags),
        page=replace(house.page, faqs=(), topics=()),
        protocols=(),
        languages=offered(form.raw),
    )


def _with_permission(form: Questionnaire, house: Questionnaire, name: str, value_sets: ValueSets) -> Questionnaire:
    permission = [item for item in house.raw["item"] if any(_consents(item))]
    taken = {link_id for item in permission for link_id in _link_ids(item)} & form.by_link_id.keys()
    if taken:
        message = f"the linkIds {', '.join(sorted(taken))} are those of the permission that is asked first"
        raise BadDefinitionError(name, "item", message)
    return Questionnaire.from_json({**form.raw, "item": [*permission, *form.raw["item"]]}, value_sets)


def _consents(item: Mapping[str, Any]) -> Iterator[bool]:
    yield from (extension["url"] == CONSENT for extension in item.get("extension", ()))
    for inner in item.get("item", ()):
        yield from _consents(inner)


def _link_ids(item: Mapping[str, Any]) -> Iterator[str]:
    yield item["linkId"]
    for inner in item.get("item", ()):
        yield from _link_ids(inner)


def _by_words(flags: RedFlags) -> RedFlags:
    """What is said in words is an emergency in any form; the house's own question is not there."""
    return replace(flags, flags=tuple(replace(flag, answers=frozenset()) for flag in flags.flags))
