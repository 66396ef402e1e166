"""The rule table against Telegram itself: off unless a test bot's token and a chat that has started it are in the environment.

CARELINE_LIVE_TOKEN=... CARELINE_LIVE_CHAT=... python -m pytest tests/sandbox/test_live.py
"""

from __future__ import annotations

import os

import httpx
import pytest

from tests.sandbox.rules import RULES, Rule

TOKEN, CHAT = os.environ.get("CARELINE_LIVE_TOKEN", ""), os.environ.get("CARELINE_LIVE_CHAT", "")
if not (TOKEN and CHAT) or "CI" in os.environ:
    pytest.skip("needs CARELINE_LIVE_TOKEN and CARELINE_LIVE_CHAT, never in CI", allow_module_level=True)
LIVE = [rule for rule in RULES if not rule.to_group and rule.method != "setWebhook"]


@pytest.mark.parametrize("rule", LIVE, ids=lambda rule: rule.name)
def test_telegram_says_the_same(rule: Rule) -> None:
    params = rule.params | ({} if rule.without_chat else {"chat_id": int(CHAT)}) | rule.fill(int(CHAT or 0))
    answer = httpx.post(f"https://api.telegram.org/bot{TOKEN}/{rule.method}", json=params, timeout=20).json()
    assert answer.get("description") == f"Bad Request: {rule.words}"
