"""reply_markup of a request -> the inline keyboard of a message, or a reply keyboard (its removal, a forced reply)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad
from bot.sandbox.markup.links import checked

MAX_DATA = 64  # bytes
MAX_BUTTONS = 100
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
PRIVATE_ONLY = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "web_app": "BUTTON_TYPE_INVALID",
}
Button = dict[str, Any]


def check(markup: object) -> None:
    """Whether it is a keyboard at all: what the Bot API server refuses before it looks for the chat."""
    if not markup:
        return
    if isinstance(markup, str):
        raise bad("can't parse reply keyboard markup JSON object")
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    for button in _buttons(markup, "keyboard", 'field "keyboard"'):
        if words := _key_problem(button):
            raise bad(f"can't parse keyboard button: {words}")
    for button in _buttons(markup, "inline_keyboard", 'field "inline_keyboard" of the InlineKeyboardMarkup'):
        if words := _inline_problem(button):
            raise bad(f"can't parse inline keyboard button: {words}")


def _buttons(markup: dict[str, Any], name: str, called: str) -> Iterator[Any]:
    rows = markup.get(name, [])
    if not isinstance(rows, list):
        raise bad(f'field "{name}" must be of type Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad(f"{called} must be an Array of Arrays")
        yield from row


def _key_problem(button: object) -> str:
    if isinstance(button, str):
        return ""
    return _text_problem(button) if isinstance(button, dict) else "KeyboardButton must be a String or an Object"


def _inline_problem(button: object) -> str:
    if not isinstance(button, dict):
        return "InlineKeyboardButton must be an Object"
    if words := _text_problem(button):
        return words
    doing = any(button.get(action) is not None for action in ACTIONS)
    return "" if doing else "Text buttons are unallowed in the inline keyboard"


def _text_problem(button: Button) -> str:
    if "text" not in button:
        return 'Can\'t find field "text"'
    return "" if isinstance(button["text"], str) else 'Field "text" must be of type String'


def inline(markup: object, *, private: bool) -> dict[str, Any] | None:
    """The inline keyboard of a checked markup (None: there is none); another keyboard is refused."""
    if not isinstance(markup, dict) or not markup:
        return None
    if "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    rows = _rows(markup["inline_keyboard"], lambda button: _inline_button(button, private=private))
    if not rows:
        return None
    return {"inline_keyboard": rows} | ({"force_reply": True} if markup.get("force_reply") else {})


def reply(markup: object, *, private: bool) -> dict[str, Any] | None:
    """The reply keyboard of a checked markup, {remove_keyboard} or {force_reply}; None when it is none of these."""
    if not isinstance(markup, dict):
        return None
    if rows := _rows(markup.get("keyboard", []), lambda button: _reply_button(button, private=private)):
        return {**markup, "keyboard": rows}
    if markup.get("inline_keyboard") or not (markup.get("remove_keyboard") or markup.get("force_reply")):
        return None
    return {name: value for name, value in markup.items() if name != "keyboard"}


def _rows(rows: list[list[Any]], button: Callable[[Any], Button]) -> list[list[Button]]:
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad("reply markup is too long")
    return [[button(one) for one in row] for row in rows if row]


def _inline_button(button: Button, *, private: bool) -> Button:
    if not button["text"].strip():
        raise bad("inline keyboard button text must be non-empty")
    if (data := button.get("callback_data")) is not None:
        _data(data)
    if (url := button.get("url")) is not None:
        return {**button, "url": _url(url)}
    if "web_app" in button:
        _web_app(button["web_app"], private=private)
    return button


def _data(data: object) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_DATA:
        raise bad("BUTTON_DATA_INVALID")


def _url(url: object) -> str:
    text = url if isinstance(url, str) else ""
    if "://localhost" in text or (text and "." not in text and "://" not in text):
        raise bad(f"inline keyboard button URL '{text}' is invalid: Wrong HTTP URL")
    if not (whole := checked(text)):
        raise bad(f"inline keyboard button URL '{text}' is invalid: Wrong HTTP URL")
    return whole


def _web_app(web_app: object, *, private: bool) -> None:
    url = web_app.get("url") if isinstance(web_app, dict) else ""
    check_web_app(url if isinstance(url, str) else "", "inline keyboard button Web App")
    if not private:
        raise bad("BUTTON_TYPE_INVALID")


def check_web_app(url: str, holder: str) -> None:
    """Only https, but http where nobody can listen: on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise bad(f"{holder} URL '{url}' is invalid: Only HTTPS links are allowed")


def _reply_button(button: Any, *, private: bool) -> Button:
    button = {"text": button} if isinstance(button, str) else button
    if not button["text"].strip():
        raise bad("keyboard button text must be non-empty")
    for field, words in PRIVATE_ONLY.items():
        if button.get(field) and not private:
            raise bad(words)
    if web_app := button.get("web_app"):
        check_web_app(str(web_app.get("url", "")) if isinstance(web_app, dict) else "", "keyboard button Web App")
    return dict(button)
