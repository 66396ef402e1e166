"""JSON of anything that a stranger can send: orjson first, and what it refuses is read or written by the standard library."""

from __future__ import annotations

import json
from typing import Any

import orjson

DEEPEST = 200  # levels; Telegram's have about ten
LONGEST = 400  # digits; Python itself refuses to convert more than 4,300, and nothing of ours needs as many


class Unreadable(ValueError):
    """No JSON at all, or nested too deep."""


def dumps(value: object) -> bytes:
    """Value -> bytes. orjson refuses lone surrogates, integers above 64 bits and 255 levels.

    Whatever `loads` gave can be written: what is nested so deep that only a stranger can have made it is left out.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return _dumps_strange(value).encode()


def loads(data: bytes | str) -> Any:
    """Bytes -> value; raises Unreadable. One strange value does not make the hundred updates around it unreadable.

    A whole number beyond 64 bits comes back as a float, or as text when it is very long: nothing of ours is as large.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _loads_strange(data)


def _loads_strange(data: bytes | str) -> Any:
    try:
        return json.loads(data, parse_int=_whole)
    except (ValueError, RecursionError):
        raise Unreadable from None  # the original error quotes what it could not read


def _dumps_strange(value: object) -> str:
    try:
        return json.dumps(value)
    except RecursionError:
        return json.dumps(_shallow(value, DEEPEST))


def _shallow(value: object, levels: int) -> object:
    """The same value as far as so many levels down."""
    if isinstance(value, dict):
        return {name: _shallow(inner, levels - 1) for name, inner in value.items()} if levels else {}
    if isinstance(value, list):
        return [_shallow(inner, levels - 1) for inner in value] if levels else []
    return value


def _whole(digits: str) -> int | str:
    """A number longer than any of ours stays text."""
    return int(digits) if len(digits) <= LONGEST else digits
