"""A bot takes messages away."""

from __future__ import annotations

from bot.sandbox.errors import bad
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import chat_of, member_of, message_of
from bot.sandbox.world import Chat, Entry

DELETABLE_SECONDS = 48 * 3600
MOST = 100


@method("deleteMessage", returns="True")
def delete_message(call: Call) -> bool:
    chat = chat_of(call)
    entry = message_of(call, chat, "to delete")
    if not _may_delete(call, chat, entry):
        raise bad("message can't be deleted")
    call.state.remove(chat, [entry])
    return True


@method("deleteMessages", returns="True")
def delete_messages(call: Call) -> bool:
    """Messages that are not there or may not be deleted are passed over, as Telegram does."""
    chat = chat_of(call)
    numbers = listed(call)
    entries = [entry for number in numbers if (entry := call.state.entry(chat, number)) is not None]
    call.state.remove(chat, [entry for entry in entries if _may_delete(call, chat, entry)])
    return True


def listed(call: Call) -> list[int]:
    numbers = call.params.get("message_ids")
    if not isinstance(numbers, list) or not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > MOST:
        raise bad("too many message identifiers specified")
    return numbers


def _may_delete(call: Call, chat: Chat, entry: Entry) -> bool:
    if entry.undeletable:
        return False
    if not chat.private and member_of(call.bot, chat).may("can_delete_messages"):
        return True
    recent = entry.date + DELETABLE_SECONDS > call.state.clock.now()
    return recent and (chat.private or entry.sender == call.bot.id)
