"""A headless Chromium, and a sandbox with a talkative bot for it to look at; both live beside the test, in a thread of their own."""

from __future__ import annotations

import asyncio
import shutil
import struct
import threading
import zlib
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Playwright

from bot.sandbox import Sandbox

PATIENT_BOT, DESK_BOT = "1001:SANDBOX-page-patient", "1002:SANDBOX-page-desk"
ANA, OMAR, GRACE, KARIM, GROUP = 7001, 7002, 9001, 9002, -1001000000001
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NO_BROWSER = "no Chromium on this machine: `apt-get install chromium`, or `python -m playwright install chromium`"
CHOICES = {
    "inline_keyboard": [
        [{"text": "Yes", "callback_data": "yes", "style": "success"}, {"text": "No", "callback_data": "no", "style": "danger"}],
        [{"text": "Alert", "callback_data": "alert", "style": "primary"}, {"text": "Page", "url": "https://example.org/"}],
    ]
}
NUMBER = {"keyboard": [[{"text": "Status"}, {"text": "Share my number", "request_contact": True}]], "resize_keyboard": True}


def chromium(playwright: Playwright) -> str | None:
    """Where a Chromium is: the system's, or the one that playwright installed."""
    found = [path for path in (*BROWSERS, playwright.chromium.executable_path) if shutil.which(path)]
    return found[0] if found else None


def png(path: Path, colour: tuple[int, int, int], width: int = 240, height: int = 160) -> Path:
    """A picture of one colour."""
    rows = (b"\0" + bytes(colour) * width) * height
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


class Bot:
    """Raw HTTP, no library: answers what the tests ask for."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.AsyncClient(base_url=f"{url}/bot{token}/", timeout=60)

    async def call(self, method: str, **params: Any) -> Any:
        return (await self.http.post(method, json=params)).json().get("result")

    async def poll(self) -> None:
        offset = 0
        while True:
            try:
                updates = await self.call("getUpdates", offset=offset, timeout=20)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
                continue
            for update in updates or []:
                offset = update["update_id"] + 1
                await self.answer(update)

    async def answer(self, update: dict[str, Any]) -> None:
        if "callback_query" in update:
            await self.pressed(update["callback_query"])
        elif "message" in update:
            await self.told(update["message"])

    async def pressed(self, query: dict[str, Any]) -> None:
        alert, message = query["data"] == "alert", query["message"]
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text=f"Pressed {query['data']}", show_alert=alert)
        if not alert:
            where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
            await self.call("editMessageText", **where, text=f"You chose <b>{query['data']}</b>.", parse_mode="HTML")

    async def told(self, message: dict[str, Any]) -> None:
        where = {"chat_id": message["chat"]["id"], "message_thread_id": message.get("message_thread_id")}
        where = {name: value for name, value in where.items() if value}
        text = message.get("text", "")
        if text == "/start":
            words = "<b>Hello</b>, <i>you</i>. <tg-spoiler>Hidden</tg-spoiler>\n<blockquote>Said before</blockquote>"
            await self.call("sendMessage", **where, text=words, parse_mode="HTML", reply_markup=CHOICES)
        elif text == "number":
            await self.call("sendMessage", **where, text="Your number?", reply_markup=NUMBER)
        elif text == "arabic":
            await self.call(
                "sendMessage",
                **where,
                text="ما هو تشخيصك؟",
                reply_markup={"inline_keyboard": [[{"text": "نعم", "callback_data": "yes"}]]},
            )
        elif text == "case":
            await self.call("createForumTopic", chat_id=GROUP, name="C-0042")
        elif message["chat"]["type"] == "private":
            kind = next(
                (name for name in ("photo", "document", "voice", "contact", "sticker", "location") if name in message), text
            )
            await self.call("sendMessage", **where, text=f"Got: {kind}")


class Stage:
    """The sandbox with people, a staff group and two bots, served on loopback until `close`; what it knows is kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.bots: list[Bot] = []
        self._loop = asyncio.new_event_loop()
        self._serving: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.run(self.start)
        self.run(self._start_bots)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _people(self) -> Sandbox:
        sandbox = Sandbox(data_dir=self.folder)
        sandbox.add_bot(PATIENT_BOT, "patient_bot", "Careline")
        sandbox.add_bot(DESK_BOT, "desk_bot", "Careline desk")
        sandbox.add_person(ANA, "Ana", "en", "patient")
        sandbox.add_person(OMAR, "عمر", "ar", "patient")
        sandbox.add_person(GRACE, "Grace", "en", "coordinator")
        sandbox.add_person(KARIM, "Karim", "en", "coordinator")
        sandbox.add_forum(GROUP, "Staff", [GRACE, KARIM], [1002])
        return sandbox

    def run(self, action: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(action(), self._loop)
        return future.result(timeout=20)

    async def start(self) -> None:
        """Serves on the port of before, or any free one the first time."""
        self.sandbox = self._people()
        ready: asyncio.Future[int] = self._loop.create_future()
        self._serving = asyncio.ensure_future(self.sandbox.serve("127.0.0.1", self.port, ready.set_result))
        self.port = await ready

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
            self.sandbox.close()
            await asyncio.sleep(0.05)  # what it cancelled ends in its own time

    async def _start_bots(self) -> None:
        self.bots = [Bot(self.url, PATIENT_BOT), Bot(self.url, DESK_BOT)]
        self._polling = [asyncio.ensure_future(one.poll()) for one in self.bots]
        commands = [{"command": "start", "description": "Begin"}, {"command": "status", "description": "Where am I?"}]
        await self.bots[0].call("setMyCommands", commands=commands)

    def call(self, bot: int, method: str, **params: Any) -> Any:
        """One Bot API call of the patients' bot (0) or the desk's (1)."""
        return self.run(lambda: self.bots[bot].call(method, **params))

    def clear(self) -> None:
        """No messages, calls, faults; the people stay."""
        httpx.post(f"{self.url}/sandbox/reset", json={"keep": "people"}).raise_for_status()

    def close(self) -> None:
        for polling in self._polling:
            self._loop.call_soon_threadsafe(polling.cancel)
        self.run(self.stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
