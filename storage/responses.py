"""Questionnaire responses: the only conversation state. The newest of a chat is the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.rows import AnswerChange, StoredResponse
from storage.schema.desk_tables import Counted
from storage.tables import AnswerChanges, Responses, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.transaction import Transaction

_responses = table(Responses)
_changes, _counted = table(AnswerChanges), table(Counted)

COLUMNS = [_responses.c[field] for field in StoredResponse.__slots__]
# Counted, for the clock may go back: what was begun last is the newest.
_CURRENT = select(*COLUMNS).where(_responses.c.chat_id == bindparam("chat_id_")).order_by(_responses.c.number.desc()).limit(1)
_before = _responses.alias("before")
_number = select(func.coalesce(func.max(_before.c.number), 0) + 1).where(_before.c.chat_id == bindparam("chat_id"))
_insert = insert(_responses).values(
    {**{field: bindparam(field) for field in StoredResponse.__slots__}, "number": _number.scalar_subquery()}
)
_kept = ("questionnaire", "revision", "status", "body", "updated_at")
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"],
    set_={name: _insert.excluded[name] for name in _kept},
    where=_responses.c.chat_id == _insert.excluded.chat_id,
)
_REPLACE = (
    _responses.update()
    .where(_responses.c.id == bindparam("id_"), _responses.c.chat_id == bindparam("chat_id_"))
    .values({name: bindparam(name) for name in _kept})
)
_of_chat = _responses.c.chat_id == bindparam("chat_id_")
_DELETE_CHANGES = _changes.delete().where(_changes.c.response_id.in_(select(_responses.c.id).where(_of_chat)))
_DELETE_COUNTED = _counted.delete().where(_counted.c.response_id.in_(select(_responses.c.id).where(_of_chat)))
_DELETE = _responses.delete().where(_of_chat)
_CHANGE = _changes.insert()
_HISTORY = select(_changes).where(_changes.c.response_id == bindparam("response_id_")).order_by(_changes.c.id)


def current(tx: Transaction, chat_id: int) -> StoredResponse | None:
    """The newest response of a chat, whatever its status."""
    row = tx.row(_CURRENT, {"chat_id_": chat_id})
    return None if row is None else stored(tx, row)


def stored(tx: Transaction, found: Sequence[Any]) -> StoredResponse:
    """The response of values that are COLUMNS."""
    values = dict(zip(StoredResponse.__slots__, found, strict=True))
    values["body"] = tx.unseal_text(values["body"], f"responses.body:{values['id']}")
    return StoredResponse(**values)


def save(
    tx: Transaction,
    chat_id: int,
    id: str,  # noqa: A002
    questionnaire: str,
    revision: int,
    status: str,
    body: str,
    *,
    known: bool = False,
) -> None:
    """Insert or replace a response by its id. `body` is the text of `QuestionnaireResponse.dumps()`. `known`: it was read from the store."""
    kept = {
        "questionnaire": questionnaire,
        "revision": revision,
        "status": status,
        "body": tx.seal_text(body, f"responses.body:{id}"),
        "updated_at": tx.now,
    }
    if known:
        tx.later(_REPLACE, {"id_": id, "chat_id_": chat_id, **kept})
    else:
        tx.later(_SAVE, {"id": id, "chat_id": chat_id, "created_at": tx.now, **kept})


def delete(tx: Transaction, chat_id: int) -> None:
    """Forget every response of a chat with what its answers were before: the consent to keep them was refused."""
    tx.execute(_DELETE_CHANGES, {"chat_id_": chat_id})
    tx.execute(_DELETE_COUNTED, {"chat_id_": chat_id})
    tx.execute(_DELETE, {"chat_id_": chat_id})


def record_change(tx: Transaction, response_id: str, key: str, before: str, *, by: str = "patient") -> None:
    """Keep what an answer was before it was replaced. `before` is JSON text; `by` is "patient" or a coordinator's id."""
    sealed = tx.seal_text(before, f"answer_changes.before:{response_id}:{key}")
    tx.later(_CHANGE, {"response_id": response_id, "key": key, "before": sealed, "at": tx.now, "by": by})


def changes(tx: Transaction, response_id: str) -> list[AnswerChange]:
    """Every replaced answer of a response, oldest first."""
    rows = tx.rows(_HISTORY, {"response_id_": response_id})
    contexts = (f"answer_changes.before:{row.response_id}:{row.key}" for row in rows)
    return [
        AnswerChange(**{**row._asdict(), "before": tx.unseal_text(row.before, context)})
        for row, context in zip(rows, contexts, strict=True)
    ]
