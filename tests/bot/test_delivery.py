"""Rows become messages: every one of them, once, in order, and never faster than Telegram likes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import delivery
from bot.delivery import without_markup
from bot.delivery.ahead import Ahead
from bot.delivery.pace import TELEGRAM, Pace
from bot.patient.channel import PatientChannel
from storage import chats, documents, facts, outbox
from storage.database import Database
from storage.desk import moving
from storage.engine.postgres import OutcomeUnknown
from storage.records import fetching
from storage.rows import OutboxRow
from storage.sending import releasing
from storage.transaction import Transaction
from storage.vault import Vault
from tests.bot.conftest import StoppedClock
from tests.bot.files import JPEG, PDF, png
from tests.bot.office import Office
from tests.bot.stand_in import StandIn, chat_id, until


async def test_a_chat_reads_its_messages_in_order(office: Office, stand_in: StandIn, ana: str) -> None:
    omar = await stand_in.person("Omar")
    for number in range(20):
        await office.put(chat_id(ana), f"a{number}")
        await office.put(chat_id(omar), f"o{number}")
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == [f"a{number}" for number in range(20)]
    assert await stand_in.said(omar) == [f"o{number}" for number in range(20)]
    assert len(office.fates) == 40


async def test_an_answer_overtakes_reminders(office: Office, stand_in: StandIn, ana: str) -> None:
    for number in range(5):
        await office.put(chat_id(ana), f"reminder {number}", lane=3)
    await office.put(chat_id(ana), "answer", lane=1)
    async with office.working():
        await office.done()
    assert (await stand_in.said(ana))[0] == "answer"


async def test_an_edit_waits_for_the_message_it_edits(office: Office, stand_in: StandIn, ana: str) -> None:
    first = await office.put(chat_id(ana), "How old are you?")
    await office.put(chat_id(ana), "Thank you", method="editMessageText", target_outbox_id=first, lane=0)
    again = await office.put(chat_id(ana), "Thank you", method="editMessageText", target_outbox_id=first, lane=0)
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == ["Thank you"]
    assert (await office.row(again)).state == "sent"


async def test_429_is_obeyed_for_this_chat_only(office: Office, stand_in: StandIn, ana: str, clock: StoppedClock) -> None:
    omar = await stand_in.person("Omar")
    await stand_in.fault(kind="flood", retry_after=30, chat_id=chat_id(ana))
    row = await office.put(chat_id(ana), "late")
    async with office.working():
        await until(lambda: resting(office, row))
        await office.put(chat_id(ana), "later still", lane=0)
        await office.put(chat_id(omar), "at once")
        office.delivery.wake()
        await until(lambda: said(stand_in, omar, 1))
        clock.shift(timedelta(seconds=29))
        office.delivery.wake()
        assert await stand_in.said(ana) == []
        clock.shift(timedelta(seconds=2))
        await office.done()
    assert sorted(await stand_in.said(ana)) == ["late", "later still"]


@pytest.mark.parametrize("kind", ["error", "html", "reset_before"])
async def test_what_failed_for_now_is_sent_later(
    office: Office, stand_in: StandIn, ana: str, clock: StoppedClock, kind: str
) -> None:
    await stand_in.fault(kind=kind, times=2, method="sendMessage")
    row = await office.put(chat_id(ana), "Hello")
    async with office.working():
        for tries in (1, 2):
            await until(lambda tries=tries: resting(office, row, tries))
            clock.shift(timedelta(minutes=2))
        await office.done()
    assert await stand_in.said(ana) == ["Hello"]


async def test_a_connection_that_breaks_while_it_is_written_down_costs_nothing(
    office: Office, stand_in: StandIn, ana: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact, broken = office.database.transact, []

    async def breaks(work: Callable[[Transaction], Any]) -> Any:
        """Once before what became of a message is written, and once after that."""
        first, told = not broken, []

        def broken_off(tx: Transaction) -> Any:
            known = len(office.fates)
            result = work(tx)
            told[:] = office.fates[known:]
            if first and told:
                broken[:] = ["before"]
                raise OutcomeUnknown
            return result

        result = await transact(broken_off)
        if told and len(broken) == 1:
            broken.append("after")
            raise OutcomeUnknown
        return result

    rows = [await office.put(chat_id(ana), text) for text in ("first", "second")]
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(office.database, "transact", breaks)
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == ["first", "second"]
    assert [(await office.row(row)).state for row in rows] == ["sent", "sent"]
    assert broken == ["before", "after"]


async def test_a_lost_answer_costs_one_duplicate_at_most(
    office: Office, stand_in: StandIn, ana: str, clock: StoppedClock
) -> None:
    await stand_in.fault(kind="reset_after", method="sendMessage")
    row = await office.put(chat_id(ana), "Hello")
    async with office.working():
        await until(lambda: resting(office, row))
        clock.shift(timedelta(minutes=2))
        await office.done()
    assert await stand_in.said(ana) == ["Hello", "Hello"]


async def test_a_blocked_chat_is_given_up_and_told_once(office: Office, stand_in: StandIn, ana: str) -> None:
    await stand_in.post(f"chats/{ana}/block", {"blocked": True})
    row = await office.put(chat_id(ana), "Hello")
    async with office.working():
        await office.done()
    assert office.fates == [("Hello", "Unreachable")]
    assert (await office.row(row)).state == "failed"
    assert len(await stand_in.calls("sendMessage")) == 1


async def test_what_telegram_refuses_is_not_repeated(office: Office, stand_in: StandIn, ana: str) -> None:
    await office.put(chat_id(ana), "x" * 5000)
    await office.put(chat_id(ana), "next")
    async with office.working():
        await office.done()
    assert [fate for _, fate in office.fates] == ["Rejected", "sent"]
    assert await stand_in.said(ana) == ["next"]


async def test_broken_markup_still_arrives(office: Office, stand_in: StandIn, ana: str) -> None:
    await office.put(chat_id(ana), "x", payload={"text": "<b>fever &lt; 38", "parse_mode": "HTML"})
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == ["fever < 38"]


async def test_an_expired_press_answer_is_dropped(office: Office, stand_in: StandIn, ana: str, clock: StoppedClock) -> None:
    row = await office.put(chat_id(ana), "toast", expires_at=clock.now() + timedelta(seconds=15))
    clock.shift(timedelta(seconds=16))
    async with office.working():
        await office.done()
    assert (await office.row(row)).state == "dropped"
    assert await stand_in.said(ana) == []


async def test_a_fault_of_ours_stops_one_row_only(office: Office, stand_in: StandIn, ana: str, clock: StoppedClock) -> None:
    omar = await stand_in.person("Omar")
    row = await office.put(
        chat_id(ana), "broken", payload={"text": "x", "part": "none"}, method="sendDocument", document_id="no-such"
    )
    await office.put(chat_id(omar), "good")
    async with office.working():
        await until(lambda: said(stand_in, omar, 1))
        await until(lambda: resting(office, row))
        office.delivery.wake()


async def test_an_erased_document_is_given_up(office: Office, ana: str) -> None:
    await office.put(chat_id(ana), "file", payload={"part": 0}, method="sendDocument", document_id="erased")
    async with office.working():
        await office.done()
    assert office.fates == [("file", "Rejected")]


async def test_a_stored_document_is_sent_from_the_vault(
    office: Office, stand_in: StandIn, ana: str, database: Database, vault: Vault
) -> None:
    document = await stored(
        database, vault, [(PDF, "application/pdf"), (png(), "image/png"), (PDF, "application/pdf"), (JPEG, "image/jpeg")]
    )
    for part, method in enumerate(("sendDocument", "sendPhoto", "sendPhoto", "sendPhoto")):
        payload = {"part": part, "file_name": 'CL-7KQ4M "path"/1\r\nX-Evil: 1', "caption": "Pathology"}
        await office.put(chat_id(ana), f"part {part}", payload=payload, method=method, document_id=document)
    async with office.working():
        await office.done()
    shown = await stand_in.shown(ana)
    assert [set(one["message"]) & {"document", "photo"} for one in shown] == [
        {"document"},
        {"photo"},
        {"document"},
        {"document"},
    ]
    assert shown[0]["message"]["document"]["file_name"] == "CL-7KQ4M _path_1_X-Evil_ 1.pdf"
    assert shown[0]["message"]["caption"] == "Pathology"
    assert await stand_in.file(shown[0]) == PDF
    assert await stand_in.file(shown[2]) == PDF  # never was a photo
    assert await stand_in.file(shown[3]) == JPEG  # a photo that Telegram does not take as one


async def test_a_row_that_was_being_sent_when_the_program_died_is_sent(
    office: Office, stand_in: StandIn, ana: str, database: Database
) -> None:
    await office.put(chat_id(ana), "Hello")
    assert await database.transact(lambda tx: outbox.claim(tx, "patient", limit=1, lease=60))
    await database.transact(lambda tx: releasing.release(tx, "patient"))
    async with office.working():
        await office.done()
    assert await stand_in.said(ana) == ["Hello"]


async def test_the_desk_group_is_never_given_up_and_followed_when_it_moves(
    database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn
) -> None:
    carla = await stand_in.post("people", {"first_name": "Carla"})
    group = await stand_in.post(
        "groups", {"title": "Desk", "type": "group", "forum": False, "members": [carla["id"]], "bots": [1001]}
    )
    office = Office(database, channel, vault, keep=group["id"])
    new = (await stand_in.post(f"chats/{group['key']}/migrate", {}))["chat"]
    await office.put(group["id"], "case one")
    async with office.working():
        await office.done()
        await office.put(group["id"], "case two")
        office.delivery.wake()
        await office.done()
    seen = (await stand_in.http.get(f"/sandbox/chats/{new['key']}/transcript", params={"person": carla["id"]})).json()[
        "messages"
    ]
    assert [one["message"]["text"] for one in seen if one["sender"]["kind"] == "bot"] == ["case one", "case two"]
    assert [fate for _, fate in office.fates] == ["sent", "sent"]
    assert await database.read(lambda tx: facts.group_now(tx, group["id"])) == new["id"]  # a restart begins there


async def test_removed_from_the_desk_group_keeps_the_queue(
    database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn, clock: StoppedClock
) -> None:
    carla = await stand_in.post("people", {"first_name": "Carla"})
    group = await stand_in.post("groups", {"title": "Desk", "members": [carla["id"]], "bots": [1001]})
    await stand_in.post(f"chats/{group['key']}/members", {"member": 1001, "status": "kicked", "by": carla["id"]})
    office = Office(database, channel, vault, keep=group["id"])
    row = await office.put(group["id"], "a case")
    async with office.working():
        await until(lambda: resting(office, row))
        await stand_in.post(f"chats/{group['key']}/members", {"member": 1001, "status": "administrator", "by": carla["id"]})
        clock.shift(timedelta(minutes=2))
        await office.done()
    assert office.fates == [("a case", "sent")]


async def test_no_other_group_is_ever_written_to(
    database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn
) -> None:
    """Whatever a row says: the desk's group, its new id, people, and nobody else."""
    carla = await stand_in.post("people", {"first_name": "Carla"})
    ours, other = [await stand_in.post("groups", {"title": "Desk", "members": [carla["id"]], "bots": [1001]}) for _ in range(2)]
    office = Office(database, channel, vault, keep=ours["id"])
    await office.put(other["id"], "secret")
    await office.put(ours["id"], "a case")
    async with office.working():
        await office.done()
    assert sorted(office.fates) == [("a case", "sent"), ("secret", "Rejected")]
    assert len(await stand_in.calls("sendMessage")) == 1
    await database.transact(lambda tx: moving.move(tx, ours["id"], other["id"], kinds=()))  # another program heard of a move
    await office.put(other["id"], "moved")
    office.delivery._stopping = False
    async with office.working():
        await office.done()
    assert ("moved", "sent") in office.fates


