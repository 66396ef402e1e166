"""A case with an answer of every kind, hostile words among them, and documents whose bytes are really in the vault."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.dossier import fonts
from bot.dossier.making import Making
from flows import value_json
from flows.items import Item
from flows.response import Absent, Coding, PartialDate, Quantity, QuestionnaireResponse, Values
from storage import chats, consents, documents, responses
from storage.records import fetching
from storage.vault import Vault
from tests.bot.desk_world import CATALOGUES, DEFINITION, Patient, World

LANGUAGES = CATALOGUES.for_dossiers.languages
needs_fonts = pytest.mark.skipif(
    bool(fonts.lacking(None, LANGUAGES)), reason="no Noto fonts: apt-get install fonts-noto-core fonts-noto-cjk"
)
HOSTILE = '#read("/etc/passwd") *x* $y$ @z <b>b</b> \u202eabc'
MIXED = "ريتوكسيماب + бендамустин 90 мг/м² 🙏"
PLEA = "Моя сестра очень устала. المريضة متعبة جدا منذ أسبوع. " * 4


def coded(link_id: str, index: int) -> Coding:
    value = DEFINITION.questionnaire.by_link_id[link_id].options[index].value
    assert isinstance(value, Coding)
    return value


def amount(link_id: str, number: str, unit: int = 0) -> Quantity:
    known = DEFINITION.questionnaire.by_link_id[link_id].units[unit]
    return Quantity(value=Decimal(number), unit=known.display, code=known.code, system=known.system)


def answers() -> dict[str, Values]:
    return {
        "writer": (coded("writer", 1),),
        "call-you": (HOSTILE,),
        "age": (34,),
        "sex": (coded("sex", 1),),
        "diagnosis": (coded("diagnosis", 0),),
        "lymphoma-type": (coded("lymphoma-type", 0),),
        "biopsy": (True,),
        "markers-b-cell": (coded("markers-b-cell", 0), coded("markers-b-cell", 1)),
        "marker-test": (coded("marker-test", 0),),
        "marker-date": (PartialDate(text="2026-05"),),
        "cancer-now": (coded("cancer-now", 0),),
        "lines": (3,),
        "therapy-how": (coded("therapy-how", 0),),
        "therapies#0/therapy": ("R-CHOP ×6",),
        "therapies#0/therapy-date": (PartialDate(text="2023"),),
        "therapies#0/therapy-result": (coded("therapy-result", 0),),
        "therapies#1/therapy": (MIXED,),
        "therapies#1/therapy-date": (PartialDate(text="2025-03"),),
        "own-cart": (coded("own-cart", 2),),
        "own-cart-date": (PartialDate(text="2025-11-14"),),
        "results": (coded("results", 0),),
        "blood-date": (PartialDate(text="2026-11-10"),),
        "haemoglobin": (amount("haemoglobin", "9.1", 1),),
        "platelets": (amount("platelets", "64"),),
        "lvef": (amount("lvef", "58"),),
        "ecog": (coded("ecog", 1),),
        "hiv": (Absent(reason="asked-unknown"),),
        "fly": (True,),
        "anything-else": (PLEA,),
    }


def everything(turn: int) -> dict[str, Values]:
    """An answer to every question of the form; of those with a choice, another one each turn."""
    return {item.name: _any(item, turn) for item in DEFINITION.questionnaire.by_link_id.values() if item.is_question}


def _any(item: Item, turn: int) -> Values:  # one line for each type
    if item.options:
        return (item.options[turn % len(item.options)].value,)
    match item.type:
        case "boolean":
            return (item.consent is not None or turn % 2 == 0,)
        case "integer":
            return (turn + 1,)
        case "quantity":
            return (amount(item.link_id, "12.5", turn % len(item.units)),)
        case "date":
            return (PartialDate(text=("2025", "2025-03", "2025-03-14")[turn % 3]),)
        case "attachment":
            return (Absent(reason="skipped"),)
    return (MIXED,)


async def case_of(world: World, patient: Patient, *, share: bool = True) -> Any:
    """An open case whose answers are these; haemoglobin was higher in August."""
    await patient.begins()
    await patient.asks_for_a_person()
    case = await world.case(patient.number)

    def answered(tx: Any) -> None:
        chats.update(tx, case.chat_id, language=patient.language)
        stored = responses.current(tx, case.chat_id)
        assert stored
        before = QuestionnaireResponse.loads(stored.body)
        made = replace(before, answers={**before.answers, **answers()}, groups={"therapies": 2})
        responses.save(tx, case.chat_id, made.id, made.questionnaire, made.revision, made.status, made.dumps())
        for key, value in (("blood-date", PartialDate(text="2026-08-02")), ("haemoglobin", amount("haemoglobin", "104"))):
            responses.record_change(tx, made.id, key, json.dumps([value_json.as_json(value)]))
        if not share:
            consents.add(tx, case.chat_id, "share", given=False, text_version="1", text_hash="x", language=patient.language)

    await world.database.transact(answered)
    return case


async def keep(world: World, case: Any, record: str | None, content_type: str, *files: bytes) -> str:
    """A stored document of the patient's side. Returns its id."""
    vault = making(world).vault
    world.later(seconds=1)

    def stored(tx: Any) -> str:
        for number, data in enumerate(files):
            document, part, _ = documents.announce(
                tx,
                case.chat_id,
                album=f"album-{record}",
                message_id=world.id(),
                file_id=f"f{number}",
                file_unique_id="u",
                kind="document",
                name="../../etc/Мария.pdf",
                case_id=case.id,
            )
            blob = vault.put([data], documents.blob_context(part))
            fetching.stored(tx, part.id, content_type=content_type, size=blob.size, hmac=blob.hmac, blob=blob.id)
        documents.close(tx, document.id, record)
        return document.id

    return await world.database.transact(stored)


def making(world: World) -> Making:
    return Making(database=world.database, vault=Vault(world.folder / "vault", world.keys), house=world.house)
