"""What a person taps: inline buttons, the reply keyboard, reactions, Stop under a draft."""

from __future__ import annotations

import secrets
import zlib
from typing import Any

from bot.sandbox import posting
from bot.sandbox.errors import Unable
from bot.sandbox.people.writing import HERE, contact, location, own_contact, text
from bot.sandbox.state import State
from bot.sandbox.trail import Trace
from bot.sandbox.updates import wanted
from bot.sandbox.world import Chat, Entry, Person, Press, Reaction

KEPT_PRESSES = 2000
LOCATION = {"latitude": 52.52, "longitude": 13.405}


def press(state: State, chat: Chat, person: Person, entry: Entry, data: str) -> Press:
    """Queues a callback query. Any data is taken, as from a client that lies; the page sends what the button holds."""
    if chat.private and chat.blocked:
        raise Unable("you blocked this bot; unblock it first")
    bot = state.bots.get(entry.sender) or state.bots.get(entry.message.get("via_bot", {}).get("id", 0))
    if bot is None:
        raise Unable("no bot's message")
    pressed = Press(
        id=str(secrets.randbits(62)),
        bot=bot.id,
        chat=chat.key,
        message_id=entry.message_id,
        person=person.id,
        data=data,
        at=state.clock.now(),
    )
    state.presses[pressed.id] = pressed
    if len(state.presses) > KEPT_PRESSES:
        del state.presses[next(iter(state.presses))]
    state.feed.emit("press", lambda: {"press": pressed}, chat.key)
    state.beside(_expire(state, pressed))
    state.trail.add(_trace(entry, person, data))
    body = {
        "id": pressed.id,
        "from": person.as_user(),
        "message": _seen(state, chat, entry),
        "chat_instance": str(zlib.crc32(f"{chat.key}/{bot.id}".encode())),
        "data": data,
    }
    state.tell(bot, "callback_query", body, f"q{person.id}")
    return pressed


def _trace(entry: Entry, person: Person, data: str) -> Trace:
    rows = entry.message.get("reply_markup", {}).get("inline_keyboard", [])
    label = next((one["text"] for row in rows for one in row if one.get("callback_data") == data), "")
    return Trace(kind="press", chat=entry.chat, thread=entry.thread, message_id=entry.message_id, person=person.id, words=label)


async def _expire(state: State, pressed: Press) -> None:
    """The button stops waiting once the bot may no longer answer, by the sandbox's clock."""
    while pressed.state == "waiting" and state.presses.get(pressed.id) is pressed:
        left = pressed.at + state.settings.callback_seconds - state.clock.now()
        if left <= 0:
            pressed.state = "expired"
            state.feed.emit("press", lambda: {"press": pressed}, pressed.chat)
        else:
            await state.clock.sleep(left)


def _seen(state: State, chat: Chat, entry: Entry) -> dict[str, Any]:
    """A deleted message arrives as an inaccessible one."""
    if entry.deleted:
        return {"chat": posting.shown(state, chat), "message_id": entry.message_id, "date": 0}
    return entry.message


def button(
    entry: Entry, *, data: str | None = None, words: str | None = None, place: tuple[int, int] | None = None
) -> dict[str, Any]:
    """The button that is meant: by its data, by its words, or by row and column."""
    rows = entry.message.get("reply_markup", {}).get("inline_keyboard", [])
    for row, buttons in enumerate(rows):
        for column, one in enumerate(buttons):
            if (
                (row, column) == place
                or (data is not None and one.get("callback_data") == data)
                or (words is not None and one["text"] == words)
            ):
                found: dict[str, Any] = one
                return found
    raise Unable("no such button", 404)


def tap(state: State, chat: Chat, person: Person, words: str) -> list[Entry]:
    """A button of the reply keyboard: sends its words, or the person's own contact or place."""
    keyboard = chat.keyboards.get(person.id, {})
    one = next((one for row in keyboard.get("keyboard", []) for one in row if one["text"] == words), None)
    if one is None:
        raise Unable("no such button", 404)
    if one.get("request_contact"):
        return [contact(state, chat, person, own_contact(person))]
    if one.get("request_location"):
        return [location(state, chat, person, dict(LOCATION))]
    if one.get("web_app"):
        raise Unable("this button opens a Mini App: POST webapp")
    return text(state, chat, person, words, HERE)


def react(state: State, chat: Chat, person: Person, number: int, emoji: list[str]) -> Entry:
    """Sets or takes away the person's reactions; bots that asked for it and may see it hear message_reaction."""
    entry = state.entry(chat, number)
    if entry is None:
        raise Unable("no such message", 404)
    old = [reaction.type for reaction in entry.reactions if reaction.id == person.id]
    new = [{"type": "emoji", "emoji": one} for one in emoji]
    others = tuple(reaction for reaction in entry.reactions if reaction.id != person.id)
    changed = state.change(entry, reactions=(*others, *(Reaction(kind="person", id=person.id, type=one) for one in new)))
    state.feed.emit("reaction", lambda: {"message_id": number, "reactions": changed.reactions}, chat.key)
    body = {
        "chat": posting.shown(state, chat),
        "message_id": number,
        "user": person.as_user(),
        "date": state.clock.stamp(),
        "old_reaction": old,
        "new_reaction": new,
    }
    for bot in _listeners(state, chat):
        state.tell(state.bots[bot], "message_reaction", body, f"r{chat.id}")
    return changed


def _listeners(state: State, chat: Chat) -> list[int]:
    """In groups only a bot that administers hears of reactions."""
    if chat.private:
        return [chat.bot]
    return [
        m.id
        for m in chat.members.values()
        if m.kind == "bot" and m.administers and wanted("message_reaction", state.bots[m.id].allowed)
    ]


def stop_draft(state: State, chat: Chat, number: int) -> None:
    drafts = state.drafts.get(chat.key, {})
    draft = drafts.get((chat.bot, number))
    if draft is None or not draft.can_stop:
        raise Unable("no draft to stop", 404)
    del drafts[chat.bot, number]
    state.feed.emit("draft", lambda: {"draft": None, "draft_id": number}, chat.key)
    body: dict[str, Any] = {"chat": posting.shown(state, chat), "draft_id": number}
    if draft.thread:
        body["message_thread_id"] = draft.thread
    state.tell(state.bots[chat.bot], "stopped_message_generation", body, str(chat.id))
