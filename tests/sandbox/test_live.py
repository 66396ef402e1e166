"""The rule table against Telegram itself: off unless a test bot's token and a chat that has started it are in the environment.

CARELINE_LIVE_TOKEN=... CARELINE_LIVE_CHAT=... python -m pytest tests/sandbox/test_live.py

CARELINE_LIVE_MESSAGE, the id of a message that the person wrote there, and CARELINE_LIVE_GROUP, a forum that the bot administers,
bring in the rules about such a message and such a group.
"""

from __future__ import annotations

import os
from typing import Any

import httpx
import pytest

from tests.sandbox.rules import RULES, Rule

TOKEN, CHAT = os.environ.get("CARELINE_LIVE_TOKEN", ""), os.environ.get("CARELINE_LIVE_CHAT", "")
MESSAGE, GROUP = os.environ.get("CARELINE_LIVE_MESSAGE", ""), os.environ.get("CARELINE_LIVE_GROUP", "")
API = os.environ.get("CARELINE_LIVE_API", "https://api.telegram.org")  # a stand-in's address tries the test itself
if not (TOKEN and CHAT) or "CI" in os.environ:
    pytest.skip("needs CARELINE_LIVE_TOKEN and CARELINE_LIVE_CHAT, never in CI", allow_module_level=True)
LIVE = [rule for rule in RULES if (GROUP or not rule.to_group) and (MESSAGE or not rule.to_message)]


@pytest.mark.parametrize("rule", LIVE, ids=lambda rule: rule.name)
def test_telegram_says_the_same(rule: Rule) -> None:
    chat = int(GROUP if rule.to_group else CHAT)
    params = rule.params | ({} if rule.without_chat else {"chat_id": chat}) | rule.fill(chat)
    answer = httpx.post(f"{API}/bot{TOKEN}/{rule.method}", json=_about(rule, params), timeout=20).json()
    assert answer.get("description") == f"Bad Request: {rule.words}"


def _about(rule: Rule, params: dict[str, Any]) -> dict[str, Any]:
    """The person's message is number 1 in the table, because it is the first in a sandbox's chat."""
    if not rule.to_message:
        return params
    if "reply_parameters" in params:
        return params | {"reply_parameters": params["reply_parameters"] | {"message_id": int(MESSAGE)}}
    return params | {"message_id": int(MESSAGE)}
