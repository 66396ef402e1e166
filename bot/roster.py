"""Who works at the desk: the settings name them by number, Telegram knows their names and whether they are still in the group.

An administrator's word at the desk (bot/casework/staff.py) stands above the settings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.channel import ChannelError
from storage import audit, coordinators

if TYPE_CHECKING:
    from bot.channel import Channel
    from storage.database import Database
    from storage.transaction import Transaction

log = structlog.get_logger("bot.roster")

PRESENT = {"creator", "administrator", "member", "restricted"}
LOOK_SECONDS = 40.0  # who left the group unseen is out within a minute


def align(tx: Transaction, people: Mapping[int, str], language: str) -> None:
    """`people`: role by id. Whoever is new in the settings may work at the desk; whoever is no longer there may not."""
    for telegram_id, role in people.items():
        known = coordinators.get(tx, telegram_id)
        if known is None:
            coordinators.put(tx, telegram_id, name=str(telegram_id), language=language, role=role)
        elif known.standing == "listed" and known.role != role:
            coordinators.save(tx, replace(known, role=role))
    for one in coordinators.roster(tx):
        if one.telegram_id not in people and one.standing == "listed":
            coordinators.save(tx, replace(one, active=False))


async def watch(database: Database, channel: Channel, group: int) -> None:
    """Until cancelled: an update that tells who left may have been lost."""
    while True:
        await introduce(database, channel, group)
        await asyncio.sleep(LOOK_SECONDS)


async def introduce(database: Database, channel: Channel, group: int) -> None:
    """Learns names, and who left the group or came back unseen. What Telegram does not say stays as it is."""
    for known in await database.read(coordinators.everybody):
        if known.standing == "removed":
            continue
        try:
            member = await channel.call("getChatMember", {"chat_id": group, "user_id": known.telegram_id})
        except ChannelError as error:
            log.info("coordinator_unknown", coordinator=known.telegram_id, error=type(error).__name__)
            continue
        await database.transact(partial(_meet, telegram_id=known.telegram_id, member=member))


def _meet(tx: Transaction, *, telegram_id: int, member: dict[str, Any]) -> None:
    one = coordinators.get(tx, telegram_id)
    if one is None or one.standing == "removed":
        return
    name, here = str(member.get("user", {}).get("first_name") or one.name), member.get("status") in PRESENT
    if (name, here) != (one.name, one.active):
        coordinators.save(tx, replace(one, name=name, active=here))
    if one.active and not here:
        audit.write(tx, actor="system", action="coordinator.departed", object=f"coordinator:{telegram_id}")
