"""The law on names, types and required fields: Bot API 10.3's machine-readable schema, compiled to checks.

A check takes a decoded JSON value and returns the first problem in words, or an empty string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

Check = Callable[[Any, str], str]
Field = dict[str, Any]

DATA = Path(__file__).parent / "data"
ANYTHING = {"InputPollMedia", "InputPollOptionMedia", "CallbackGame"}  # unions that none of our methods takes
INT64 = 1 << 63


def _loaded(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads((DATA / name).read_bytes())
    return loaded


@cache
def schema() -> dict[str, Any]:
    return _loaded("schema-10.3.json")


@cache
def unions() -> dict[str, Any]:
    return _loaded("unions-10.3.json")


@cache
def methods() -> Mapping[str, str]:
    """Every method that Bot API 10.3 knows: name in small letters -> as written."""
    return {name.lower(): name for name in schema()["methods"]}


@cache
def parameters(method: str) -> Mapping[str, Field]:
    return {field["name"]: field for field in schema()["methods"][method]}


@cache
def check(spelling: str) -> Check:
    """The check of a type as the schema spells it: `Integer or String`, `Array of Message`, `Message`."""
    if spelling.startswith("Array of "):
        return _array(check(spelling.removeprefix("Array of ").strip()))
    members = re.split(r", | or | and ", spelling)
    if len(members) > 1:
        return _either(tuple(check(member) for member in members), spelling)
    if spelling in SCALARS:
        return SCALARS[spelling]
    return _named(spelling)


def problem(spelling: str, value: Any, path: str = "") -> str:
    """The first deviation of `value` from the type, e.g. `.chat.id: Integer expected`; empty when there is none."""
    return check(spelling)(value, path)


def _integer(value: Any, path: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and -INT64 <= value < INT64:
        return ""
    return f"{path}: Integer expected"


def _float(value: Any, path: str) -> str:
    return "" if isinstance(value, (int, float)) and not isinstance(value, bool) else f"{path}: Float expected"


def _string(value: Any, path: str) -> str:
    return "" if isinstance(value, str) else f"{path}: String expected"


def _boolean(value: Any, path: str) -> str:
    return "" if isinstance(value, bool) else f"{path}: Boolean expected"


def _true(value: Any, path: str) -> str:
    return "" if value is True else f"{path}: True expected"


def _anything(value: Any, path: str) -> str:  # noqa: ARG001 (a check's shape)
    return ""


def _file(value: Any, path: str) -> str:
    return "" if isinstance(value, str) else f"{path}: InputFile expected"


SCALARS: dict[str, Check] = {
    "Integer": _integer,
    "Float": _float,
    "String": _string,
    "Boolean": _boolean,
    "True": _true,
    "InputFile": _file,  # by then the text attach://name, or a file id or address
}


def _array(each: Check) -> Check:
    def check_array(value: Any, path: str) -> str:
        if not isinstance(value, list):
            return f"{path}: Array expected"
        for index, element in enumerate(value):
            if words := each(element, f"{path}[{index}]"):
                return words
        return ""

    return check_array


def _either(checks: tuple[Check, ...], spelling: str) -> Check:
    def check_either(value: Any, path: str) -> str:
        problems = [one(value, path) for one in checks]
        if all(problems):
            return problems[0] if len(problems) == 1 else f"{path}: {spelling} expected ({problems[0]})"
        return ""

    return check_either


def _named(name: str) -> Check:
    if name in ANYTHING:
        return _anything
    if name == "MaybeInaccessibleMessage":
        return _maybe_inaccessible
    if name == "RichText":
        return _rich_text
    if name in unions():
        return _union(name)
    return _object(name)


def _maybe_inaccessible(value: Any, path: str) -> str:
    accessible = isinstance(value, dict) and value.get("date") != 0
    return check("Message" if accessible else "InaccessibleMessage")(value, path)


def _rich_text(value: Any, path: str) -> str:
    if isinstance(value, str):
        return ""
    if isinstance(value, list):
        return _array(_rich_text)(value, path)
    return _union("RichText")(value, path)


@cache
def _union(name: str) -> Check:
    union = unions()[name]
    key, members = union["field"], union["members"]

    def check_union(value: Any, path: str) -> str:
        if not isinstance(value, dict):
            return f"{path}: {name} expected"
        called = value.get(key) if key else ""
        kinds = members.get(called) if isinstance(called, str) else None
        if kinds is None:
            return f"{path}.{key}: no {name} is called {called!r}"
        problems = [check(kind)(value, path) for kind in kinds]
        return problems[0] if all(problems) else ""

    return check_union


def _object(name: str) -> Check:
    fields = _Fields(name)

    def check_object(value: Any, path: str) -> str:
        if not isinstance(value, dict):
            return f"{path}: {name} expected"
        for key in fields.required:
            if key not in value:
                return f"{path}: {name} without {key}"
        for key, inner in value.items():
            if words := fields[key](inner, f"{path}.{key}"):
                return words
        return ""

    return check_object


class _Fields(dict[str, Check]):
    """The checks of a type's fields, looked up at first use, because types refer to each other in circles."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.types = {field["name"]: field["type"] for field in schema()["types"][name]}
        self.required = tuple(field["name"] for field in schema()["types"][name] if field["required"])

    def __missing__(self, key: str) -> Check:
        if key not in self.types:
            return lambda _value, path: f"{path.rpartition('.')[0]}: {self.name} has no field {key!r}"
        self[key] = check(self.types[key])
        return self[key]
