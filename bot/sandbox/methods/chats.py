"""What a bot may learn about chats and members, and how it leaves."""

from __future__ import annotations

from typing import Any

from bot.sandbox import files, posting
from bot.sandbox.errors import bad, forbidden
from bot.sandbox.membership import RESTRICTABLE, as_member, change
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.targets import chat_of, seen_chat
from bot.sandbox.world import Chat

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@method("getChat", returns="ChatFullInfo")
def get_chat(call: Call) -> dict[str, Any]:
    chat = seen_chat(call)
    if not chat.private:
        chat_of(call)
    elif not chat.started:
        raise bad("chat not found")
    info = posting.shown(call.state, chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if not chat.private:
        info |= {"permissions": dict.fromkeys(RESTRICTABLE, True), "has_visible_history": True}
    elif username := call.state.people[chat.person].username:
        info["active_usernames"] = [username]
    if chat.pinned and (entry := call.state.entry(chat, chat.pinned[-1])) is not None:
        info["pinned_message"] = files.addressed(posting.quoted(entry), call.bot.id)
    return info


@method("getChatMember", returns="ChatMember")
def get_chat_member(call: Call) -> dict[str, Any]:
    chat = chat_of(call)
    number = call.params.get("user_id")
    if not isinstance(number, int) or number <= 0:
        raise bad("invalid user_id specified")
    if chat.private:
        if number not in (chat.person, chat.bot):
            raise bad("member not found")
        return {"status": "member", "user": call.state.user("bot" if number == chat.bot else "person", number)}
    if (member := chat.members.get(number)) is not None:
        return as_member(call.state, member)
    if number in call.state.people:
        return {"status": "left", "user": call.state.people[number].as_user()}
    raise bad("user not found")


@method("getChatAdministrators", returns="Array of ChatMember")
def get_chat_administrators(call: Call) -> list[dict[str, Any]]:
    chat = chat_of(call)
    if chat.private:
        raise bad("there are no administrators in the private chat")
    administrators = (member for member in chat.members.values() if member.administers)
    return [as_member(call.state, member) for member in administrators if member.kind == "person" or member.id == call.bot.id]


@method("leaveChat", returns="True")
def leave_chat(call: Call) -> bool:
    chat: Chat = seen_chat(call)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    if (member := chat.members.get(call.bot.id)) is None or not member.present:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    change(call.state, chat, member, "left", by=("bot", call.bot.id))
    return True
