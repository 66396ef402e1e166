"""What a person does in a chat."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.datastructures import UploadFile

from bot.sandbox import membership
from bot.sandbox.errors import Unable
from bot.sandbox.http import bodies, shapes
from bot.sandbox.http.context import Context, Here, Json
from bot.sandbox.methods.commands import menu
from bot.sandbox.people import pressing, sharing, webapps, writing
from bot.sandbox.people.sharing import Shared
from bot.sandbox.people.writing import Where
from bot.sandbox.world import Chat, Entry, Person, Press

router = APIRouter(tags=["acting"])
MOST_IN_PART = 60 * 1024 * 1024
FILES: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": bodies.WithBytes.model_json_schema(by_alias=True)},
        "application/json": {"schema": bodies.NoBytes.model_json_schema(by_alias=True)},
    },
}


@router.post("/chats/{chat}/messages", response_model=shapes.Messages)
async def write(here: Here, chat: str, body: bodies.NewMessage) -> Json:
    """A person sends exactly one of a text, contact, location, sticker, dice, or a forwarded message."""
    place = here.state.chat(chat)
    person = writing.writer(here.state, place, body.from_)
    where = Where(reply_to=body.reply_to_message_id, thread=body.message_thread_id)
    return Json({"messages": here.views.any(_written(here, place, person, body, where))})


def _written(here: Context, chat: Chat, person: Person, body: bodies.NewMessage, where: Where) -> list[Entry]:
    state = here.state
    if body.text is not None:
        return writing.text(state, chat, person, body.text, where, entities=body.entities)
    if body.contact is not None:
        return [writing.contact(state, chat, person, body.contact or writing.own_contact(person), where)]
    if body.location is not None:
        return [writing.location(state, chat, person, body.location, where)]
    if body.sticker is not None:
        return [writing.sticker(state, chat, person, str(body.sticker.get("emoji", "🙂")), where)]
    if body.dice:
        return [writing.dice(state, chat, person, where)]
    if body.forward_from is not None:
        source = state.entry(state.chat(body.forward_from.chat), body.forward_from.message_id)
        if source is None:
            raise Unable("no such message", 404)
        return [writing.forward(state, chat, person, source, where)]
    raise Unable("nothing is written", 422)


@router.post("/chats/{chat}/start", response_model=shapes.Messages)
async def start(here: Here, chat: str, body: bodies.Start) -> Json:
    """The Start button, or a deep link with its payload; it unblocks too."""
    return Json({"messages": here.views.any(writing.start(here.state, here.state.chat(chat), body.payload))})


@router.post("/chats/{chat}/files", response_model=shapes.Messages, openapi_extra={"requestBody": FILES})
async def share(here: Here, chat: str, request: Request) -> Json:
    """multipart/form-data with one `file` or many (an album), or JSON of NoBytes for a file that nobody can fetch."""
    place = here.state.chat(chat)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind not in ("application/json", "multipart/form-data"):
        raise Unable("multipart/form-data or application/json expected", 422)
    if kind == "application/json":
        body, given = bodies.NoBytes.model_validate_json(await request.body()), list[Shared]()
    else:
        body, given = await _parts(request)
    shared = given or [
        Shared(kind=body.kind, name=body.file_name, mime=body.mime_type, declared=body.declared_size, duration=body.duration)
    ]
    person = writing.writer(here.state, place, body.from_)
    where = Where(reply_to=body.reply_to_message_id, thread=body.message_thread_id)
    entries = sharing.share(here.state, place, person, shared, caption=body.caption, album=body.media_group_id, where=where)
    return Json({"messages": here.views.any(entries)})


async def _parts(request: Request) -> tuple[bodies.NoBytes, list[Shared]]:
    parts = await request.form(max_part_size=MOST_IN_PART)
    body = bodies.NoBytes.model_validate({name: value for name, value in parts.items() if name != "file" and value != ""})
    uploads: list[Any] = [one for one in parts.getlist("file") if isinstance(one, UploadFile)]
    shared = []
    for one in uploads:
        content = await one.read()
        name, mime = body.file_name or one.filename or "", body.mime_type or one.content_type or ""
        shared.append(
            Shared(kind=body.kind, content=content, name=name, mime=mime, declared=body.declared_size, duration=body.duration)
        )
    return body, shared


@router.post("/chats/{chat}/press", response_model=shapes.Press)
async def press(here: Here, chat: str, body: bodies.PressButton) -> Json:
    """Presses an inline button and waits for the bot's answer. Data that no button holds is sent too, as a bad client would."""
    place = here.state.chat(chat)
    person = writing.writer(here.state, place, body.from_)
    entry = here.state.messages[place.key].get(body.message_id)
    if entry is None or entry.ephemeral_for not in (0, person.id):
        raise Unable("no such message", 404)
    data = body.data
    if data is None:
        spot = (body.row, body.column) if body.row is not None and body.column is not None else None
        data = pressing.button(entry, words=body.text, place=spot).get("callback_data")
    if data is None:
        raise Unable("this button asks nothing of the bot")
    pressed = pressing.press(here.state, place, person, entry, data)
    await _answered(here, pressed, body.wait)
    return Json(here.views.any(pressed))


