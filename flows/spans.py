"""The days that a date of less than full precision can mean."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def span(text: str) -> tuple[date, date]:
    """First and last day of "2024", "2024-05" or "2024-05-17"."""
    year, month, day = (*(int(part) for part in text.split("-")), None, None)[:3]
    assert year is not None
    first_month, last_month = (1, 12) if month is None else (month, month)
    if day is not None:
        return date(year, first_month, day), date(year, first_month, day)
    return date(year, first_month, 1), date(year, last_month, monthrange(year, last_month)[1])
