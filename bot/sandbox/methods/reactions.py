"""A bot reacts to a message and pins it."""

from __future__ import annotations

from typing import Any

from bot.sandbox import posting
from bot.sandbox.errors import bad
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import chat_of, message_of, with_right
from bot.sandbox.world import Chat, Entry, Reaction

EMOJI = frozenset(
    [
        "❤",
        "👍",
        "👎",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)
NO_RIGHT_TO_PIN = "not enough rights to manage pinned messages in the chat"


@method("setMessageReaction", returns="True")
def set_message_reaction(call: Call) -> bool:
    """A bot sets at most one reaction; an empty list takes it away. People's reactions stay."""
    wanted = _wanted(call.params.get("reaction") or [])
    chat = chat_of(call)
    entry = message_of(call, chat, "to react")
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(_unknown(reaction) for reaction in wanted):
        raise bad("REACTION_INVALID")
    mine = tuple(Reaction(kind="bot", id=call.bot.id, type=reaction) for reaction in wanted)
    others = tuple(reaction for reaction in entry.reactions if reaction.id != call.bot.id)
    shown(call, chat, entry, others + mine)
    return True


def _wanted(reactions: object) -> list[dict[str, Any]]:
    if isinstance(reactions, str):
        raise bad("can't parse reaction types JSON object")
    if not isinstance(reactions, list):
        raise bad("expected an Array of ReactionType")
    for reaction in reactions:
        if words := _problem(reaction):
            raise bad(f"can't parse ReactionType: {words}")
    return reactions


def _problem(reaction: Any) -> str:
    if not isinstance(reaction, dict):
        return "expected an Object"
    kind = reaction.get("type")
    if kind not in ("emoji", "custom_emoji"):
        return "invalid reaction type specified" if "type" in reaction else 'Can\'t find field "type"'
    name = "emoji" if kind == "emoji" else "custom_emoji_id"
    return "" if isinstance(reaction.get(name), str) else f'Can\'t find field "{name}"'


def _unknown(reaction: dict[str, Any]) -> bool:
    return reaction["type"] == "emoji" and reaction["emoji"].replace("\ufe0f", "") not in EMOJI


def shown(call: Call, chat: Chat, entry: Entry, reactions: tuple[Reaction, ...]) -> None:
    changed = call.state.change(entry, reactions=reactions)
    call.state.feed.emit("reaction", lambda: {"message_id": changed.message_id, "reactions": changed.reactions}, chat.key)


@method("pinChatMessage", returns="True")
def pin_chat_message(call: Call) -> bool:
    chat = chat_of(call)
    with_right(call, chat, "can_pin_messages", NO_RIGHT_TO_PIN)
    entry = message_of(call, chat, "to pin")
    if entry.message_id in chat.pinned:
        return True
    chat.pinned.append(entry.message_id)
    call.state.save_chat(chat)
    content = {"pinned_message": posting.quoted(entry)}
    note = posting.Post(
        kind="bot", sender=call.bot.id, content=content, thread=entry.thread, files=entry.files, service="pinned_message"
    )
    posting.tell_bots(call.state, chat, posting.post(call.state, chat, note))
    return True


@method("unpinChatMessage", returns="True")
def unpin_chat_message(call: Call) -> bool:
    """Without a message id, the one pinned last."""
    chat = chat_of(call)
    with_right(call, chat, "can_pin_messages", NO_RIGHT_TO_PIN)
    number = call.params.get("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(number)
    call.state.save_chat(chat)
    return True
