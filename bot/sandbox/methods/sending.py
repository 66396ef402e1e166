"""Messages without a file: text, contact, location, and what the bot is doing."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup.formatting import text_of
from bot.sandbox.methods.answers import send, target
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import mentioned, thread_of
from bot.sandbox.world import Typing

TYPING_SECONDS = 5
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


@method("sendMessage", returns="Message", sends=True)
def send_message(call: Call) -> dict[str, Any]:
    chat = target(call)
    formatted = text_of(call.params, partial(mentioned, call))
    content: dict[str, Any] = {"text": formatted.text}
    if formatted.entities:
        content["entities"] = formatted.entities
    if options := call.params.get("link_preview_options"):
        content["link_preview_options"] = options
    return send(call, content, chat=chat)


@method("sendContact", returns="Message", sends=True)
def send_contact(call: Call) -> dict[str, Any]:
    chat = target(call)
    contact = {
        name: call.params[name] for name in ("phone_number", "first_name", "last_name", "vcard") if call.params.get(name)
    }
    for name in ("phone_number", "first_name"):
        if name not in contact:
            raise bad(f'parameter "{name}" is required')
    return send(call, {"contact": contact}, chat=chat)


@method("sendLocation", returns="Message", sends=True)
def send_location(call: Call) -> dict[str, Any]:
    chat = target(call)
    names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
    location = {name: call.params[name] for name in names if name in call.params}
    if not _on_earth(location):
        raise bad("location is invalid")
    return send(call, {"location": location}, chat=chat)


def _on_earth(location: dict[str, Any]) -> bool:
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 (degrees)


@method("sendChatAction", returns="True")
def send_chat_action(call: Call) -> bool:
    """People see it for five seconds or until the bot's next message."""
    chat = target(call)
    action = call.params.get("action", "")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    thread = thread_of(call, chat)
    typing = Typing(bot=call.bot.id, action=action, thread=thread, until=call.state.clock.now() + TYPING_SECONDS)
    call.state.typing.setdefault(chat.key, {})[call.bot.id] = typing
    shown = {"bot": typing.bot, "action": action, "until": int(typing.until)} | ({"thread": thread} if thread else {})
    call.state.feed.emit("typing", lambda: shown, chat.key)
    return True
