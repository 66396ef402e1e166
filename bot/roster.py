"""Who works at the desk: the settings name them by number, Telegram knows their names and whether they are still in the group."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.channel import ChannelError
from storage import coordinators

if TYPE_CHECKING:
    from bot.channel import Channel
    from storage.database import Database
    from storage.transaction import Transaction

log = structlog.get_logger("bot.roster")

PRESENT = {"creator", "administrator", "member", "restricted"}


def align(tx: Transaction, ids: Collection[int], language: str) -> None:
    """Whoever is new in the settings may work at the desk; whoever is no longer there may not."""
    for telegram_id in ids:
        if coordinators.get(tx, telegram_id) is None:
            coordinators.put(tx, telegram_id, name=str(telegram_id), language=language)
    for one in coordinators.roster(tx):
        if one.telegram_id not in ids:
            coordinators.put(
                tx, one.telegram_id, name=one.name, language=one.language, active=False, private_chat=one.private_chat
            )


async def introduce(database: Database, channel: Channel, group: int, ids: Collection[int]) -> None:
    """Learns names, and who left the group or came back while the program was down. What Telegram does not say stays as it is."""
    for telegram_id in ids:
        try:
            member = await channel.call("getChatMember", {"chat_id": group, "user_id": telegram_id})
        except ChannelError as error:
            log.warning("coordinator_unknown", coordinator=telegram_id, error=type(error).__name__)
            continue
        await database.transact(partial(_meet, telegram_id=telegram_id, member=member))


def _meet(tx: Transaction, *, telegram_id: int, member: dict[str, Any]) -> None:
    one = coordinators.get(tx, telegram_id)
    if one is None:
        return
    coordinators.put(
        tx,
        telegram_id,
        name=str(member.get("user", {}).get("first_name") or one.name),
        language=one.language,
        active=member.get("status") in PRESENT,
        private_chat=one.private_chat,
    )
