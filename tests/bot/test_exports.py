"""A case as a file: at the desk and on the command line; who asked is written down, and who was erased is gone."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.__main__ import main
from bot.arrivals import Upload
from bot.channel import Rejected
from bot.delivery.attachments import Attachments
from bot.exports import Made
from storage import audit, consents, documents, outbox
from storage.keeping import erasure
from storage.records import fetching
from storage.vault import Vault
from tests.bot.desk_world import DEFINITION, GROUP, Person, World

BYTES = b"%PDF-1.4 a report"
Export = Callable[..., Any]


@pytest.fixture
def export(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Export:
    """Runs the command on the data of this world: (exit code, the file's text, what was said on both channels)."""
    monkeypatch.chdir(world.folder)
    monkeypatch.setenv("CARELINE_DATA_DIR", str(world.folder))

    async def run(number: str, *more: str) -> tuple[int, str, str]:
        out = world.folder / "out"
        out.unlink(missing_ok=True)
        code = await asyncio.to_thread(main, ["export", number, "--out", str(out), *more])
        said = capsys.readouterr()
        return code, out.read_text("utf-8") if out.exists() else "", said.out + said.err

    return run


async def case_with_answers(world: World) -> Any:
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    return await world.case()


async def send_a_report(world: World, vault: Vault) -> None:
    """A document of the patient's side whose bytes are really in the vault."""
    patient = world.patient()
    await patient.does(None, upload=_upload())

    def store(tx: Any) -> list[str]:
        for part in fetching.claim(tx, 5):
            blob = vault.put([BYTES], documents.blob_context(part))
            fetching.stored(tx, part.id, content_type="application/pdf", size=blob.size, hmac=blob.hmac, blob=blob.id)
        return [one.id for one in documents.closable(tx)]

    world.later(seconds=5)
    for id_ in await world.database.transact(store):
        await world.conversation.document_closed(id_)


def _upload() -> Upload:
    return Upload(kind="document", file_id="f", file_unique_id="u", declared_size=9)


def attachments(world: World) -> Attachments:
    vault = Vault(world.folder / "vault", world.keys)
    return Attachments(database=world.database, vault=vault, definition=lambda: DEFINITION)


async def exported_row(world: World) -> Any:
    """The row of the export, as delivery claims it."""
    rows = await world.database.transact(lambda tx: outbox.claim(tx, "desk", limit=50, lease=60))
    return next(row for row in rows if row.kind == "case_exported")


async def test_the_desk_gets_a_bundle_in_the_topic_named_by_the_number_only(world: World, carla: Person) -> None:
    case = await case_with_answers(world)
    topic = await carla.at()
    await topic.says("/export")
    method, chat, params = next(call for call in world.calls if call[0] == "sendDocument")
    assert (method, chat, params["caption"]) == ("sendDocument", GROUP, case.number)
    assert params["message_thread_id"] == case.topic_id
    lines = await world.database.read(audit.lines)
    assert ("7101", "case.export", f"case:{case.id}") in [(one.actor, one.action, one.object) for one in lines]


async def test_the_file_is_made_when_it_is_sent(world: World, carla: Person) -> None:
    case = await case_with_answers(world)
    row = await _waiting(world, carla, "/export csv")
    row, files = await attachments(world).attach(row)
    assert "export" not in row.payload
    assert files["document"].name == f"{case.number}.csv"
    assert "May we keep" in files["document"].data.decode()


async def _waiting(world: World, carla: Person, said: str) -> Any:
    """The export's row, before it is sent."""
    topic = await carla.at()
    arrival = topic._arrival(message_id=world.id(), command="export", argument=said.partition(" ")[2])
    await world.casework.commanded(arrival)
    return await exported_row(world)


async def test_who_is_erased_in_between_is_not_sent(world: World, carla: Person) -> None:
    case = await case_with_answers(world)
    row = await _waiting(world, carla, "/export")
    await world.database.transact(lambda tx: erasure.erase(tx, case.chat_id))
    with pytest.raises(Rejected):
        await attachments(world).attach(row)


async def test_no_file_for_a_hospital_before_the_yes_to_that(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    case = await world.case()
    await world.database.transact(lambda tx: _no_share(tx, case.chat_id))
    topic = await carla.at()
    await topic.says("/export")
    assert "has not said yes to showing this case" in topic.sees
    assert not [call for call in world.calls if call[0] == "sendDocument"]


def _no_share(tx: Any, chat_id: int) -> None:
    consents.add(tx, chat_id, "share", given=False, text_version="1", text_hash="", language="en")


async def test_what_the_desk_asks_wrongly_is_answered_in_words(world: World, carla: Person) -> None:
    await world.patient().asks_for_a_person()
    topic = await carla.at()
    await topic.says("/export pdf")
    assert "I can export a case as: fhir, csv" in topic.sees


async def test_a_stranger_gets_nothing(world: World, carla: Person) -> None:
    case = await case_with_answers(world)
    stranger = Person(world, 666, "Eve", case.topic_id)
    await stranger.says("/export")
    assert not [call for call in world.calls if call[0] == "sendDocument"]
    lines = await world.database.read(audit.lines)
    assert ("666", "case.denied") in [(one.actor, one.action) for one in lines]


async def test_the_operator_exports_a_case_with_its_documents(world: World, export: Export) -> None:
    vault = Vault(world.folder / "vault", world.keys)
    case = await case_with_answers(world)
    await send_a_report(world, vault)
    code, text, said = await export(case.number.lower(), "--with-documents")
    assert (code, "health data" in said) == (0, True)
    made = json.loads(text)
    kinds = [entry["resource"]["resourceType"] for entry in made["entry"]]
    assert kinds == ["Patient", "QuestionnaireResponse", "DocumentReference", "Binary", *["Consent"] * 3, "Provenance"]
    assert made["entry"][-1]["resource"]["entity"][0]["what"]["identifier"]["value"] == hashlib.sha256(BYTES).hexdigest()
    response = made["entry"][1]["resource"]
    assert (response["status"], response["questionnaire"]) == ("in-progress", DEFINITION.questionnaire.canonical)
    assert [one["resource"]["status"] for one in made["entry"][4:7]] == ["active"] * 3
    lines = await world.database.read(audit.lines)
    assert (lines[-1].actor, lines[-1].action, lines[-1].object) == ("operator", "case.export", f"case:{case.id}")
    assert await world.database.read(audit.verify) is None
    assert (world.folder / "out").stat().st_mode & 0o077 == 0


async def test_the_operator_exports_a_transaction_or_a_table(world: World, export: Export) -> None:
    case = await case_with_answers(world)
    _, text, _ = await export(case.number, "--transaction")
    assert all("request" in entry for entry in json.loads(text)["entry"])
    _, text, _ = await export(case.number, "--format", "csv")
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))
    assert [(one["link_id"], one["answer"]) for one in rows] == [("keep", "true"), ("share", "true"), ("reminders", "true")]


