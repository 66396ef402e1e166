"""Nothing that comes in makes the stand-in fall over: hostile updates pass through as they are, wild calls are refused."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox, schema
from bot.sandbox.dispatch import Dispatcher
from bot.sandbox.methods.all import METHODS
from bot.sandbox.people import writing
from bot.sandbox.request import Request, Sent
from tests.sandbox.driving import Driver, World

SAMPLES = Path(__file__).parent / "wild.json"
GROUP = -1001000000001


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("body", ['{"text": "\\ud800"}', '{"n": ' + "9" * 100 + "}", '{"a": {"b": [null, true, 1e308]}}'])
async def test_a_hostile_update_arrives_as_it_is(world: World, driver: Driver, body: str) -> None:
    content = f'{{"bot": {driver.id}, "update": {body}}}'
    made = await world.ask("POST", "updates", content=content, headers={"Content-Type": "application/json"})
    answer = await world.http.get(f"/bot{driver.token}/getUpdates")
    assert json.loads(answer.content)["result"] == [{"update_id": made["update_id"]} | json.loads(body)]
    await world.drain(driver)


async def test_wild_parameters_are_refused_or_understood() -> None:
    sandbox, wild = Sandbox(), json.loads(SAMPLES.read_text(encoding="utf-8"))
    sandbox.add_bot("42:T", "a_bot", "A")
    sandbox.add_person(7001, "Ana")
    writing.start(sandbox.state, sandbox.state.chats["7001:42"])
    sandbox.add_forum(GROUP, "Desk", [7001], [42])
    dispatcher, dice = Dispatcher(sandbox.state), random.Random(1)
    names = sorted(method.name for method in METHODS.values() if method.name not in ("getUpdates", "logOut", "setWebhook"))
    for _ in range(3000):
        name = dice.choice(names)
        sent = {"f": Sent(field="f", name="f.pdf", mime="", content=b"x")} if dice.random() < 0.3 else {}
        answer = await dispatcher.call(sandbox.state.bots[42], name, Request(arguments=_arguments(dice, name, wild), sent=sent))
        assert answer.code in (200, 400, 403, 413)
    assert [one for one in sandbox.state.violations if one.where != "request"] == []
    sandbox.close()


def _arguments(dice: random.Random, name: str, wild: list[Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for parameter in schema.parameters(name).values():
        chance = dice.random()
        if parameter["name"] in ("chat_id", "from_chat_id") and chance < 0.9:
            arguments[parameter["name"]] = dice.choice([7001, GROUP])
        elif parameter["name"] == "message_id" and chance < 0.8:
            arguments["message_id"] = dice.randint(1, 60)
        elif chance < (0.95 if parameter["required"] else 0.25):
            arguments[parameter["name"]] = dice.choice(wild)
    return arguments
