"""Answers of the person's side compared with their own description."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
from pydantic import TypeAdapter

from bot.sandbox.http import acting, managing, reading, trouble

ROUTES = [route for part in (reading, managing, acting, trouble) for route in part.router.routes]


@cache
def shape(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def as_described(verb: str, answer: httpx.Response) -> None:
    """Raises ValidationError when the answer lacks a field, has one too many, or one of another type."""
    path = answer.request.url.path.removeprefix("/sandbox")
    route: Any = next(route for route in ROUTES if verb in route.methods and route.path_regex.match(path))
    shape(route.response_model).validate_json(answer.content, strict=True)
