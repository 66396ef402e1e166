"""The webhook's methods; webhooks.py pushes."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad, flood
from bot.sandbox.markup.keyboards import LOOPBACK
from bot.sandbox.methods.polling import WEBHOOK_SET, remember_allowed
from bot.sandbox.methods.registry import Call, Described, method
from bot.sandbox.request import attached
from bot.sandbox.world import Webhook

SECRET = re.compile(r"[A-Za-z0-9_-]*")
MAX_SECRET = 256
PORTS = (443, 80, 88, 8443)


@method("setWebhook", returns="True", in_reply=False)
def set_webhook(call: Call) -> Described:
    bot, params = call.bot, call.params
    if not (url := params.get("url", "")):
        return _unset(call)
    _check_address(url)
    secret = _secret(params.get("secret_token", ""))
    queue = call.state.queues[bot.id]
    if time.monotonic() - queue.webhook_set_at < 1.0:
        raise flood(1)
    queue.webhook_set_at = time.monotonic()
    queue.interrupt(WEBHOOK_SET)
    known = bot.webhook is not None and _same(bot.webhook, _asked(call, url, secret)) and not params.get("drop_pending_updates")
    if not known:
        bot.webhook = _asked(call, url, secret)
    remember_allowed(call)
    _drop_pending(call)
    call.state.webhook_changed(bot)
    call.state.save_bot(bot)
    return Described(result=True, description="Webhook is already set" if known else "Webhook was set")


def _asked(call: Call, url: str, secret: str) -> Webhook:
    return Webhook(
        url=url,
        secret=secret,
        max_connections=min(max(call.params.get("max_connections", 40), 1), 100),
        certificate=attached(call.params.get("certificate"), call.sent, "certificate") is not None,
    )


def _same(known: Webhook, asked: Webhook) -> bool:
    return replace(known, last_error_date=0, last_error_message="") == asked


def _secret(secret: str) -> str:
    if len(secret) > MAX_SECRET:
        raise bad("secret token is too long")
    if SECRET.fullmatch(secret) is None:
        raise bad("secret token contains unallowed characters")
    return secret


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise bad("invalid webhook URL specified") from error
    local = parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and port is not None and port not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _drop_pending(call: Call) -> None:
    if call.params.get("drop_pending_updates"):
        call.state.settle(call.bot, list(call.state.queues[call.bot.id].waiting))


@method("deleteWebhook", returns="True", in_reply=False)
def delete_webhook(call: Call) -> Described:
    return _unset(call)


def _unset(call: Call) -> Described:
    _drop_pending(call)
    if call.bot.webhook is None:
        return Described(result=True, description="Webhook is already deleted")
    call.bot.webhook = None
    call.state.webhook_changed(call.bot)
    call.state.save_bot(call.bot)
    return Described(result=True, description="Webhook was deleted")


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
