"""Streamed drafts: a preview of half a minute that a person may stop."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup.formatting import MAX_TEXT, parsed
from bot.sandbox.methods.answers import target
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.methods.rich import rich_content
from bot.sandbox.methods.targets import mentioned, thread_of
from bot.sandbox.world import Draft

SHOWN_SECONDS = 30


@method("sendMessageDraft", returns="True")
def send_message_draft(call: Call) -> bool:
    params = call.params
    formatted = parsed(params.get("text", ""), params.get("parse_mode", ""), params.get("entities"), partial(mentioned, call))
    if len(formatted.text) > MAX_TEXT:
        raise bad("message is too long")
    return _show(call, text=formatted.text, entities=formatted.entities)


@method("sendRichMessageDraft", returns="True")
def send_rich_message_draft(call: Call) -> bool:
    return _show(call, rich=rich_content(call).fields["rich_message"])


def _show(call: Call, **content: Any) -> bool:
    chat, number = target(call), call.params.get("draft_id")
    if not chat.private:
        raise bad("drafts can be sent only to private chats")
    if not isinstance(number, int) or not number:
        raise bad("invalid draft identifier specified")
    draft = Draft(
        bot=call.bot.id,
        draft_id=number,
        person=chat.person,
        thread=thread_of(call, chat),
        can_stop=bool(call.params.get("can_stop")),
        until=call.state.clock.now() + SHOWN_SECONDS,
        **content,
    )
    call.state.drafts.setdefault(chat.key, {})[call.bot.id, number] = draft
    call.state.feed.emit("draft", lambda: {"draft": draft, "draft_id": number}, chat.key)
    return True
