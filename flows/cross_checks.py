"""What must agree between the files of a definition: ids, linkIds, codes, languages, units, records and criteria."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from flows.reading import BadDefinitionError
from flows.trials import protocols
from flows.trials.rules import Codes, Limit, Markers
from flows.units import LOINC, agrees, reviewed_factor
from flows.values import Coding

if TYPE_CHECKING:
    from flows.grounds.freshness import Lasting
    from flows.grounds.variables import Variable
    from flows.items import Item
    from flows.library import Definition
    from flows.trials.protocols import TrialProtocol

Problem = tuple[str, str, str]  # file, path, message

ITEM_TYPES = {
    "code": {"choice", "open-choice"},
    "codes": {"choice", "open-choice"},
    "boolean": {"boolean", "choice"},
    "integer": {"integer", "choice"},
    "number": {"integer", "decimal", "choice"},
    "date": {"date"},
    "quantity": {"quantity"},
}


def check(definition: Definition) -> None:
    """Raise BadDefinitionError for the first thing that does not agree."""
    for file, path, message in chain(
        _variables(definition),
        _criteria(definition),
        _records(definition),
        _requests(definition),
        _red_flags(definition),
        _reminders(definition),
        _languages(definition),
        _protocols(definition),
    ):
        raise BadDefinitionError(file, path, message)


def _variables(definition: Definition) -> Iterator[Problem]:
    for name, variable in definition.criteria.variables.items():
        path = f"variables.{name}"
        for link_id in variable.link_ids:
            item = definition.questionnaire.by_link_id.get(link_id)
            if item is None:
                yield "criteria.json", f"{path}.linkIds", f"the questionnaire has no {link_id!r}"
            elif item.type not in ITEM_TYPES[variable.kind]:
                yield "criteria.json", f"{path}.as", f"{link_id!r} is {item.type}, which cannot become {variable.kind}"
            else:
                yield from (
                    ("criteria.json", path, message)
                    for message in (*_codes(variable, item), *_units(definition, variable, item))
                )


def _codes(variable: Variable, item: Item) -> Iterator[str]:
    named = {*variable.numbers, *variable.true, *variable.false} | (variable.unknown if len(variable.link_ids) == 1 else set())
    strange = sorted(named - _options(item)) if item.options else ()
    if strange:
        yield f"{item.link_id!r} has no option {', '.join(strange)}"


def _units(definition: Definition, variable: Variable, item: Item) -> Iterator[str]:
    if variable.kind != "quantity":
        return
    for unit in item.units:
        if unit.code not in variable.factors:
            yield f"there is no factor for the unit {unit.code} of {item.link_id!r}"
    loinc = _loinc(item) | _measured(definition, variable)
    for unit_code, factor in variable.factors.items():
        reviewed = reviewed_factor(unit_code, variable.unit, loinc)
        if reviewed is None or not agrees(factor, reviewed):
            yield f"the factor from {unit_code} to {variable.unit} is not the reviewed one ({reviewed})"


def _loinc(item: Item) -> frozenset[str]:
    return frozenset(code.code for code in item.code if code.system == LOINC)


def _measured(definition: Definition, variable: Variable) -> frozenset[str]:
    """For an upper limit of normal: the codes of what is measured against it. The limit itself is no observation and has no code."""
    variables, known = definition.criteria.variables, definition.questionnaire.by_link_id
    measured = [name for name, upper in definition.laboratory.upper_limits.items() if upper.asked == variable.name]
    items = (known[link_id] for name in measured for link_id in variables[name].link_ids if link_id in known)
    return frozenset[str]().union(*map(_loinc, items))


def _criteria(definition: Definition) -> Iterator[Problem]:
    known = definition.questionnaire.by_link_id
    tops = {item.link_id for item in definition.questionnaire.items}
    if strange := sorted(set(definition.criteria.asked_in_order) - tops):
        yield "criteria.json", "asked_in_order", f"no topic of the questionnaire: {', '.join(strange)}"
    for criterion in definition.criteria.criteria:
        for link_id in criterion.background:
            if link_id not in known:
                yield "criteria.json", f"criteria.{criterion.id}.background", f"the questionnaire has no {link_id!r}"
        for rule in criterion.lasting:
            yield from _lasting(definition, f"criteria.{criterion.id}.lasting", rule)
        proving = {record.id for record in definition.records if criterion.id in record.criteria}
        if proving != set(criterion.records):
            differing = ", ".join(sorted(proving ^ set(criterion.records)))
            yield "criteria.json", f"criteria.{criterion.id}.records", f"differs from records.json: {differing}"


def _lasting(definition: Definition, path: str, rule: Lasting) -> Iterator[Problem]:
    known = definition.questionnaire.by_link_id
    for link_id in (*sorted(rule.of), *((rule.dated_by,) if rule.dated_by else ())):
        if link_id not in known:
            yield "criteria.json", path, f"the questionnaire has no {link_id!r}"
    if rule.dated_by and rule.dated_by in known and known[rule.dated_by].type != "date":
        yield "criteria.json", path, f"{rule.dated_by!r} is no date"
    if rule.record and definition.record(rule.record) is None:
        yield "criteria.json", path, f"there is no record {rule.record!r}"


def _records(definition: Definition) -> Iterator[Problem]:
    criteria = {criterion.id for criterion in definition.criteria.criteria}
    for record in definition.records:
        path = f"records.{record.id}"
        for id_ in record.criteria:
            if id_ not in criteria:
                yield "records.json", f"{path}.criteria", f"there is no criterion {id_!r}"
        for link_id, codes in record.enabled_when:
            yield from _has_options(definition, "records.json", f"{path}.enabled_when", link_id, codes)
        for link_id in record.answered_by:
            item = definition.questionnaire.by_link_id.get(link_id)
            if item is None or item.type != "attachment":
                yield "records.json", f"{path}.answered_by", f"{link_id!r} is no attachment question"


def _requests(definition: Definition) -> Iterator[Problem]:
    for task in definition.support.items:
        if task.record and definition.record(task.record) is None:
            yield "support.json", f"tasks.{task.id}.record", f"there is no record {task.record!r}"


def _red_flags(definition: Definition) -> Iterator[Problem]:
    for flag in definition.red_flags.flags:
        for link_id, code in sorted(flag.answers):
            yield from _has_options(definition, "red_flags.json", f"flags.{flag.id}.answers", link_id, (code,))


def _has_options(definition: Definition, file: str, path: str, link_id: str, codes: Iterable[str]) -> Iterator[Problem]:
    item = definition.questionnaire.by_link_id.get(link_id)
    if item is None:
        yield file, path, f"the questionnaire has no {link_id!r}"
    elif strange := sorted(set(codes) - _options(item)):
        yield file, path, f"{link_id!r} has no option {', '.join(strange)}"


def _options(item: Item) -> set[str]:
    return {option.value.code for option in item.options if isinstance(option.value, Coding)}


def _reminders(definition: Definition) -> Iterator[Problem]:
    consents = {item.consent for item in definition.questionnaire.by_link_id.values()}
    for rule in definition.reminders.rules:
        if rule.needs_consent and rule.needs_consent not in consents:
            path = f"rules.{rule.kind}.needs_consent"
            yield "reminders.json", path, f"the questionnaire asks for no consent {rule.needs_consent!r}"


def _languages(definition: Definition) -> Iterator[Problem]:
    """A language is there in every file or in none."""
    wanted = set(definition.languages)
    found = [("red_flags.json", "negations", set(definition.red_flags.negations))]
    found += [("words.json", "", set(definition.lexicon.languages))]
    found += [("page.json", f"faq.{faq.id}.keywords", set(faq.keywords)) for faq in definition.page.faqs]
    for file, path, languages in found:
        if languages != wanted:
            yield file, path, f"has words in {', '.join(sorted(languages))}, reminders.json in {', '.join(sorted(wanted))}"


RULE_KINDS = {"code": {"code", "codes"}, "truth": {"boolean"}, "since": {"date"}, "value": {"integer", "number", "quantity"}}


def _protocols(definition: Definition) -> Iterator[Problem]:
    """Every value that a protocol reads exists and is of the right kind, every code is an option, every unit can be converted."""
    records = {record.id for record in definition.records}
    for protocol in definition.protocols:
        file = f"{protocol.id}.json"
        for kind, name in protocols.names_read(protocol):
            if not _readable(definition, kind, name):
                yield file, "criteria", f"there is no value {name!r} for a {kind} rule"
        for path, message in _rules(definition, protocol):
            yield file, path, message
        yield from ((file, "records", f"there is no record {one!r}") for one in protocol.records - records)
        if protocol.follow_up is not None and protocol.follow_up not in definition.programmes:
            yield file, "follow_up", f"there is no programme {protocol.follow_up!r}"
    for name, upper in definition.laboratory.upper_limits.items():
        if upper.asked not in definition.criteria.variables:
            yield "laboratory.json", f"upper_limits.{name}.asked", f"there is no variable {upper.asked!r}"


def _readable(definition: Definition, kind: str, name: str) -> bool:
    variable = definition.criteria.variables.get(name)
    if variable is not None:
        return variable.kind in RULE_KINDS[kind]
    return kind == "value" and (name in definition.criteria.derived or name in definition.laboratory.scales)


def _rules(definition: Definition, protocol: TrialProtocol) -> Iterator[tuple[str, str]]:
    for rule in protocols.rules(protocol):
        match rule:
            case Limit(value=name, unit=unit) if unit and not _convertible(definition, name, unit):
                yield f"criteria ({name})", f"there is no factor for the unit {unit}"
            case Limit(value=name, times_upper=True) if name not in definition.laboratory.upper_limits:
                yield f"criteria ({name})", "there is no upper limit of normal in laboratory.json"
            case Codes(code=name, allowed=allowed, excluded=excluded):
                known = _codes_of(definition, name)
                yield from (
                    (f"criteria ({name})", f"there is no option {code}") for code in (allowed | (excluded or set())) - known
                )
            case Markers(markers=markers):
                known = _codes_of(definition, "markers")
                yield from (("criteria (markers)", f"there is no option {code}") for code in markers - known)


def _convertible(definition: Definition, name: str, unit: str) -> bool:
    variable = definition.criteria.variables.get(name)
    if variable is None:  # a derived value is in the unit of its formula
        return name in definition.criteria.derived
    return unit in variable.factors


def _codes_of(definition: Definition, name: str) -> set[str]:
    variable = definition.criteria.variables.get(name)
    items = (definition.questionnaire.by_link_id[link_id] for link_id in variable.link_ids) if variable else ()
    return {code for item in items for code in _options(item)}
