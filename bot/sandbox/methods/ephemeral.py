"""Messages that only one member of a group sees: changed and taken away."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup import keyboards
from bot.sandbox.markup.formatting import read_text
from bot.sandbox.methods.answers import text_fields
from bot.sandbox.methods.editing import NOT_MODIFIED
from bot.sandbox.methods.media import Content
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.rich import rich_content
from bot.sandbox.methods.targets import chat_of
from bot.sandbox.world import Chat, Entry

BODY = ("text", "entities", "rich_message", "link_preview_options", "reply_markup")


@method("editEphemeralMessageText", returns="True")
def edit_ephemeral_message_text(call: Call) -> bool:
    new = rich_content(call) if call.params.get("rich_message") else read_text(call.params)
    keyboards.check(call.params.get("reply_markup"))
    chat = chat_of(call)
    entry = _entry(call, chat, "to edit")
    content = new.fields if isinstance(new, Content) else text_fields(call, new)
    message: dict[str, Any] = {name: value for name, value in entry.message.items() if name not in BODY} | content
    if markup := keyboards.inline(call.params.get("reply_markup"), private=False):
        message["reply_markup"] = markup
    if message == entry.message:
        raise bad(NOT_MODIFIED)
    call.state.change(entry, message=message | {"edit_date": call.state.clock.stamp()})
    return True


@method("deleteEphemeralMessage", returns="True")
def delete_ephemeral_message(call: Call) -> bool:
    chat = chat_of(call)
    call.state.remove(chat, [_entry(call, chat, "to delete")])
    return True


def _entry(call: Call, chat: Chat, verb: str) -> Entry:
    number, receiver = call.params.get("ephemeral_message_id"), call.params.get("receiver_user_id")
    for entry in reversed(call.state.messages[chat.key].values()):
        if (
            entry.ephemeral_id == number
            and entry.ephemeral_for == receiver
            and entry.sender == call.bot.id
            and not entry.deleted
        ):
            return entry
    raise bad(f"message {verb} not found")
