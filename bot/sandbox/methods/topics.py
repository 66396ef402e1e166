"""Forum topics."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import chat_of, topic_of, with_right
from bot.sandbox.topics import create, delete, edit, set_closed
from bot.sandbox.world import Chat, Topic

NO_RIGHT = "not enough rights to {} the topic"
MAX_NAME = 128
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def _forum(call: Call, refusal: str, right: str = "can_manage_topics") -> Chat:
    chat = chat_of(call)
    if not chat.forum:
        raise bad("the chat is not a forum")
    with_right(call, chat, right, refusal)
    return chat


def _name(words: str) -> str:
    name = " ".join(words.split())
    if not name:
        raise bad("name must be non-empty")
    if len(name) > MAX_NAME:
        raise bad("TOPIC_TITLE_TOO_LONG")
    return name


def _topic(call: Call, chat: Chat) -> Topic:
    return topic_of(chat, call.params.get("message_thread_id") or 0)


@method("createForumTopic", returns="ForumTopic")
def create_forum_topic(call: Call) -> dict[str, Any]:
    chat = _forum(call, "not enough rights to create a topic")
    name = _name(call.params.get("name", ""))
    color = call.params.get("icon_color", COLORS[0])
    if color not in COLORS:
        raise bad("invalid icon color specified")
    emoji = call.params.get("icon_custom_emoji_id", "")
    topic = create(call.state, chat, name, by=("bot", call.bot.id), color=color, emoji=emoji)
    return {"message_thread_id": topic.thread, "name": name, "icon_color": color} | (
        {"icon_custom_emoji_id": emoji} if emoji else {}
    )


@method("editForumTopic", returns="True")
def edit_forum_topic(call: Call) -> bool:
    chat = _forum(call, NO_RIGHT.format("edit"))
    topic = _topic(call, chat)
    name, emoji = call.params.get("name", ""), call.params.get("icon_custom_emoji_id", topic.icon_custom_emoji_id)
    name = _name(name) if name else topic.name
    if (name, emoji) == (topic.name, topic.icon_custom_emoji_id):
        raise bad("TOPIC_NOT_MODIFIED")
    edit(call.state, chat, topic, by=("bot", call.bot.id), name=name, emoji=emoji)
    return True


@method("closeForumTopic", returns="True")
def close_forum_topic(call: Call) -> bool:
    return _set_closed(call, closed=True)


@method("reopenForumTopic", returns="True")
def reopen_forum_topic(call: Call) -> bool:
    return _set_closed(call, closed=False)


def _set_closed(call: Call, *, closed: bool) -> bool:
    chat = _forum(call, NO_RIGHT.format("close or open"))
    topic = _topic(call, chat)
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    set_closed(call.state, chat, topic, by=("bot", call.bot.id), closed=closed)
    return True


@method("deleteForumTopic", returns="True")
def delete_forum_topic(call: Call) -> bool:
    chat = _forum(call, NO_RIGHT.format("delete"), "can_delete_messages")
    delete(call.state, chat, _topic(call, chat))
    return True
