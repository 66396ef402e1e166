"""Many forms that nobody here wrote: what the loader says to each, conversations at random, and what an oracle says to their export.

    python -m tests.benchmarks.corpus FOLDER [--oracle FOLDER] [--fhirpath FOLDER] [--conversations 20] [--seed 1] [--keep FOLDER]

FOLDER holds Questionnaires as JSON, in any sub-folders. The oracle is a folder with validate.mjs, installed (`npm install`): it checks the
structure of each response, and each response against its Questionnaire. Without it only our own side of the table is printed. It evaluates no
expressions: where an item is required and switched off by one, fhirpath.js in the node_modules of `--fhirpath` has the word, not we.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from flows import library
from flows.fhir.responses import dumps, to_fhir
from flows.library import DEFINITIONS
from flows.questionnaire import Invalid, Questionnaire
from flows.words.lexicon import Lexicon
from tests.benchmarks.person import Person, Stuck

MISSING = re.compile(r"required item '(.+?)' is missing")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEXICON = Lexicon.from_json(json.loads((DEFINITIONS / "words.json").read_text("utf-8")))


@dataclass
class Form:
    """One file and what became of it."""

    file: Path
    whole: Path | None = None  # a modular form with its parts in place
    verdict: str = ""
    reasons: tuple[str, ...] = ()
    accepted: bool = True  # by the oracle
    talks: int = 0
    turns: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)
    responses: list[Path] = field(default_factory=list)


def read(file: Path) -> tuple[Form, Questionnaire | None]:
    """The loader's answer. Anything but Invalid is an exception that must not be."""
    try:
        questionnaire = library.questionnaire(file)
    except Invalid as error:
        reasons = tuple(str(problem) for problem in error.problems if problem.kind == "error")
        return Form(file=file, verdict="refused", reasons=reasons), None
    except Exception as error:  # noqa: BLE001 - this is what is counted
        return Form(file=file, verdict="exception", reasons=(repr(error),)), None
    reasons = tuple(str(problem) for problem in questionnaire.degraded)
    return Form(file=file, verdict="degraded" if reasons else "supported", reasons=reasons), questionnaire


def converse(form: Form, questionnaire: Questionnaire, options: argparse.Namespace, folder: Path) -> None:
    """Conversations of one form; their exports go to the folder."""
    began = time.perf_counter()
    for seed in range(options.conversations):
        if time.perf_counter() - began > options.seconds:
            break
        form.talks += 1
        person = Person(questionnaire, options.seed * 1000 + seed, NOW, LEXICON)
        try:
            response = person.talk()
        except Stuck as error:
            form.failures.append(f"seed {seed}: stuck at {error}")
        except Exception as error:  # noqa: BLE001 - this is what is counted
            form.failures.append(f"seed {seed}: {type(error).__name__}: {error}")
        else:
            out = folder / f"{form.file.parent.name}--{form.file.stem}--{seed}.json"
            out.write_text(dumps(to_fhir(questionnaire, response)), "utf-8")
            form.responses.append(out)
        form.turns += person.turns
    if questionnaire.raw != json.loads(form.file.read_bytes(), parse_float=Decimal):
        form.whole = folder / f"{form.file.parent.name}--{form.file.stem}--assembled.json"
        form.whole.write_text(dumps(questionnaire.raw), "utf-8")
    form.seconds = time.perf_counter() - began


def oracle(folder: Path, files: list[Path], pairs: list[tuple[Path, Path]]) -> dict[str, str]:
    """File -> its first error, for those that the oracle does not accept."""
    with tempfile.TemporaryDirectory() as place:
        out, listed = Path(place, "out.tsv"), Path(place, "pairs.tsv")
        listed.write_text("".join(f"{form}\t{response}\n" for form, response in pairs), "utf-8")
        arguments = ["--pairs", str(listed)] if pairs else []
        command = ["node", "validate.mjs", "--quiet", "--tsv", str(out), *arguments, *map(str, files)]
        subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        rows = [line.split("\t") for line in out.read_text("utf-8").splitlines()[1:]]
    return {row[0]: row[3] for row in rows if row[2] != "0"}


def found_off(folder: Path, forms: list[Form], pairs: dict[str, str]) -> dict[str, str]:
    """Response -> "off" where fhirpath.js, too, finds the required item switched off that the pair check misses, else what it says."""
    cases = [
        (str(form.whole or form.file), str(file), missing[1])
        for form in forms
        for file in form.responses
        if (missing := MISSING.search(pairs.get(str(file), "")))
    ]
    command = ["node", str(Path(__file__).parent / "switched_off.mjs"), str(folder)]
    told = "".join("\t".join(case) + "\n" for case in cases)
    said = subprocess.run(command, input=told, capture_output=True, text=True, check=True).stdout.splitlines()
    return {file: word for (_, file, _), word in zip(cases, said, strict=True)}


def explanation(form: Form, error: str, other: str = "") -> str:
    """Why a response is right although the pair check says otherwise; "" when it is not. `other`: what fhirpath.js says."""
    if re.search(r"not one of the answerOptions: .*reference", error):
        return "the oracle compares references by the order of their fields"
    named = MISSING.search(error)
    questionnaire = read(form.file)[1]
    item = questionnaire.by_link_id.get(named[1]) if named and questionnaire else None
    if item is None:
        return "the oracle knows no mime types such as image/*" if "content type" in error else ""
    if any(gate.computed for gate in item.gates):
        whose = {"off": "as fhirpath.js finds too", "": "by our own evaluation"}.get(other)
        return f"an expression that the oracle does not evaluate switches the item off, {whose}" if whose else ""
    return "required and hidden or read-only, and nothing in the form fills it" if not item.asked else ""


