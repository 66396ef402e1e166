"""What a person writes: text, contact, location, sticker, dice; edits and deletes of their own; Start."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from bot.sandbox import membership, posting, schema
from bot.sandbox.errors import Unable
from bot.sandbox.markup.detection import detected
from bot.sandbox.methods.shown import shown
from bot.sandbox.state import State
from bot.sandbox.world import Chat, Entry, Person

MAX_TEXT = 4096
MAX_CAPTION = 1024
FORWARDED = (
    "message_id",
    "from",
    "chat",
    "date",
    "edit_date",
    "reply_to_message",
    "reply_markup",
    "message_thread_id",
    "is_topic_message",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """Beside what is said: to what it replies, in which topic (0: none or General)."""

    reply_to: int = 0
    thread: int = 0


HERE = Where()


def writer(state: State, chat: Chat, number: int = 0) -> Person:
    """The person who acts: implied in a private chat, a present member in a group."""
    person = state.person(number or chat.person)
    if person.deactivated:
        raise Unable("this person's account is deactivated")
    if chat.private and person.id != chat.person:
        raise Unable("another person's chat", 403)
    if not chat.private and ((member := chat.members.get(person.id)) is None or not member.present):
        raise Unable("not a member of this group", 403)
    return person


def say(
    state: State,
    chat: Chat,
    person: Person,
    content: dict[str, Any],
    where: Where = HERE,
    *,
    used: tuple[str, ...] = (),
    service: str = "",
) -> Entry:
    """Posts `content` (fields of Message) in the person's name, and lets the bots hear it."""
    if chat.migrated_to:
        raise Unable("this group was upgraded to a supergroup")
    if chat.private and chat.blocked:
        raise Unable("you blocked this bot; unblock it first")
    reply_to = state.entry(chat, where.reply_to) if where.reply_to else None
    if where.reply_to and reply_to is None:
        raise Unable("the message to reply to is gone", 404)
    entry = posting.post(
        state,
        chat,
        posting.Post(
            kind="person",
            sender=person.id,
            content=content,
            thread=_thread(chat, person, where.thread or (reply_to.thread if reply_to is not None else 0)),
            reply_to=reply_to,
            files=used,
            service=service,
        ),
    )
    if chat.private and not chat.started:
        chat.started = True
        state.save_chat(chat)
    _one_time(state, chat, person)
    posting.tell_bots(state, chat, entry)
    return entry


def _thread(chat: Chat, person: Person, thread: int) -> int:
    if not thread:
        return 0
    if (topic := chat.topics.get(thread)) is None:
        raise Unable("no such topic", 404)
    if topic.closed and not chat.members[person.id].administers:
        raise Unable("the topic is closed")
    return thread


def _one_time(state: State, chat: Chat, person: Person) -> None:
    """A one-time keyboard goes once somebody wrote; a forced reply too."""
    keyboard = chat.keyboards.get(person.id)
    if keyboard is not None and (keyboard.get("one_time_keyboard") or "keyboard" not in keyboard):
        del chat.keyboards[person.id]
        state.save_chat(chat)


def text(
    state: State, chat: Chat, person: Person, words: str, where: Where = HERE, *, entities: list[dict[str, Any]] | None = None
) -> list[Entry]:
    """A text as an app sends it: trimmed, and cut into several messages when it is too long."""
    words = words.strip()
    if not words:
        raise Unable("nothing is written", 422)
    for entity in entities or []:
        _shaped("MessageEntity", entity)
    entries = []
    for start in range(0, len(words), MAX_TEXT):
        piece = words[start : start + MAX_TEXT]
        content: dict[str, Any] = {"text": piece}
        if found := detected(piece, entities or [] if start == 0 else []):
            content["entities"] = found
        entries.append(say(state, chat, person, content, where))
    return entries


def start(state: State, chat: Chat, payload: str = "") -> list[Entry]:
    """The Start button, or a deep link; it unblocks too."""
    person = writer(state, chat)
    membership.block(state, chat, blocked=False)
    return text(state, chat, person, f"/start {payload}")


def contact(state: State, chat: Chat, person: Person, card: dict[str, Any], where: Where = HERE) -> Entry:
    return say(state, chat, person, {"contact": _shaped("Contact", card)}, where)


def location(state: State, chat: Chat, person: Person, place: dict[str, Any], where: Where = HERE) -> Entry:
    return say(state, chat, person, {"location": _shaped("Location", place)}, where)


def _shaped(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """Only what Telegram could have sent; for all else there are raw updates."""
    if problem := schema.problem(kind, value, kind):
        raise Unable(problem, 422)
    return value


def own_contact(person: Person) -> dict[str, Any]:
    number = {"phone_number": f"+1555{person.id % 10_000_000:07d}", "first_name": person.first_name, "user_id": person.id}
    return number | ({"last_name": person.last_name} if person.last_name else {})


def sticker(state: State, chat: Chat, person: Person, emoji: str, where: Where = HERE) -> Entry:
    upload = state.keep(state.files.add("sticker", b"RIFF\x04\x00\x00\x00WEBP", name=emoji))
    return say(state, chat, person, shown(upload, "sticker"), where, used=(upload.unique,))


def dice(state: State, chat: Chat, person: Person, where: Where = HERE) -> Entry:
    return say(state, chat, person, {"dice": {"emoji": "🎲", "value": 1 + secrets.randbelow(6)}}, where)


def forward(state: State, chat: Chat, person: Person, source: Entry, where: Where = HERE) -> Entry:
    content = {name: value for name, value in source.message.items() if name not in FORWARDED}
    if "forward_origin" not in content:
        content["forward_origin"] = {"type": "user", "sender_user": state.user(source.kind, source.sender), "date": source.date}
    return say(state, chat, person, content, where, used=source.files)


def edit(state: State, chat: Chat, person: Person, number: int, words: str) -> Entry:
    """Changes the text or caption of the person's own message; the bots hear edited_message."""
    entry = own(state, chat, person, number)
    field, entities = ("text", "entities") if "text" in entry.message else ("caption", "caption_entities")
    message = {name: value for name, value in entry.message.items() if name not in (field, entities)}
    message |= {field: words, "edit_date": state.clock.stamp()}
    if found := detected(words, []):
        message[entities] = found
    changed = state.change(entry, message=message)
    posting.tell_bots(state, chat, changed, "edited_message")
    return changed


def delete(state: State, chat: Chat, person: Person, number: int) -> None:
    """In a private chat both sides' messages go; bots are not told, as in Telegram."""
    entry = state.entry(chat, number)
    mine = entry is not None and (chat.private or (entry.kind == "person" and entry.sender == person.id))
    if entry is None or not (mine or chat.members[person.id].administers):
        raise Unable("this message cannot be deleted")
    state.remove(chat, [entry])


def own(state: State, chat: Chat, person: Person, number: int) -> Entry:
    entry = state.entry(chat, number)
    if entry is None or entry.kind != "person" or entry.sender != person.id or entry.service:
        raise Unable("not your message")
    return entry
