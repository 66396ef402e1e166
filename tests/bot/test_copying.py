"""A copy of everything that is kept, for the person whose it is and for nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.channel import Rejected
from bot.delivery.copies import Copies
from bot.effects import copying
from flows.inputs import Command
from storage import chats, relay
from tests.bot.desk_world import Patient, Person, World


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The outbox rows of a copy, as delivery gets them."""
    rows: list[Any] = []
    deliver = World._deliver

    async def keep(world: World, row: Any) -> None:
        if row.kind == copying.KIND and row.method == "sendDocument":
            rows.append(row)
        await deliver(world, row)

    monkeypatch.setattr(World, "_deliver", keep)
    return rows


async def talks(world: World, number: int, name: str) -> Patient:
    patient = world.patient(number)
    await patient.begins()
    await patient.says("I am the patient")
    await patient.says(name)
    await patient.does(Command(name="human"))
    await patient.says(f"{name} needs help")
    await patient.sends(caption=f"scan of {name}")
    return patient


async def test_everything_that_was_said_and_sent_comes_back_and_nothing_of_others(
    world: World, carla: Person, sent: list[Any]
) -> None:
    await talks(world, 502, "Yusuf")
    xenia = await talks(world, 501, "Xenia")
    await (await carla.claims()).says("/r We call you tomorrow")
    world.later(minutes=1)
    await world.deliver()
    before = len(world.messages)
    await xenia.does(Command(name="privacy"))
    await xenia.taps("Send me a copy")
    assert not sent
    await xenia.taps("Yes, send it here")
    assert {one.chat for one in world.messages[before:]} == {501}
    order, original = sent
    assert original.document_id

    copies = Copies(database=world.database, definition=lambda: world.house.definition)
    _, files = await copies.send(order, order.payload[copying.COPY])
    text = files["document"].data.decode()
    found = json.loads(text)
    assert "Yusuf" not in text
    assert "Xenia" in json.dumps(found["answers"])
    assert [one["text"] for one in found["messages"]] == ["Xenia needs help", "We call you tomorrow"]
    assert [one["words"] for one in found["files"]] == ["scan of Xenia"]
    assert [one["given"] for one in found["permissions"]] == [True] * 3
    with pytest.raises(Rejected):
        await copies.send(replace(order, chat_id=502), order.payload[copying.COPY])


async def test_words_that_wait_for_a_case_are_in_it_too(world: World, sent: list[Any]) -> None:
    patient = world.patient()
    await patient.begins()

    def said_before(tx: Any) -> None:
        relay.keep(tx, chats.of_telegram(tx, patient.number).id, author=patient.number, body="are you there?")

    await world.database.transact(said_before)
    await patient.does(Command(name="privacy"))
    await patient.taps("Send me a copy")
    await patient.taps("Yes, send it here")
    (order,) = sent
    copies = Copies(database=world.database, definition=lambda: world.house.definition)
    _, files = await copies.send(order, order.payload[copying.COPY])
    assert [one["text"] for one in json.loads(files["document"].data)["messages"]] == ["are you there?"]
