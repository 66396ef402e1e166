"""Exported Bundles of random cases against an independent validator.

python -m tests.benchmarks.bundles ORACLE [FORM...] [--cases N] [--seed S]

ORACLE is a folder with `validate.mjs` (its `npm install` done) that checks R4 resources, references inside Bundles, and responses
against their Questionnaires. Without forms the cases are of the intake. Each case is exported as a collection and as a transaction.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flows import library
from flows.fhir.bundle import bundle
from flows.fhir.case_file import Agreement, CaseFile, StoredDocument, StoredFile
from flows.fhir.responses import dumps
from flows.library import DEFINITIONS, Definition
from flows.questionnaire import Questionnaire
from tests.benchmarks.corpus import explanation, oracle, percent, read
from tests.benchmarks.person import Person, Stuck

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LANGUAGES = ("en", "ru", "ar", "pt_BR")


def made_case(definition: Definition, questionnaire: Questionnaire, seed: int) -> CaseFile:
    """A case whose answers, documents and consents are random, but the same for the same seed. Raises Stuck."""
    chance = random.Random(seed)
    response = Person(questionnaire, seed, NOW, definition.lexicon).talk()
    status = chance.choice(["in-progress", "completed", "amended"])
    documents = [_document(definition, chance) for _ in range(chance.randint(0, 4))]
    return CaseFile(
        number="CL-7KQ4M",
        response=replace(response, id=_uuid(chance), status=status),
        language=chance.choice(LANGUAGES),
        documents=tuple(documents),
        agreements=tuple(_agreement(consent, chance) for consent in ("keep", "share", "reminders") if chance.random() < 0.8),
        now=NOW,
    )


def _document(definition: Definition, chance: random.Random) -> StoredDocument:
    record = chance.choice([*definition.records, None])
    files = tuple(
        StoredFile(
            content_type=chance.choice(["application/pdf", "image/jpeg"]),
            size=chance.randrange(20_000_000),
            sha256=f"{chance.getrandbits(256):064x}",
            data=chance.choice([None, "AAAA"]),
        )
        for _ in range(chance.randint(1, 3))
    )
    title, code = (record.text.english, record.code) if record else ("Document", None)
    return StoredDocument(id=_uuid(chance), title=title, code=code, received=NOW, files=files)


def _agreement(consent: str, chance: random.Random) -> Agreement:
    given = chance.random() < 0.6
    return Agreement(
        consent=consent,
        given=given,
        withdrawn=not given and chance.random() < 0.5,
        text_version="1.0.0",
        text_hash=f"{chance.getrandbits(256):064x}",
        language=chance.choice(LANGUAGES),
        at=NOW,
    )


def _uuid(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("oracle", type=Path)
    parser.add_argument("forms", type=Path, nargs="*", default=[DEFINITIONS / "allogeneic_car_t" / "questionnaire.json"])
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    definition = library.load()
    bundles, pairs, stuck = [], [], 0
    with tempfile.TemporaryDirectory() as place:
        for number, file in enumerate(options.forms):
            form, questionnaire = read(file.resolve())
            for seed in range(options.seed, options.seed + options.cases) if questionnaire else ():
                try:
                    case = made_case(definition, questionnaire, seed)
                except Stuck:
                    stuck += 1
                    continue
                for transaction in (False, True):
                    made = bundle(questionnaire, case, transaction=transaction)
                    out = Path(place, f"{number}-{seed}-{made['type']}.json")
                    out.write_text(dumps(made), "utf-8")
                    bundles.append(out)
                response = out.with_suffix(".response.json")
                response.write_text(dumps(made["entry"][1]["resource"]), "utf-8")
                pairs.append((form, response))
        wrong = oracle(options.oracle, bundles, [])
        unpaired = oracle(options.oracle, [], [(form.file, response) for form, response in pairs])
        explained = {str(one): explanation(form, unpaired[str(one)]) for form, one in pairs if str(one) in unpaired}
    for file, error in [*wrong.items(), *((file, unpaired[file]) for file, why in explained.items() if not why)]:
        print(f"{Path(file).name}: {error[:300]}")
    print(f"{'conversations that do not end':44}{stuck:6}")
    print(f"{'Bundles that are valid':44}{percent(len(bundles) - len(wrong), len(bundles))}")
    print(f"{'responses that pass the pair check':44}{percent(len(pairs) - len(unpaired), len(pairs))}")
    print(
        f"{'responses that pass or are explained':44}{percent(len(pairs) - sum(not why for why in explained.values()), len(pairs))}"
    )
    return 1 if wrong or not all(explained.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
