"""Small shared pieces of sending: what each message carries besides its content, and how it goes back to the bot."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.sandbox import files, posting
from bot.sandbox.errors import bad
from bot.sandbox.markup import keyboards
from bot.sandbox.markup.formatting import read, text_in
from bot.sandbox.markup.text import Formatted, units
from bot.sandbox.methods.registry import Call
from bot.sandbox.methods.targets import chat_of, member_of, mentioned, message_of, thread_of
from bot.sandbox.world import Chat, Entry

RIGHTS_TO_WRITE = "not enough rights to send text messages to the chat"


def send(call: Call, content: dict[str, Any], used: tuple[str, ...] = (), chat: Chat | None = None) -> dict[str, Any]:
    """Posts one message of this bot and gives the Message back."""
    chat = chat or target(call)
    return given(call, sent(call, chat, content, used))


def target(call: Call) -> Chat:
    """The chat to write in; a restricted bot may not write. A keyboard that cannot be read is refused before."""
    keyboards.check(call.params.get("reply_markup"))
    chat = chat_of(call)
    if not chat.private and member_of(call.bot, chat).status == "restricted":
        raise bad(RIGHTS_TO_WRITE)
    return chat


def sent(call: Call, chat: Chat, content: dict[str, Any], used: tuple[str, ...] = ()) -> Entry:
    params = call.params
    reply_to = _replied(call, chat)
    thread = thread_of(call, chat) or (reply_to.thread if reply_to is not None else 0)
    markup = params.get("reply_markup")
    reply_keyboard = keyboards.reply(markup, private=chat.private) if markup else None
    if markup and reply_keyboard is None and (inline := keyboards.inline(markup, private=chat.private)):
        content = content | {"reply_markup": inline}
    if reply_to is not None:
        content |= _quoted(params.get("reply_parameters"), reply_to)
    if params.get("protect_content"):
        content["has_protected_content"] = True
    if effect := params.get("message_effect_id"):
        content["effect_id"] = effect
    return posting.post(
        call.state,
        chat,
        posting.Post(
            kind="bot",
            sender=call.bot.id,
            content=content,
            thread=thread,
            reply_to=reply_to,
            markup=reply_keyboard,
            files=used,
            **_ephemeral(call, chat),
        ),
    )


def text_fields(call: Call, source: Formatted) -> dict[str, Any]:
    """A text as the fields of a Message."""
    formatted = text_in(source, partial(mentioned, call))
    fields: dict[str, Any] = {"text": formatted.text}
    if formatted.entities:
        fields["entities"] = formatted.entities
    if options := call.params.get("link_preview_options"):
        fields["link_preview_options"] = options
    return fields


def given(call: Call, entry: Entry) -> dict[str, Any]:
    """The Message as this bot gets it."""
    shows_files = entry.files or "reply_to_message" in entry.message
    message: dict[str, Any] = files.addressed(entry.message, call.bot.id) if shows_files else entry.message
    return message


def _replied(call: Call, chat: Chat) -> Entry | None:
    """The message that is replied to; missing is an error unless the bot says otherwise."""
    reply = call.params.get("reply_parameters")
    if not isinstance(reply, dict):
        number = str(call.params.get("reply_to_message_id") or "")  # its name before Bot API 7.0; still understood
        reply = {**call.params, "message_id": int(number)} if number.isdecimal() else None
    if not reply or not (reply.get("message_id") or reply.get("ephemeral_message_id")):
        return None
    if "ephemeral_message_id" in reply:
        return None
    entry = call.state.entry(chat, reply["message_id"])
    if entry is None and str(reply.get("allow_sending_without_reply", "")).lower() not in ("true", "1"):
        return message_of(call, chat, "to be replied", reply["message_id"])
    return entry


def _quoted(reply: Any, entry: Entry) -> dict[str, Any]:
    """The part of the message that the reply is to, if the bot names one."""
    if not isinstance(reply, dict) or not reply.get("quote"):
        return {}
    quote = read(reply["quote"], reply.get("quote_parse_mode", ""), reply.get("quote_entities"))
    words = entry.message.get("text", entry.message.get("caption", ""))
    if quote.text not in words:
        raise bad("QUOTE_TEXT_INVALID")
    found: dict[str, Any] = {"text": quote.text, "position": units(words[: words.index(quote.text)]), "is_manual": True}
    return {"quote": found | ({"entities": quote.entities} if quote.entities else {})}


def _ephemeral(call: Call, chat: Chat) -> dict[str, Any]:
    """A message that only one member of a group sees."""
    wanted = call.params.get("ephemeral_message_parameters")
    if not wanted:
        return {}
    receiver = wanted["receiver_user_id"]
    if chat.private:
        raise bad("ephemeral messages can be sent only in groups")
    if (member := chat.members.get(receiver)) is None or not member.present or member.kind == "bot":
        raise bad("user not found")
    number = chat.next_ephemeral
    chat.next_ephemeral += 1
    extra = {"ephemeral_message_id": number, "receiver_user": call.state.people[receiver].as_user()}
    return {"ephemeral_for": receiver, "extra": extra}
