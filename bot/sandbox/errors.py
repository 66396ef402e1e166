"""What the Bot API answers instead of a result."""

from __future__ import annotations

BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
TOO_LARGE = 413
FLOOD = 429
LACKING = 501


class Refusal(Exception):
    """An error answer: `code` is both error_code and HTTP status, `parameters` as in ResponseParameters.

    `words`: the description as it was before Telegram's prefix and habit of lowering its first letter.
    """

    def __init__(self, code: int, description: str, *, retry_after: int | None = None, migrate_to: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.words = description
        self.parameters: dict[str, int] = {}
        if retry_after is not None:
            self.parameters["retry_after"] = retry_after
        if migrate_to is not None:
            self.parameters["migrate_to_chat_id"] = migrate_to


class Unable(Exception):
    """A person's action that is not possible: `status` is the HTTP status under /sandbox/, the message says why."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status


def bad(text: str) -> Refusal:
    """400, with Telegram's habit: the first letter is lowered unless the second is a capital or an underscore."""
    refusal = Refusal(BAD_REQUEST, "Bad Request: " + lowered(text))
    refusal.words = text
    return refusal


def forbidden(text: str) -> Refusal:
    return Refusal(FORBIDDEN, "Forbidden: " + text)


def flood(seconds: int) -> Refusal:
    return Refusal(FLOOD, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def lowered(text: str) -> str:
    if len(text) > 1 and (text[1].isupper() or text[1] == "_"):
        return text
    return text[:1].lower() + text[1:]
