"""Whether Telegram signed what a Mini App says about who opened it: aiogram's check, which knows neither time nor people."""

from __future__ import annotations

import asyncio
import importlib

CHECK = "aiogram.utils.web_app"


async def signed(token: str, init_data: str) -> bool:
    """Whether these words were signed with the token of this bot. Anything at all may be given."""
    aiogram = await asyncio.to_thread(importlib.import_module, CHECK)  # seconds, shortly after a start (bot/patient/feed.py)
    try:
        good: bool = aiogram.check_webapp_signature(token, init_data)
    except (TypeError, ValueError):  # a hash in another alphabet
        return False
    return good
