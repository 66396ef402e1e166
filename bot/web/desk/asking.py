"""What the address of a list asks for. What makes no sense asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flows.case import STAGES
from storage.overview import NOBODY, URGENCIES, Cursor, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.rows import Coordinator

KEPT = ("view", "number", "stage", "urgency", "holder", "sort")  # of an address, in a saved view
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
    )


def cursor(asked: Mapping[str, str]) -> Cursor | None:
    urgency, id_ = asked.get("after", ""), digits(asked.get("id", ""))
    return Cursor(urgency=urgency, id=id_) if urgency in URGENCIES and id_ is not None else None


def kept(asked: Mapping[str, str]) -> str:
    """The filters of an address as a query string, the same for the same filters."""
    return urlencode({name: asked[name][:LONGEST] for name in KEPT if asked.get(name)})


def following(asked: Mapping[str, str], after: Cursor | None) -> str:
    """The address of the next page."""
    return f"{kept(asked)}&{urlencode({'after': after.urgency, 'id': after.id})}" if after else ""


def digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None  # noqa: PLR2004 - below 2**63
