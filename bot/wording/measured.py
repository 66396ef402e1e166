"""Words about values that coordinators read in reports: what was kept, what was not understood, and how they stand beside an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import dossier, grades, keys, refusals, values
from bot.wording.markup import plain
from flows.events import Refused
from flows.grounds.measured import measurable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.catalogues import Catalogue
    from flows.grounds.measured import Measured
    from flows.grounds.measuring import Unclear
    from flows.library import Definition

DIGITS = 4  # after the point of a converted number


def names(words: Catalogue) -> Mapping[str, str]:
    """What can be read in a report, by linkId."""
    upper = words.gettext("{test}, upper limit of the laboratory")
    short = dossier.tests(words)
    uppers = {f"{one}-upper": upper.format(test=short[one]) for one in ("alt", "ast", "bilirubin", "creatinine")}
    return short | uppers


def how(words: Catalogue) -> Message:
    text = words.gettext(
        "Write the test, the number with its unit, and the day of the test: /lab anc 0.4 10^9/L 2026-11-20. "
        "As a reply to a document in the topic it is kept that the value stands there. The tests: {tests}"
    )
    return Message(text=plain(text.format(tests=values.listed(words, [*names(words).values()]))))


def unclear(words: Catalogue, definition: Definition, fault: Unclear) -> Message:
    """Why a value was not kept, and what to write instead."""
    if fault.what == "test":
        return how(words)
    item = definition.questionnaire.by_link_id[fault.link_id]
    if fault.refusal:
        event = Refused(
            key=fault.link_id, reason=fault.refusal.reason, limit=fault.refusal.limit, candidates=fault.refusal.candidates
        )
        why = refusals.refused(words, definition.refusals, event, item)
    elif fault.what == "unit":
        text = words.gettext("I do not know the unit. It can be: {units}")
        why = plain(text.format(units=values.listed(words, [one.display for one in item.units])))
    else:
        why = plain(words.gettext("From which day is it? Write the day at the end, like 2026-11-20."))
    kept = words.gettext("{test}: nothing was kept.").format(test=words.isolate(_name(words, definition, fault.link_id)))
    return Message(text=f"{plain(kept)} {why}")


def no_document(words: Catalogue) -> str:
    return words.gettext(
        "Somebody else holds this case. Write it as a reply to the document in which the value stands, or ask who holds the case."
    )


def no_such_document(words: Catalogue) -> str:
    return words.gettext("This is not a document of this family that can be looked into here.")


def taken(words: Catalogue, definition: Definition, name: str, one: Measured, case: int) -> Message:
    """In the topic, with the way back."""
    text = words.gettext("{name}: {test} is {value}.")
    told = text.format(
        name=words.isolate(name), test=_name(words, definition, one.link_id), value=_full(words, definition, one)
    )
    return Message(text=plain(told), rows=keys.take_back(words, case, one.id))


def taken_back(words: Catalogue, definition: Definition, name: str, link_id: str) -> str:
    text = words.gettext("{name} took a value back: {test}. What counted before counts again.")
    return plain(text.format(name=words.isolate(name), test=_name(words, definition, link_id)))


def gone(words: Catalogue) -> str:
    return words.gettext("This value was taken back before.")


def beside(words: Catalogue, definition: Definition, one: Measured, said: str) -> str:
    """Instead of the answer, with the answer behind it."""
    kept = dossier.family_said(words, said) if said else ""
    return "; ".join(text for text in (_full(words, definition, one), kept) if text)


def line(words: Catalogue, definition: Definition, one: Measured) -> str:
    """One value in a list."""
    return f"{_name(words, definition, one.link_id)}: {_full(words, definition, one)}"


def _full(words: Catalogue, definition: Definition, one: Measured) -> str:
    """0.4 10^9/L, 20 November 2026, checked by a coordinator, from “Blood tests”."""
    parts = [_amount(words, definition, one), values.day(words, one.day), grades.names(words)[one.grade]]
    if one.document:
        parts.append(dossier.stands_in(words, dossier.record(words, definition, one.record)))
    return values.comma(words).join(parts)


def _amount(words: Catalogue, definition: Definition, one: Measured) -> str:
    """As it stands in the report, and in the unit of the criteria where that is another one."""
    variable, item = measurable(definition.criteria)[one.link_id], definition.questionnaire.by_link_id[one.link_id]
    shown = words.isolate(f"{values.number(one.amount.value)} {one.amount.unit}".strip())
    factor = variable.factors.get(one.amount.code)
    if factor is None or one.amount.code == variable.unit:
        return shown
    unit = next((known.display for known in item.units if known.code == variable.unit), variable.unit)
    number = round(one.amount.value * factor, DIGITS).normalize()
    return f"{shown} (= {words.isolate(f'{values.number(number)} {unit}')})"


def _name(words: Catalogue, definition: Definition, link_id: str) -> str:
    item = definition.questionnaire.by_link_id[link_id]
    return names(words).get(link_id) or item.label.worded(words.worded)
