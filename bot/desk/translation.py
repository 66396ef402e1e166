"""Telegram's updates -> arrivals of the desk. Who acts is a person's numeric id; groups and channels that speak are nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.constants import ChatMemberStatus, ChatType

from bot.arrivals import clean, upload_in
from bot.effects.act import DeskArrival

if TYPE_CHECKING:
    from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, User

    from bot.messages import DeskPress

NOBODY = {777000, 1087968824, 136817688}  # Telegram itself, an anonymous administrator, a channel
PRESENT = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER, ChatMemberStatus.RESTRICTED}
COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]+)(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL)
KINDS = ("document", "voice", "audio", "video", "video_note", "animation")


def of_message(message: Message, update_id: int) -> DeskArrival:
    text = clean(message.text or message.caption or "")
    command = command_in(text, message.get_bot().username)
    sender = None if message.sender_chat else person(message.from_user)
    return DeskArrival(
        update_id=update_id,
        chat_id=message.chat.id,
        private=_private(message.chat, sender),
        sender=sender,
        name=clean(message.from_user.first_name) if message.from_user and sender else "",
        thread_id=message.message_thread_id,
        message_id=message.message_id,
        reply_to=_replied_to(message),
        answers_bot=_answers_bot(message),
        text=text,
        command=command[0],
        argument=command[1],
        upload=upload_in(message, KINDS),
        forwarded=message.forward_origin is not None,
        moved_to=message.migrate_to_chat_id,
    )


def of_press(query: CallbackQuery, update_id: int, press: DeskPress | None) -> DeskArrival:
    """A press under a message that is too old to be shown has no chat that we could trust: it is nobody's."""
    message = query.message
    chat = message.chat if message else None
    sender = person(query.from_user)
    return DeskArrival(
        update_id=update_id,
        chat_id=chat.id if chat else 0,
        private=_private(chat, sender),
        sender=sender,
        name=clean(query.from_user.first_name),
        thread_id=getattr(message, "message_thread_id", None),
        message_id=message.message_id if message else None,
        query=query.id,
        press=press,
    )


def of_membership(change: ChatMemberUpdated, update_id: int) -> DeskArrival:
    member = change.new_chat_member
    present = member.status in PRESENT and getattr(member, "is_member", True)
    return DeskArrival(
        update_id=update_id,
        chat_id=change.chat.id,
        private=change.chat.type == ChatType.PRIVATE,
        member=member.user.id,
        present=present,
        able=present and (member.status == ChatMemberStatus.OWNER or bool(getattr(member, "can_manage_topics", False))),
    )


def person(user: User | None) -> int | None:
    """The numeric id of a human being."""
    return None if user is None or user.is_bot or user.id in NOBODY else user.id


def command_in(text: str, own_name: str) -> tuple[str, str]:
    """The command that a text begins with, lower case, and what follows it; another bot's command is none."""
    match = COMMAND.fullmatch(text)
    if match is None or (match["bot"] or own_name).lower() != own_name.lower():
        return "", ""
    return match["name"].lower(), (match["argument"] or "").strip()


def is_command(arrival: DeskArrival) -> bool:
    """Whether this is to be done. In a caption only /r counts, and nothing that was forwarded is an act of who forwarded it."""
    return bool(arrival.command) and arrival.upload is None and not arrival.forwarded


def _private(chat: Chat | None, sender: int | None) -> bool:
    return chat is not None and chat.type == ChatType.PRIVATE and chat.id == sender


def _answers_bot(message: Message) -> bool:
    earlier = message.reply_to_message
    return bool(earlier and not earlier.forum_topic_created and earlier.from_user and earlier.from_user.is_bot)


def _replied_to(message: Message) -> int | None:
    """The message that was really replied to: in a topic every message "replies" to the one that opened it."""
    earlier = message.reply_to_message
    return earlier.message_id if earlier and not earlier.forum_topic_created else None
