"""How long one turn takes: an answer in, the next question out. Median and p95 in milliseconds, on one core.

    python -m tests.benchmarks.turns [--form FILE] [--seconds 3] [--check]

The intake without and with all its criteria, and a large form: FILE, or one of 821 items that is made here. `--check` fails above the goals.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flows import engine, library
from flows.events import Asked, Completed, Drafted
from flows.questionnaire import Questionnaire
from flows.response import QuestionnaireResponse
from flows.screening import screen
from tests.benchmarks.corpus import LEXICON, NOW
from tests.benchmarks.person import LAUNCH, Person
from tests.flows.forms import form, item, options, when

GOALS = {"intake": 0.2, "intake with criteria": 1.5, "large form": 5.0}


def large() -> Questionnaire:
    """821 items: 20 groups of 40 questions, each third under a condition on the one before, and one question more."""
    groups = [item(f"g{group}", "group", items=[_question(group, number) for number in range(40)]) for group in range(20)]
    return Questionnaire.from_json(form(*groups, item("last")))


def _question(group: int, number: int) -> dict[str, object]:
    link_id, kind = f"q{group}-{number}", ("boolean", "choice", "integer")[number % 3]
    fields: dict[str, object] = {"answerOption": options("Yes", "No", "Perhaps")} if kind == "choice" else {}
    if kind == "choice":
        fields["enableWhen"] = [when(f"q{group}-{number - 1}", answerBoolean=True)]
    return item(link_id, kind, **fields)


def turns(questionnaire: Questionnaire, then: Callable[[QuestionnaireResponse], object], seconds: float) -> Iterator[float]:
    """The milliseconds of every turn of conversations at random."""
    ends = time.perf_counter() + seconds
    seed = 0
    while time.perf_counter() < ends:
        seed += 1
        person = Person(questionnaire, seed, NOW, LEXICON)
        turn = engine.start(questionnaire, id="r", now=NOW, launch=LAUNCH)
        while not isinstance(turn.events[-1], Completed) and time.perf_counter() < ends:
            said = person._said(turn.events[-1], 0)
            began = time.perf_counter()
            response = turn.response
            turn = engine.advance(questionnaire, response, said, now=NOW, today=NOW.date(), lexicon=LEXICON)
            if turn.response.answers is not response.answers:
                then(turn.response)
            if isinstance(turn.events[-1], Asked | Drafted):
                yield (time.perf_counter() - began) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", type=Path, help="the large form")
    parser.add_argument("--seconds", type=float, default=3, help="for each line of the table")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    intake = library.load()
    big = library.questionnaire(arguments.form) if arguments.form else large()
    measured = {
        "intake": turns(intake.questionnaire, lambda _: None, arguments.seconds),
        "intake with criteria": turns(
            intake.questionnaire, lambda response: screen(intake, response, today=NOW.date()), arguments.seconds
        ),
        "large form": turns(big, lambda _: None, arguments.seconds),
    }
    missed = 0
    print(f"{'':24}{'turns':>8}{'median':>10}{'p95':>10}{'goal':>10}  ms ({len(big.by_link_id)} items in the large form)")
    for name, found in measured.items():
        times = sorted(found)
        median, p95 = statistics.median(times), times[int(len(times) * 0.95)]
        missed += median > GOALS[name]
        print(f"{name:24}{len(times):8}{median:10.3f}{p95:10.3f}{GOALS[name]:10.1f}")
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
