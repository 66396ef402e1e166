"""From bytes to a Bot API request: query, urlencoded, JSON and multipart bodies, as every library writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from python_multipart.multipart import MultipartParser, parse_options_header

from bot.sandbox.errors import TOO_LARGE, Refusal, bad

MAX_FIELDS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """One uploaded file of a request; `field` is the name of its part."""

    field: str
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Arguments as they came (texts, or JSON values) and the files beside them, by part name."""

    arguments: dict[str, Any]
    sent: dict[str, Sent] = field(default_factory=dict)


def read(query: bytes, content_type: bytes, body: bytes) -> Request:
    """Raises Refusal when the body cannot be read."""
    arguments: dict[str, Any] = dict(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)) if query else {}
    if not body:
        return Request(arguments=arguments)
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == b"application/x-www-form-urlencoded":
        return Request(arguments=arguments | _urlencoded(body))
    if kind == b"application/json":
        return Request(arguments=arguments | _json(body))
    if kind == b"multipart/form-data":
        parts = multipart(content_type, body)
        return Request(arguments=arguments | parts.arguments, sent=parts.sent)
    return Request(arguments=arguments)


def _urlencoded(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Refusal(TOO_LARGE, "Request Entity Too Large") from error
    return dict(pairs)


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad("JSON object expected")
    return {name: inner for name, inner in value.items() if inner is not None}


def multipart(content_type: bytes, body: bytes) -> Request:
    """A multipart body; a part with a file name is a file, all others are texts."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise bad("can't parse multipart body: no boundary")
    parts = _Parts()
    parser = MultipartParser(boundary, parts.callbacks())
    try:
        parser.write(body)
        parser.finalize()
    except ValueError as error:
        raise bad("can't parse multipart body") from error
    return parts.request


class _Parts:
    """Collects parts from the parser's callbacks."""

    def __init__(self) -> None:
        self.request = Request(arguments={})
        self._headers: dict[bytes, bytes] = {}
        self._name = b""
        self._value = b""
        self._chunks: list[bytes] = []

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._field,
            "on_header_value": self._content,
            "on_header_end": self._header,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._headers, self._chunks = {}, []

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _content(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._chunks.append(data[start:end])

    def _end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name, content = _text(options.get(b"name", b"")), b"".join(self._chunks)
        if b"filename" not in options:
            self.request.arguments[name] = _text(content)
            return
        mime = _text(self._headers.get(b"content-type", b"")).partition(";")[0]
        self.request.sent[name] = Sent(field=name, name=_text(options[b"filename"]), mime=mime, content=content)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def attached(value: object, sent: Mapping[str, Sent], field_name: str) -> Sent | None:
    """The file that a parameter means: `attach://name` (aiogram), or the part with the parameter's own name (PTB)."""
    if isinstance(value, str) and value.startswith("attach://"):
        return sent.get(value.removeprefix("attach://"))
    return sent.get(field_name) if not value or value is True else None
