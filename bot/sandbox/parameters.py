"""Arguments as they came -> typed parameters, as the schema says; deviations are collected for strict mode."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson

from bot.sandbox import schema
from bot.sandbox.errors import bad
from bot.sandbox.request import Request

NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
TRUE = ("true", "yes", "1")
BOOLEANS = (*TRUE, "false", "no", "0", "")
OWN_WORDS = ("reply_markup", "entities", "caption_entities", "media", "rich_message", "reaction", "commands")
Reader = Callable[[Any], Any]


class Unreadable(ValueError):
    """not of the parameter's type"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """`values` holds what could be read; `problems` what the schema forbids (one sentence each)."""

    values: dict[str, Any]
    problems: list[str] = field(default_factory=list)


def decode(method: str, request: Request) -> Decoded:
    """Raises Refusal for a structure that cannot be read, unless the method has words of its own for it (OWN_WORDS)."""
    decoded = Decoded(values={})
    readers = _readers(method)
    for name, raw in request.arguments.items():
        if (reader := readers.get(name)) is None:
            if not raw or name not in request.sent:
                decoded.problems.append(f"unknown parameter {name!r}")
            decoded.values[name] = raw
            continue
        _read(decoded, name, raw, reader)
    for name in request.sent:
        if name in readers:
            decoded.values.setdefault(name, f"attach://{name}")
        elif not any(isinstance(value, str) and f"attach://{name}" in value for value in request.arguments.values()):
            decoded.problems.append(f"nothing refers to the file {name!r}")
    return decoded


def missing(method: str, values: Mapping[str, Any]) -> str:
    """Names the first required parameter that is not there; empty when all are."""
    for name, parameter in schema.parameters(method).items():
        if parameter["required"] and name not in values:
            return name
    return ""


def _read(decoded: Decoded, name: str, raw: Any, reader: tuple[Reader, schema.Check, bool]) -> None:
    read, check, complex_type = reader
    try:
        value = decoded.values[name] = read(raw)
    except Unreadable as error:
        decoded.problems.append(f"{name}: {error}")
        if complex_type and name not in OWN_WORDS:
            raise bad(f"can't parse {name}: {error}") from error
        decoded.values.update({name: raw} if complex_type else {})
        return
    if problem := check(value, name):
        decoded.problems.append(problem)
        if complex_type and name not in OWN_WORDS:
            raise bad(f"can't parse {problem}")


@cache
def _readers(method: str) -> dict[str, tuple[Reader, schema.Check, bool]]:
    return {
        name: (_reader(parameter["type"]), schema.check(parameter["type"]), parameter["type"] not in SIMPLE)
        for name, parameter in schema.parameters(method).items()
    }


def _reader(spelling: str) -> Reader:
    return SIMPLE.get(spelling, _structure)


def _integer(raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, str) and NUMBER.fullmatch(raw.strip()):
        return int(raw)
    message = "Integer expected"
    raise Unreadable(message)


def _float(raw: Any) -> float:
    try:
        return float(raw)
    except (TypeError, ValueError) as error:
        message = "Float expected"
        raise Unreadable(message) from error


def _string(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, (int, float)):
        return str(raw)
    message = "String expected"
    raise Unreadable(message)


def _boolean(raw: Any) -> bool | str:
    """Telegram takes what it does not know for false; so do the methods, because the check names it as no Boolean."""
    if isinstance(raw, bool):
        return raw
    words = str(raw).strip().lower()
    return words in TRUE if words in BOOLEANS else ""


def _number_or_name(raw: Any) -> int | str:
    try:
        return _integer(raw)
    except Unreadable:
        return _string(raw)


def _structure(raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = "JSON expected"
        raise Unreadable(message) from error


SIMPLE: dict[str, Reader] = {
    "Integer": _integer,
    "Float": _float,
    "String": _string,
    "Boolean": _boolean,
    "True": _boolean,
    "Integer or String": _number_or_name,
    "InputFile": _string,
    "InputFile or String": _string,
}
