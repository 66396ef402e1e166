"""Who belongs to a group: how a member is shown, and what follows when one comes, goes or rises."""

from __future__ import annotations

from typing import Any

from bot.sandbox import posting
from bot.sandbox.state import State
from bot.sandbox.trail import Trace
from bot.sandbox.world import Chat, Kind, Member

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)
RESTRICTABLE = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def as_member(state: State, member: Member, status: str = "") -> dict[str, Any]:
    """As Telegram's type ChatMember (`status` shows another one than now)."""
    status = status or member.status
    view: dict[str, Any] = {"status": status, "user": state.user(member.kind, member.id)}
    if status == "creator":
        view["is_anonymous"] = False
    elif status == "administrator":
        view |= {"can_be_edited": False, "is_anonymous": False} | {right: member.may(right) for right in RIGHTS}
    elif status == "restricted":
        view |= {"is_member": True, "until_date": 0} | dict.fromkeys(RESTRICTABLE, False)
    elif status == "kicked":
        view["until_date"] = 0
    return view


def change(state: State, chat: Chat, member: Member, status: str, by: tuple[Kind, int]) -> None:
    """Gives a member another status, says so in the group, and tells the bots that may know."""
    before = as_member(state, member)
    was_present, heard_before = member.present, member.status
    member.status = status
    chat.members[member.id] = member
    state.save_chat(chat)
    if status == heard_before:
        return
    if was_present != member.present:
        _announce(state, chat, member, by)
    body = {
        "chat": posting.shown(state, chat),
        "from": state.user(*by),
        "date": state.clock.stamp(),
        "old_chat_member": before,
        "new_chat_member": as_member(state, member),
    }
    _tell(state, chat, member, body)


def _announce(state: State, chat: Chat, member: Member, by: tuple[Kind, int]) -> None:
    user = state.user(member.kind, member.id)
    content = {"new_chat_members": [user]} if member.present else {"left_chat_member": user}
    service = next(iter(content))
    entry = posting.post(state, chat, posting.Post(kind=by[0], sender=by[1], content=content, service=service))
    posting.tell_bots(state, chat, entry)


def _tell(state: State, chat: Chat, changed: Member, body: dict[str, Any]) -> None:
    """The changed bot gets my_chat_member; bots that administer the group get chat_member of all others."""
    for member in chat.members.values():
        if member.kind != "bot":
            continue
        if member.id == changed.id:
            state.tell(state.bots[member.id], "my_chat_member", body, f"m{chat.id}")
        elif member.administers:
            state.tell(state.bots[member.id], "chat_member", body, f"c{chat.id}")


def block(state: State, chat: Chat, *, blocked: bool) -> None:
    """A person blocks or unblocks a bot; the bot hears my_chat_member either way."""
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    state.trail.add(Trace(kind="block" if blocked else "unblock", chat=chat.key, person=chat.person))
    state.save_chat(chat)
    bot, person = state.bots[chat.bot], state.people[chat.person]
    user = bot.as_user()
    gone = {"status": "kicked", "user": user, "until_date": 0}
    there = {"status": "member", "user": user}
    body = {
        "chat": posting.shown(state, chat),
        "from": person.as_user(),
        "date": state.clock.stamp(),
        "old_chat_member": there if blocked else gone,
        "new_chat_member": gone if blocked else there,
    }
    state.tell(bot, "my_chat_member", body, f"m{chat.id}")
