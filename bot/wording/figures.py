"""Figures of the desk as tables in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import format_timedelta

from bot.messages import clip
from bot.wording import rating
from flows.presses import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.catalogues import Catalogue, Catalogues
    from flows.funnel import Funnel
    from storage.desk.load import FirstAnswers


LONGEST = 120  # characters of a question


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """`languages` and `holders`: open cases; `marks`: how many families gave each; `behind`: intakes that went on since they were counted."""

    funnel: Funnel
    first: FirstAnswers
    languages: Mapping[str | None, int]
    holders: Mapping[str | None, int]
    marks: Mapping[int, int]
    behind: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


def tables(words: Catalogue, catalogues: Catalogues, found: Figures) -> tuple[Table, ...]:
    """What the page shows and the files hold, in this order."""
    many = words.gettext("Open cases")
    spoken = tuple(
        (catalogues[one].own_name if one else words.gettext("not said yet"), n) for one, n in found.languages.items()
    )
    held = tuple((one or words.gettext("nobody yet"), n) for one, n in found.holders.items())
    return (
        _ends(words, found.funnel, found.behind),
        _places(words, found.funnel),
        _first(words, found.first),
        Table(title=words.gettext("Load by language"), columns=(words.gettext("Language"), many), rows=spoken),
        Table(title=words.gettext("Load by coordinator"), columns=(words.gettext("Held by"), many), rows=held),
        _marks(words, found.marks),
    )


def _marks(words: Catalogue, found: Mapping[int, int]) -> Table:
    rows = tuple((rating.mark(words, value), found.get(value, 0)) for value in reversed(MARKS))
    return Table(title=rating.title(words), columns=(words.gettext("Answer"), words.gettext("How many")), rows=rows)


def _ends(words: Catalogue, found: Funnel, behind: int) -> Table:
    rows = ((words.gettext("Began"), found.begun), (words.gettext("Finished"), found.finished))
    if behind:
        rows = (*rows, (words.gettext("Not counted yet, or counted as they were before"), behind))  # type: ignore[assignment]
    columns = (words.gettext("Intakes"), words.gettext("How many"))
    return Table(title=words.gettext("How many finish the questions"), columns=columns, rows=rows)


def _places(words: Catalogue, found: Funnel) -> Table:
    """In the order of the questions."""
    rows = tuple(
        (clip(one.item.label.worded(words.worded), LONGEST) or one.item.link_id, one.answered, one.stand)
        for one in found.places
    )
    columns = (words.gettext("Question"), words.gettext("Answered"), words.gettext("Stopped here"))
    return Table(title=words.gettext("Where people stop"), columns=columns, rows=rows)


def _first(words: Catalogue, found: FirstAnswers) -> Table:
    def told(span: timedelta | None) -> str:
        return format_timedelta(span, locale=words.dates) if span is not None else "–"

    rows = (
        (words.gettext("Cases opened"), found.cases),
        (words.gettext("Answered"), found.answered),
        (words.gettext("Half of them within"), told(found.half)),
        (words.gettext("Nine of ten within"), told(found.nine_tenths)),
    )
    columns = (words.gettext("Cases"), words.gettext("How many, or how long"))
    return Table(title=words.gettext("Time to the first answer"), columns=columns, rows=rows)