async def test_what_cannot_be_exported_is_said_in_words(world: World, export: Export) -> None:
    case = await case_with_answers(world)
    code, text, said = await export("CL-22222")
    assert (code, text) == (1, "")
    assert "There is no case CL-22222" in said
    await world.database.transact(lambda tx: erasure.erase(tx, case.chat_id))
    code, text, said = await export(case.number)
    assert (code, text) == (1, "")
    assert "deleted at the wish" in said


async def test_a_lost_file_stops_the_export(world: World, export: Export) -> None:
    case = await case_with_answers(world)
    await send_a_report(world, Vault(world.folder / "vault", world.keys))
    for path in (world.folder / "vault").glob("??/*"):
        path.unlink()
    code, text, said = await export(case.number)
    assert (code, text) == (1, "")
    assert "missing or were changed" in said


async def test_nothing_is_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = await case_with_answers(world)
    monkeypatch.setenv("CARELINE_DATA_DIR", str(world.folder))
    there = world.folder / "there"
    there.write_text("mine")
    assert await asyncio.to_thread(main, ["export", case.number, "--out", str(there)]) == 1
    assert there.read_text() == "mine"
    assert "is there already" in capsys.readouterr().err


def test_an_export_says_nothing_about_itself_when_printed() -> None:
    assert "secret" not in repr(replace(Made(name="n", content_type="c", data=b""), data=b"secret"))
