"""A bot changes its own messages."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup import keyboards
from bot.sandbox.markup.formatting import caption_of, text_of
from bot.sandbox.methods.answers import given
from bot.sandbox.methods.media import input_media
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.rich import rich_content
from bot.sandbox.methods.targets import chat_of, mentioned, own_message
from bot.sandbox.world import Entry

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
MEDIA = ("photo", "document", "video", "audio", "animation", "voice")
CAPTION = ("caption", "caption_entities", "show_caption_above_media")


@method("editMessageText", returns="Message or True")
def edit_message_text(call: Call) -> dict[str, Any]:
    entry = _entry(call)
    used: tuple[str, ...] = ()
    if call.params.get("rich_message"):
        rich = rich_content(call)
        content, used = rich.fields, rich.used
    else:
        formatted = text_of(call.params, partial(mentioned, call))
        content = {"text": formatted.text} | ({"entities": formatted.entities} if formatted.entities else {})
        if options := call.params.get("link_preview_options"):
            content["link_preview_options"] = options
    if "text" not in entry.message and "rich_message" not in entry.message:
        raise bad("there is no text in the message to edit")
    return _edited(call, entry, content, ("text", "entities", "link_preview_options", "rich_message"), used)


@method("editMessageCaption", returns="Message or True")
def edit_message_caption(call: Call) -> dict[str, Any]:
    entry = _entry(call)
    caption = caption_of(call.params, partial(mentioned, call))
    if not any(kind in entry.message for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    content: dict[str, Any] = {"caption": caption.text} if caption.text else {}
    if caption.text and caption.entities:
        content["caption_entities"] = caption.entities
    return _edited(call, entry, content, CAPTION)


@method("editMessageMedia", returns="Message or True")
def edit_message_media(call: Call) -> dict[str, Any]:
    entry = _entry(call)
    if "media" not in call.params:
        raise bad("there is no media in the request")
    content = input_media(call, call.params["media"])
    if not any(kind in entry.message for kind in (*MEDIA, "text")):
        raise bad("message can't be edited")
    return _edited(call, entry, content.fields, (*MEDIA, *CAPTION, "text", "entities"), content.used)


@method("editMessageReplyMarkup", returns="Message or True")
def edit_message_reply_markup(call: Call) -> dict[str, Any]:
    return _edited(call, _entry(call), {}, ())


def _entry(call: Call) -> Entry:
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