@pytest.mark.slow
async def test_with_limits_on_telegram_never_has_to_say_429(
    database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn, clock: StoppedClock
) -> None:
    await stand_in.http.put("/sandbox/settings", json={"limits": True})
    pace = Pace(TELEGRAM)
    office = Office(database, channel, vault, pace=pace)
    people = [await stand_in.person(f"P{number}") for number in range(40)]
    for person in people:
        await office.put(chat_id(person), "reminder", lane=3)
    await office.put(chat_id(people[0]), "answer", lane=1)
    async with office.working():
        await until(lambda: passing(office, clock))
    calls = await stand_in.calls("sendMessage")
    assert [call["error_code"] for call in calls if not call["ok"]] == []
    assert len(calls) == 41


async def test_after_a_restart_the_last_minute_of_the_group_counts(
    database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn
) -> None:
    await stand_in.http.put("/sandbox/settings", json={"limits": True})
    carla = await stand_in.post("people", {"first_name": "Carla"})
    group = await stand_in.post("groups", {"title": "Desk", "members": [carla["id"]], "bots": [1001]})
    before, after = (Office(database, channel, vault, pace=Pace(TELEGRAM), keep=group["id"]) for _ in range(2))
    for number in range(20):
        await before.put(group["id"], f"before {number}", lane=0)
    async with before.working():
        await before.done()
    row = await after.put(group["id"], "after")
    async with after.working():
        await until(lambda: resting(after, row))
    assert [call["error_code"] for call in await stand_in.calls("sendMessage") if not call["ok"]] == []
    assert len(await stand_in.calls("sendMessage")) == 20


