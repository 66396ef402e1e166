"""The only file that reads definitions: loads and checks every definition once, at start.

Whatever is wrong is said with the file and the path in it; nothing is left to be found while a patient waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flows import alerts, criteria, page, records, red_flags
from flows.alerts import Alert
from flows.around import around
from flows.burden import Burden
from flows.casework import stages, support
from flows.casework.stages import CloseReason, Stage
from flows.casework.support import Support
from flows.criteria import Criteria
from flows.cross_checks import check
from flows.dialogue import refusals
from flows.dialogue.refusals import Refusals
from flows.fhir.nodes import Node
from flows.fhir.value_sets import ValueSets, read_value_set
from flows.page import Page
from flows.questionnaire import Invalid, Questionnaire
from flows.reading import BadDefinitionError, Spot
from flows.records import Record
from flows.red_flags import RedFlags, SafetyText
from flows.schedule import followups, reminder_rules
from flows.schedule.followups import Programme
from flows.schedule.reminder_rules import ReminderRules
from flows.staff import desk
from flows.staff.desk import Desk
from flows.trials import laboratory, protocols
from flows.trials.laboratory import Laboratory
from flows.trials.protocols import TrialProtocol
from flows.words.lexicon import Lexicon

__all__ = [
    "DEFINITIONS",
    "BadDefinitionError",
    "Definition",
    "chosen",
    "definitions",
    "load",
    "questionnaire",
    "spot",
    "trial_protocols",
    "value_sets",
]

DEFINITIONS = Path(__file__).parent / "definitions"
WORDS, REFUSALS = "words.json", "refusals.json"
OWN = ("reminders", "followups", "centres", "desk")  # what a clinic may bring along
FILES = (
    *("questionnaire.json", "criteria.json", "records.json", "stages.json", "red_flags.json", "alerts.json", "page.json"),
    "support.json",
)
VALUE_SETS = "valuesets"
PROTOCOLS = "protocols"
PROGRAMMES = "programmes"
LABORATORY = "laboratory.json"
CENTRES = "centres.json"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One intake, complete and checked. `reminders` hold the rules of the `programme` and of all `programmes` by name too.

    `languages`: those for which it has words of its own, the source language first. `questionnaire` is what is asked, `form` what is
    answered to others: the same, unless permission is asked before a form that does not ask for it. `house` is the form of this house,
    whatever form is asked.
    """

    name: str
    version: str
    questionnaire: Questionnaire
    form: Questionnaire
    criteria: Criteria
    records: tuple[Record, ...]
    reminders: ReminderRules
    programme: Programme
    programmes: Mapping[str, Programme]
    red_flags: RedFlags
    alerts: tuple[Alert, ...]
    desk: Desk
    page: Page
    stages: tuple[Stage, ...]
    close_reasons: tuple[CloseReason, ...]
    lexicon: Lexicon
    refusals: Refusals
    laboratory: Laboratory
    support: Support
    protocols: tuple[TrialProtocol, ...]
    languages: tuple[str, ...]
    house: Questionnaire

    def programme_of(self, protocol: str | None) -> Programme:
        """The check-ins after an infusion under a protocol: those that it names, else the usual ones."""
        named = next((one.follow_up for one in self.protocols if one.id == protocol), None)
        return self.programmes[named] if named else self.programme

    def record(self, id_: str | None) -> Record | None:
        return next((record for record in self.records if record.id == id_), None)

    def record_of(self, link_id: str) -> str | None:
        """The id of the record that a file given as answer to this question is."""
        return next((record.id for record in self.records if link_id in record.answered_by), None)

    def stage(self, id_: str) -> Stage:
        return next(stage for stage in self.stages if stage.id == id_)

    def safety_texts(self, flags: Iterable[str]) -> tuple[SafetyText, ...]:
        """What to say to these red flags, most pressing first, each text once."""
        return self.red_flags.safety_texts(flags)

    def zone_of_language(self, language: str | None) -> str:
        """The IANA time zone taken for a language until a city is chosen."""
        return self.reminders.zone(None, language).key


def definitions(folder: Path = DEFINITIONS) -> tuple[Path, ...]:
    """The folders of all definitions."""
    return tuple(sorted(file.parent for file in folder.glob("*/questionnaire.json")))


