"""The morning digest when it is sent: one picture and five lines, of what is so at that moment."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.channel import Upload
from bot.effects import nudging
from bot.effects.morning import MORNING
from bot.wording import morning as wording
from bot.wording.morning import AGES, Digest
from storage.desk import figures, next_acts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from bot.effects.scene import House
    from bot.wording.morning import Panel
    from storage.database import Database
    from storage.rows import OutboxRow
    from storage.transaction import Transaction

__all__ = ["MORNING", "Mornings", "drawn"]

COHORT = timedelta(days=30)
SIZE, DOTS = (10.0, 6.4), 120  # inches, dots per inch
COLOURS = ("#2f6f9f", "#7a6aa8", "#c0702f", "#3f8a63")  # told apart also without red and green


@dataclass(frozen=True, kw_only=True, slots=True)
class Mornings:
    database: Database
    house: House

    async def send(self, row: OutboxRow, wanted: dict[str, Any]) -> tuple[OutboxRow, dict[str, Upload]]:
        """What delivery calls for a row that asks for a digest."""
        words, catalogues = self.house.desk_words, self.house.catalogues
        since = datetime.fromisoformat(wanted["since"])
        digest = await self.database.read(lambda tx: gathered(tx, self.house, since))
        panels = wording.panels(words, catalogues, digest)
        picture = await asyncio.to_thread(drawn, panels, right_to_left=words.right_to_left)
        shown = {"caption": wording.text(words, catalogues, digest), "parse_mode": "HTML"}
        return replace(row, payload=row.payload | shown), {
            "photo": Upload(name="morning.png", content_type="image/png", data=picture)
        }


def gathered(tx: Transaction, house: House, since: datetime) -> Digest:
    today = tx.now.astimezone(house.desk_zone).date()
    return Digest(
        figures=figures.gather(tx, since=since, cohort=tx.now - COHORT, ages=AGES),
        late=nudging.late(tx, house),
        overdue=next_acts.overdue(tx, today),
        today=today,
        since=since,
        now=tx.now,
        zone=house.desk_zone.key,
    )


def drawn(panels: Sequence[Panel], *, right_to_left: bool) -> bytes:
    """A PNG with one panel in each corner. matplotlib is loaded when the first one is drawn; its own font has all our scripts."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.15)  # type: ignore[union-attr, call-arg]
    corners = figure.subplots(2, 2).flatten()
    order = (1, 0, 3, 2) if right_to_left else (0, 1, 2, 3)
    for place, panel, colour in zip(order, panels, COLOURS, strict=True):
        _bars(corners[place], panel, colour, right_to_left=right_to_left)
    made = io.BytesIO()
    figure.savefig(made, format="png")
    return made.getvalue()


def _bars(axes: Axes, panel: Panel, colour: str, *, right_to_left: bool) -> None:
    """Bars from the side where reading begins, each with its figure at its end."""
    places = range(len(panel.counts))
    axes.barh(places, panel.counts, color=colour)
    axes.set_yticks(places, panel.labels)
    axes.invert_yaxis()
    axes.set_xlim(0, max([*panel.counts, 1]) * 1.15)
    axes.set_xticks([])
    axes.set_title(panel.title, loc="right" if right_to_left else "left", fontweight="bold")
    axes.spines[["top", "bottom", "left" if right_to_left else "right"]].set_visible(False)
    axes.tick_params(length=0)
    if right_to_left:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
    side, away = ("right", -6) if right_to_left else ("left", 6)
    for place, count in zip(places, panel.counts, strict=True):  # matplotlib's own labels miss the end of an empty bar
        axes.annotate(str(count), (count, place), (away, 0), textcoords="offset points", ha=side, va="center")
