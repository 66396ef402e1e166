"""A way out to Telegram: one method, raw JSON in and out, and four ways to fail. Implemented once per framework."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from storage.engine import json_text

CALL_SECONDS = 30.0  # how long an answer is waited for
UPLOAD_SECONDS = 90.0
IDLE_SECONDS = 4.0  # how long a connection may rest: many servers close it after five, perhaps in the moment of the next call
BAD_TOKEN_SECONDS = 60.0
FETCHABLE = 20 * 1024 * 1024  # bytes: what getFile gives to a bot


class ChannelError(Exception):
    """A call to Telegram did not succeed."""


class RetryLater(ChannelError):
    """It was not done and may be tried again: after so many seconds when Telegram says so, else when the caller likes."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


def asked(error: Exception) -> float:
    """For how many seconds Telegram does not want to hear of it; 0 when it does not say."""
    return (error.seconds or 0.0) if isinstance(error, RetryLater) else 0.0


class Unreachable(ChannelError):
    """The chat cannot be written to: blocked, deactivated, never started, or the bot was removed from the group."""


class Rejected(ChannelError):
    """Telegram will never take this call; the message is Telegram's own description."""


class Moved(ChannelError):
    """The group has another id now."""

    def __init__(self, chat_id: int) -> None:
        super().__init__("the group has another id")
        self.chat_id = chat_id


class Lost(ChannelError):
    """The connection broke after the call was sent: it may have been done or not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file to be sent with a call."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


class Channel(Protocol):
    """One bot's connection. `updates` and `fetch` raise the same errors as `call`."""

    async def call(self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> Any:
        """The method's result as raw JSON. `files` by parameter name."""

    async def updates(self, offset: int | None, timeout: int, allowed: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """getUpdates: what arrived after `offset`, waiting for at most `timeout` seconds."""

    def fetch(self, file_id: str) -> AsyncIterator[bytes]:
        """The bytes of a file that somebody sent, in pieces."""

    async def close(self) -> None:
        """Closes connections."""


def outcome(status: int, body: bytes) -> Any:
    """The result inside Telegram's envelope. Raises one of the errors above; what a proxy says in HTML counts as its status."""
    try:
        answer = json_text.loads(body)
    except json_text.Unreadable:
        answer = None
    if not isinstance(answer, dict):
        answer = {"ok": False, "description": f"HTTP {status}"}
        status = max(status, HTTPStatus.INTERNAL_SERVER_ERROR)
    if answer.get("ok"):
        return answer.get("result")
    parameters = answer.get("parameters")
    raise _error(status, str(answer.get("description", "")), parameters if isinstance(parameters, dict) else {})


GONE = (
    "chat not found",
    "user is deactivated",
    "bot was blocked",
    "bot was kicked",
    "peer_id_invalid",
    "have no rights to send",
)


def _error(status: int, description: str, parameters: dict[str, Any]) -> ChannelError:
    if moved := parameters.get("migrate_to_chat_id"):
        return Moved(int(moved))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RetryLater(description, float(parameters.get("retry_after", 1)))
    if status == HTTPStatus.FORBIDDEN or any(words in description.lower() for words in GONE):
        return Unreachable(description)
    if status == HTTPStatus.UNAUTHORIZED:
        return RetryLater(description, BAD_TOKEN_SECONDS)
    for_now = status == HTTPStatus.CONFLICT or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
    )
    return RetryLater(description) if for_now else Rejected(description)


def spelt(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as form fields: text as it is, everything else as JSON; what is None is left out."""
    return {
        name: value if isinstance(value, str) else json_text.dumps(value).decode()
        for name, value in params.items()
        if value is not None
    }
