"""One Bot API call from its name to its answer: faults, pace, the method itself, strictness, and the log."""

from __future__ import annotations

import inspect
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import parameters, schema
from bot.sandbox.encoding import dumps
from bot.sandbox.errors import LACKING, NOT_FOUND, Refusal, flood
from bot.sandbox.faults import Fault
from bot.sandbox.methods.all import METHODS
from bot.sandbox.methods.registry import Call, Described, Method
from bot.sandbox.request import Request
from bot.sandbox.state import CallRecord, State
from bot.sandbox.world import Bot

HTML_502 = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
HANG_SECONDS = 60.0
OK = 200
SERVER_ERROR = 500
DOWNLOAD = "file"
REST = frozenset({"getUpdates"})  # calls that say nothing about whether a bot is at work


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`cut`: the connection is to be reset instead of answered."""

    code: int
    body: bytes
    retry_after: int = 0
    cut: bool = False
    kind: str = "application/json"


class Dispatcher:
    """Runs calls one after another (each is synchronous but for waiting), so that they never see half a change."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._number = 0

    async def call(self, bot: Bot, name: str, request: Request, via: str = "http") -> Answer:
        """`name` in any case; unknown and lacking methods are answered too."""
        began = time.perf_counter()
        method = METHODS.get(name.lower())
        spelling = method.name if method is not None else schema.methods().get(name.lower(), name)
        fault = self._fault(bot, spelling, request.arguments.get("chat_id", ""))
        if spelling in REST:
            answer = await self._troubled(fault, lambda: self._answered(bot, method, spelling, request))
        else:
            with self._state.rest.broken():
                answer = await self._troubled(fault, lambda: self._answered(bot, method, spelling, request))
                await self._state.journal.settled()
        spent = (time.perf_counter() - began) * 1000
        self._log(bot, spelling, request, answer=answer, spent=spent, via=via, fault=fault)
        return answer

    async def download(self, bot: Bot, file: Answer) -> Answer:
        """A file on its way to the bot."""

        async def given() -> Answer:
            return file

        with self._state.rest.broken():
            return await self._troubled(self._fault(bot, DOWNLOAD, ""), given)

    def _fault(self, bot: Bot, name: str, chat: object) -> Fault | None:
        if not self._state.faults.active:
            return None
        fault = self._state.faults.call(bot.id, name, chat)
        if fault is not None:
            self._state.feed.emit("fault", lambda: {"faults": self._state.faults.active})
        return fault

    async def _troubled(self, fault: Fault | None, answered: Callable[[], Awaitable[Answer]]) -> Answer:
        if fault is None:
            return await answered()
        if fault.kind not in ("reset_after", "slow"):
            return await self._struck(fault)
        answer = await answered()
        if fault.delay:
            await self._state.clock.sleep(fault.delay)
        return Answer(code=answer.code, body=b"", cut=True) if fault.kind == "reset_after" else answer

    async def _struck(self, fault: Fault) -> Answer:
        if fault.kind == "hang":
            await self._state.clock.sleep(fault.delay or HANG_SECONDS)
        elif fault.delay:
            await self._state.clock.sleep(fault.delay)
        if fault.kind in ("hang", "reset_before"):
            return Answer(code=0, body=b"", cut=True)
        if fault.kind == "html":
            return Answer(code=502, body=HTML_502, kind="text/html")
        if fault.kind == "flood":
            return failed(flood(fault.retry_after))
        if fault.kind == "forbidden":
            return failed(Refusal(403, fault.description or "Forbidden: bot was blocked by the user"))
        return failed(Refusal(fault.code, fault.description or "Internal Server Error"))

    async def _answered(self, bot: Bot, method: Method | None, name: str, request: Request) -> Answer:
        if method is None:
            return failed(_unavailable(name))
        try:
            result = self._run(bot, method, request)
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            return failed(refusal)
        except Exception as error:  # noqa: BLE001 (whatever it is, the bot gets an answer and strict mode a line)
            return self._broke(bot, name, error)
        told = b""
        if isinstance(result, Described):
            result, told = result.result, b',"description":' + dumps(result.description)
        if self._state.settings.strict and (problem := schema.problem(method.returns, result)):
            self._state.violate(bot.id, method.name, "result", problem)
        return Answer(code=OK, body=b'{"ok":true,"result":' + dumps(result) + told + b"}")

    def _broke(self, bot: Bot, name: str, error: Exception) -> Answer:
        """A defect of ours: the bot hears what Telegram says of its own, strict mode says where to look."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        self._state.violate(
            bot.id, name, "result", f"the sandbox failed: {type(error).__name__} at {place.filename}:{place.lineno}"
        )
        return failed(Refusal(SERVER_ERROR, "Internal Server Error"))

    def _run(self, bot: Bot, method: Method, request: Request) -> Any:
        decoded = parameters.decode(method.name, request)
        if self._state.settings.strict:
            problems = list(decoded.problems)
            if absent := parameters.missing(method.name, decoded.values):
                problems.append(f"required parameter {absent!r} is missing")
            for problem in problems:
                self._state.violate(bot.id, method.name, "request", problem)
        if self._state.settings.limits and method.sends:
            self._pace(bot, decoded.values)
        return method.run(Call(state=self._state, bot=bot, params=decoded.values, sent=request.sent))

    def _pace(self, bot: Bot, params: dict[str, Any]) -> None:
        chat, media = params.get("chat_id"), params.get("media")
        count = len(media) if isinstance(media, list) else 1
        if isinstance(chat, int) and (wait := self._state.limits.claim(bot.id, chat, time.monotonic(), count)):
            raise flood(wait)

    def _log(
        self, bot: Bot, name: str, request: Request, *, answer: Answer, spent: float, via: str, fault: Fault | None
    ) -> None:
        if name in REST and answer.body == b'{"ok":true,"result":[]}':
            return
        self._number += 1
        record = CallRecord(
            id=self._number,
            at=self._state.clock.now(),
            bot=bot.id,
            method=name,
            params=request.arguments,
            files=tuple((sent.field, sent.name, len(sent.content)) for sent in request.sent.values()) if request.sent else (),
            code=answer.code,
            response=answer.body,
            milliseconds=round(spent, 2),
            via=via,
            fault=fault.id if fault is not None else 0,
        )
        self._state.calls.append(record)
        self._state.feed.emit("call", lambda: {"call": record})


def _unavailable(name: str) -> Refusal:
    if name.lower() in schema.methods():
        return Refusal(LACKING, f"Not Implemented: the sandbox has no {name}")
    return Refusal(NOT_FOUND, "Not Found: method not found")


def failed(refusal: Refusal) -> Answer:
    """The error envelope."""
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return Answer(code=refusal.code, body=dumps(body), retry_after=refusal.parameters.get("retry_after", 0))
