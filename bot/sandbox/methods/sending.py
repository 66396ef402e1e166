"""Messages without a file: text, contact, location, and what the bot is doing."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup.formatting import read_text
from bot.sandbox.methods.answers import send, target, text_fields
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import thread_of
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
    source = read_text(call.params)
    chat = target(call)
    return send(call, text_fields(call, source), chat=chat)


@method("sendContact", returns="Message", sends=True)
def send_contact(call: Call) -> dict[str, Any]:
    contact = {
        name: call.params[name] for name in ("phone_number", "first_name", "last_name", "vcard") if call.params.get(name)
    }
    for name in ("phone_number", "first_name"):
        if name not in contact:
            raise bad(f'parameter "{name}" is required')
    return send(call, {"contact": contact})


@method("sendLocation", returns="Message", sends=True)
def send_location(call: Call) -> dict[str, Any]:
    for name in ("latitude", "longitude"):
        if call.params.get(name, "") == "":
            raise bad(f"{name} is empty")
    chat = target(call)
    names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
    location = {name: call.params[name] for name in names if name in call.params}
    if not _on_earth(location):
        raise bad("invalid location specified")
    return send(call, {"location": location}, chat=chat)


def _on_earth(location: dict[str, Any]) -> bool:
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 (degrees)


@method("sendChatAction", returns="True")
def send_chat_action(call: Call) -> bool:
    """People see it for five seconds or until the bot's next message."""
    action = call.params.get("action", "").lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = target(call)
    thread = thread_of(call, chat)
    typing = Typing(bot=call.bot.id, action=action, thread=thread, until=call.state.clock.now() + TYPING_SECONDS)
    call.state.typing.setdefault(chat.key, {})[call.bot.id] = typing
    shown = {"bot": typing.bot, "action": action, "until": int(typing.until)} | ({"thread": thread} if thread else {})
    call.state.feed.emit("typing", lambda: shown, chat.key)
    return True
