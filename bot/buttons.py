"""What travels inside a button: a few letters, numbers and a tag, never a word about health.

`callback_data` is attacker's input (a bad client may send anything), so each one carries a tag made with our key for the chat
that the button was made for: a changed or foreign button is no button.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.messages import DeskPress
from flows.inputs import Control, Press

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MAX_LENGTH = 64  # Telegram's limit for callback_data, in bytes
DESK = "desk"
CONTROLS = frozenset(control.value for control in Control)  # a button of an earlier version may have had others


class Buttons:
    """Encodes and decodes presses; `sign` makes a short tag of a text (storage.vault.Keyring.sign)."""

    def __init__(self, sign: Callable[[str], str]) -> None:
        self._sign = sign

    def encode(self, press: Press, chat: int) -> str:
        return self._tagged(f"{press.control.value}.{_number(press.number)}.{_number(press.revision)}", chat)

    def decode(self, data: str, chat: int) -> Press | None:
        """The press, or None when the data was not made by us for this chat."""
        match self._untagged(data, chat):
            case [control, number, revision] if control in CONTROLS:
                return Press(control=Control(control), number=_parse(number), revision=_parse(revision))
        return None

    def encode_desk(self, press: DeskPress) -> str:
        return self._tagged(f"{press.verb}.{_number(press.case_id)}.{_number(press.number)}", DESK)

    def decode_desk(self, data: str) -> DeskPress | None:
        match self._untagged(data, DESK):
            case [verb, case_id, number] if case_id:
                return DeskPress(verb=verb, case_id=int(case_id, 36), number=_parse(number))
        return None

    def _tagged(self, body: str, scope: int | str) -> str:
        return f"{body}~{self._sign(f'{scope}|{body}')}"

    def _untagged(self, data: str, scope: int | str) -> list[str] | None:
        body, separator, tag = data.rpartition("~")
        if not separator or len(data) > MAX_LENGTH or not data.isascii() or self._sign(f"{scope}|{body}") != tag:
            return None
        return body.split(".")


def _number(value: int | None) -> str:
    if value is None:
        return ""
    digits = ""
    while value >= len(DIGITS):
        value, rest = divmod(value, len(DIGITS))
        digits = DIGITS[rest] + digits
    return DIGITS[value] + digits


def _parse(text: str) -> int | None:
    return int(text, 36) if text else None
