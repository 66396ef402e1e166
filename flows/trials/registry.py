"""Dated snapshots of ClinicalTrials.gov (API v2): what changed since our files were written, and the files with it. Pure: text in, text out.

Taken from a snapshot: status, day of the last update, ages. Never what a product is: the registry's labels are wrong for some (RD13-02, CT0596).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from flows.reading import BadDefinitionError, Spot
from flows.trials.protocols import NUMBER, years

if TYPE_CHECKING:
    from flows.trials.protocols import TrialProtocol

Field = Literal["status", "last_update", "min_age", "max_age"]
Kind = Literal["changed", "new", "absent", "same"]
FIELDS: tuple[Field, ...] = ("status", "last_update", "min_age", "max_age")
WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """What is taken from one study of a snapshot."""

    id: str
    title: str
    status: str
    last_update: date
    min_age: str | None
    max_age: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One line of a diff. `fields`: field -> (in our file, in the snapshot)."""

    id: str
    kind: Kind
    title: str = ""
    fields: Mapping[Field, tuple[str, str]]


def studies(spot: Spot) -> Iterator[Study]:
    """The studies of one file: a page of the API (`studies`), a list of studies, or one study alone."""
    if isinstance(spot.value, list):
        listed = list(spot.items())
    else:
        listed = list(spot.get("studies").items()) if spot.has("studies") else [spot]
    for one in listed:
        yield _study(one.get("protocolSection"))


def compare(protocols: Iterable[TrialProtocol], found: Iterable[Study], *, whole: bool) -> tuple[Change, ...]:
    """The diff, by number. `whole`: the snapshot claims to hold every study, so that ours which are not in it are named."""
    ours, theirs = {one.id: one for one in protocols}, {one.id: one for one in found}
    changes = []
    for id_ in sorted(ours.keys() | theirs.keys()):
        if id_ not in ours:
            changes.append(Change(id=id_, kind="new", title=theirs[id_].title, fields={}))
        elif id_ not in theirs:
            changes += [Change(id=id_, kind="absent", fields={})] if whole else []
        else:
            changes.append(_compared(ours[id_], theirs[id_]))
    return tuple(changes)


def renewed(text: str, study: Study, *, as_of: date, approved: str, source: str) -> str:
    """A protocol's file with what the snapshot says; version, day and approval are set, every other line stays as it is."""
    ages = {name: f'"{age}"' if age else "null" for name, age in (("min_age", study.min_age), ("max_age", study.max_age))}
    version = re.search(r'^  "version": (\d+),$', text, re.MULTILINE)
    if version is None:
        raise ValueError(study.id)
    values = {
        "version": str(int(version[1]) + 1),
        "as_of": f'"{as_of}"',
        "source": _quoted(source),
        "approved": _quoted(approved),
        "registry": f'{{"status": "{study.status}", "last_update": "{study.last_update}", '
        f'"min_age": {ages["min_age"]}, "max_age": {ages["max_age"]}}}',
    }
    for name, value in values.items():
        line = f'  "{name}": {value}'.replace("\\", "\\\\")  # a template of re: a backslash stands for itself
        text, count = re.subn(rf'^  "{name}": .*[^,\n](?=,?$)', line, text, flags=re.MULTILINE)
        if count != 1:
            raise ValueError(study.id)
    return text


def lines(changes: Iterable[Change]) -> Iterator[str]:
    """A diff as text: what changed, what is new or gone, and how many stayed."""
    same = 0
    for one in changes:
        match one.kind:
            case "same":
                same += 1
            case "changed":
                told = "; ".join(f"{name}: {before} -> {after}" for name, (before, after) in one.fields.items())
                yield f"{one.id} {'WITHDRAWN' if one.fields.get('status', ('', ''))[1] == WITHDRAWN else 'changed'}: {told}"
            case "new":
                yield f"{one.id} new: {one.title} (no file is made: its criteria have to be read by a person)"
            case "absent":
                yield f"{one.id} not in the snapshot"
    yield f"{same} unchanged"


def _compared(ours: TrialProtocol, study: Study) -> Change:
    pairs = {name: (str(getattr(ours.registry, name) or "–"), str(getattr(study, name) or "–")) for name in FIELDS}
    fields = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return Change(id=ours.id, kind="changed" if fields else "same", fields=fields)


def _study(section: Spot) -> Study:
    identity, status = section.get("identificationModule"), section.get("statusModule")
    number = identity.text("nctId")
    if not NUMBER.fullmatch(number):
        raise identity.get("nctId").wrong("must be a number like NCT01234567")
    return Study(
        id=number,
        title=identity.text("briefTitle") if identity.has("briefTitle") else "",
        status=_status(status),
        last_update=status.get("lastUpdatePostDateStruct").day("date"),
        min_age=_age(section, "minimumAge"),
        max_age=_age(section, "maximumAge"),
    )


def _status(spot: Spot) -> str:
    status = spot.text("overallStatus")
    if not re.fullmatch("[A-Z_]+", status):
        raise spot.get("overallStatus").wrong("is no status of the registry")
    return status


def _age(section: Spot, name: str) -> str | None:
    rules = section.get("eligibilityModule") if section.has("eligibilityModule") else None
    if rules is None or not rules.has(name):
        return None
    try:
        years(rules.text(name))
    except ValueError as error:
        raise BadDefinitionError(rules.file, f"{rules.path}.{name}", "must be an age like 18 Years") from error
    return rules.text(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
