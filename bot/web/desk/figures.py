"""The page of figures and its files: how far families come, how soon they are answered, who carries what. Counts only."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import xlsxwriter
from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.rounds.tallying import Tallying
from bot.wording import figures as wording
from flows.fhir.flat import BOM, harmless
from flows.funnel import funnel
from storage import audit, coordinators
from storage.desk import load, ratings, tallies

if TYPE_CHECKING:
    from bot.effects.scene import House
    from bot.web.desk.frame import Frame
    from bot.wording.figures import Figures, Table
    from storage.rows import Coordinator
    from storage.transaction import Transaction

DAYS = (7, 30, 90, 365)
USUAL = 30
AT_ONCE = 300  # responses that are counted while somebody waits for the page; others are counted by and by
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class FigurePages:
    def __init__(self, *, frame: Frame) -> None:
        self.frame = frame
        self.tallying = Tallying(database=frame.database, house=frame.house)

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route("/figures", self.frame.for_visitors(self._page), methods=["GET"])
        router.add_api_route("/figures/export/{format}", self.frame.for_visitors(self._file), methods=["GET"])

    async def _page(self, request: Request, visitor: Coordinator) -> Response:
        days, tables = await self.of(request, visitor)
        return self.frame.page_for(visitor, "figures.html", tables=tables, days=days, spans=DAYS)

    async def _file(self, request: Request, visitor: Coordinator) -> Response:
        kind = request.path_params["format"]
        if kind not in TYPES:
            return self.frame.missing(self.frame.words(visitor))
        days, tables = await self.of(request, visitor)
        named = {"Content-Disposition": f'attachment; filename="careline-{days}-days.{kind}"'}
        data = as_csv(tables) if kind == "csv" else as_xlsx(tables)
        return Response(data, HTTPStatus.OK, media_type=TYPES[kind], headers=self.frame.headers | named)

    async def of(self, request: Request, visitor: Coordinator) -> tuple[int, tuple[Table, ...]]:
        """For how many days an address asks, and the tables of these."""
        days, house = _days(request), self.frame.house

        def look(tx: Transaction) -> None:
            audit.write(tx, actor=str(visitor.telegram_id), action="figures.read", object="figures")

        await self.frame.database.transact(look)
        since = await self.frame.database.read(lambda tx: tx.now - timedelta(days=days))
        behind = await self.tallying.catch_up(since, most=AT_ONCE)
        found = await self.frame.database.read(lambda tx: gather(tx, house, days, behind))
        return days, wording.tables(self.frame.words(visitor), house.catalogues, found)


def gather(tx: Transaction, house: House, days: int, behind: int) -> Figures:
    """The figures of the last days, whole days in UTC. `behind`: responses that are not counted as they are now."""
    since, form = tx.now - timedelta(days=days), house.definition.questionnaire
    names = {one.telegram_id: one.name for one in coordinators.everybody(tx)}
    return wording.Figures(
        funnel=funnel(form, tallies.sums(tx, since.date())),
        first=load.first_answers(tx, since),
        languages=load.by_language(tx),
        holders={names.get(one, str(one)) if one else None: many for one, many in load.by_holder(tx).items()},
        marks=ratings.counted(tx),
        behind=behind,
    )


def as_csv(tables: tuple[Table, ...]) -> bytes:
    """The tables one below the other. No cell is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for table in tables:
        writer.writerow([harmless(table.title)])
        writer.writerows([harmless(str(cell)) for cell in row] for row in (table.columns, *table.rows))
        writer.writerow([])
    return (BOM + out.getvalue()).encode()


def as_xlsx(tables: tuple[Table, ...]) -> bytes:
    """A sheet for each table; text is written as text, whatever it begins with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold: Any = book.add_format({"bold": True})
        for number, table in enumerate(tables, 1):
            sheet = book.add_worksheet(str(number))
            sheet.write_string(0, 0, table.title, bold)
            sheet.write_row(1, 0, table.columns, bold)
            for at, row in enumerate(table.rows, 2):
                sheet.write_row(at, 0, row)
            sheet.set_column(0, 0, 60)
    return out.getvalue()


def _days(request: Request) -> int:
    said = request.query_params.get("days", "")
    return int(said) if said in map(str, DAYS) else USUAL
