"""Where in the staff group a call goes: into the topic of its case; while that has none into General, where each message says of which case it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channel import Rejected
from bot.wording.markup import bold
from storage.rows import GENERAL

if TYPE_CHECKING:
    from storage.rows import OutboxRow

OF_TOPICS = frozenset({"editForumTopic", "closeForumTopic"})


def placed(row: OutboxRow, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters with the place. Raises Rejected for what is to be done to a topic that there is not."""
    if row.thread_id is None or row.method == "createForumTopic":
        return params
    if row.thread_id != GENERAL:
        return params | {"message_thread_id": row.thread_id}
    if row.method in OF_TOPICS:
        raise Rejected("the case has no topic")
    return _numbered(row.method, params, row.case_number or "")


def _numbered(method: str, params: dict[str, Any], number: str) -> dict[str, Any]:
    """The number on top of the words; a file without words has it as its caption."""
    name = "text" if method == "sendMessage" else "caption"
    said = params.get(name, "")
    if not method.startswith("send") or number in said:
        return params
    head = bold(number) if params.get("parse_mode") else number
    return params | {name: f"{head}\n{said}" if said else number}
