"""Reading: the whole state, events as they come, transcripts, files, the log of calls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from bot.sandbox.encoding import dumps
from bot.sandbox.errors import Unable
from bot.sandbox.feed import Happening
from bot.sandbox.http import shapes
from bot.sandbox.http.context import Context, Here, Json
from bot.sandbox.people.reading import as_text, seen_by
from bot.sandbox.people.retelling import retold
from bot.sandbox.state import CallRecord

router = APIRouter(tags=["reading"])
PING_SECONDS = 15.0
NEWEST = 1 << 62
STREAM: dict[str, Any] = {
    "description": "Server-sent events: `id` is the event's number, `event` its kind, `data` an Event as JSON",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}
WORDS: dict[str, Any] = {
    "content": {"text/plain": {"schema": {"type": "string"}}, "text/markdown": {"schema": {"type": "string"}}}
}
BYTES: dict[str, Any] = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
IN_PAGE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "video/mp4", "application/pdf")


@router.get("/state", response_model=shapes.State)
async def state(here: Here, messages: Annotated[int, Query(ge=0, le=10000)] = 100) -> Json:
    """Everything at once."""
    world, views = here.state, here.views
    shown = {key: list(entries.values())[-messages:] if messages else [] for key, entries in world.messages.items()}
    return Json(
        {
            "seq": world.feed.seq,
            "now": world.clock.stamp(),
            "offset": world.clock.offset,
            "settings": views.any(world.settings),
            "people": views.any(list(world.people.values())),
            "bots": views.any(list(world.bots.values())),
            "chats": views.any(list(world.chats.values())),
            "messages": {key: views.any(entries) for key, entries in shown.items()},
            "presses": [view for view in views.any(list(world.presses.values())) if view["state"] == "waiting"],
            "faults": world.faults.active,
            "calls": views.any(list(world.calls)[-100:]),
            "violations": len(world.violations),
        }
    )


@router.get("/events", response_class=StreamingResponse, responses={200: STREAM})
async def events(request: Request, here: Here, after: int | None = None) -> StreamingResponse:
    """Server-sent events from now on, or from where the reader left off."""
    last = request.headers.get("last-event-id", "")
    seq = after if after is not None else int(last) if last.isdecimal() else here.state.feed.seq
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(here, seq), media_type="text/event-stream", headers=headers)


async def _stream(here: Context, seq: int) -> AsyncIterator[bytes]:
    feed = here.state.feed
    yield b": hello\n\n"
    while not feed.closed:
        news = feed.since(seq)
        if news is None:
            seq = feed.seq
            yield _event(seq, "reset", {"seq": seq, "kind": "reset"})
            continue
        for one in news:
            seq = one.seq
            yield _event(seq, one.kind, here.views.happening(one))
        if feed.seq == seq and not await feed.wait(PING_SECONDS):
            yield b": ping\n\n"


def _event(seq: int, kind: str, data: dict[str, Any]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, kind.encode(), dumps(data))


@router.get("/wait", response_model=shapes.Events)
async def wait(
    here: Here,
    after: int = -1,
    kinds: str = "",
    chat: str = "",
    timeout: Annotated[float, Query(ge=0, le=60)] = 5.0,  # noqa: ASYNC109
) -> Json:
    """The same events for programs: at once when there are any, else when the first comes, or none at the timeout."""
    feed = here.state.feed
    seq = feed.seq if after < 0 else after
    deadline = time.monotonic() + timeout
    wanted = set(filter(None, kinds.split(",")))
    while True:
        news = feed.since(seq)
        if news is None:
            return Json({"seq": feed.seq, "events": [{"seq": feed.seq, "kind": "reset"}]})
        chosen = [one for one in news if _fits(one, wanted, chat)]
        left = deadline - time.monotonic()
        if chosen or left <= 0 or feed.closed:
            return Json({"seq": feed.seq, "events": [here.views.happening(one) for one in chosen]})
        seq = feed.seq
        await feed.wait(left)


def _fits(event: Happening, kinds: set[str], chat: str) -> bool:
    return (not kinds or event.kind in kinds) and (not chat or event.chat == chat)


@router.get("/idle", response_model=shapes.Idle)
async def idle(
    here: Here,
    quiet: float = 0.15,
    timeout: Annotated[float, Query(ge=0, le=60)] = 10.0,  # noqa: ASYNC109
    bot: int = 0,
) -> Json:
    """Waits until no bot (or not this one) has anything undelivered, and for `quiet` seconds nobody acted, heard or called.

    While the bots of this program still load, nothing is idle.
    """
    world, deadline = here.state, time.monotonic() + timeout
    while True:
        queues = {number: queue for number, queue in world.queues.items() if bot in (0, number)}
        pending = {number: len(queue.waiting) for number, queue in queues.items() if queue.waiting}
        calm = world.rest.lasted(quiet) and not world.loading
        if (calm and not pending) or time.monotonic() >= deadline:
            return Json({"idle": calm and not pending, "seq": world.feed.seq, "pending": pending})
        await asyncio.sleep(0.02)


@router.get("/chats/{chat}/transcript", response_model=shapes.Messages, responses={200: WORDS})
async def transcript(
    here: Here,
    chat: str,
    *,
    person: int = 0,
    thread: int | None = None,
    after: int = 0,
    before: int = NEWEST,
    limit: Annotated[int, Query(ge=1, le=10000)] = 200,
    format: Literal["json", "text", "test"] = "json",  # noqa: A002 (the parameter's public name)
) -> Response:
    """What that person sees in the chat: the last of the messages between `after` and `before`; `test`: all, as steps to play again."""
    place = here.state.chat(chat)
    if format == "test":
        told = retold(here.state, place, here.state.person(person or place.person).id, thread or 0)
        return Response(told, media_type="text/markdown; charset=utf-8")
    entries = [entry for entry in seen_by(here.state, place, person, thread) if after < entry.message_id < before][-limit:]
    if format == "text":
        return Response(as_text(here.state, entries), media_type="text/plain; charset=utf-8")
    return Json({"messages": here.views.any(entries)})


@router.get("/chats/{chat}/messages/{message_id}", response_model=shapes.Message)
async def message(here: Here, chat: str, message_id: int) -> Json:
    """One message, also one that is deleted."""
    entry = here.state.messages[here.state.chat(chat).key].get(message_id)
    if entry is None:
        raise Unable("no such message", 404)
    return Json(here.views.any(entry))


@router.get("/files/{unique_id}", response_class=Response, responses={200: BYTES})
async def file(here: Here, unique_id: str, *, download: bool = False) -> Response:
    """The bytes of a file; kinds that are safe to look at keep their type, unless they are to be downloaded."""
    upload = here.state.files.known.get(unique_id)
    content = here.state.files.content(unique_id) if upload is not None else None
    if upload is None or content is None:
        raise Unable("no such file", 404)
    inline = upload.mime in IN_PAGE and not download
    headers = {"Content-Disposition": "inline" if inline else "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=upload.mime if inline else "application/octet-stream", headers=headers)


@router.get("/calls", response_model=shapes.Calls)
async def calls(
    here: Here,
    *,
    bot: int = 0,
    method: str = "",
    chat_id: str = "",
    after: int = 0,
    limit: Annotated[int, Query(ge=1, le=2000)] = 100,
) -> Json:
    """The newest calls of bots, oldest first."""

    def fits(call: CallRecord) -> bool:
        return (
            call.id > after
            and bot in (0, call.bot)
            and method.lower() in ("", call.method.lower())
            and chat_id in ("", str(call.params.get("chat_id", "")))
        )

    return Json({"calls": here.views.any([call for call in here.state.calls if fits(call)][-limit:])})


@router.get("/calls/{number}", response_model=shapes.OpenedCall)
async def call(here: Here, number: int) -> Json:
    """One call with its request and its answer."""
    found = next((one for one in here.state.calls if one.id == number), None)
    if found is None:
        raise Unable("no such call", 404)
    return Json(here.views.opened(found))


@router.delete("/calls", response_model=shapes.Done)
async def forget_calls(here: Here) -> Json:
    """Empties the log."""
    here.state.calls.clear()
    return Json({"ok": True})


@router.get("/updates", response_model=shapes.Pending)
async def updates(here: Here, bot: int) -> Json:
    """What a bot has not taken yet."""
    if bot not in here.state.queues:
        raise Unable("no such bot", 404)
    return Json({"pending": [update.as_update() for update in here.state.queues[bot].waiting.values()]})


@router.get("/strict", response_model=shapes.Violations)
async def strict(here: Here) -> Json:
    """What the schema of Bot API 10.3 forbids, of all that bots asked and were told; fail your test on it."""
    return Json({"violations": here.views.any(list(here.state.violations))})


@router.delete("/strict", response_model=shapes.Done)
async def forget_violations(here: Here) -> Json:
    """Empties the list."""
    here.state.violations.clear()
    return Json({"ok": True})
