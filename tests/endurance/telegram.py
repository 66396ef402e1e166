"""Telegram as the kill loop needs it: both bots' updates are kept until they are confirmed, and every call is written down.

It knows nothing of the program but the Bot API, and outlives it. Updates go by getUpdates or by webhook; there one update of a chat
is under way at a time, and it is repeated until somebody says 2xx.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import random
import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = re.compile(r"(?:said|told) [0-9.]+ end")
SECRET = "X-Telegram-Bot-Api-Secret-Token"
NAMES = {1001: "careline_patient_bot", 1002: "careline_desk_bot"}
AGAIN = 0.05  # seconds until an update that nobody took is sent again


@dataclass(kw_only=True)
class Call:
    at: float
    bot: int
    method: str
    params: dict[str, Any]
    message_id: int
    file: bytes = b""
    order: int = 0


@dataclass(kw_only=True)
class Telegram:
    """`hooks`: addresses to which webhooks go, in turn. `delay`: seconds that a call takes at most."""

    group: int
    hooks: list[str] = field(default_factory=list)
    delay: float = 0.01
    calls: list[Call] = field(default_factory=list)
    screens: dict[int, dict[int, Call]] = field(
        default_factory=lambda: defaultdict(dict)
    )  # chat -> message -> as it stands now
    sent: dict[int, list[Call]] = field(default_factory=lambda: defaultdict(list))  # chat -> messages that came
    by_token: dict[str, list[Call]] = field(
        default_factory=lambda: defaultdict(list)
    )  # words between marks, or a file's SHA-256
    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""
    lost_answers: int = 0  # so many of the next sends take effect, but their answer never arrives
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _updates: dict[int, deque[dict[str, Any]]] = field(default_factory=lambda: defaultdict(deque))
    _new: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: dict[tuple[int, int], deque[dict[str, Any]]] = field(default_factory=dict)
    _secrets: dict[int, str] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    _chance: random.Random = field(default_factory=lambda: random.Random(7))
    _http: aiohttp.ClientSession | None = None
    _runner: web.AppRunner | None = None

    async def open(self) -> None:
        app = web.Application(client_max_size=60 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
        self._http = aiohttp.ClientSession()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        assert self._http and self._runner
        await self._http.close()
        await self._runner.cleanup()

    # ---- people

    def push(self, bot: int, chat: int, **content: Any) -> None:
        """An update, from now on to be delivered."""
        update = {"update_id": next(self._numbers), **content}
        if self.hooks:
            line = self._lines.setdefault((bot, chat), deque())
            line.append(update)
            if len(line) == 1:
                task = asyncio.create_task(self._deliver(bot, line))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        else:
            self._updates[bot].append(update)
            self._new.set()

    def message(self, bot: int, person: int, **content: Any) -> int:
        number = next(self._numbers)
        text = content.get("text", "")
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        self.push(bot, person, message={"message_id": number, **_private(person), **content})
        return number

    def press(self, person: int, shown: Call, data: str) -> None:
        number = next(self._numbers)
        message = {"message_id": shown.message_id, **_private(person), "text": "x"} | {"from": _bot(1001)}
        query = {"id": str(number), "from": _person(person), "chat_instance": "x", "data": data, "message": message}
        self.push(1001, person, callback_query=query)

    async def until(self, true: Any, seconds: float) -> bool:
        """Whether it became true in time; looked at after every call."""
        end = time.monotonic() + seconds
        async with self._heard:
            while not true():
                left = end - time.monotonic()
                if left <= 0:
                    return False
                try:
                    await asyncio.wait_for(self._heard.wait(), min(left, 0.5))
                except TimeoutError:
                    continue
        return True

    def idle(self) -> bool:
        return not any(self._updates.values()) and not any(self._lines.values())

    # ---- programs

    async def _deliver(self, bot: int, line: deque[dict[str, Any]]) -> None:
        assert self._http
        turn = self._chance.randrange(100)
        while line:
            turn += 1
            hook = f"{self.hooks[turn % len(self.hooks)]}/webhook/{'patient' if bot == 1001 else 'desk'}"
            try:
                timeout = aiohttp.ClientTimeout(total=15)
                headers = {SECRET: self._secrets.get(bot, "")}
                async with self._http.post(hook, json=line[0], headers=headers, timeout=timeout) as answer:
                    if answer.status == 200:
                        line.popleft()
                        continue
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(AGAIN)

    async def _call(self, request: web.Request) -> web.Response:
        bot, method = int(request.match_info["token"].split(":")[0]), request.match_info["method"].lower()
        try:
            params, file = await _read(request)
        except ConnectionResetError:  # killed while it spoke
            return _ok(result=None)
        if method == "getupdates":
            return _ok(await self._poll(bot, params))
        if method == "setwebhook":
            self._secrets[bot] = params.get("secret_token", "")
        result, number = self._result(bot, method, params)
        if method.startswith(("send", "edit", "copy", "create", "getme")):
            await asyncio.sleep(self.delay * self._chance.random())
            self._write_down(Call(at=time.time(), bot=bot, method=method, params=params, message_id=number, file=file))
            async with self._heard:
                self._heard.notify_all()
            await asyncio.sleep(self.delay * self._chance.random())
            if self.lost_answers and method.startswith("send"):
                self.lost_answers -= 1
                assert request.transport
                request.transport.close()
        return _ok(result)

    def _result(self, bot: int, method: str, params: dict[str, Any]) -> tuple[Any, int]:
        number = next(self._numbers)
        chat = int(params.get("chat_id") or 0)
        where = (
            {"id": chat, "type": "supergroup", "title": "Desk", "is_forum": True}
            if chat < 0
            else {"id": chat, "type": "private"}
        )
        message = {"message_id": number, "date": int(time.time()), "chat": where, "from": _bot(bot), "text": "x"}
        match method:
            case "getme":
                return _bot(bot) | {"can_join_groups": True, "supports_inline_queries": False}, number
            case "createforumtopic":
                return {"message_thread_id": number, "name": params["name"], "icon_color": 1}, number
            case "getchatmember":
                return {"status": "member", "user": _person(int(params["user_id"]))}, number
            case "getfile":
                return {
                    "file_id": params["file_id"],
                    "file_unique_id": params["file_id"],
                    "file_path": params["file_id"],
                }, number
            case "editmessagetext" | "editmessagereplymarkup":
                number = int(params["message_id"])
                return message | {"message_id": number}, number
            case _ if method.startswith(("send", "copy")) and method != "sendchataction":
                return message, number
        return True, number

    def _write_down(self, call: Call) -> None:
        call.order = len(self.calls)
        self.calls.append(call)
        chat = int(call.params.get("chat_id") or 0)
        self.screens[chat][call.message_id] = call
        if call.method.startswith("send"):
            self.sent[chat].append(call)
            for token in TOKEN.findall(str(call.params.get("text") or "")):
                self.by_token[token].append(call)
            if call.file:
                self.by_token[hashlib.sha256(call.file).hexdigest()].append(call)

    async def _poll(self, bot: int, params: dict[str, Any]) -> list[dict[str, Any]]:
        queue, offset = self._updates[bot], int(params.get("offset") or 0)
        while queue and queue[0]["update_id"] < offset:
            queue.popleft()
        end = time.monotonic() + min(float(params.get("timeout") or 0), 2.0)
        while not queue and time.monotonic() < end:
            self._new.clear()
            try:
                await asyncio.wait_for(self._new.wait(), max(0.0, end - time.monotonic()))
            except TimeoutError:
                break
        return list(itertools.islice(queue, 100))

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["path"]])


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def _read(request: web.Request) -> tuple[dict[str, Any], bytes]:
    """Parameters and the bytes of the one file that there may be."""
    params: dict[str, Any] = dict(request.query)
    file = b""
    if request.content_type == "application/json":
        params |= await request.json()
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                file = value.file.read()
            else:
                params[name] = value
    markup = params.get("reply_markup")
    return params | ({"reply_markup": json.loads(markup)} if isinstance(markup, str) else {}), file


def _bot(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": True, "first_name": "Careline", "username": NAMES[number]}


def _person(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": f"P{number}", "language_code": "en"}


def _private(person: int) -> dict[str, Any]:
    return {"date": int(time.time()), "chat": {"id": person, "type": "private", "first_name": "P"}, "from": _person(person)}
