"""The desk's seam: one update of the desk bot, one transaction. Who acts, on which case, what `flows` decides, save, effects.

Whoever is not on the roster changes nothing and learns nothing about cases; other groups are left.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.casework import commands, door, on_page, presses, talk
from bot.effects import replying, scanning
from bot.effects.act import DeskArrival
from bot.effects.scene import DESK
from storage import documents, facts, inbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.effects.act import Act
    from bot.effects.scene import House
    from storage.database import Database
    from storage.rows import Part
    from storage.transaction import Transaction

__all__ = ["Casework", "DeskArrival"]

log = structlog.get_logger("bot.casework")


class Casework:
    """What a coordinator can do. `wake` tells delivery and uploads that there is work; `moved`: the staff group has another id.

    `sure`: whether the roster is right about somebody now. Who acts in the group is in it; in private nobody can tell.
    """

    def __init__(
        self,
        *,
        database: Database,
        house: House,
        wake: Callable[[], None],
        moved: Callable[[int], None] | None = None,
        sure: Callable[[int], Awaitable[bool]],
    ) -> None:
        self._database = database
        self._house = house
        self._wake = wake
        self._moved = moved
        self._sure = sure
        self._groups = {house.desk_chat}

    async def pressed(self, arrival: DeskArrival) -> None:
        """A button of a card, an alert or a line in a topic."""
        press = arrival.press
        if press is None or not await self._at_desk(arrival):
            await self._once(arrival, lambda tx: door.press_elsewhere(tx, self._house, arrival))
        else:
            await self._enter(arrival, lambda act: presses.press(act, press))

    async def commanded(self, arrival: DeskArrival) -> None:
        """A slash command, in the staff group or in private."""
        await self._enter(arrival, commands.command)

    async def heard(self, arrival: DeskArrival) -> None:
        """Any other message."""
        await self._enter(arrival, talk.heard)

    async def edited(self, arrival: DeskArrival) -> None:
        """A message that was changed."""
        await self._enter(arrival, talk.edited)

    async def added(self, arrival: DeskArrival) -> None:
        """The bot came into a group or was taken out of one. A group that is not the desk is left; before one is named, none is."""
        if await self._at_desk(arrival):
            level = logging.INFO if arrival.able else logging.ERROR
            log.log(level, "desk_membership_changed", present=arrival.present, able=arrival.able)
            await self._once(arrival, lambda tx: door.ours(tx, self._house, arrival))
        elif self._house.desk_chat and arrival.present:
            await self._once(arrival, lambda tx: door.leave(tx, arrival))

    async def membership(self, arrival: DeskArrival) -> None:
        """Somebody came into the staff group or left it."""
        if arrival.chat_id in self._groups:
            await self._once(arrival, lambda tx: door.departed(tx, arrival))

    async def migrated(self, arrival: DeskArrival) -> None:
        """The staff group got another id: believed only from the group itself."""
        if arrival.chat_id not in self._groups or arrival.moved_to is None:
            return
        await self._once(arrival, lambda tx: door.moved(tx, self._house, arrival))
        self._groups.add(arrival.moved_to)
        log.error("desk_group_moved", chat_id=arrival.chat_id, new_chat_id=arrival.moved_to)
        if self._moved:
            self._moved(arrival.moved_to)

    async def on_page(self, asked: on_page.Asked) -> tuple[str, ...]:
        """Something done on a page of the desk; what there is to say about it. Raises KeyError, Denied."""
        told = await self._database.transact(lambda tx: on_page.do(tx, self._house, asked))
        self._wake()
        return told

    async def document_closed(self, document_id: str) -> None:
        """Every part of a coordinator's document was fetched or refused."""
        await self._database.transact(lambda tx: replying.send_document(tx, self._house, documents.get(tx, document_id)))
        self._wake()

    async def scanned(self, part: Part, verdict: str) -> bool:
        """The virus scanner looked at a file that had been kept without. False: there was nothing to write any more."""
        done = await self._database.transact(lambda tx: scanning.scanned(tx, self._house, part, verdict))
        self._wake()
        return done

    async def _enter(self, arrival: DeskArrival, deed: Callable[[Act], None]) -> None:
        if not await self._at_desk(arrival):
            return
        unsure = arrival.private and arrival.sender is not None and not await self._sure(arrival.sender)
        enter = door.unsure if unsure else partial(door.enter, deed=deed)
        await self._once(arrival, lambda tx: enter(tx, self._house, arrival))

    async def _once(self, arrival: DeskArrival, work: Callable[[Transaction], None]) -> None:
        """One transaction for one update, however often it is delivered."""

        def once(tx: Transaction) -> None:
            if inbox.take(tx, DESK, arrival.update_id):
                work(tx)

        await self._database.transact(once)
        self._wake()

    async def _at_desk(self, arrival: DeskArrival) -> bool:
        """In private or in the staff group, whose new id another program may have heard of first."""
        if not arrival.private and arrival.chat_id not in self._groups:
            self._groups.add(await self._database.read(lambda tx: facts.group_now(tx, self._house.desk_chat)))
        return arrival.private or arrival.chat_id in self._groups
