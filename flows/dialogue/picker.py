"""A date by buttons: year, then month, then day; any of them may be the end."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from flows.dialogue.prompt import Picker
from flows.items import Item
from flows.values import PartialDate

YEARS = 12  # on one page
OLDEST = 120  # years back, where the form sets no limit


@dataclass(frozen=True, slots=True)
class Shown:
    """A picker with the page that it is on."""

    picker: Picker
    page: int = 0
    pages: int = 1


def newest(item: Item, today: date) -> int:
    """The newest day on offer, as 20261122: today where the past is asked, else the end of next year, never beyond the form's limit."""
    last = today if item.past else date(min(today.year + 1, 9999), 12, 31)
    limit = f"{item.maximum}"[:10] if item.maximum is not None else ""
    full = (limit + "-12-31"[len(limit) - 4 :] if len(limit) in {4, 7} else limit).replace("-", "")
    return min(int(last.strftime("%Y%m%d")), int(full)) if full.isdigit() else int(last.strftime("%Y%m%d"))


def shown(item: Item, picked: tuple[int, ...], page: int) -> Shown:
    """What a picker shows: `picked` is the newest day, then the year and the month chosen so far."""
    top = picked[0] // 10000
    if len(picked) == 1:
        years = tuple(range(top, _oldest(item, top) - 1, -1)) or (top,)
        pages = -(-len(years) // YEARS)
        page = min(max(page, 0), pages - 1)
        return Shown(Picker(level="year", numbers=years[page * YEARS : (page + 1) * YEARS]), page, pages)
    year = picked[1]
    if len(picked) == 2:  # noqa: PLR2004 - newest, year
        months = picked[0] // 100 % 100 if year == top else 12
        return Shown(Picker(level="month", numbers=tuple(range(1, months + 1)), year=year))
    month = picked[2]
    last = calendar.monthrange(year, month)[1]
    days = min(last, picked[0] % 100) if (year, month) == (top, picked[0] // 100 % 100) else last
    return Shown(Picker(level="day", numbers=tuple(range(1, days + 1)), year=year, month=month))


def _oldest(item: Item, top: int) -> int:
    limit = f"{item.minimum}"[:4] if item.minimum is not None else ""
    return int(limit) if limit.isdigit() and int(limit) > 0 else max(1, top - OLDEST)


def picked_date(picked: tuple[int, ...]) -> PartialDate | None:
    """The date that was picked so far, None when it has no year yet."""
    parts = [f"{number:02d}" for number in picked[1:]]
    return PartialDate(text="-".join([parts[0].zfill(4), *parts[1:]])) if parts else None
