"""The whole program: starts, answers, stops, takes up what it left; by polling and by webhook."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot import duties
from bot.program.folder import FolderInUse
from bot.program.running import run
from bot.settings import Settings
from bot.uploads import Uploads
from flows import library
from storage.engine.postgres import OutcomeUnknown
from storage.transaction import Transaction
from tests.bot.stand_in import DESK_BOT, PATIENT_BOT, StandIn, until

pytestmark = pytest.mark.whole


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def settings(stand_in: StandIn, folder: Path, **more: Any) -> Settings:
    carla = await stand_in.post("people", {"first_name": "Carla"})
    group = await stand_in.post("groups", {"title": "Desk", "members": [carla["id"]], "bots": [1002]})
    return Settings(
        _env_file=None,
        patient_token=SecretStr(PATIENT_BOT),
        desk_token=SecretStr(DESK_BOT),
        bot_api_url=stand_in.url,
        data_dir=folder,
        desk_chat_id=group["id"],
        coordinators=(carla["id"],),
        port=free_port(),
        pace="off",
        **more,
    )


@contextlib.asynccontextmanager
async def running(made: Settings) -> AsyncIterator[None]:
    ready, stopping = asyncio.Event(), asyncio.Event()
    program = asyncio.create_task(run(made, ready=ready.set, stopping=stopping))
    program.add_done_callback(lambda _: ready.set())
    await ready.wait()
    try:
        yield
    finally:
        stopping.set()
        await program


async def heard(stand_in: StandIn, chat: str, count: int) -> bool:
    return len(await stand_in.said(chat)) >= count


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_stranger_is_answered(stand_in: StandIn, tmp_path: Path, mode: str) -> None:
    made = await settings(stand_in, tmp_path, mode=mode)
    if mode == "webhook":
        made = made.model_copy(update={"public_url": f"http://127.0.0.1:{made.port}"})
    async with running(made):
        ana = await stand_in.person("Ana")
        await until(lambda: heard(stand_in, ana, 1))
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{made.port}/health")).json() == {"ok": True}
    assert await stand_in.pending() == []
    await stand_in.http.post("/sandbox/reset", json={"keep": "people"})


async def test_what_came_while_it_was_down_is_answered_once(stand_in: StandIn, tmp_path: Path) -> None:
    made = await settings(stand_in, tmp_path)
    async with running(made):
        ana = await stand_in.person("Ana")
        await until(lambda: heard(stand_in, ana, 1))
    before = await stand_in.said(ana)
    await stand_in.writes(ana, "/privacy")
    async with running(made):
        await until(lambda: heard(stand_in, ana, len(before) + 1))
    assert (await stand_in.said(ana))[: len(before)] == before
    assert len([call for call in await stand_in.calls("sendMessage") if not call["ok"]]) == 0


async def test_coordinators_are_known_by_the_name_that_telegram_has(stand_in: StandIn, tmp_path: Path) -> None:
    made = await settings(stand_in, tmp_path)
    async with running(made):
        await until(lambda: asked(stand_in, "getChatMember"))
        await until(lambda: asked(stand_in, "setMyCommands"))


async def asked(stand_in: StandIn, method: str) -> bool:
    return any(call["ok"] for call in await stand_in.calls(method))


async def test_whoever_fetches_files_begins_again_after_a_crash(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, crashes, looks = Uploads._look, [OutcomeUnknown(), KeyError("mine")], []

    def broken(self: Uploads, tx: Transaction) -> Any:
        if crashes:
            raise crashes.pop()
        looks.append(1)
        return look(self, tx)

    async def looked() -> bool:
        return bool(looks)

    monkeypatch.setattr(duties, "RENEWED", 0.02)
    monkeypatch.setattr(Uploads, "_look", broken)
    async with running(await settings(stand_in, tmp_path)):
        await until(looked)


async def test_a_taken_port_costs_only_the_health_page(stand_in: StandIn, tmp_path: Path) -> None:
    made = await settings(stand_in, tmp_path)
    with socket.create_server(("127.0.0.1", made.port)):
        async with running(made):
            ana = await stand_in.person("Ana")
            await until(lambda: heard(stand_in, ana, 1))


async def test_a_taken_port_stops_webhooks_from_starting(stand_in: StandIn, tmp_path: Path) -> None:
    made = await settings(stand_in, tmp_path, mode="webhook", public_url="http://127.0.0.1:9")
    with socket.create_server(("127.0.0.1", made.port)), pytest.raises(OSError):
        await run(made)


async def test_a_second_program_on_the_same_folder_is_refused_in_words(stand_in: StandIn, tmp_path: Path) -> None:
    made = await settings(stand_in, tmp_path)
    async with running(made):
        with pytest.raises(FolderInUse, match=rf"runs on the folder .* \(its process number is {os.getpid()}\)"):
            await run(made)
    async with running(made):
        await asyncio.sleep(0)


async def test_a_clinics_own_reminder_rules_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rules = json.loads((library.DEFINITIONS / "allogeneic_car_t" / "reminders.json").read_text())
    rules["rules"][0]["first_after"] = "PT2S"
    (tmp_path / "mine.json").write_text(json.dumps(rules))
    monkeypatch.setenv("CARELINE_REMINDERS", str(tmp_path / "mine.json"))
    monkeypatch.chdir(tmp_path)
    loaded = library.load(instead=Settings().definition_files)
    assert loaded.reminders.rule("unfinished-intake").first_after.rest.total_seconds() == 2


async def test_telegram_out_of_reach_is_waited_for(stand_in: StandIn, tmp_path: Path) -> None:
    made = (await settings(stand_in, tmp_path)).model_copy(update={"bot_api_url": "http://127.0.0.1:9"})
    async with running(made):
        await asyncio.sleep(0)
