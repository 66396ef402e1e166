"""A virus scanner that did not answer: the desk knows, the scanner is asked again, and what it finds then leaves the topic."""

from __future__ import annotations

from typing import Any

from bot.inspection.scanning import Scanner
from bot.uploads.rescanning import Rescanning
from bot.wording import desk as wording
from storage import documents
from storage.records import record_marks, scans
from storage.schema.document_tables import DocumentParts
from storage.tables import table
from storage.vault import Vault
from tests.bot.desk_world import Person, World
from tests.bot.dossier_case import case_of, keep
from tests.bot.test_scanning import SIGNATURE, clamd

REPORT = b"%PDF-1.4 a report"


async def unscanned(world: World, *files: bytes) -> tuple[Person, Any, str]:
    carla = await world.coordinator("Carla", 7101)
    case = await case_of(world, world.patient())
    document = await keep(world, case, "pathology", "application/pdf", *files)

    def mark(tx: Any) -> None:
        parts = table(DocumentParts)
        tx.execute(parts.update().where(parts.c.document_id == document).values(flags="attachment,unscanned"), {})
        record_marks.put(tx, case.chat_id, "pathology", "received")

    await world.database.transact(mark)
    return await carla.at(), case, document


def rescanning(world: World) -> Rescanning:
    vault = Vault(world.folder / "vault", world.keys)
    return Rescanning(database=world.database, vault=vault, scanner=None, found=world.casework.scanned)


async def parts(world: World, document: str) -> list[Any]:
    return await world.database.read(lambda tx: documents.parts(tx, document))


async def test_as_long_as_it_is_silent_the_file_waits(world: World) -> None:
    _, _, document = await unscanned(world, REPORT)
    async with clamd() as port:
        pass
    await rescanning(world).again(Scanner(host="127.0.0.1", port=port))
    assert (await parts(world, document))[0].flags == ("attachment", scans.UNSCANNED)
    shown = wording.looked(world.house.desk_words, flags=(scans.UNSCANNED,), unreadable=False)
    assert "has not looked at this yet" in shown


async def test_what_is_clean_is_said_once_and_stays(world: World) -> None:
    topic, _, document = await unscanned(world, REPORT)
    async with clamd() as port:
        for _ in range(2):
            await rescanning(world).again(Scanner(host="127.0.0.1", port=port))
    await world.deliver()
    assert (await parts(world, document))[0].flags == ("attachment",)
    assert topic.sees.count("looked at “The pathology report” now and found nothing") == 1


async def test_of_what_it_takes_only_the_beginning_the_desk_knows(world: World) -> None:
    topic, _, document = await unscanned(world, bytes(26 << 20))
    async with clamd(most=25 << 20) as port:
        await rescanning(world).again(Scanner(host="127.0.0.1", port=port))
    await world.deliver()
    assert (await parts(world, document))[0].flags == ("attachment", scans.PARTLY)
    assert "looked at the beginning of “The pathology report” and found nothing. It takes no more of it." in topic.sees
    assert "its beginning only" in wording.looked(world.house.desk_words, flags=(scans.PARTLY,), unreadable=False)


async def test_what_is_infected_is_taken_away_and_missing_again(world: World) -> None:
    topic, case, document = await unscanned(world, REPORT + SIGNATURE)
    blob = (await parts(world, document))[0].blob
    async with clamd() as port:
        await rescanning(world).again(Scanner(host="127.0.0.1", port=port))
    await world.deliver()
    (part,) = await parts(world, document)
    assert (part.state, part.reason, part.blob) == ("refused", "infected", None)
    assert not Vault(world.folder / "vault", world.keys).holds(blob)
    assert "The virus scanner found something in “The pathology report”" in topic.sees
    assert (await world.database.read(lambda tx: record_marks.for_chat(tx, case.chat_id))).get("pathology") is None
    assert (await world.database.read(lambda tx: documents.get(tx, document))).state == "refused"
