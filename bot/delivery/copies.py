"""What is kept of one chat as one JSON file, gathered when it is sent, so that no copy of it lies anywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import intakes
from bot.channel import Rejected, Upload
from flows.fhir.responses import to_fhir
from storage import cases, chats, consents, documents, relay

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.library import Definition
    from storage.database import Database
    from storage.rows import Document, OutboxRow
    from storage.transaction import Transaction

SAID_BY = {"in": "you", "out": "coordinator"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Copies:
    database: Database
    definition: Callable[[], Definition]

    async def send(self, row: OutboxRow, wanted: dict[str, Any]) -> tuple[OutboxRow, dict[str, Upload]]:
        """What delivery calls for a row that asks for a copy. Raises Rejected when everything was deleted meanwhile."""
        found = await self.database.read(lambda tx: gathered(tx, self.definition(), wanted["chat"], row.chat_id))
        data = json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        return row, {"document": Upload(name="careline.json", content_type="application/json", data=data)}


def gathered(tx: Transaction, definition: Definition, chat_id: int, telegram_id: int) -> dict[str, Any]:
    """Everything that this person told, was told and sent; the answers as a FHIR R4 QuestionnaireResponse."""
    chat = chats.get(tx, chat_id)
    if chat.telegram_id != telegram_id:
        raise Rejected("everything was deleted")
    response = intakes.current(tx, chat_id, definition)
    return {
        "made": tx.now.isoformat(),
        "language": chat.language,
        "time_zone": chat.zone,
        "reminders": chat.reminders_on,
        "permissions": [
            {"permission": one.consent, "given": one.given, "at": one.at.isoformat()} for one in consents.history(tx, chat_id)
        ],
        "answers": to_fhir(definition.form, response, language=chat.language or "en") if response else None,
        "messages": _messages(tx, chat_id),
        "files": [_file(tx, document) for document in documents.for_chat(tx, chat_id)],
    }


def _messages(tx: Transaction, chat_id: int) -> list[dict[str, Any]]:
    said = [
        {"at": line.at.isoformat(), "case": case.number, "by": SAID_BY[line.direction], "text": line.body}
        for case in cases.of_chat(tx, chat_id)
        for line in relay.history(tx, case.id)
        if line.direction in SAID_BY and line.body and not line.document_id  # words to a file stand with it
    ]
    return [*said, *({"at": at.isoformat(), "by": "you", "text": text} for at, text in relay.kept(tx, chat_id))]


def _file(tx: Transaction, document: Document) -> dict[str, Any]:
    parts = documents.parts(tx, document.id)
    return {
        "record": document.record,
        "received": document.created_at.isoformat(),
        "words": document.caption,
        "files": [{"name": one.name, "type": one.content_type, "bytes": one.size, "state": one.state} for one in parts],
    }
