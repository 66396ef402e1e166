"""getUpdates and the webhook's four methods."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import CONFLICT, Refusal, bad, flood
from bot.sandbox.markup.keyboards import LOOPBACK
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.request import attached
from bot.sandbox.updates import Pending, Queue
from bot.sandbox.world import Webhook

MAX_TIMEOUT = 50
MAX_LIMIT = 100
SECRET = re.compile(r"[A-Za-z0-9_-]*")
MAX_SECRET = 256
PORTS = (443, 80, 88, 8443)
WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@method("getUpdates", returns="Array of Update", in_reply=False)
async def get_updates(call: Call) -> list[dict[str, Any]]:
    bot, params = call.bot, call.params
    if bot.webhook is not None:
        raise Refusal(CONFLICT, WEBHOOK_ACTIVE)
    queue = call.state.queues[bot.id]
    if queue.poller is not None and not queue.poller.done():
        queue.poller.set_result("other")
    queue.polled_at = time.monotonic()
    remember_allowed(call)
    if offset := params.get("offset", 0):
        call.state.settle(bot, queue.confirm(offset))
    call.state.settle(bot, queue.expired(call.state.clock.now()))
    limit = params.get("limit", MAX_LIMIT)
    limit = limit if 1 <= limit <= MAX_LIMIT else MAX_LIMIT
    timeout = min(max(params.get("timeout", 0), 0), MAX_TIMEOUT)
    if not queue.waiting and timeout and not call.state.feed.closed:
        await _long_poll(queue, timeout)
    return [update.as_update() for update in _faulty(call, queue.first(limit))]


async def _long_poll(queue: Queue, seconds: float) -> None:
    queue.poller = poller = asyncio.get_running_loop().create_future()
    try:
        await asyncio.wait({poller}, timeout=seconds)
        if poller.done() and poller.result() == "other":
            raise Refusal(CONFLICT, OTHER_POLLER)
    finally:
        poller.cancel()
        if queue.poller is poller:
            queue.poller = None
        queue.polled_at = time.monotonic()


def _faulty(call: Call, updates: list[Pending]) -> list[Pending]:
    """Trouble on request: an update that is lost, comes twice, or comes before an earlier one."""
    if not call.state.faults.active:
        return updates
    result: list[Pending] = []
    for update in updates:
        fault = call.state.faults.update(call.bot.id, update.kind, update.lane)
        if fault is None:
            result.append(update)
        elif fault.kind == "drop":
            call.state.settle(call.bot, [update.id])
        elif fault.kind == "duplicate":
            result += [update, update]
        else:
            result.insert(max(len(result) - 1, 0), update)
    return result


def remember_allowed(call: Call) -> None:
    """Absent = as before; an empty list = Telegram's default."""
    allowed = call.params.get("allowed_updates")
    if isinstance(allowed, list) and (allowed or None) != call.bot.allowed:
        call.bot.allowed = allowed or None
        call.state.save_bot(call.bot)


@method("setWebhook", returns="True", in_reply=False)
def set_webhook(call: Call) -> bool:
    bot, params = call.bot, call.params
    url = params.get("url", "")
    if not url:
        return _unset(call)
    _check_address(url)
    secret = params.get("secret_token", "")
    if len(secret) > MAX_SECRET:
        raise bad("secret token is too long")
    if SECRET.fullmatch(secret) is None:
        raise bad("secret token contains unallowed characters")
    queue = call.state.queues[bot.id]
    if time.monotonic() - queue.webhook_set_at < 1.0:
        raise flood(1)
    queue.webhook_set_at = time.monotonic()
    bot.webhook = Webhook(
        url=url,
        secret=secret,
        max_connections=min(max(params.get("max_connections", 40), 1), 100),
        certificate=attached(params.get("certificate"), call.sent, "certificate") is not None,
    )
    remember_allowed(call)
    _drop_pending(call)
    call.state.webhook_changed(bot)
    call.state.save_bot(bot)
    return True


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise bad("bad webhook: invalid URL") from error
    local = parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and port is not None and port not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _drop_pending(call: Call) -> None:
    if call.params.get("drop_pending_updates"):
        call.state.settle(call.bot, list(call.state.queues[call.bot.id].waiting))


@method("deleteWebhook", returns="True", in_reply=False)
def delete_webhook(call: Call) -> bool:
    return _unset(call)


def _unset(call: Call) -> bool:
    _drop_pending(call)
    if call.bot.webhook is not None:
        call.bot.webhook = None
        call.state.webhook_changed(call.bot)
        call.state.save_bot(call.bot)
    return True


@method("getWebhookInfo", returns="WebhookInfo")
def get_webhook_info(call: Call) -> dict[str, Any]:
    bot, webhook = call.bot, call.bot.webhook
    info: dict[str, Any] = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": webhook.certificate if webhook else False,
        "pending_update_count": len(call.state.queues[bot.id].waiting),
    }
    if webhook is not None:
        info["max_connections"] = webhook.max_connections
        info["ip_address"] = "127.0.0.1"
        if webhook.last_error_message:
            info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error_message}
    if bot.allowed:
        info["allowed_updates"] = bot.allowed
    return info
