"""A bot changes its own messages."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup import keyboards
from bot.sandbox.markup.formatting import caption_in, read_caption, read_text
from bot.sandbox.methods.answers import given, text_fields
from bot.sandbox.methods.media import Content, content_of, read_media, required
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.rich import rich_content
from bot.sandbox.methods.targets import chat_of, mentioned, own_message
from bot.sandbox.world import Entry

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
MEDIA = ("photo", "document", "video", "audio", "animation", "voice")
BODY = ("text", "entities", "link_preview_options", "rich_message")
CAPTION = ("caption", "caption_entities", "show_caption_above_media")


@method("editMessageText", returns="Message or True")
def edit_message_text(call: Call) -> dict[str, Any]:
    new = rich_content(call) if call.params.get("rich_message") else read_text(call.params)
    entry = _entry(call)
    if "text" not in entry.message and "rich_message" not in entry.message:
        raise bad("there is no text in the message to edit")
    content = new if isinstance(new, Content) else Content(fields=text_fields(call, new))
    return _edited(call, entry, content.fields, BODY, content.used)


@method("editMessageCaption", returns="Message or True")
def edit_message_caption(call: Call) -> dict[str, Any]:
    source = read_caption(call.params)
    entry = _entry(call)
    if not any(kind in entry.message for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    caption = caption_in(source, partial(mentioned, call))
    content: dict[str, Any] = {"caption": caption.text} if caption.text else {}
    if caption.entities:
        content["caption_entities"] = caption.entities
    return _edited(call, entry, content, CAPTION)


@method("editMessageMedia", returns="Message or True")
def edit_message_media(call: Call) -> dict[str, Any]:
    if isinstance(media := required(call), str):
        raise bad("can't parse input media JSON object")
    read = read_media(call, media)
    entry = _entry(call)
    if not any(kind in entry.message for kind in (*MEDIA, "text")):
        raise bad("message can't be edited")
    content = content_of(call, read)
    return _edited(call, entry, content.fields, (*MEDIA, *CAPTION, "text", "entities"), content.used)


@method("editMessageReplyMarkup", returns="Message or True")
def edit_message_reply_markup(call: Call) -> dict[str, Any]:
    return _edited(call, _entry(call), {}, ())


def _entry(call: Call) -> Entry:
    """The message to change; a keyboard that cannot be read is refused before anybody looks for it."""
    keyboards.check(call.params.get("reply_markup"))
    if call.params.get("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")  # only web_app answers make inline messages here, and nothing edits those
    if not call.params.get("message_id") and "chat_id" not in call.params:
        raise bad("message identifier is not specified")
    return own_message(call, chat_of(call), "to edit")


def _edited(
    call: Call, entry: Entry, content: dict[str, Any], replaced: tuple[str, ...], used: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Fields named in `replaced` go, `content` comes; the inline keyboard is always as the call says (none: it goes)."""
    chat = call.state.chats[entry.chat]
    message = {name: value for name, value in entry.message.items() if name not in (*replaced, "reply_markup")}
    message |= content
    if markup := keyboards.inline(call.params.get("reply_markup"), private=chat.private):
        message["reply_markup"] = markup
    if message == entry.message:
        raise bad(NOT_MODIFIED)
    if content or replaced:
        message["edit_date"] = call.state.clock.stamp()
    return given(call, call.state.change(entry, message=message, files=used or entry.files))
