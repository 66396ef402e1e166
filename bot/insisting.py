"""A call that is made again for as long as Telegram cannot be reached, and no sooner than it wants."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.channel import ChannelError, asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channel import Channel

log = structlog.get_logger("bot.insisting")

RETRY_SECONDS = 5.0


async def insist(
    channel: Channel,
    bot: str,
    method: str,
    params: Mapping[str, object],
    *,
    enough: type[ChannelError] | tuple[()] = (),
) -> None:
    """Until it is done; a failure that is `enough` ends it too. `bot`: who calls, for the log."""
    while True:
        try:
            await channel.call(method, params)
        except enough as error:
            log.warning("not_done", bot=bot, method=method, error=type(error).__name__)
            return
        except ChannelError as error:
            log.exception("telegram_unreachable", bot=bot, method=method)
            await rest(error)
        else:
            return


async def rest(error: ChannelError) -> None:
    """The time between one try and the next."""
    await asyncio.sleep(max(RETRY_SECONDS, asked(error)))
