"""Messages -> Bot API methods and parameters. The only place that knows how a button or a message is spelt for Telegram."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.buttons import Buttons
from bot.messages import Button, File, Message, Rows, clip

NUMBER = 32  # characters that a case's number may need on top, see bot/delivery/general.py
MAX_TEXT = 4096 - NUMBER  # Telegram counts after parsing; we count before it, which is on the safe side
MAX_CAPTION = 1024 - NUMBER
FILE_METHODS = {"document": "sendDocument", "photo": "sendPhoto", "voice": "sendVoice"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One Bot API call without its chat; `document_id`/`part` name the stored bytes that delivery adds."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)
    document_id: str | None = None


class Wire:
    """Spells messages for one chat at a time: buttons are tagged for the chat that they are made for."""

    def __init__(self, buttons: Buttons) -> None:
        self._buttons = buttons

    def send(self, message: Message, chat: int) -> list[Call]:
        """One call, or several when the text is longer than one message may be; the keyboard goes under the last."""
        pieces = split(message.text)
        calls = [Call(method="sendMessage", params=_text(piece) | _flags(message)) for piece in pieces]
        if message.rows:
            calls[-1].params["reply_markup"] = self.keyboard(message.rows, chat)
        return calls

    def edit(self, message: Message, chat: int) -> Call:
        """Replaces text and keyboard of an earlier message (no rows: the keyboard goes)."""
        params = _text(split(message.text)[0])
        if message.rows:
            params["reply_markup"] = self.keyboard(message.rows, chat)
        return Call(method="editMessageText", params=params)

    def file(self, file: File, chat: int) -> Call:
        params: dict[str, Any] = {"part": file.part, "file_name": file.name}
        if file.caption:
            params |= {"caption": clip(file.caption, MAX_CAPTION), "parse_mode": "HTML"}
        if file.rows:
            params["reply_markup"] = self.keyboard(file.rows, chat)
        return Call(method=FILE_METHODS[file.as_], params=params, document_id=file.document_id)

    def keyboard(self, rows: Rows, chat: int) -> dict[str, Any]:
        return {"inline_keyboard": [[self._button(button, chat) for button in row] for row in rows]}

    def _button(self, button: Button, chat: int) -> dict[str, Any]:
        spelt: dict[str, Any] = {"text": button.text}
        if button.press:
            spelt["callback_data"] = self._buttons.encode(button.press, chat)
        elif button.desk:
            spelt["callback_data"] = self._buttons.encode_desk(button.desk)
        elif button.app:
            spelt["web_app"] = {"url": button.app}
        else:
            spelt["url"] = button.url
        if button.style:
            spelt["style"] = button.style
        return spelt


def toast(query: str, text: str = "", *, alert: bool = False) -> Call:
    """The answer that every press gets, at most 200 characters."""
    params: dict[str, Any] = {"callback_query_id": query}
    if text:
        params |= {"text": clip(text, 200), "show_alert": alert}
    return Call(method="answerCallbackQuery", params=params)


def split(text: str, limit: int = MAX_TEXT) -> list[str]:
    """Pieces of at most `limit` characters, cut between paragraphs, then lines; our markup never spans a line."""
    pieces, rest = [], text
    while len(rest) > limit:
        cut = max(rest.rfind("\n\n", 0, limit), 0) or max(rest.rfind("\n", 0, limit), 0) or limit
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip("\n")
    return [*pieces, rest]


def _text(text: str) -> dict[str, Any]:
    return {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _flags(message: Message) -> dict[str, Any]:
    flags = {"disable_notification": message.silent, "protect_content": message.protect}
    return {name: True for name, on in flags.items() if on}