async def test_a_program_whose_duty_it_is_no_more_sends_nothing(office: Office, stand_in: StandIn, ana: str) -> None:
    row = await office.put(chat_id(ana), "Hello")
    held = [True, False]  # while it claims the row, and when it is about to send it
    office.delivery.duty = lambda: bool(held) and held.pop(0)
    async with office.working():
        await until(lambda: not held)
        await until(lambda: waits(office, row))
        assert await stand_in.said(ana) == []
        office.delivery.duty = lambda: True
        await office.done()
    assert await stand_in.said(ana) == ["Hello"]


async def test_who_loses_the_duty_in_the_moment_in_which_it_is_woken_stops(office: Office) -> None:
    """As a program that stood still for a while: when it goes on, everything comes at once."""
    for _ in range(3):
        running = asyncio.create_task(office.delivery.run())
        await asyncio.sleep(0.1)
        office.delivery.wake()
        running.cancel()
        assert (await asyncio.wait({running}, timeout=2))[0]


async def test_draining_lets_what_is_out_end(office: Office, stand_in: StandIn, ana: str) -> None:
    await stand_in.fault(kind="slow", delay=0.3, method="sendMessage")
    row = await office.put(chat_id(ana), "Hello")
    async with office.working():
        await until(lambda: bool(office.delivery._tasks))
    assert (await office.row(row)).state == "sent"


