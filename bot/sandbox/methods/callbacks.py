"""Answers to presses, and to what Mini Apps ask to send."""

from __future__ import annotations

from typing import Any

from bot.sandbox import posting
from bot.sandbox.errors import bad
from bot.sandbox.markup import keyboards
from bot.sandbox.markup.formatting import read_text, text_in
from bot.sandbox.methods.registry import Call, method
from bot.sandbox.trail import Trace

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
MAX_ANSWER = 200


@method("answerCallbackQuery", returns="True")
def answer_callback_query(call: Call) -> bool:
    state, params = call.state, call.params
    press = state.presses.get(str(params.get("callback_query_id", "")))
    if press is None or press.bot != call.bot.id or press.state != "waiting":
        raise bad(TOO_OLD)
    if state.clock.now() - press.at > state.settings.callback_seconds:
        press.state = "expired"
        state.feed.emit("press", lambda: {"press": press}, press.chat)
        raise bad(TOO_OLD)
    text = params.get("text", "")
    if len(text) > MAX_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    press.state, press.text = "answered", text
    press.show_alert, press.url = bool(params.get("show_alert")), params.get("url", "")
    if text:
        state.trail.add(Trace(kind="toast", chat=press.chat, message_id=press.message_id, person=press.person, words=text))
    state.feed.emit("press", lambda: {"press": press}, press.chat)
    return True


@method("answerWebAppQuery", returns="SentWebAppMessage")
def answer_web_app_query(call: Call) -> dict[str, Any]:
    """The Mini App's result is posted in the person's name, via the bot."""
    query = str(call.params.get("web_app_query_id", ""))
    if not query or (asked := call.state.queries.get(query)) is None or asked[0] != call.bot.id:
        raise bad(TOO_OLD)
    result = call.params.get("result")
    content = result.get("input_message_content") if isinstance(result, dict) else None
    if not isinstance(content, dict) or "message_text" not in content:
        raise bad("only articles with a text are known here")
    formatted = text_in(read_text({**content, "text": content["message_text"]}), lambda _number: None)
    del call.state.queries[query]
    chat = call.state.chats[asked[1]]
    message: dict[str, Any] = {"text": formatted.text, "via_bot": call.bot.as_user()}
    if formatted.entities:
        message["entities"] = formatted.entities
    if isinstance(result, dict) and (markup := keyboards.inline(result.get("reply_markup"), private=True)):
        message["reply_markup"] = markup
    entry = posting.post(call.state, chat, posting.Post(kind="person", sender=chat.person, content=message))
    posting.tell_bots(call.state, chat, entry)
    return {"inline_message_id": f"{chat.key}/{entry.message_id}"}
