"""Small things that the house itself has to remember, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.tables import Facts, table

if TYPE_CHECKING:
    from storage.transaction import Transaction

MOVES = 10  # a group becomes a supergroup once; what goes in circles must end all the same

_facts = table(Facts)
_GET = select(_facts.c.value).where(_facts.c.name == bindparam("name_"))
_insert = insert(_facts)
_PUT = _insert.on_conflict_do_update(index_elements=["name"], set_={"value": _insert.excluded.value})


def get(tx: Transaction, name: str) -> str | None:
    row = tx.row(_GET, {"name_": name})
    return row.value if row else None


def put(tx: Transaction, name: str, value: str) -> None:
    tx.execute(_PUT, {"name": name, "value": value})


def group_now(tx: Transaction, chat_id: int) -> int:
    """The id that a group has by now, however often it moved."""
    for _ in range(MOVES):
        found = get(tx, f"group:{chat_id}")
        if found is None:
            break
        chat_id = int(found)
    return chat_id
