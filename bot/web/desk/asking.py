"""What the address of a list asks for. What makes no sense asks for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from flows.case import STAGES
from storage.desk.overview import NOBODY, URGENCIES, Cursor, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.rows import Coordinator

KEPT = ("view", "number", "stage", "urgency", "holder", "sort")  # of an address, in a saved view
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 40  # characters of one value


def wanted(asked: Mapping[str, str], visitor: Coordinator) -> Wanted:
    view, holder = asked.get("view", ""), asked.get("holder", "")
    number = asked.get("number", "").strip().upper()[:LONGEST]
    return Wanted(
        closed=view == "closed",
        holder=visitor.telegram_id if view == "mine" else NOBODY if view == "unclaimed" else digits(holder),
        stage=asked.get("stage") if asked.get("stage") in STAGES else None,
        urgency=asked.get("urgency") if asked.get("urgency") in URGENCIES else None,
        flagged=view == "flagged",
        number=number if not number or number.startswith("CL") else f"CL-{number}",
        newest=asked.get("sort") == "newest",
        waiting=view == "waiting",
    )


def cursor(asked: Mapping[str, str]) -> Cursor | None:
    after, id_ = asked.get("after", ""), digits(asked.get("id", ""))
    if id_ is None:
        return None
    since = digits(after)
    if since is not None:
        return Cursor(id=id_, since=BEGINNING + timedelta(microseconds=since))
    return Cursor(urgency=after, id=id_) if after in URGENCIES else None


def kept(asked: Mapping[str, str]) -> str:
    """The filters of an address as a query string, the same for the same filters."""
    return urlencode({name: asked[name][:LONGEST] for name in KEPT if asked.get(name)})


def origin(asked: Mapping[str, str]) -> str:
    """The query string of a case that is opened from this list."""
    return urlencode({"in": kept(asked)})


def list_of(asked: Mapping[str, str]) -> dict[str, str] | None:
    """The filters of the list from which a case was opened; None when it was opened otherwise."""
    return dict(parse_qsl(asked["in"][:1000])) if "in" in asked else None


def following(asked: Mapping[str, str], after: Cursor | None) -> str:
    """The address of the next page."""
    if after is None:
        return ""
    place = after.urgency if after.since is None else (after.since - BEGINNING) // timedelta(microseconds=1)
    return f"{kept(asked)}&{urlencode({'after': place, 'id': after.id})}"


def digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None  # noqa: PLR2004 - below 2**63