async def _answered(here: Context, pressed: Press, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while pressed.state == "waiting" and (left := deadline - time.monotonic()) > 0:
        await here.state.feed.wait(left)


@router.post("/chats/{chat}/tap", response_model=shapes.Messages)
async def tap(here: Here, chat: str, body: bodies.Tap) -> Json:
    """A button of the reply keyboard, by its words."""
    place = here.state.chat(chat)
    person = writing.writer(here.state, place, body.from_)
    return Json({"messages": here.views.any(pressing.tap(here.state, place, person, body.text))})


@router.patch("/chats/{chat}/messages/{message_id}", response_model=shapes.Message)
async def edit(here: Here, chat: str, message_id: int, body: bodies.Edit) -> Json:
    """A person changes a text or caption of their own."""
    place = here.state.chat(chat)
    words = body.text if body.text is not None else body.caption
    if not words:
        raise Unable("nothing is written", 422)
    person = writing.writer(here.state, place, body.from_)
    return Json(here.views.any(writing.edit(here.state, place, person, message_id, words)))


@router.delete("/chats/{chat}/messages/{message_id}", response_model=shapes.Done)
async def delete(here: Here, chat: str, message_id: int, from_: Annotated[int, Query(alias="from")] = 0) -> Json:
    """In a private chat both sides' messages can go; bots are not told, as in Telegram."""
    place = here.state.chat(chat)
    writing.delete(here.state, place, writing.writer(here.state, place, from_), message_id)
    return Json({"ok": True})


@router.post("/chats/{chat}/messages/{message_id}/reaction", response_model=shapes.Message)
async def react(here: Here, chat: str, message_id: int, body: bodies.React) -> Json:
    """Sets a person's reactions; null takes them away."""
    place = here.state.chat(chat)
    person = writing.writer(here.state, place, body.from_)
    emoji = [body.emoji] if isinstance(body.emoji, str) else body.emoji or []
    return Json(here.views.any(pressing.react(here.state, place, person, message_id, emoji)))


@router.post("/chats/{chat}/block", response_model=shapes.Chat)
async def block(here: Here, chat: str, body: bodies.Block) -> Json:
    """A person blocks or unblocks the bot of a private chat."""
    place = here.state.chat(chat)
    if not place.private:
        raise Unable("only a bot in a private chat can be blocked")
    membership.block(here.state, place, blocked=body.blocked)
    return Json(here.views.any(place))


@router.post("/chats/{chat}/drafts/{draft_id}/stop", response_model=shapes.Done)
async def stop_draft(here: Here, chat: str, draft_id: int) -> Json:
    """The Stop button under a streamed draft."""
    pressing.stop_draft(here.state, here.state.chat(chat), draft_id)
    return Json({"ok": True})


@router.post("/chats/{chat}/webapp", response_model=shapes.Launch)
async def open_web_app(here: Here, chat: str, body: bodies.OpenWebApp) -> Json:
    """Opens a Mini App: by its address, by a button of a message, or by the menu button."""
    place = here.state.chat(chat)
    person = writing.writer(here.state, place, body.from_)
    if not place.private:
        raise Unable("Mini Apps open in private chats only")
    bot = here.state.bots[place.bot]
    url = body.url or _address(here, place, body)
    launched = webapps.launch(here.state, here.signer, place, person, bot=bot, url=url)
    return Json({"url": launched.url, "init_data": launched.init_data, "query_id": launched.query_id})


def _address(here: Context, chat: Chat, body: bodies.OpenWebApp) -> str:
    button: dict[str, Any] = {}
    if body.menu:
        button = menu(here.state.bots[chat.bot], str(chat.id))
    elif body.message_id is not None and (entry := here.state.entry(chat, body.message_id)) is not None:
        button = pressing.button(entry, place=(body.row, body.column))
    url: str = button.get("web_app", {}).get("url", "")
    if not url:
        raise Unable("this button opens no Mini App", 404)
    return url


@router.post("/chats/{chat}/webapp/data", response_model=shapes.Messages)
async def web_app_data(here: Here, chat: str, body: bodies.WebAppData) -> Json:
    """What a Mini App of a reply keyboard sends back (WebApp.sendData)."""
    place = here.state.chat(chat)
    person = writing.writer(here.state, place, body.from_)
    return Json({"messages": here.views.any([webapps.send_data(here.state, place, person, body.button_text, body.data)])})


@router.get("/webapp/public_key", response_model=shapes.PublicKey)
async def public_key(here: Here) -> Json:
    """The Ed25519 key that signs launches, in place of Telegram's."""
    return Json({"hex": here.signer.public_key().hex()})
