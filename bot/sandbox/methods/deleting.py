"""A bot takes messages away."""

from __future__ import annotations

from bot.sandbox.errors import bad
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import chat_of, member_of, message_of
from bot.sandbox.world import Chat, Entry

DELETABLE_SECONDS = 48 * 3600
FRESH_DICE_SECONDS = 24 * 3600
MOST = 100
NEVER = "message can't be deleted"
NOT_FOR_ALL = "message can't be deleted for everyone"


@method("deleteMessage", returns="True")
def delete_message(call: Call) -> bool:
    for name, words in (("chat_id", "chat"), ("message_id", "message")):
        if not call.params.get(name):
            raise bad(f"{words} identifier is not specified")
    chat = chat_of(call)
    entry = message_of(call, chat, "to delete")
    if words := _refusal(call, chat, entry):
        raise bad(words)
    call.state.remove(chat, [entry])
    return True


@method("deleteMessages", returns="True")
def delete_messages(call: Call) -> bool:
    """Messages that are not there are passed over; one that may not be deleted keeps all others."""
    numbers = listed(call)
    chat = chat_of(call)
    entries = [entry for number in numbers if (entry := call.state.entry(chat, number)) is not None]
    for entry in entries:
        if words := _refusal(call, chat, entry):
            raise bad(words)
    call.state.remove(chat, entries)
    return True


def listed(call: Call) -> list[int]:
    numbers = call.params.get("message_ids")
    if not numbers:
        raise bad("message identifiers are not specified")
    if not isinstance(numbers, list):
        raise bad("expected an Array of message identifiers")
    if len(numbers) > MOST:
        raise bad("too many message identifiers specified")
    if not all(isinstance(number, int) for number in numbers):
        raise bad("message identifier must be a Number")
    if min(numbers) <= 0:
        raise bad("invalid message identifier specified")
    return numbers


def _refusal(call: Call, chat: Chat, entry: Entry) -> str:
    """Why the bot may not delete it; empty when it may. After two days it never may."""
    old = entry.date + DELETABLE_SECONDS <= call.state.clock.now()
    mine = entry.sender == call.bot.id
    if chat.type == "supergroup":
        allowed = mine or member_of(call.bot, chat).may("can_delete_messages")
        return NEVER if entry.undeletable or old or not allowed else ""
    if chat.private:
        fresh = "dice" in entry.message and entry.date + FRESH_DICE_SECONDS > call.state.clock.now()
        return NOT_FOR_ALL if old or fresh else ""
    return "" if (mine or member_of(call.bot, chat).administers) and not old else NOT_FOR_ALL
