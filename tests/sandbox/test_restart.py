"""What a restart with the same data directory finds."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.sandbox import Sandbox
from tests.sandbox.driving import until

pytestmark = pytest.mark.whole
TOKEN = "1001:SANDBOX-patient-test"
PROGRAM = """
import asyncio, sys
from pathlib import Path
from bot.sandbox import Sandbox
sandbox = Sandbox(data_dir=Path(sys.argv[1]))
sandbox.add_bot("1001:SANDBOX-patient-test", "a_bot", "A")
sandbox.add_person(7001, "Ana")
asyncio.run(sandbox.serve("127.0.0.1", 0, lambda port: print(port, flush=True)))
"""


class Client:
    """One served sandbox, by its port."""

    def __init__(self, port: int) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)

    def say(self, text: str) -> int:
        answer = self.http.post("/sandbox/chats/7001:1001/messages", json={"text": text})
        return answer.json()["messages"][0]["message_id"]

    def call(self, method: str, **params: object) -> object:
        return self.http.post(f"/bot{TOKEN}/{method}", json=params).json()["result"]


@pytest.mark.kill
def test_nothing_that_was_answered_is_lost_by_a_kill(tmp_path: Path) -> None:
    program = _start(tmp_path)
    client = Client(int(program.stdout.readline()))
    said = client.say("before the kill")
    sent = client.call("sendMessage", chat_id=7001, text="answer")
    program.send_signal(signal.SIGKILL)
    program.wait()
    program = _start(tmp_path)
    client = Client(int(program.stdout.readline()))
    try:
        shown = client.http.get("/sandbox/chats/7001:1001/transcript").json()["messages"]
        assert [one["message"].get("text") for one in shown] == ["before the kill", "answer"]
        [update] = client.call("getUpdates")
        assert update["message"]["message_id"] == said
        assert client.say("after") > sent["message_id"]
        assert client.call("getUpdates")[-1]["update_id"] > update["update_id"]
    finally:
        program.terminate()
        program.wait()


def _start(folder: Path) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], stdout=subprocess.PIPE, text=True, env=environment)


async def test_files_topics_clock_and_queues_come_back(tmp_path: Path) -> None:
    first = await _served(tmp_path)
    url, sandbox, serving = first
    async with httpx.AsyncClient(base_url=url) as http:
        await http.post("/sandbox/chats/7001:1001/start", json={})
        made = (await http.post("/sandbox/chats/7001:1001/files", files={"file": ("a.txt", b"abc")})).json()
        group = (await http.post("/sandbox/groups", json={"title": "Desk", "members": [7001], "bots": [1001]})).json()
        await http.post(f"/bot{TOKEN}/createForumTopic", json={"chat_id": group["id"], "name": "CL-1"})
        await http.post("/sandbox/clock", json={"shift": 3600})
        await http.post(f"/bot{TOKEN}/setMyCommands", json={"commands": [{"command": "a", "description": "b"}]})
        before = (await http.get("/sandbox/state")).json()
    await _closed(sandbox, serving)
    url, sandbox, serving = await _served(tmp_path)
    async with httpx.AsyncClient(base_url=url) as http:
        after = (await http.get("/sandbox/state")).json()
        for part in ("people", "bots", "chats", "messages", "settings"):
            assert json.dumps(after[part]) == json.dumps(before[part])
        assert after["now"] - before["now"] in range(3)
        assert (await http.get(made["messages"][0]["files"][0]["url"])).content == b"abc"
        updates = (await http.get(f"/bot{TOKEN}/getUpdates")).json()["result"]
        assert [next(kind for kind in update if kind != "update_id") for update in updates][:2] == ["message", "message"]
    await _closed(sandbox, serving)


async def _served(folder: Path) -> tuple[str, Sandbox, asyncio.Future[None]]:
    sandbox = Sandbox(data_dir=folder)
    sandbox.add_bot(TOKEN, "a_bot", "A")
    sandbox.add_person(7001, "Ana")
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.ensure_future(sandbox.serve("127.0.0.1", 0, ready.set_result))
    return f"http://127.0.0.1:{await ready}", sandbox, serving


async def _closed(sandbox: Sandbox, serving: asyncio.Future[None]) -> None:
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    sandbox.close()


async def test_the_embedding_program_is_told_of_the_clock(tmp_path: Path) -> None:
    heard = []
    sandbox = Sandbox(data_dir=tmp_path, clock_changed=heard.append)
    sandbox.state.clock.shift(60)
    sandbox.state.clock.shift(60)
    sandbox.close()
    assert [offset.total_seconds() for offset in heard] == [60, 120]


async def test_it_serves_again_after_it_stopped(tmp_path: Path) -> None:
    url, sandbox, serving = await _served(tmp_path)
    async with httpx.AsyncClient(base_url=url) as http:
        polling = asyncio.ensure_future(http.get(f"/bot{TOKEN}/getUpdates", params={"timeout": 30}))
        reading = asyncio.ensure_future(http.get("/sandbox/events"))
        await until(lambda: sandbox.state.queues[1001].poller is not None and sandbox.state.feed.heard)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        assert (await polling).json() == {"ok": True, "result": []}
        assert (await reading).text == ": hello\n\n"
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.ensure_future(sandbox.serve("127.0.0.1", 0, ready.set_result))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await ready}") as http:
        found = await http.get("/sandbox/wait", params={"timeout": 0.3})
        assert found.elapsed.total_seconds() > 0.25
    await _closed(sandbox, serving)
