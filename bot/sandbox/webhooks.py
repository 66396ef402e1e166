"""Pushes updates to webhooks: one in flight per lane, again with growing delay until accepted, and runs a method in the reply."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Callable
from itertools import chain, repeat
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.sandbox import request
from bot.sandbox.dispatch import Dispatcher
from bot.sandbox.encoding import dumps
from bot.sandbox.errors import Refusal
from bot.sandbox.methods.all import METHODS
from bot.sandbox.request import Request
from bot.sandbox.state import State
from bot.sandbox.updates import Pending
from bot.sandbox.world import Bot, Webhook

if TYPE_CHECKING:
    from aiohttp import ClientSession

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the header's name)
ANSWER_SECONDS = 60.0
DELAYS = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
LONGEST_RETRY_AFTER = 3600
OVERTAKEN_SECONDS = 2.0  # so long does an update that is to be reordered wait for another one
ACCEPTED = range(200, 300)
ELSEWHERE = "the sandbox delivers to this machine only"


class Pusher:
    """One task per bot that has a webhook; aiohttp is imported when the first appears."""

    def __init__(self, state: State, dispatcher: Dispatcher) -> None:
        self._state = state
        self._dispatcher = dispatcher
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def changed(self, bot: Bot) -> None:
        """Starts or stops pushing, as the bot's webhook now says."""
        self.stop(bot.id)
        if bot.webhook is not None:
            self._tasks[bot.id] = asyncio.get_running_loop().create_task(self._push(bot, bot.webhook))

    def stop(self, number: int) -> None:
        if (task := self._tasks.pop(number, None)) is not None:
            task.cancel()

    def close(self) -> None:
        for number in list(self._tasks):
            self.stop(number)

    async def _push(self, bot: Bot, webhook: Webhook) -> None:
        if not _local(webhook.url):
            self._failed(webhook, ELSEWHERE)
            return
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        connector = aiohttp.TCPConnector(limit=0, ssl=False)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as client, asyncio.TaskGroup() as group:
            lanes = _Lanes(webhook.max_connections)
            queue = self._state.queues[bot.id]
            while True:
                queue.arrived.clear()
                self._state.settle(bot, queue.expired(self._state.clock.now()))
                for update in lanes.free(list(queue.waiting.values())):
                    task = group.create_task(self._deliver(client, bot, webhook, update, lanes))
                    task.add_done_callback(lanes.done(update, queue.arrived))
                await queue.arrived.wait()

    async def _deliver(self, client: ClientSession, bot: Bot, webhook: Webhook, update: Pending, lanes: _Lanes) -> None:
        fault = self._state.faults.update(bot.id, update.kind, update.chat) if self._state.faults.active else None
        if fault is not None and fault.kind == "drop":
            self._state.settle(bot, [update.id])
            return
        if fault is not None and fault.kind == "reorder":
            lanes.aside(update)
            await self._state.queues[bot.id].overtaken(update, fault.delay or OVERTAKEN_SECONDS)
        if fault is not None and fault.kind == "duplicate":
            await self._attempt(client, bot, webhook, update)
        for delay in chain(DELAYS, repeat(DELAYS[-1])):
            if (wait := await self._attempt(client, bot, webhook, update)) is None:
                self._state.settle(bot, [update.id])
                return
            await self._state.clock.sleep(wait or delay)

    async def _attempt(self, client: ClientSession, bot: Bot, webhook: Webhook, update: Pending) -> float | None:
        """None when the update is accepted; else how long the bot wants us to wait (0: it did not say)."""
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: webhook.secret} if webhook.secret else {})
        try:
            async with client.post(webhook.url, data=dumps(update.as_update()), headers=headers) as answer:
                body = await answer.read()
                if answer.status in ACCEPTED:
                    await self._reply(bot, answer.headers.get("Content-Type", ""), body)
                    return None
                self._failed(webhook, f"Wrong response from the webhook: {answer.status} {answer.reason}")
                after = answer.headers.get("Retry-After", "")
                return float(min(int(after), LONGEST_RETRY_AFTER)) if after.isdecimal() else 0.0
        except TimeoutError:
            self._failed(webhook, "Read timeout expired")
        except OSError:
            self._failed(webhook, "Connection refused")
        except Exception as error:  # noqa: BLE001 (whatever the client says, the update stays)
            self._failed(webhook, type(error).__name__)
        return 0.0

    async def _reply(self, bot: Bot, content_type: str, body: bytes) -> None:
        """A call in the answer's body, if there is one; its result goes nowhere but the log."""
        if not body.strip():
            return
        with contextlib.suppress(Refusal):
            asked = request.read(b"", content_type.encode(), body)
            name = str(asked.arguments.pop("method", ""))
            method = METHODS.get(name.lower())
            if method is not None and method.in_reply:
                await self._dispatcher.call(bot, name, Request(arguments=asked.arguments, sent=asked.sent), via="webhook-reply")

    def _failed(self, webhook: Webhook, words: str) -> None:
        webhook.last_error_date, webhook.last_error_message = self._state.clock.stamp(), words


class _Lanes:
    """Which updates may go now: one per lane, and not more than the webhook takes at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._busy: dict[str, int] = {}
        self._flying: set[int] = set()

    def free(self, waiting: list[Pending]) -> list[Pending]:
        chosen = []
        for update in waiting:
            if len(self._flying) >= self._most:
                break
            if update.id not in self._flying and update.lane not in self._busy:
                self._busy[update.lane] = update.id
                self._flying.add(update.id)
                chosen.append(update)
        return chosen

    def aside(self, update: Pending) -> None:
        """Frees its lane for the next one."""
        if self._busy.get(update.lane) == update.id:
            del self._busy[update.lane]

    def done(self, update: Pending, arrived: asyncio.Event) -> Callable[[asyncio.Task[None]], None]:
        def free(_task: asyncio.Task[None]) -> None:
            self.aside(update)
            self._flying.discard(update.id)
            arrived.set()

        return free


def _local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
