"""How topics of a forum come, change and go, whoever does it."""

from __future__ import annotations

from typing import Any

from bot.sandbox import posting
from bot.sandbox.state import State
from bot.sandbox.world import Chat, Kind, Topic

By = tuple[Kind, int]
COLOR = 7322096


def create(state: State, chat: Chat, name: str, *, by: By, color: int = COLOR, emoji: str = "") -> Topic:
    """A topic's thread id is the id of the service message that opened it."""
    thread = chat.next_message
    topic = Topic(thread=thread, name=name, icon_color=color, icon_custom_emoji_id=emoji)
    chat.topics[thread] = topic
    content = {"name": name, "icon_color": color} | ({"icon_custom_emoji_id": emoji} if emoji else {})
    _note(state, chat, topic, by=by, service="forum_topic_created", content=content)
    return topic


def edit(state: State, chat: Chat, topic: Topic, *, by: By, name: str, emoji: str) -> None:
    content: dict[str, Any] = {}
    if name and name != topic.name:
        content["name"] = topic.name = name
    if emoji != topic.icon_custom_emoji_id:
        content["icon_custom_emoji_id"] = topic.icon_custom_emoji_id = emoji
    _note(state, chat, topic, by=by, service="forum_topic_edited", content=content)


def set_closed(state: State, chat: Chat, topic: Topic, *, by: By, closed: bool) -> None:
    topic.closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    _note(state, chat, topic, by=by, service=service, content={})


def delete(state: State, chat: Chat, topic: Topic) -> None:
    """The topic goes with all its messages, and nobody is told (as in Telegram)."""
    entries = [entry for entry in state.messages[chat.key].values() if entry.thread == topic.thread and not entry.deleted]
    del chat.topics[topic.thread]
    state.remove(chat, entries)
    state.save_chat(chat)


def _note(state: State, chat: Chat, topic: Topic, *, by: By, service: str, content: dict[str, Any]) -> None:
    note = posting.Post(
        kind=by[0],
        sender=by[1],
        content={service: content},
        thread=topic.thread,
        service=service,
        undeletable=service == "forum_topic_created",
    )
    posting.tell_bots(state, chat, posting.post(state, chat, note))
    state.save_chat(chat)
