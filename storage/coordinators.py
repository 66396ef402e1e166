"""The roster: who may work at the desk, by Telegram id."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.rows import Coordinator
from storage.tables import Coordinators, table

if TYPE_CHECKING:
    from storage.transaction import Transaction

_coordinators = table(Coordinators)
_GET = select(_coordinators).where(_coordinators.c.telegram_id == bindparam("telegram_id_"))
_ACTIVE = select(_coordinators).where(_coordinators.c.active).order_by(_coordinators.c.telegram_id)
_insert = insert(_coordinators)
_EVERYBODY = select(_coordinators).order_by(_coordinators.c.telegram_id)
_changing = ("name", "language", "active", "private_chat", "role", "standing", "updated_at")
_PUT = _insert.on_conflict_do_update(index_elements=["telegram_id"], set_={name: _insert.excluded[name] for name in _changing})
_SAVE = _coordinators.update().where(_coordinators.c.telegram_id == bindparam("telegram_id_"))


def roster(tx: Transaction) -> list[Coordinator]:
    """Everybody who may work at the desk now."""
    return [Coordinator(**row._asdict()) for row in tx.rows(_ACTIVE)]


def get(tx: Transaction, telegram_id: int) -> Coordinator | None:
    """A coordinator, active or not."""
    row = tx.row(_GET, {"telegram_id_": telegram_id})
    return None if row is None else Coordinator(**row._asdict())


def everybody(tx: Transaction) -> list[Coordinator]:
    """The whole roster, also who does not work here any more."""
    return [Coordinator(**row._asdict()) for row in tx.rows(_EVERYBODY)]


def put(
    tx: Transaction,
    telegram_id: int,
    *,
    name: str,
    language: str,
    active: bool = True,
    private_chat: bool = False,
    role: str = "coordinator",
    standing: str = "listed",
) -> None:
    """Add a coordinator or replace what is known of one."""
    values = {"name": name, "language": language, "active": active, "private_chat": private_chat, "role": role}
    tx.execute(_PUT, {"telegram_id": telegram_id, **values, "standing": standing, "updated_at": tx.now})


def save(tx: Transaction, coordinator: Coordinator) -> None:
    """Write somebody who was read before."""
    values = asdict(coordinator)
    tx.execute(_SAVE, {"telegram_id_": values.pop("telegram_id"), **values, "updated_at": tx.now})
