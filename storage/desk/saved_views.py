"""Views of the list of cases that people of the desk gave a name, each their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.schema.desk_tables import SavedViews
from storage.tables import table

if TYPE_CHECKING:
    from storage.transaction import Transaction

MOST = 20  # of one person

_views = table(SavedViews)
_mine = _views.c.coordinator == bindparam("coordinator_")
_insert = insert(_views)
_PUT = _insert.on_conflict_do_update(index_elements=["coordinator", "name"], set_={"query": _insert.excluded.query})
_OF = select(_views).where(_mine).order_by(_views.c.name)
_COUNT = select(func.count().label("views")).where(_mine, _views.c.name != bindparam("name_"))
_DROP = _views.delete().where(_mine, _views.c.name == bindparam("name_"))


def of(tx: Transaction, coordinator: int) -> dict[str, str]:
    """Name -> query string, by name."""
    return {row.name: row.query for row in tx.rows(_OF, {"coordinator_": coordinator})}


def put(tx: Transaction, coordinator: int, name: str, query: str) -> bool:
    """Keep a view, over an earlier one of this name. False: there are MOST others already."""
    row = tx.row(_COUNT, {"coordinator_": coordinator, "name_": name})
    if row is None or row.views >= MOST:
        return False
    tx.execute(_PUT, {"coordinator": coordinator, "name": name, "query": query})
    return True


def drop(tx: Transaction, coordinator: int, name: str) -> None:
    tx.execute(_DROP, {"coordinator_": coordinator, "name_": name})
