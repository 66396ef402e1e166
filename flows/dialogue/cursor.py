"""Cursor: where a conversation stands, besides what its answers say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flows import value_json
from flows.values import Values

Face = Literal["main", "other", "unit", "time", "confirm", "picker"]
Mode = Literal["asking", "changing", "review", "done"]


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """Where the conversation stands. The next question is derived from the answers; only what cannot be derived is kept here.

    `key` is a place that is being revisited, None for the first open one; `face` is what the question looks like now; `draft` is what
    was chosen and is not an answer yet (None: nothing was touched); `words` is the number that waits for its unit, the day that waits for its time, or the typed part of a label, and `hits` the options that
    hold it; `picked` is the newest day on offer (20261122) and the year and month picked; `since` is the revision from which on the
    buttons of this question are good; `doubted`: the unit was asked about. `refused` counts
    the refusals of a question that cannot be skipped (see patience); `warned` is the answer that a
    rule of the form finds unusual. `at` notes the place that is open, for the form's version
    that the response names: with another version it is derived anew.
    """

    key: str | None = None
    mode: Mode = "asking"
    face: Face = "main"
    draft: Values | None = None
    words: str = ""
    hits: tuple[int, ...] = ()
    page: int = 0
    picked: tuple[int, ...] = ()
    since: int = 0
    doubted: bool = False
    refused: int = 0
    warned: Values = ()
    at: str | None = None


def cursor_json(cursor: Cursor) -> dict[str, Any]:
    return {
        "key": cursor.key,
        "mode": cursor.mode,
        "face": cursor.face,
        "draft": cursor.draft,
        "words": cursor.words,
        "hits": list(cursor.hits),
        "page": cursor.page,
        "picked": list(cursor.picked),
        "since": cursor.since,
        "doubted": cursor.doubted,
        **({"refused": cursor.refused} if cursor.refused else {}),
        **({"warned": cursor.warned} if cursor.warned else {}),
        "at": cursor.at,
    }


def cursor_from_json(data: dict[str, Any]) -> Cursor:
    """The cursor that `cursor_json` wrote."""
    return Cursor(
        **{
            **data,
            "draft": None if data["draft"] is None else tuple(map(value_json.from_json, data["draft"])),
            "hits": tuple(data["hits"]),
            "picked": tuple(data["picked"]),
            "warned": tuple(map(value_json.from_json, data.get("warned", ()))),
        }
    )
