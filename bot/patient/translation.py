"""Telegram's updates -> arrivals. Who somebody is, is `from.id` in a private chat, and nothing else that a client may claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.enums import ChatMemberStatus, ChatType, ContentType

from bot.arrivals import Arrival, Upload, clean, upload_in
from bot.patient.words import TELEGRAM_ITSELF, said, writer
from flows.inputs import Edited, Unsupported

if TYPE_CHECKING:
    from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

    from flows.inputs import Input, Press

KINDS = ("document", "voice", "audio", "video")
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
    upload = upload_in(message, KINDS)
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
    if message.text is not None:
        return said(message.text)
    return Unsupported(kind=ContentType(message.content_type).value, words=clean(_readable(message)))


def _readable(message: Message) -> str:
    """What there is to read in something that is no text: the number of a doctor, where somebody is, a thank-you in a picture."""
    if message.contact is not None:
        card = message.contact
        named = " ".join(filter(None, (card.first_name, card.last_name)))
        return f"📇 {named}, {card.phone_number}"
    if message.location is not None:
        place, at = message.venue, message.location
        named = f" {place.title}, {place.address}" if place else ""
        return f"📍{named} {at.latitude:.5f}, {at.longitude:.5f}"
    return (message.sticker.emoji or "") if message.sticker is not None else ""