def percent(part: int, whole: int) -> str:
    return f"{part:6} of {whole:6}  {100 * part / whole:6.2f} %" if whole else "none"


def table(forms: list[Form], structure: dict[str, str] | None, pairs: dict[str, str] | None, others: dict[str, str]) -> None:
    """The table, and every exception from it by name."""
    accepted = [form for form in forms if form.accepted]
    usable = [form for form in forms if form.verdict in {"supported", "degraded"}]
    talks, turns = sum(form.talks for form in usable), sum(form.turns for form in usable)
    print(f"{'the loader answers':44}{percent(sum(form.verdict != 'exception' for form in forms), len(forms))}")
    for verdict in ("supported", "degraded", "refused", "exception"):
        print(f"  {verdict:42}{percent(sum(form.verdict == verdict for form in forms), len(forms))}")
    if structure is not None:
        good = sum(form.verdict in {"supported", "degraded"} for form in accepted)
        print(f"{'of those that the oracle accepts, usable':44}{percent(good, len(accepted))}")
    print(f"{'conversations that end (reload every turn)':44}{percent(sum(len(form.responses) for form in usable), talks)}")
    print(f"{'turns':44}{turns:6} in {sum(form.seconds for form in usable):.0f} s")
    if structure is not None and pairs is not None:
        print("responses of the forms that the oracle accepts, and of all usable forms:")
        for whose in ([form for form in usable if form.accepted], usable):
            judged(whose, structure, pairs, others)


def judged(forms: list[Form], structure: dict[str, str], pairs: dict[str, str], others: dict[str, str]) -> None:
    """What the oracle says to the responses of some forms."""
    responses = [str(file) for form in forms for file in form.responses]
    wrong = {
        str(file): explanation(form, pairs[str(file)], others.get(str(file), ""))
        for form in forms
        for file in form.responses
        if str(file) in pairs
    }
    print(f"{'  structurally valid':44}{percent(sum(one not in structure for one in responses), len(responses))}")
    print(f"{'  pass the pair check':44}{percent(sum(one not in pairs for one in responses), len(responses))}")
    for why, count in collections.Counter(why for why in wrong.values() if why).most_common():
        print(f"    {count:6} more: {why}")
    right = sum(one not in wrong or wrong[one] != "" for one in responses)
    print(f"{'  pass or are explained':44}{percent(right, len(responses))}")


def exceptions(forms: list[Form], structure: dict[str, str], pairs: dict[str, str], others: dict[str, str]) -> None:
    """Form by form, what is not as it should be."""
    for form in forms:
        name = f"{form.file.parent.name}/{form.file.name}"
        if form.verdict == "refused" and form.accepted:
            print(f"refused   {name}: {form.reasons[0]}" + (f" (+{len(form.reasons) - 1})" if len(form.reasons) > 1 else ""))
        if form.verdict == "exception":
            print(f"EXCEPTION {name}: {form.reasons[0]}")
        if form.failures:
            print(f"no end    {name}: {len(form.failures)} of {form.talks}: {form.failures[0][:300]}")
        for kind, found in (("structure", structure), ("pair", pairs)):
            wrong = [(found[str(file)], others.get(str(file), "")) for file in form.responses if str(file) in found]
            if wrong and not (kind == "pair" and any(str(file) in structure for file in form.responses)):
                most, other = collections.Counter(wrong).most_common(1)[0][0]
                why = explanation(form, most, other) if kind == "pair" else ""
                print(f"{kind:9} {name}: {len(wrong)} of {len(form.responses)}: {most[:300]}" + (f" ({why})" if why else ""))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--oracle", type=Path)
    parser.add_argument("--fhirpath", type=Path)
    parser.add_argument("--conversations", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--seconds", type=float, default=60, help="for the conversations of one form; what does not fit is not begun"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the responses")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        out = options.keep or Path(place)
        out.mkdir(parents=True, exist_ok=True)
        files = sorted(file for file in options.folder.resolve().rglob("*.json"))
        refused = oracle(options.oracle, files, []) if options.oracle else {}
        forms = []
        for file in files:
            form, questionnaire = read(file)
            form.accepted = str(file) not in refused
            forms.append(form)
            if questionnaire and options.conversations:
                converse(form, questionnaire, options, out.resolve())
        structure = pairs = None
        if options.oracle:
            responses = [file for form in forms for file in form.responses]
            structure = oracle(options.oracle, responses, []) if responses else {}
            listed = [(form.whole or form.file, file) for form in forms for file in form.responses]
            pairs = oracle(options.oracle, [], listed) if listed else {}
        others = found_off(options.fhirpath, forms, pairs) if options.fhirpath and pairs else {}
        exceptions(forms, structure or {}, pairs or {}, others)
        print()
        table(forms, structure, pairs, others)
    return 0 if all(form.verdict != "exception" for form in forms) else 1


if __name__ == "__main__":
    sys.exit(main())
