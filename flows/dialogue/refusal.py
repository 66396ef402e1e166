"""Refusal: why words, a press or a file cannot be the answer. The engine makes an event of it; nobody raises it."""

from __future__ import annotations

from dataclasses import dataclass

from flows.events import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """See events.Refused for the fields."""

    reason: Reason
    limit: str = ""
    candidates: tuple[str, ...] = ()
    text: str = ""
