"""A patient whose every answer suits the criteria, with an open case."""

from __future__ import annotations

from storage import chats, responses
from storage.transaction import Transaction
from tests.bot.desk_world import World
from tests.flows.answering import SUITED, answered


async def told_everything(world: World) -> None:
    await world.patient().asks_for_a_person()
    await _keep(world, 9)


async def answers_now(world: World, **changes: object) -> None:
    """The same with other answers than before."""
    await _keep(world, 10, **changes)


async def _keep(world: World, revision: int, **changes: object) -> None:
    response = answered(SUITED | changes)

    def keep(tx: Transaction) -> None:
        chat = chats.of_telegram(tx, 501)
        assert chat is not None
        responses.save(tx, chat.id, response.id, response.questionnaire, revision, "completed", response.dumps())

    await world.database.transact(keep)
