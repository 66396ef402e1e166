"""Who works at the desk: the settings name them by number, Telegram knows their names and whether they are still in the group.

An administrator's word at the desk (bot/casework/staff.py) stands above the settings.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.channel import ChannelError, asked
from storage import audit, coordinators, facts

if TYPE_CHECKING:
    from bot.channel import Channel
    from storage.database import Database
    from storage.transaction import Transaction

log = structlog.get_logger("bot.roster")

PRESENT = {"creator", "administrator", "member", "restricted"}
GONE = {"left", "kicked"}
NO_METHOD = "method not found"
LOOK_SECONDS = 40.0  # names, and who came back; whoever wants to see something is looked up then (Presence)
FRESH_SECONDS = 4.0  # a look of this age is believed: who left the group is out within five seconds
PATIENCE_SECONDS = 3.0  # for an answer of Telegram, while somebody waits for a page
GRACE_SECONDS = 60.0  # without any answer of Telegram, people stay who they were for this long


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


class Presence:
    """Whether somebody is still in the staff group: Telegram is asked when it matters, for an update that tells who left may be lost."""

    def __init__(
        self, *, database: Database, channel: Channel, group: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._channel, self._group, self._clock = database, channel, group, clock
        self._began = clock()
        self._looked: dict[int, float] = {}
        self._asking: dict[int, asyncio.Task[None]] = {}
        self._resting = self._began  # until then Telegram does not want to be asked

    async def sure(self, number: int) -> bool:
        """Whether the roster is right about this person now. False: Telegram has not said so for too long."""
        if self._group is None:
            return True
        if self._age(number) > FRESH_SECONDS and self._clock() >= self._resting:
            await self._once(number)
        return self._age(number) <= GRACE_SECONDS

    def _age(self, number: int) -> float:
        return self._clock() - self._looked.get(number, self._began - FRESH_SECONDS)

    async def _once(self, number: int) -> None:
        """However many pages somebody opens at once, Telegram is asked once."""
        if number not in self._asking:
            asking = self._asking[number] = asyncio.create_task(self._ask(number))
            asking.add_done_callback(lambda _: self._asking.pop(number, None))
        await asyncio.shield(self._asking[number])

    async def _ask(self, number: int) -> None:
        assert self._group is not None
        known = await self._database.read(lambda tx: coordinators.get(tx, number))
        if known is None or not known.active:
            return  # who does not work here is not let in, whatever Telegram says
        group = await self._database.read(partial(facts.group_now, chat_id=self._group))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                member = await self._channel.call("getChatMember", {"chat_id": group, "user_id": number})
        except (ChannelError, TimeoutError) as error:
            if NO_METHOD in str(error).lower():  # a server of one's own that knows no members: the roster is all there is
                self._looked[number] = self._clock()
                return
            log.warning("presence_unknown", coordinator=number, error=type(error).__name__)
            self._resting = self._clock() + max(FRESH_SECONDS, asked(error))
            return
        await self._database.transact(partial(_meet, telegram_id=number, member=member))
        self._looked[number] = self._clock()


async def watch(database: Database, channel: Channel, group: int) -> None:
    """Until cancelled: names change, and somebody may have come back unseen."""
    while True:
        try:
            await introduce(database, channel, group)
        except Exception:
            log.exception("roster_not_looked_at")
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


def _meet(tx: Transaction, *, telegram_id: int, member: Any) -> None:
    """What Telegram says of somebody; where it says nothing of use, nothing changes."""
    one = coordinators.get(tx, telegram_id)
    if one is None or one.standing == "removed":
        return
    name, here = one.name, one.active
    match member:
        case {"status": str(status)} if status in PRESENT | GONE:
            here = status in PRESENT
    match member:
        case {"user": {"first_name": str(first_name)}} if first_name:
            name = first_name
    if (name, here) != (one.name, one.active):
        coordinators.save(tx, replace(one, name=name, active=here))
    if one.active and not here:
        audit.write(tx, actor="system", action="coordinator.departed", object=f"coordinator:{telegram_id}")
