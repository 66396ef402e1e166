"""Which chat, topic and message a call means, and whether this bot may; all refusals in Telegram's words."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import Refusal, bad, forbidden
from bot.sandbox.methods.registry import Call
from bot.sandbox.state import State
from bot.sandbox.world import Bot, Chat, Entry, Member, Topic

GENERAL = 1  # the General topic must be meant by no thread at all


def chat_of(call: Call, name: str = "chat_id") -> Chat:
    """The chat that the bot may read and write now."""
    chat = seen_chat(call, name)
    if chat.private:
        _reachable(call.state, chat)
    else:
        member_of(call.bot, chat)
    return chat


def seen_chat(call: Call, name: str = "chat_id") -> Chat:
    """The chat by its id or public name; it may be closed to the bot."""
    value = call.params.get(name)
    if value is None or value == "":
        raise bad(f"{name} is empty")
    state, key = call.state, str(value)
    chat = state.chats.get(f"{key}:{call.bot.id}") or (state.chats.get(key) if key.startswith("-") else None)
    if chat is None and isinstance(value, int) and value in state.bots:
        raise forbidden("bots can't send messages to bots")
    if chat is None or (chat.private and chat.bot != call.bot.id):
        raise bad("chat not found")
    if chat.migrated_to:
        text = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refusal(400, text, migrate_to=chat.migrated_to)
    return chat


def _reachable(state: State, chat: Chat) -> None:
    if state.people[chat.person].deactivated:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")


def member_of(bot: Bot, chat: Chat) -> Member:
    member = chat.members.get(bot.id)
    if member is None:
        raise bad("chat not found")
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if not member.present:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return member


def with_right(call: Call, chat: Chat, right: str, words: str) -> None:
    if not chat.private and not member_of(call.bot, chat).may(right):
        raise bad(words)


def topic_of(chat: Chat, thread: int) -> Topic:
    if thread == GENERAL or (topic := chat.topics.get(thread)) is None:
        raise bad("message thread not found")
    return topic


def thread_of(call: Call, chat: Chat) -> int:
    """The topic to write in, 0 = none or General; a closed one is open to those who manage topics.

    Where there are no topics the parameter means nothing, but in private chats it has to name one.
    """
    thread = call.params.get("message_thread_id")
    if not thread or thread < 0 or not (chat.forum or chat.private):
        return 0
    topic = topic_of(chat, thread)
    if topic.closed and not member_of(call.bot, chat).may("can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    return topic.thread


def message_of(call: Call, chat: Chat, verb: str, number: Any = None) -> Entry:
    """The message that a call means, `verb` as in "message to edit not found"."""
    number = call.params.get("message_id") if number is None else number
    entry = call.state.entry(chat, number)
    if entry is None:
        raise bad(f"message {verb} not found")
    return entry


def own_message(call: Call, chat: Chat, verb: str) -> Entry:
    """A message of this bot that it may still edit."""
    entry = message_of(call, chat, verb)
    if entry.sender != call.bot.id or entry.kind != "bot" or entry.service or entry.markup:
        raise bad("message can't be edited")
    return entry


def mentioned(call: Call, number: int) -> dict[str, Any] | None:
    person = call.state.people.get(number)
    return person.as_user() if person is not None else None