def load(folder: Path = DEFINITIONS / "allogeneic_car_t", *, instead: Mapping[str, Path] | None = None) -> Definition:
    """Read and check every file of a definition. BadDefinitionError names the file and the spot.

    `instead`: files that a clinic has of its own for "reminders", "followups", "centres" and "desk".
    """
    own = {name: folder / f"{name}.json" for name in OWN} | {"centres": folder.parent / CENTRES} | dict(instead or {})
    questionnaire = _questionnaire(folder / "questionnaire.json")
    programme = followups.read(spot(own["followups"]))
    programmes = {file.stem: followups.read(spot(file), file.stem) for file in sorted((folder / PROGRAMMES).glob("*.json"))}
    check_ins = [rule for one in (programme, *programmes.values()) for rule in one.rules]
    reminders = reminder_rules.read(spot(own["reminders"]))
    stage_words, close_reasons = stages.read(spot(folder / "stages.json"))
    lexicon = _lexicon(folder.parent / WORDS)
    rules = criteria.read(spot(folder / "criteria.json"))
    definition = Definition(
        name=folder.name,
        version=questionnaire.version,
        questionnaire=questionnaire,
        form=questionnaire,
        criteria=rules,
        records=records.read(spot(folder / "records.json")),
        reminders=replace(reminders, rules=(*reminders.rules, *check_ins)),
        programme=programme,
        programmes=programmes,
        red_flags=red_flags.read(spot(folder / "red_flags.json")),
        alerts=alerts.read(spot(folder / "alerts.json")),
        desk=desk.read(spot(own["desk"])),
        page=page.read(spot(folder / "page.json")),
        stages=stage_words,
        close_reasons=close_reasons,
        lexicon=lexicon,
        refusals=refusals.read(spot(DEFINITIONS / REFUSALS)),
        laboratory=laboratory.read(spot(folder.parent / LABORATORY)),
        support=support.read(spot(folder / "support.json"), support.read_centres(spot(own["centres"]))),
        protocols=trial_protocols(folder.parent / PROTOCOLS),
        languages=tuple(reminders.zones),
        house=questionnaire,
    )
    check(definition)
    return replace(definition, questionnaire=replace(questionnaire, burden=Burden.of(questionnaire, rules)))


def chosen(name: str, *, instead: Mapping[str, Path] | None = None) -> Definition:
    """The definition that a setting names: nothing for the intake of this house, the name of a folder in definitions/, a folder,

    or a file with a form. A folder needs questionnaire.json; with all other files it is a definition of its own. BadDefinitionError
    says what is wrong, with every reason.
    """
    if not name:
        return load(instead=instead)
    place = next((one for one in (Path(name), DEFINITIONS / name) if one.exists()), Path(name))
    if place.is_dir() and all((place / file).exists() for file in FILES):
        return load(place, instead=instead)
    file = place / "questionnaire.json" if place.is_dir() else place
    try:
        form = questionnaire(file)
    except Invalid as error:
        raise BadDefinitionError(file.name, "", "".join(f"\n  {problem}" for problem in error.problems)) from error
    except OSError as error:
        raise BadDefinitionError(str(file), "", f"cannot be read: {error.strerror}") from error
    return around(form, load(instead=instead), file.name, value_sets())


def questionnaire(file: Path) -> Questionnaire:
    """Read a form of its own, with the value sets that are pinned here and the parts beside it. Raise Invalid or OSError."""
    return Questionnaire.from_json(file.read_bytes(), value_sets(), lambda address: _part(file.parent, address))


def _part(folder: Path, address: str) -> Mapping[str, Any] | None:
    """The form of a folder that has this address; a relative one ("Questionnaire/name") names the end of it, or an id."""
    name = address.rpartition("/")[2]
    relative = "://" not in address
    for file in sorted(folder.glob("*.json")):
        text = file.read_bytes()
        if name.encode() not in text or b'"Questionnaire"' not in text:
            continue
        part = _json(text)
        url = str(part.get("url", "")).partition("|")[0]
        if url == address or (relative and name in {part.get("id"), url.rpartition("/")[2]}):
            return part
        if not url and not relative and part.get("id") == name:
            return part
    return None


def _json(text: bytes) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("resourceType") == "Questionnaire" else {}


def trial_protocols(folder: Path = DEFINITIONS / PROTOCOLS) -> tuple[TrialProtocol, ...]:
    """The protocols of all trials, one file each, named by its number."""
    found = tuple(protocols.read(spot(file)) for file in sorted(folder.glob("NCT*.json")))
    for one, file in zip(found, sorted(folder.glob("NCT*.json")), strict=True):
        if one.id != file.stem:
            raise BadDefinitionError(file.name, "id", f"the file of {one.id} must be named {one.id}.json")
    return found


@cache
def value_sets() -> ValueSets:
    """The pinned expansions that forms may name, by address: one FHIR ValueSet in each file."""
    spots = [spot(file) for file in sorted((DEFINITIONS / VALUE_SETS).glob("*.json"))]
    return {one.text("url"): read_value_set(Node.of(one.file, one.value, [])) for one in spots}


def _questionnaire(file: Path) -> Questionnaire:
    try:
        return _read(_bytes(file))
    except Invalid as error:
        raise BadDefinitionError(file.name, error.path, error.message) from error


@lru_cache(maxsize=2)
def _read(text: bytes) -> Questionnaire:
    """Most of a load is this, and a definition that is read again, beside a form of somebody else's say, seldom has another one."""
    return Questionnaire.from_json(text, value_sets())


def _lexicon(file: Path) -> Lexicon:
    data: Mapping[str, Any] = spot(file).value
    try:
        return Lexicon.from_json(data)
    except ValueError as error:
        raise BadDefinitionError(file.name, "", str(error)) from error


def spot(file: Path) -> Spot:
    """A JSON file, ready to be read; decimals keep their digits. BadDefinitionError when it is none."""
    try:
        return Spot(file.name, "", json.loads(_bytes(file), parse_float=Decimal))
    except (ValueError, RecursionError) as error:
        raise BadDefinitionError(file.name, "", f"is not JSON: {error}") from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadDefinitionError(file.name, "", "the file is missing or cannot be read") from error
