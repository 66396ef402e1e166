"""Messages sent on: forwarded with their origin, or copied without."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup.formatting import caption_in, read_caption
from bot.sandbox.methods.answers import given, sent, target
from bot.sandbox.methods.deleting import listed
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import chat_of, mentioned, message_of
from bot.sandbox.world import Chat, Entry

OWN = ("message_id", "from", "chat", "date", "edit_date", "message_thread_id", "is_topic_message", "reply_to_message")
PASSING = (*OWN, "has_protected_content", "media_group_id", "receiver_user", "ephemeral_message_id", "effect_id")
CAPTION = ("caption", "caption_entities")


@method("forwardMessage", returns="Message", sends=True)
def forward_message(call: Call) -> dict[str, Any]:
    chat = target(call)
    entry = _source(call, "to forward", call.params.get("message_id"))
    if entry.service or entry.message.get("has_protected_content"):
        raise bad("the message can't be forwarded")
    content = _content(entry) | {"forward_origin": origin(call, entry)}
    return given(call, sent(call, chat, content, entry.files))


@method("copyMessage", returns="MessageId", sends=True)
def copy_message(call: Call) -> dict[str, Any]:
    chat = target(call)
    entry = _source(call, "to copy", call.params.get("message_id"))
    content = _copied(entry)
    if "caption" in call.params and _has_file(entry):
        caption = caption_in(read_caption(call.params), partial(mentioned, call))
        content = {name: value for name, value in content.items() if name not in CAPTION}
        content |= {"caption": caption.text} if caption.text else {}
        content |= {"caption_entities": caption.entities} if caption.text and caption.entities else {}
    return {"message_id": sent(call, chat, content, entry.files).message_id}


@method("copyMessages", returns="Array of MessageId", sends=True)
def copy_messages(call: Call) -> list[dict[str, Any]]:
    """Messages that are not there or cannot be copied are passed over."""
    chat = target(call)
    source = _from(call)
    entries = [entry for number in listed(call) if (entry := call.state.entry(source, number)) is not None]
    copied = []
    for entry in entries:
        if entry.service or entry.message.get("has_protected_content"):
            continue
        content = _copied(entry)
        if call.params.get("remove_caption"):
            content = {name: value for name, value in content.items() if name not in CAPTION}
        copied.append({"message_id": sent(call, chat, content, entry.files).message_id})
    if not copied:
        raise bad("there are no messages to copy")
    return copied


def _source(call: Call, verb: str, number: Any) -> Entry:
    return message_of(call, _from(call), verb, number if number is not None else 0)


def _from(call: Call) -> Chat:
    if call.params.get("from_chat_id", "") == "":
        raise bad('parameter "from_chat_id" is required')
    return chat_of(call, "from_chat_id")


def _content(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.message.items() if name not in (*PASSING, "reply_markup")}


def _copied(entry: Entry) -> dict[str, Any]:
    if entry.service or entry.message.get("has_protected_content"):
        raise bad("the message can't be copied")
    content = _content(entry)
    content.pop("forward_origin", None)
    return content


def _has_file(entry: Entry) -> bool:
    return bool(entry.files)


def origin(call: Call, entry: Entry) -> dict[str, Any]:
    """Who wrote it first, also when it was forwarded before."""
    first: dict[str, Any] | None = entry.message.get("forward_origin")
    return first or {"type": "user", "sender_user": call.state.user(entry.kind, entry.sender), "date": entry.date}