def test_markup_is_taken_off_whole() -> None:
    params = {"chat_id": 1, "text": "<b>Fever</b> &lt; 38 &amp; <i>cough</i>", "caption": "<u>x</u>", "parse_mode": "HTML"}
    assert without_markup(params) == {"chat_id": 1, "text": "Fever < 38 & cough", "caption": "x"}


async def resting(office: Office, row_id: int, tries: int = 1) -> bool:
    row = await office.row(row_id)
    return row.state == "waiting" and row.attempts == tries


async def passing(office: Office, clock: StoppedClock) -> bool:
    """A clock that goes on while everything is being sent."""
    clock.shift(timedelta(seconds=0.01))
    return not await office.database.read(outbox.backlog)


async def waits(office: Office, row_id: int) -> bool:
    return (await office.row(row_id)).state == "waiting"


async def said(stand_in: StandIn, chat: str, count: int) -> bool:
    return len(await stand_in.said(chat)) == count


async def stored(database: Database, vault: Vault, files: list[tuple[bytes, str]]) -> str:
    """A closed document whose parts are in the vault; its id."""

    def announce(tx: Transaction) -> str:
        chat = chats.lock(tx, 7001, hint=None)
        for number, (data, content_type) in enumerate(files):
            document, part, _ = documents.announce(
                tx, chat.id, album="x", message_id=number, file_id="x", file_unique_id="x", kind="document"
            )
            blob = vault.put([data], documents.blob_context(part))
            fetching.stored(tx, part.id, content_type=content_type, size=blob.size, hmac=blob.hmac, blob=blob.id)
        return document.id

    return await database.transact(announce)


async def test_what_takes_long_to_be_made_keeps_nobody_waiting(
    database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn, ana: str, clock: StoppedClock
) -> None:
    """A packet is put together while other messages of its chat go out; it is made once, whenever its turn comes."""
    finished, made = asyncio.Event(), list[int]()

    async def attach(row: OutboxRow) -> tuple[OutboxRow, dict[str, Any]]:
        if "packet" in row.payload:
            made.append(row.id)
            await finished.wait()
        return replace(row, payload={"text": row.payload["text"]}), {}

    ahead = Ahead(attach=attach, slow=lambda row: "packet" in row.payload)
    office = Office(database, channel, vault, ahead=ahead)
    await office.put(chat_id(ana), "packet", payload={"text": "packet", "packet": {}}, lane=3)
    async with office.working():
        await until(lambda: bool(made))
        await office.put(chat_id(ana), "meanwhile", lane=2)
        office.delivery.wake()
        await until(lambda: said(stand_in, ana, 1))
        finished.set()
        clock.shift(timedelta(seconds=2))
        await office.done()
    assert await stand_in.said(ana) == ["meanwhile", "packet"]
    assert len(made) == 1
