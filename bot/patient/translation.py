"""Telegram's updates -> arrivals. Who somebody is, is `from.id` in a private chat, and nothing else that a client may claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.enums import ChatMemberStatus, ChatType, ContentType

from bot.arrivals import Arrival, Upload
from bot.patient.words import TELEGRAM_ITSELF, clean, said, writer
from flows.inputs import Edited, Unsupported

if TYPE_CHECKING:
    from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

    from flows.inputs import Input, Press

GONE = {ChatMemberStatus.KICKED, ChatMemberStatus.LEFT}


def is_person(message: Message) -> bool:
    """A human in their own private chat with us."""
    sender = message.from_user
    return (
        message.chat.type == ChatType.PRIVATE
        and sender is not None
        and sender.id == message.chat.id
        and not sender.is_bot
        and sender.id != TELEGRAM_ITSELF
    )


def of_message(message: Message, update_id: int) -> Arrival:
    upload = _upload(message)
    return _arrival(message, update_id, None if upload else _said(message), upload)


def of_edit(message: Message, update_id: int) -> Arrival:
    text = message.text or message.caption
    return _arrival(message, update_id, Edited(text=clean(text)) if text else None, None)


def of_press(query: CallbackQuery, update_id: int, press: Press | None) -> Arrival:
    """`press` is None for a button that we never made for this chat."""
    return Arrival(
        update_id=update_id,
        telegram_id=query.from_user.id,
        message_id=query.message.message_id if query.message else None,
        said=press,
        hint=query.from_user.language_code,
        query=query.id,
        writer=writer(query.from_user.first_name, query.from_user.last_name),
    )


def of_membership(change: ChatMemberUpdated, update_id: int) -> Arrival:
    return Arrival(
        update_id=update_id,
        telegram_id=change.from_user.id,
        message_id=None,
        said=None,
        hint=change.from_user.language_code,
        reachable=change.new_chat_member.status not in GONE,
    )


def _arrival(message: Message, update_id: int, said: Input | None, upload: Upload | None) -> Arrival:
    assert message.from_user is not None
    return Arrival(
        update_id=update_id,
        telegram_id=message.from_user.id,
        message_id=message.message_id,
        said=said,
        hint=message.from_user.language_code,
        upload=upload,
        writer=writer(message.from_user.first_name, message.from_user.last_name),
        reply_to=message.reply_to_message.message_id if message.reply_to_message else None,
        forwarded=message.forward_origin is not None,
    )


def _said(message: Message) -> Input:
    return Unsupported(kind=ContentType(message.content_type).value) if message.text is None else said(message.text)


def _upload(message: Message) -> Upload | None:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return _as_upload(message, "photo", largest)
    if message.document:
        return _as_upload(message, "document", message.document)
    if message.voice:
        return _as_upload(message, "voice", message.voice)
    if message.audio:
        return _as_upload(message, "audio", message.audio)
    if message.video:
        return _as_upload(message, "video", message.video)
    return None


def _as_upload(message: Message, kind: str, file: object) -> Upload:
    return Upload(
        kind=kind,
        file_id=getattr(file, "file_id", ""),
        file_unique_id=getattr(file, "file_unique_id", ""),
        name=clean(getattr(file, "file_name", None) or ""),
        declared_type=clean(getattr(file, "mime_type", None) or ""),
        declared_size=getattr(file, "file_size", None) or 0,
        album=message.media_group_id,
        caption=clean(message.caption or ""),
    )
