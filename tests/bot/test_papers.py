"""Documents at the desk: looked into, named, found unreadable or too old, dated; each by a button or a word under it, all written down."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pypdfium2 as pdfium
import pytest
from PIL import Image

from bot.previews import NoPreview, Previews, suggested
from storage import audit, documents, outbox
from storage.keeping import erasure
from storage.records import document_dates, guarding, record_marks
from storage.vault import Vault
from tests.bot.desk_world import GROUP, Person, World
from tests.bot.dossier_case import case_of, keep

CARLA = 7101


@pytest.fixture
async def carla(world: World) -> Person:
    return await world.coordinator("Carla", CARLA)


@pytest.fixture
async def topic(world: World, carla: Person) -> Person:
    """A case in Russian with one photo that nobody has named, shown in its topic; Carla stands there."""
    patient = world.patient(language="ru")
    await case_of(world, patient)
    await patient.sends(kind="photo")
    return await carla.at()


def pdf(pages: int) -> bytes:
    document, made = pdfium.PdfDocument.new(), io.BytesIO()
    for _ in range(pages):
        document.new_page(200, 300)
    document.save(made)
    return made.getvalue()


async def marks(world: World) -> dict[str, str]:
    case = await world.case()
    return await world.database.read(lambda tx: record_marks.for_chat(tx, case.chat_id))


async def actions(world: World) -> list[str]:
    return [line.action for line in await world.database.read(audit.lines)]


async def test_what_the_desk_finds_to_be_a_passport_is_kept_apart_from_that_moment(world: World, carla: Person) -> None:
    patient = world.patient(language="ru")
    case = await case_of(world, patient)
    await patient.sends(kind="photo")
    topic = await carla.at()
    await topic.presses("Preview")
    await topic.presses("It is…")
    await topic.presses("The photo page of the patient’s passport")
    assert "is kept safely and is not shown in this group" in topic.sees
    assert "[photo]" not in topic.sees
    (document,) = await world.database.read(lambda tx: documents.for_chat(tx, case.chat_id))
    assert document.guarded
    assert [part.document_id for part in await world.database.read(guarding.to_guard)] == [document.id]


async def test_a_document_is_named_and_counts_as_received(world: World, topic: Person) -> None:
    await topic.presses("It is…")
    await topic.presses("The pathology report")
    assert "Carla: this document is “The pathology report”. It counts as received." in topic.sees
    assert (await marks(world))["pathology"] == "received"
    assert "document.judged" in await actions(world)
    await topic.presses("It is…")
    await topic.presses("The bone marrow report")
    assert await marks(world) == {"marrow": "received"}
    await topic.presses("Preview")  # its own buttons are back


async def test_unreadable_is_shown_before_it_is_sent_in_the_language_of_the_family(world: World, topic: Person) -> None:
    await topic.presses("It is…")
    await topic.presses("The pathology report")
    await topic.presses("Cannot be read…")
    assert "Мы не можем прочитать всё" in topic.sees
    assert "Мы не можем прочитать всё" not in world.read(501)
    await topic.presses("Send this to the patient")
    assert "Мы не можем прочитать всё" in world.read(501)
    assert (await marks(world))["pathology"] == "unreadable"


async def test_outdated_can_be_marked_without_a_word(world: World, topic: Person) -> None:
    await topic.presses("It is…")
    await topic.presses("The pathology report")
    before = world.read(501)
    await topic.presses("Too old…")
    await topic.presses("Mark it, send nothing")
    assert world.read(501) == before
    assert (await marks(world))["pathology"] == "outdated"


async def test_what_somebody_else_holds_is_not_answered_in_passing(world: World, topic: Person) -> None:
    await topic.presses("Claim")
    mei = await (await world.coordinator("Mei", 7102)).at()
    await mei.presses("Cannot be read…")
    assert "Carla holds this case" in await mei.presses("Send this to the patient") + mei.sees
    assert "Мы не можем прочитать" not in world.read(501)


async def test_the_day_of_a_document_is_set_by_a_reply_to_it(world: World, topic: Person) -> None:
    shown = next(one for one in world.messages if one.method == "sendPhoto")
    await topic.says("/dated 2026-11-02", reply_to=shown.id)
    assert "is from 2 November 2026" in topic.sees
    case = await world.case()
    days = await world.database.read(lambda tx: document_dates.for_chat(tx, case.chat_id))
    assert list(days.values()) == [date(2026, 11, 2)]
    await topic.says("/dated 2027-01-01", reply_to=shown.id)
    assert "That day is still to come" in topic.sees
    await topic.says("/dated 2026-11-01")
    assert "Which document?" in topic.sees
    await world.database.transact(lambda tx: erasure.erase(tx, case.chat_id))
    assert not await world.database.read(lambda tx: document_dates.for_chat(tx, case.chat_id))


async def test_a_preview_is_ordered_without_a_word_and_written_down(world: World, topic: Person) -> None:
    await topic.presses("Preview")
    params = [params for method, chat, params in world.calls if method == "sendPhoto" and "preview" in params][-1]
    assert set(params["preview"]) == {"document", "number", "page", "case"}
    assert "document.previewed" in await actions(world)


async def test_a_button_of_a_document_that_is_not_there_does_nothing(world: World, topic: Person) -> None:
    from bot.messages import DeskPress

    case = await world.case()
    for verb, number in (("q", 99), ("p", 0), ("i", 99_999), ("m", 0)):
        data = world.buttons.encode_desk(DeskPress(verb=verb, case_id=case.id, number=number))
        assert "does not work any more" in await topic.presses_data(data, 1)


@pytest.mark.parametrize(
    ("kind", "data", "shown"),
    [
        ("application/pdf", pdf(3), "Page 1 of 3"),
        ("image/png", None, "Preview, not the original"),
        ("text/plain", "Гемоглобин 82".encode(), "Гемоглобин 82"),
    ],
)
async def test_a_preview_is_a_picture_or_the_words(
    world: World, carla: Person, kind: str, data: bytes | None, shown: str
) -> None:
    case = await case_of(world, world.patient())
    if data is None:
        made = io.BytesIO()
        Image.new("RGB", (90, 60), "white").save(made, "PNG")
        data = made.getvalue()
    document = await keep(world, case, "pathology", kind, data)
    row, files = await sent(world, {"document": document, "number": 1, "page": 0, "case": case.id})
    assert shown in row.payload.get("caption", "") + row.payload.get("text", "")
    assert bool(files) == (kind != "text/plain")
    if kind == "application/pdf":
        assert files["photo"].data.startswith(b"\x89PNG")
        assert "›" in str(row.payload["reply_markup"])


async def test_what_does_not_open_or_is_gone_is_told_in_words(world: World, carla: Person) -> None:
    case = await case_of(world, world.patient())
    broken = await keep(world, case, "pathology", "application/pdf", b"%PDF-1.7 nothing more")
    row, files = await sent(world, {"document": broken, "number": 1, "page": 0, "case": case.id})
    assert (row.method, files) == ("sendMessage", {})
    assert "does not open" in row.payload["text"]
    row, _ = await sent(world, {"document": "none", "number": 1, "page": 0, "case": case.id})
    assert "not there any more" in row.payload["text"]
    sound = await keep(world, case, "imaging", "audio/ogg", b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01" + bytes(30))
    with pytest.raises(NoPreview):
        await previews(world).page(sound, 0)


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({"study_date": "20260901"}, date(2026, 9, 1)),
        ({"made": "20261105"}, date(2026, 11, 5)),
        ({"study_date": "19000101"}, None),
        ({"made": "junk"}, None),
        ({}, None),
    ],
)
def test_a_day_is_suggested_by_the_file(facts: dict[str, str], day: date | None) -> None:
    assert suggested(facts) == day


def previews(world: World) -> Previews:
    return Previews(database=world.database, vault=Vault(world.folder / "vault", world.keys), house=world.house)


async def sent(world: World, wanted: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    put = {"bot": "desk", "chat_id": GROUP, "method": "sendPhoto", "payload": {"preview": wanted}, "kind": "x", "lane": 1}
    await world.deliver()
    await world.database.transact(lambda tx: outbox.put(tx, **put))
    [row] = await world.database.transact(lambda tx: outbox.claim(tx, "desk", limit=5, lease=60))
    await world.database.transact(lambda tx: outbox.sent(tx, row.id, 1))
    return await previews(world).send(replace(row, payload={}), wanted)
