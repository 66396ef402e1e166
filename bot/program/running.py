"""The program's life: take up what was left, listen, work, and on a signal let everything that is under way end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot import definitions, menus, roster
from bot.app import Careline, Side, build
from bot.channel import Rejected
from bot.clock import Clock
from bot.duties import go_on
from bot.insisting import RETRY_SECONDS, insist
from bot.late import Late
from bot.program.folder import alone_in
from bot.program.signals import on_hangup, on_signals
from bot.settings import Settings
from bot.web.server import listening, serving
from bot.web.webhooks import Webhook, in_front
from storage import reminders
from storage.records import fetching
from storage.transaction import Transaction

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from flows.library import Definition

log = structlog.get_logger("bot.program.running")

DRAIN_SECONDS = 7.0  # a stop is allowed ten, the web server takes up to two


async def run(
    settings: Settings,
    *,
    clock: Clock | None = None,
    definition: Definition | None = None,
    web: bool = True,
    here: bool = False,
    listener: socket.socket | None = None,
    ready: Callable[[], None] | None = None,
    stopping: asyncio.Event | None = None,
) -> None:
    """Runs until SIGTERM, SIGINT or `stopping`. `definition`: read already. `ready` is called when all is loaded; `web`: serve health and webhooks.

    `listener`: a socket that listens already, for programs that share one. Raises FolderInUse.
    """
    stopping = stopping or asyncio.Event()
    on_signals(stopping)
    async with contextlib.AsyncExitStack() as life:
        life.enter_context(contextlib.nullcontext() if settings.shared else alone_in(settings.data_dir))
        program = await build(settings, clock or Clock(), definition)
        life.push_async_callback(_close, program)
        on_hangup(partial(definitions.renew, settings, program.database, program.house))
        await _take_up(program)
        listener = (listener or _listener(settings)) if web else None
        if here and listener:
            program.address.base = f"http://{settings.host}:{listener.getsockname()[1]}"
        work = _work(program)
        life.push_async_callback(_end, work)
        life.push_async_callback(_drain, program)
        life.push_async_callback(_end, _listen(program))
        site = _site(program)
        if listener:
            await life.enter_async_context(serving(_served(program, site), settings.host, settings.port, listener))
            log.info("listening", address=f"{settings.host}:{listener.getsockname()[1]}")
        log.info("started", mode=settings.mode, role=settings.role)
        await _until_told((program.desk_feed.load, program.patient_feed.load, site), ready or (lambda: None), stopping)
        log.info("stopping")
    log.info("stopped")


async def _take_up(program: Careline) -> None:
    """What the last run left: what it was fetching, updates that it had not answered. Others on the same store do that as they go."""
    settings = program.settings

    def take_over(tx: Transaction) -> None:
        roster.align(tx, settings.people, settings.desk_language)
        if not settings.shared:
            fetching.release(tx)
            reminders.release(tx)

    await program.database.transact(take_over)
    if not settings.shared:
        await program.uploading.take_up()
        for side in program.sides:
            await side.receiving.resume()


def _work(program: Careline) -> list[asyncio.Task[None]]:
    """The desk's feed and what other programs left are everybody's; sending, fetching and keeping house are not a web server's."""
    common: list[Coroutine[Any, Any, None]] = [go_on("desk_feed", program.desk_feed.start)]
    if program.settings.shared:
        common += [side.receiving.adopt() for side in program.sides]
    if program.settings.role == "web":
        return [asyncio.create_task(one) for one in common]
    program.followups.start()
    loops = [side.sending.keep(side.delivery.run) for side in program.sides]
    others = (go_on("uploads", program.uploads.run), program.tidying.keep(lambda: _keep_house(program)), _overhear(program))
    return [asyncio.create_task(one) for one in (*common, *loops, *others)]


def _listen(program: Careline) -> list[asyncio.Task[None]]:
    if program.settings.role == "web":
        return []
    return [asyncio.create_task(side.hearing.keep(partial(_hear, program.settings, side))) for side in program.sides]


async def _until_told(late: Sequence[Late[Any]], ready: Callable[[], None], stopping: asyncio.Event) -> None:
    """Loads what the first answers do not need, and stays. Raises what kept it from loading: without it there is no going on."""
    loading = asyncio.create_task(_load(late))
    told = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({loading, told}, return_when=asyncio.FIRST_COMPLETED)
        if loading.done():
            loading.result()
            ready()
        await told
    finally:
        await _end([loading, told])


async def _load(late: Sequence[Late[Any]]) -> None:
    """One after the other: whoever is answered meanwhile has the other half of the processor."""
    for one in late:
        await one()


async def _keep_house(program: Careline) -> None:
    await _together(_introduce(program), program.housekeeping.run(), program.watch.run(), program.rescanning.run())


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Beside each other, until one crashes: that ends the others, so that they can begin again."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _end(tasks)


async def _overhear(program: Careline) -> None:
    """Wakes whoever sends when another program wrote what is to be sent."""
    while True:
        try:
            await program.database.listen(program.wake)
        except Exception:
            log.exception("store_unavailable")
            await asyncio.sleep(RETRY_SECONDS)


async def _hear(settings: Settings, side: Side) -> None:
    """Tells Telegram how updates are to come, and in polling mode fetches them."""
    if settings.mode == "polling":
        # A server of one's own that knows no webhooks has none to delete.
        await insist(side.channel, side.name, "deleteWebhook", {"drop_pending_updates": False}, enough=Rejected)
        return await side.receiving.poll()
    hook = {
        "url": settings.webhook_url(side.name),
        "secret_token": settings.secret(side.name),
        "allowed_updates": list(side.allowed),
    }
    return await insist(side.channel, side.name, "setWebhook", hook)


async def _introduce(program: Careline) -> None:
    """Menus for those who write, names for those who answer; neither waits for the other."""
    settings, house, desk = program.settings, program.house, program.desk.channel
    await _together(
        menus.show(program.patient.channel, "patient", menus.patient(house.catalogues, house.definition.page)),
        menus.show(desk, "desk", menus.desk(house.desk_words)),
        menus.open_page(desk, house.desk_words, program.address.desk),
        *([roster.watch(program.database, desk, settings.desk_chat_id)] if settings.desk_chat_id is not None else []),
    )


def _listener(settings: Settings) -> socket.socket | None:
    """Takes the address for webhooks and pages. While polling, a taken one costs only the pages."""
    try:
        return listening(settings.host, settings.port)
    except OSError:
        if _hooked(settings):
            raise
        log.warning("address_taken", address=f"{settings.host}:{settings.port}")
        return None


def _site(program: Careline) -> Late[ASGIApp]:
    """Health and pages for people."""

    def load() -> ASGIApp:
        from bot.site import site

        return site(program)

    return Late(load)


def _served(program: Careline, site: Late[ASGIApp]) -> ASGIApp:
    """Webhooks when they are the mode; everything else when it is loaded."""
    settings = program.settings
    hooks = [Webhook(side=side.name, secret=settings.secret(side.name), accept=side.receiving.accept) for side in program.sides]

    async def rest(scope: Scope, receive: Receive, send: Send) -> None:
        await (await site())(scope, receive, send)

    return in_front(hooks if _hooked(settings) else [], rest)


def _hooked(settings: Settings) -> bool:
    return settings.mode == "webhook" and settings.role != "worker"


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


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _close(program: Careline) -> None:
    await program.desk_feed.close()
    for side in program.sides:
        await side.channel.close()
    await program.database.close()
