"""How far two other fillers of forms agree with ours about what is switched on, beside a reference filler, on the same raw answers.

    python -m tests.benchmarks.agreement FOLDER --lforms FOLDER --smartforms FOLDER --reference FOLDER [--seed 1]

FOLDER holds Questionnaires. `--reference` holds fill.py and compare.py: the filler answers every item of a form, those that are switched
off too, and says which answers count by its own reading of enableWhen. LHC-Forms (lforms-replay.mjs) judges enableWhen, Smart Forms
(sf-replay.cjs) judges enableWhenExpression; a folder that is not given is not asked. Differences that were looked into stand in
known_differences.json with their cause.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows import library
from flows.dialogue.places import places_of
from flows.dialogue.scene import Scene
from flows.fhir.nodes import HL7, SDC
from flows.fhir.responses import dumps, from_fhir, to_fhir
from flows.fhirpath.computing import compute
from flows.questionnaire import Invalid, Questionnaire
from flows.response import QuestionnaireResponse, frozen
from flows.words.tongue import Tongue

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OTHER_WORK = ("xpression", '"initial', '"attachment"', '"url"}', '"type": "url"', '"type": "reference"', "initialSelected")


@dataclass(kw_only=True)
class Case:
    """One form, raw answers to it, and what of them counts: for us, for the reference filler, and whether a switched-off answer decides."""

    form: Path
    name: str
    raw: Path
    questionnaire: Questionnaire
    source_off: bool = False


def judged(questionnaire: Questionnaire, raw: dict[str, Any]) -> QuestionnaireResponse:
    """The raw answers as our engine takes them: what is calculated is calculated, what is off is parked."""
    response = from_fhir(questionnaire, raw, now=NOW)
    scene = Scene(questionnaire=questionnaire, response=response, tongue=Tongue(), now=NOW, today=NOW.date())
    answers, _, computed = compute(scene, dict(response.answers), response.groups)
    return replace(response, answers=frozen(answers), computed=computed)


def source_is_off(questionnaire: Questionnaire, response: QuestionnaireResponse) -> bool:
    """Whether a condition asks about an answer that stands in a disabled item."""
    on = {place.item.link_id for place in places_of(questionnaire, response)}
    asked = {condition.question for item in questionnaire.by_link_id.values() for condition in item.enable_when}
    mentioned = {link_id for rule in questionnaire.rules.of("enable") for link_id in rule.mentions}
    return any(response.values(link_id) for link_id in (asked | mentioned) - on if link_id in questionnaire.by_link_id)


def cases(files: list[Path], reference: Path, place: Path, seed: int) -> list[Case]:
    """The forms that the reference filler fills and that we read; our verdicts are in `ours`, its own in `filled`."""
    out = place / "filled"
    command = [sys.executable, str(reference / "fill.py"), str(out), str(seed), *map(str, files)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    (place / "ours").mkdir()
    found = []
    for form, _, name in (line.split("\t") for line in listed):
        raw = place / "filled-raw" / f"{name}.json"
        try:
            questionnaire = library.questionnaire(Path(form))
            response = judged(questionnaire, json.loads(raw.read_text("utf-8"), parse_float=Decimal))
        except Invalid:
            continue
        (place / "ours" / raw.name).write_text(dumps(to_fhir(questionnaire, response)), "utf-8")
        off = source_is_off(questionnaire, response)
        found.append(Case(form=Path(form), name=name, raw=raw, questionnaire=questionnaire, source_off=off))
    return found


def asked(folder: Path, script: str, them: Iterable[Case], out: Path) -> None:
    """The other filler's exports of the raw answers; it keeps quiet about those that it cannot do."""
    pairs = out.with_suffix(".tsv")
    pairs.write_text("".join(f"{case.form}\t{case.raw}\t{case.name}\n" for case in them), "utf-8")
    subprocess.run(
        ["node", script, "--batch", str(pairs), str(out)],
        cwd=folder,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def is_plain(case: Case) -> bool:
    """Without what the fillers do differently for other reasons: expressions, initial values, files, addresses, texts as options."""
    text = case.form.read_text("utf-8")
    options = '"valueString"' in "".join(part[:400] for part in text.split('"answerOption"')[1:])
    return not options and not any(mark in text for mark in OTHER_WORK)


def only_conditions(case: Case) -> bool:
    """Whether all the expressions of a form are enableWhenExpressions (and variables that these read)."""
    text = case.form.read_text("utf-8")
    other = (f"{SDC}calculatedExpression", f"{SDC}initialExpression", f"{HL7}cqf-expression", '"initial', '"attachment"')
    return f"{SDC}enableWhenExpression" in text and not any(mark in text for mark in other)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A difference that was looked into. It explains what differs at these items, and below them, and nothing else."""

    filler: str
    form: str
    items: tuple[str, ...]
    cause: str

    def explains(self, filler: str, case: Case, different: set[Any]) -> bool:
        named = all(any(f"('{item}', " in str(one) for item in self.items) for one in different)
        return self.filler == filler and case.name.endswith(self.form) and named


KNOWN = tuple(
    Known(**{**one, "items": tuple(one["items"])})
    for one in json.loads(Path(__file__).with_name("known_differences.json").read_text("utf-8"))
)


def cause(filler: str, case: Case, different: set[Any]) -> str:
    """Why ours differs from another filler's result; "" when nobody knows."""
    if case.source_off and filler == "smartforms":
        return "uses an answer that stands in a disabled item (Smart Forms issue 1938)"
    return next((known.cause for known in KNOWN if known.explains(filler, case, different)), "")


def row(title: str, them: list[Case], place: Path, theirs: str, flat: Callable[[Any], set[Any]]) -> list[str]:
    """One line of the table; the differences of ours, named."""

    def read(folder: str, case: Case) -> set[Any]:
        return flat(json.loads((place / folder / f"{case.name}.json").read_text("utf-8")))

    them = [case for case in them if (place / theirs / f"{case.name}.json").exists()]
    reference = sum(read("filled", case) == read(theirs, case) for case in them)
    different = [(case, found) for case in them if (found := read("ours", case) ^ read(theirs, case))]
    causes = {case.name: cause(theirs, case, found) for case, found in different}
    whole, agreed = len(them) or 1, len(them) - len(different)
    unexplained = [(case, found) for case, found in different if not causes[case.name]]
    print(
        f"{title:44}{agreed:5} of {len(them):4} {100 * agreed / whole:6.1f} %   known difference {len(different) - len(unexplained):3}"
        f"   unexplained {len(unexplained):3}   (reference {reference:5} {100 * reference / whole:6.1f} %)"
    )
    return [
        f"  {theirs}: {case.name}: {causes[case.name] or f'unexplained: {sorted(map(str, found))[:2]}'}"[:300]
        for case, found in different
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--lforms", type=Path)
    parser.add_argument("--smartforms", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    described = importlib.util.spec_from_file_location("compare", options.reference / "compare.py")
    if described is None or described.loader is None:
        parser.error(f"{options.reference} holds no compare.py")
    compare = importlib.util.module_from_spec(described)
    described.loader.exec_module(compare)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        files = sorted(options.folder.resolve().rglob("*.json"))
        found = cases(files, options.reference.resolve(), place, options.seed)
        plain = [case for case in found if is_plain(case)]
        conditions = [case for case in found if only_conditions(case)]
        switched = [case for case in plain if any(item.enable_when for item in case.questionnaire.by_link_id.values())]
        differences: list[str] = []
        if options.lforms:
            asked(options.lforms, "lforms-replay.mjs", plain, place / "lforms")
            differences += row("LHC-Forms, plain forms", plain, place, "lforms", compare.flat)
            row("LHC-Forms, plain forms with enableWhen", switched, place, "lforms", compare.flat)
        if options.smartforms:
            asked(options.smartforms, "sf-replay.cjs", [*plain, *conditions], place / "smartforms")
            differences += row("Smart Forms, plain forms", plain, place, "smartforms", compare.flat)
            row("Smart Forms, plain forms with enableWhen", switched, place, "smartforms", compare.flat)
            differences += row("Smart Forms, enableWhenExpression", conditions, place, "smartforms", compare.flat)
        print("\n".join(differences))
    return 0


if __name__ == "__main__":
    sys.exit(main())
