"""Updates are stored before Telegram forgets them, answered in order, each on its own, and none is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError
from structlog.testing import capture_logs

from bot import receiving
from bot.patient.channel import PatientChannel
from bot.receiving import Receiving, place_of
from bot.wire import Call, toast
from storage import inbox
from storage.database import Database
from storage.engine.postgres import OutcomeUnknown
from tests.bot.stand_in import PATIENT_BOT, StandIn, until

Update = dict[str, Any]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "RETRY_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(receiving, "STORE_SECONDS", 0.01)


@pytest.fixture
async def channel(stand_in: StandIn) -> AsyncIterator[PatientChannel]:
    made = PatientChannel(PATIENT_BOT, stand_in.url)
    yield made
    await made.close()


class Program:
    """Takes an update as the real one does, in one transaction with its effect, which here is a list."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.answered: list[str] = []
        self.tries: list[str] = []
        self.trouble: dict[str, list[Exception]] = {}

    async def handle(self, update: Update, *, straight: bool = False) -> Call | None:
        text = update["message"]["text"]
        self.tries.append(text)
        await asyncio.sleep(0)
        if self.trouble.get(text):
            raise self.trouble[text].pop(0)
        chat = update["message"]["chat"]["id"]
        if await self.database.transact(
            lambda tx: inbox.take(tx, "patient", update["update_id"], chat_id=chat, straight=straight)
        ):
            self.answered.append(text)
            return toast(text)
        return None

    async def first(self, update: Update) -> Call | None:
        return await self.handle(update, straight=True)


@pytest.fixture
def program(database: Database) -> Program:
    return Program(database)


