"""getUpdates, and what goes wrong there on request."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.sandbox.errors import CONFLICT, Refusal
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.updates import Pending, Queue

MAX_TIMEOUT = 50
MAX_LIMIT = 100
WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "Conflict: terminated by setWebhook request"


@method("getUpdates", returns="Array of Update", in_reply=False)
async def get_updates(call: Call) -> list[dict[str, Any]]:
    bot, params = call.bot, call.params
    if bot.webhook is not None:
        raise Refusal(CONFLICT, WEBHOOK_ACTIVE)
    queue = call.state.queues[bot.id]
    queue.interrupt(OTHER_POLLER)
    remember_allowed(call)
    if offset := params.get("offset", 0):
        call.state.settle(bot, queue.confirm(offset))
    call.state.settle(bot, queue.expired(call.state.clock.now()))
    limit = min(max(params.get("limit", MAX_LIMIT), 1), MAX_LIMIT)
    timeout = min(max(params.get("timeout", 0), 0), MAX_TIMEOUT)
    if not queue.waiting and timeout and not call.state.feed.closed:
        await _long_poll(queue, timeout)
    updates = [update.as_update() for update in _faulty(call, queue.first(limit))]
    if updates:
        call.state.rest.stir()
    return updates


async def _long_poll(queue: Queue, seconds: float) -> None:
    queue.poller = poller = asyncio.get_running_loop().create_future()
    try:
        await asyncio.wait({poller}, timeout=seconds)
        if poller.done() and poller.result():
            raise Refusal(CONFLICT, poller.result())
    finally:
        poller.cancel()
        if queue.poller is poller:
            queue.poller = None


def _faulty(call: Call, updates: list[Pending]) -> list[Pending]:
    """Trouble on request: an update that is lost, comes twice, or changes places with its neighbour."""
    if not call.state.faults.active:
        return updates
    result: list[Pending] = []
    late: list[Pending] = []
    for update in updates:
        fault = call.state.faults.update(call.bot.id, update.kind, update.chat)
        if fault is not None and fault.kind == "drop":
            call.state.settle(call.bot, [update.id])
        elif fault is not None and fault.kind == "reorder":
            late.append(update)
        else:
            result += [update] * (2 if fault is not None else 1) + late
            late = []
    return result[:-1] + late + result[-1:]


def remember_allowed(call: Call) -> None:
    """Absent = as before; an empty list = Telegram's default."""
    allowed = call.params.get("allowed_updates")
    if isinstance(allowed, list) and (allowed or None) != call.bot.allowed:
        call.bot.allowed = allowed or None
        call.state.save_bot(call.bot)
