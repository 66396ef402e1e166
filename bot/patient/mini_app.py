"""Whether Telegram signed what a Mini App says about who opened it: aiogram's check, which knows neither time nor people."""

from __future__ import annotations

import asyncio


async def signed(token: str, init_data: str) -> bool:
    """Whether these words were signed with the token of this bot. Anything at all may be given."""
    return await asyncio.to_thread(_check, token, init_data)


def _check(token: str, init_data: str) -> bool:
    """Aiogram may still be loading (bot/late.py)."""
    from aiogram.utils.web_app import check_webapp_signature

    try:
        return check_webapp_signature(token, init_data)
    except (TypeError, ValueError):  # a hash in another alphabet
        return False