class Deaf:
    """A connection over which nothing is to be heard; calls are kept."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def call(self, _: str, params: Any) -> None:
        self.calls.append(params["callback_query_id"])


def receiver(
    database: Database,
    channel: Any,
    handle: Callable[[Update], Awaitable[Call | None]],
    *,
    straight: bool = False,
    shared: bool = False,
    first: Callable[[Update], Awaitable[Call | None]] | None = None,
) -> Receiving:
    return Receiving(
        bot="patient",
        channel=channel or Deaf(),
        database=database,
        handle=handle,
        allowed=("message",),
        read=lambda update: update if straight else None,
        shared=shared,
        first=first,
    )


def message(update_id: int, text: str, chat: int = 7001) -> Update:
    return {
        "update_id": update_id,
        "message": {"message_id": update_id, "chat": {"id": chat}, "from": {"id": chat}, "text": text},
    }


async def pending(database: Database) -> list[int]:
    return [update_id for update_id, _ in await database.read(lambda tx: inbox.pending(tx, "patient", 100))]


@contextlib.asynccontextmanager
async def polling(one: Receiving) -> AsyncIterator[None]:
    task = asyncio.create_task(one.poll())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_polling_answers_in_order_and_confirms(
    database: Database, channel: PatientChannel, program: Program, stand_in: StandIn
) -> None:
    chat = await stand_in.person("Ana")
    words = [f"answer {number}" for number in range(30)]
    one = receiver(database, channel, program.handle)
    async with polling(one):
        for text in words:
            await stand_in.writes(chat, text)
        await until(lambda: len(program.answered) == 31)
    await one.drain()
    assert program.answered == ["/start", *words]
    assert await pending(database) == []


async def test_what_was_stored_is_answered_after_a_kill(database: Database, program: Program) -> None:
    async def killed(_: Update) -> None:
        await asyncio.Event().wait()

    first = receiver(database, None, killed)
    await first.accept([message(1, "one"), message(2, "two"), message(3, "elsewhere", chat=7002)])
    for task in first._tasks:
        task.cancel()
    second = receiver(database, None, program.handle)
    await second.resume()
    await second.drain()
    assert sorted(program.answered) == ["elsewhere", "one", "two"]
    assert program.answered.index("one") < program.answered.index("two")


async def test_nothing_is_confirmed_before_it_is_stored(
    database: Database, channel: PatientChannel, program: Program, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await stand_in.person("Ana")
    await stand_in.writes(chat, "kept by Telegram")
    full = asyncio.Event()
    transact = database.transact

    async def refuse(work: Any) -> Any:
        full.set()
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(database, "transact", refuse)
    one = receiver(database, channel, program.handle)
    async with polling(one):
        await full.wait()
        assert len(await stand_in.pending()) == 2
        monkeypatch.setattr(database, "transact", transact)
        await until(lambda: len(program.answered) == 2)
    await one.drain()


async def test_a_repeated_update_has_one_effect(database: Database, program: Program) -> None:
    one = receiver(database, None, program.handle)
    await asyncio.gather(*(one.accept([message(5, "once"), message(4, "earlier id")]) for _ in range(20)))
    await one.drain()
    await one.accept([message(5, "once")])
    await one.drain()
    assert sorted(program.answered) == ["earlier id", "once"]


async def test_another_update_under_a_known_number_has_no_effect_and_is_logged_without_its_words(
    database: Database, program: Program
) -> None:
    one = receiver(database, None, program.handle)
    with capture_logs() as logs:
        for said in ("once", "once", "something else"):
            await one.accept([message(5, said)])
            await one.drain()
    assert program.answered == ["once"]
    assert logs == [{"event": "update_changed", "log_level": "error", "bot": "patient", "update_id": 5}]


async def test_a_poison_update_is_set_aside_and_its_neighbours_are_answered(database: Database, program: Program) -> None:
    program.trouble = {"poison": [ValueError("the patient's words")] * 9}
    one = receiver(database, None, program.handle)
    await one.accept([message(1, "before"), message(2, "poison"), message(3, "after"), message(4, "elsewhere", chat=7002)])
    await one.drain()
    assert program.answered.index("before") < program.answered.index("after")
    assert "elsewhere" in program.answered
    assert program.tries.count("poison") == 3
    assert await pending(database) == []
    await one.resume()
    await one.drain()
    assert program.tries.count("poison") == 3


async def test_trouble_that_passes_costs_nothing_but_time(database: Database, program: Program) -> None:
    program.trouble = {
        "hard": [ValueError(), ValueError()],
        "locked": [OperationalError("x", {}, Exception("locked"))] * 9,
        "cut off": [OutcomeUnknown()] * 9,
    }
    one = receiver(database, None, program.handle)
    await one.accept([message(1, "hard"), message(2, "locked"), message(3, "cut off"), message(4, "last")])
    await one.drain()
    assert program.answered == ["hard", "locked", "cut off", "last"]


async def test_a_failure_that_cannot_be_counted_is_tried_again(database: Database, program: Program) -> None:
    program.trouble = {"hard": [ValueError()]}
    one = receiver(database, None, program.handle)
    transact, refused = database.transact, []

    async def refuse(work: Any) -> Any:
        if program.tries and not refused:
            refused.append(1)
            raise InternalError("UPDATE", {}, Exception("cannot execute UPDATE in a read-only transaction"))
        return await transact(work)

    database.transact = refuse  # type: ignore[method-assign]
    await one.accept([message(1, "hard"), message(2, "next")])
    await one.drain()
    assert (program.answered, refused) == (["hard", "next"], [1])


async def test_a_statement_that_is_wrong_is_no_trouble_of_the_store(database: Database) -> None:
    tries: list[int] = []

    async def handle(update: Update) -> None:
        tries.append(update["update_id"])
        await database.read(lambda tx: tx.execute(text("SELECT no_such_column FROM inbox")))

    one = receiver(database, None, handle)
    await one.accept([message(1, "x")])
    await one.drain()
    assert tries == [1, 1, 1]


async def test_an_update_without_effect_is_done_too(database: Database) -> None:
    async def ignore(_: Update) -> None:
        return None

    one = receiver(database, None, ignore)
    await one.accept([message(1, "ignored"), {"update_id": 2, "poll": {"id": "x"}}, {"update_id": 3}])
    await one.drain()
    assert await pending(database) == []


@pytest.mark.parametrize(
    "update", [{}, {"update_id": None}, {"update_id": "1"}, {"update_id": True}, {"update_id": 1 << 70}, [], "x", None]
)
async def test_what_is_no_update_stops_nothing(database: Database, program: Program, update: Any) -> None:
    one = receiver(database, None, program.handle)
    await one.accept([update, message(9, "good")])
    await one.drain()
    assert program.answered == ["good"]


@pytest.mark.parametrize(
    ("update", "chat", "message_id"),
    [
        (message(1, "x"), 7001, 1),
        ({"update_id": 1, "edited_message": {"message_id": 5, "chat": {"id": 7001}}}, 7001, None),
        (
            {
                "update_id": 1,
                "callback_query": {"id": "q", "from": {"id": 7}, "message": {"message_id": 5, "chat": {"id": -100}}},
            },
            -100,
            None,
        ),
        ({"update_id": 1, "callback_query": {"id": "q", "from": {"id": 7}}}, 7, None),
        ({"update_id": 1, "message": {"message_id": "5", "chat": {"id": "7001"}}}, 0, None),
        ({"update_id": 1, "message": {"message_id": 1 << 70, "chat": {"id": True}, "from": {"id": 1 << 70}}}, 0, None),
        ({"update_id": 1, "message": "words"}, 0, None),
        ({"update_id": 1}, 0, None),
    ],
)
def test_where_an_update_belongs(update: Update, chat: int, message_id: int | None) -> None:
    assert (place_of(update).chat, place_of(update).message_id) == (chat, message_id)


async def test_straight_from_telegram_nothing_is_stored_twice(database: Database, program: Program) -> None:
    """What is handled before Telegram is told needs no payload in the inbox, and its reply goes back to whoever brought it."""
    one = receiver(database, None, program.handle, straight=True)
    replies = await one.accept([message(1, "one"), message(2, "elsewhere", chat=7002)])
    assert sorted(program.answered) == ["elsewhere", "one"]
    assert sorted(reply.params["callback_query_id"] for reply in replies) == ["elsewhere", "one"]
    assert await pending(database) == []
    await one.accept([message(1, "one")])
    assert len(program.answered) == 2


async def test_straight_from_telegram_a_chat_keeps_its_order(database: Database, program: Program) -> None:
    one = receiver(database, None, program.handle, straight=True)
    words = [f"answer {number}" for number in range(12)]
    first = [message(number, text) for number, text in enumerate(words[:6])]
    later = [one.accept([message(number, text)]) for number, text in enumerate(words[6:], start=6)]
    await asyncio.gather(one.accept(first), *later)
    await one.drain()
    assert program.answered == words
    assert await pending(database) == []


async def test_straight_from_telegram_a_failure_is_stored_and_tried_again(database: Database, program: Program) -> None:
    program.trouble = {"hard": [ValueError("x")], "poison": [ValueError("x")] * 9}
    connection = Deaf()
    one = receiver(database, connection, program.handle, straight=True)
    assert await one.accept([message(1, "hard"), message(2, "poison", chat=7002)]) == []
    await one.drain()
    assert (program.answered, connection.calls) == (["hard"], ["hard"])
    assert program.tries.count("poison") == 3
    assert await pending(database) == []


async def test_straight_from_telegram_what_cannot_be_stored_is_brought_again(database: Database, program: Program) -> None:
    one = receiver(database, None, program.handle, straight=True)
    transact = database.transact

    async def refuse(_: Any) -> Any:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    database.transact = refuse  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(OperationalError):
            await one.accept([message(1, "kept by Telegram")])
    database.transact = transact  # type: ignore[method-assign]
    await one.accept([message(1, "kept by Telegram")])
    assert program.answered == ["kept by Telegram"]


async def test_straight_from_telegram_the_same_update_twice_at_once(database: Database, program: Program) -> None:
    program.trouble = {"once": [ValueError("x")]}
    one = receiver(database, None, program.handle, straight=True)
    await asyncio.gather(*(one.accept([message(5, "once"), message(4, "elsewhere", chat=7002)]) for _ in range(20)))
    await one.drain()
    assert sorted(program.answered) == ["elsewhere", "once"]


async def test_straight_from_telegram_two_of_one_chat_are_stored_together(database: Database, program: Program) -> None:
    """Killed in the middle of the first, neither may be there, or both: the later one alone would be answered first."""
    begun = asyncio.Event()

    async def slow(update: Update) -> Call | None:
        begun.set()
        await asyncio.Event().wait()
        return await program.handle(update)

    one = receiver(database, None, slow, straight=True)
    await one.accept([message(1, "first"), message(2, "second")])
    await begun.wait()  # and here it dies
    again = receiver(database, None, program.handle, straight=True)
    await again.resume()
    await again.accept([message(1, "first"), message(2, "second")])
    await again.drain()
    assert program.answered == ["first", "second"]
    for task in one._tasks:
        task.cancel()


async def test_what_was_left_by_another_program_is_answered_before_what_comes_straight(
    database: Database, program: Program
) -> None:
    receiving = receiver(database, None, program.handle, straight=True, shared=True)
    first, second = message(1, "first"), message(2, "second")
    await database.transact(lambda tx: inbox.store(tx, "patient", 1, first, chat_id=7001))
    await receiving.accept([message(3, "of somebody else", chat=7002), second])
    await receiving.drain()
    assert [said for said in program.answered if said != "of somebody else"] == ["first", "second"]
    assert await pending(database) == []
    await receiving.accept([message(4, "third")])
    assert program.answered[-1] == "third"


async def test_what_a_dead_program_stored_and_telegram_brings_again_overtakes_nothing(
    database: Database, program: Program
) -> None:
    """It died after it stored the second one and before it told Telegram so."""
    receiving = receiver(database, None, program.handle, straight=True, shared=True, first=program.first)
    first, second = message(1, "first"), message(2, "second")
    for update in (first, second):
        await database.transact(lambda tx, one=update: inbox.store(tx, "patient", one["update_id"], one, chat_id=7001))
    await receiving.accept([message(3, "of somebody else", chat=7002), second])
    await receiving.drain()
    assert [said for said in program.answered if said != "of somebody else"] == ["first", "second"]
    assert await pending(database) == []
