"""The official FHIRPath tests: our adapter beside fhirpathpy alone, in one run.

    python -m tests.benchmarks.fhirpath_suite FILE --examples FOLDER [--show]

FILE is tests-fhir-r4.xml of the FHIR test cases, FOLDER holds the resources that it names, as JSON. Tests whose resource is not there
are not run. `--show` lists what ours gets wrong, and says where the two differ.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from fhirpathpy import evaluate
from fhirpathpy.engine.nodes import FP_Quantity
from fhirpathpy.models import models

from flows.fhirpath.expressions import BadExpressionError, EvaluationError
from flows.fhirpath.formulas import Formula, node_of

NOW = {"today": "2026-11-22", "now": "2026-11-22T12:00:00+00:00"}
# What the suite does not ask about and forms need: expression -> what it must give on the response below.
OWN: dict[str, list[str]] = {
    "item.answers().value.count()": ["2"],
    "item.answer.value.ordinal().sum()": ["3"],
    "item.answer.value.weight().sum()": ["3"],
    "1 'mg' = 0.001 'g'": ["true"],
    "6 days < 1 week": ["true"],
    "(2 'kg' > 1500 'g') and (1 'cm' <= 10 'mm')": ["true"],
    "1 'mg' < 1 'cm'": [],
    "item.linkId.first().hasValue()": ["true"],
    "item.first().hasValue()": ["false"],
}
WEIGHT = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
RESPONSE = {
    "resourceType": "QuestionnaireResponse",
    "item": [
        {
            "linkId": str(number),
            "answer": [{"valueCoding": {"code": "a", "extension": [{"url": WEIGHT, "valueDecimal": number}]}}],
        }
        for number in (1, 2)
    ],
}
Engine = Callable[[dict[str, Any], str], list[Any]]


@dataclass(frozen=True, kw_only=True)
class Test:
    name: str
    expression: str
    invalid: bool
    predicate: bool
    outputs: tuple[str, ...]
    resource: dict[str, Any]


def alone(resource: dict[str, Any], expression: str) -> list[Any]:
    with contextlib.redirect_stdout(io.StringIO()):  # trace()
        return list(evaluate(resource, expression, {}, models["r4"]))


def ours(resource: dict[str, Any], expression: str) -> list[Any]:
    return list(Formula.compile(expression).evaluate(node_of(resource), {"resource": node_of(resource), **NOW}, {}))


def tests(file: Path, examples: Path) -> Iterator[Test]:
    for element in ET.parse(file).getroot().iter("test"):
        named = Path(element.get("inputfile", "")).stem
        source = examples / f"{named}.json"
        expression = element.find("expression")
        if (named and not source.exists()) or expression is None:
            continue
        yield Test(
            name=element.get("name", ""),
            expression=expression.text or "",
            invalid=bool(expression.get("invalid")),
            predicate=element.get("predicate") == "true",
            outputs=tuple(output.text or "" for output in element.findall("output")),
            resource=json.loads(source.read_text("utf-8"), parse_float=Decimal) if named else {},
        )


def passes(test: Test, engine: Engine) -> bool:
    """Whether the engine gives what the test wants; an invalid expression must fail."""
    try:
        found = engine(test.resource, test.expression)
    except Exception:  # noqa: BLE001 - engines fail in their own ways
        return test.invalid
    if test.invalid:
        return False
    if test.predicate:
        return [spelled(bool(found))] == list(test.outputs)
    return [spelled(one) for one in found] == [plain(one) for one in test.outputs]


def plain(output: str) -> str:
    """The suite writes dates and times with @, and @T."""
    text = output.strip() or output
    text = text.removeprefix("@").removeprefix("T") if text.startswith("@") else text
    return spelled(Decimal(text)) if text.replace(".", "", 1).lstrip("-").isdigit() else text


def spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return f"{number.normalize():f}"
    if isinstance(value, FP_Quantity):
        return str(value)
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    text = str(value).removeprefix("T") if str(value)[1:3].isdigit() else str(value)
    return plain(text)


def own_passes(expression: str, wanted: list[str], engine: Engine) -> bool:
    try:
        return [spelled(one) for one in engine(RESPONSE, expression)] == wanted
    except Exception:  # noqa: BLE001 - see above
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    listed = list(tests(options.file, options.examples))
    verdicts = {test.name + test.expression: (passes(test, alone), passes(test, ours)) for test in listed}
    print(f"{'':48}{'fhirpathpy':>12}{'ours':>12}")
    counts = [sum(passes(test, engine) for test in listed) for engine in (alone, ours)]
    print(f"{f'official suite, {len(listed)} tests run':48}{counts[0]:12}{counts[1]:12}")
    for expression, wanted in OWN.items():
        marks = ["yes" if own_passes(expression, wanted, engine) else "no" for engine in (alone, ours)]
        print(f"{expression:48}{marks[0]:>12}{marks[1]:>12}")
    for test in listed if options.show else ():
        before, after = verdicts[test.name + test.expression]
        if not after:
            print(
                f"{'LOST ' if before else 'both '} {test.name}: {test.expression.strip()[:110]}  ->  {given(test)}  wanted {test.outputs}"
            )
    return 0 if counts[1] >= counts[0] else 1


def given(test: Test) -> str:
    try:
        return str([spelled(one) for one in ours(test.resource, test.expression)])[:120]
    except (BadExpressionError, EvaluationError) as error:
        return f"{type(error).__name__} {error.__cause__ or ''}"[:120]


if __name__ == "__main__":
    sys.exit(main())
