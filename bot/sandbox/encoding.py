"""JSON, fast where it is well-formed; what orjson refuses (lone surrogates, huge integers of a hostile update) goes a slower way."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import orjson


def dumps(value: Any) -> bytes:
    """Records become objects; keys that are numbers become texts."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(value, default=dataclasses.asdict, separators=(",", ":")).encode()


def loads(body: bytes | str) -> Any:
    """Raises ValueError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)
