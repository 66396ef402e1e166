"""Which methods we have. Each registers itself beside its code; a known method that is not here answers 501."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.request import Sent
from bot.sandbox.state import State
from bot.sandbox.world import Bot

Run = Callable[["Call"], "Any | Awaitable[Any]"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A result that Telegram explains in the envelope beside it."""

    result: Any
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request of a bot, decoded."""

    state: State
    bot: Bot
    params: dict[str, Any]
    sent: dict[str, Sent] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """`returns` as the schema spells types; `sends`: counts for the pace; `in_reply`: may be called by a webhook's reply."""

    name: str
    run: Run
    returns: str
    sends: bool
    in_reply: bool


METHODS: dict[str, Method] = {}


def method(name: str, *, returns: str, sends: bool = False, in_reply: bool = True) -> Callable[[Run], Run]:
    """Registers a method under its name; Bot API method names are case-insensitive."""

    def register(run: Run) -> Run:
        allowed = in_reply and not name.lower().startswith("get")
        METHODS[name.lower()] = Method(name=name, run=run, returns=returns, sends=sends, in_reply=allowed)
        return run

    return register
