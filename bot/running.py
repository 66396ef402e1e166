"""The program's life: take up what was left, listen, work, and on a signal let everything that is under way end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

import structlog

from bot import menus, roster
from bot.app import Careline, Side, build
from bot.channel import ChannelError
from bot.clock import Clock
from bot.settings import Settings
from bot.signals import on_signals
from bot.web.app import build as build_web
from bot.web.server import serving
from bot.web.webhooks import Webhook
from storage import documents, outbox, reminders
from storage.transaction import Transaction

log = structlog.get_logger("bot.running")

DRAIN_SECONDS = 7.0  # a stop is allowed ten, the web server takes up to two
RETRY_SECONDS = 5.0


async def run(
    settings: Settings,
    *,
    clock: Clock | None = None,
    web: bool = True,
    ready: Callable[[], None] | None = None,
    stopping: asyncio.Event | None = None,
) -> None:
    """Runs until SIGTERM, SIGINT or `stopping`. `ready` is called when it works; `web`: serve health and webhooks."""
    stopping = stopping or asyncio.Event()
    on_signals(stopping)
    program = await build(settings, clock or Clock())
    async with contextlib.AsyncExitStack() as life:
        life.push_async_callback(_close, program)
        await _take_up(program)
        work = _work(program)
        life.push_async_callback(_end, work)
        life.push_async_callback(_drain, program)
        life.push_async_callback(_end, _listen(program))
        if web:
            await _serve(program, life)
        log.info("started", mode=settings.mode)
        if ready is not None:
            ready()
        await stopping.wait()
        log.info("stopping")
    log.info("stopped")


async def _take_up(program: Careline) -> None:
    """What the last run left: rows that it was sending, updates that it had not answered."""
    settings = program.settings

    def take_over(tx: Transaction) -> None:
        roster.align(tx, settings.coordinators, settings.desk_language)
        if settings.database.startswith("sqlite"):  # nobody else works on it
            outbox.release(tx, "patient")
            outbox.release(tx, "desk")
            documents.release(tx)
            reminders.release(tx)

    await program.database.transact(take_over)
    for side in program.sides:
        await side.receiving.resume()


def _work(program: Careline) -> list[asyncio.Task[None]]:
    program.followups.start()
    loops = [side.delivery.run() for side in program.sides]
    others = (program.uploads.run(), program.housekeeping.run(), program.desk_feed.start(), _introduce(program))
    return [asyncio.create_task(one) for one in (*loops, *others)]


def _listen(program: Careline) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(_hear(program.settings, side)) for side in program.sides]


async def _hear(settings: Settings, side: Side) -> None:
    """Tells Telegram how updates are to come, and in polling mode fetches them."""
    if settings.mode == "polling":
        await _insist(side, "deleteWebhook", {"drop_pending_updates": False})
        return await side.receiving.poll()
    hook = {
        "url": settings.webhook_url(side.name),
        "secret_token": settings.secret(side.name),
        "allowed_updates": list(side.allowed),
    }
    return await _insist(side, "setWebhook", hook)


async def _insist(side: Side, method: str, params: Mapping[str, object]) -> None:
    """For as long as Telegram cannot be reached."""
    while True:
        try:
            await side.channel.call(method, params)
        except ChannelError:
            log.exception("telegram_unreachable", bot=side.name, method=method)
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return


async def _introduce(program: Careline) -> None:
    """Menus for those who write, names for those who answer."""
    settings = program.settings
    await menus.show(program.patient.channel, menus.patient(program.catalogues))
    await menus.show(program.desk.channel, menus.desk(program.catalogues[settings.desk_language]))
    if settings.desk_chat_id is not None:
        await roster.introduce(program.database, program.desk.channel, settings.desk_chat_id, settings.coordinators)


async def _serve(program: Careline, life: contextlib.AsyncExitStack) -> None:
    """Webhooks when they are the mode, health always. While polling, a taken address costs only the health page."""
    settings = program.settings
    hooks = [Webhook(side=side.name, secret=settings.secret(side.name), accept=side.receiving.accept) for side in program.sides]
    app = build_web(webhooks=hooks if settings.mode == "webhook" else [], healthy=program.healthy)
    try:
        port = await life.enter_async_context(serving(app, settings.host, settings.port))
    except OSError:
        if settings.mode == "webhook":
            raise
        log.warning("address_taken", address=f"{settings.host}:{settings.port}")
    else:
        log.info("listening", address=f"{settings.host}:{port}")


async def _drain(program: Careline) -> None:
    """What is under way ends, within the time that a stop is given. Whatever does not is taken up at the next start."""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            for side in program.sides:
                await side.receiving.drain()
            await asyncio.gather(
                program.followups.drain(), program.uploads.drain(), *(side.delivery.drain() for side in program.sides)
            )
    except TimeoutError:
        log.warning("drain_cut_short")


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _close(program: Careline) -> None:
    await program.desk_feed.close()
    for side in program.sides:
        await side.channel.close()
    await program.database.close()
