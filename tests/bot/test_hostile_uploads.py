"""Everything that people send, and everything that nobody should, twenty at once by the upload page: kept byte for byte, or refused with a reason."""

from __future__ import annotations

import asyncio

import pytest

from bot.inspection import Inspector
from bot.uploads import Uploads
from storage import documents
from storage.database import Database
from storage.vault import Vault
from tests.bot.files import BAD, GOOD
from tests.bot.stand_in import until
from tests.bot.test_upload_page import Corridor, corridor, line

__all__ = ["corridor", "line"]

AT_ONCE = 20


@pytest.mark.slow
async def test_by_the_page_as_by_the_chat(line: Corridor, database: Database, vault: Vault) -> None:
    wanted = {name: (data, kind) for name, (data, kind) in (GOOD | BAD).items() if data}
    turns = asyncio.Semaphore(AT_ONCE)

    async def sent(name: str, data: bytes) -> str:
        async with turns:
            place: str = (await line.begins(name, len(data))).headers["location"]
            assert (await line.sends(place, 0, data)).status_code == 204
            return place

    places = await asyncio.gather(*(sent(name, data) for name, (data, _) in wanted.items()))
    closed: list[str] = []

    async def close(document_id: str) -> None:
        closed.append(document_id)
        await database.transact(lambda tx: documents.close(tx, document_id, None))

    uploads = Uploads(
        database=database,
        vault=vault,
        inspector=Inspector(),
        channels={"patient": None},
        closed={"patient": close},  # type: ignore[dict-item]
    )
    task = asyncio.create_task(uploads.run())

    async def told() -> bool:
        return len(closed) == len(wanted)

    await until(told)
    await uploads.drain()
    await task
    for place, (name, (data, kind)) in zip(places, wanted.items(), strict=True):
        part = await line.part(place)
        if name in GOOD:
            assert (part.state, part.content_type, part.size) == ("stored", kind, len(data)), name
            assert vault.open(part.blob or "", documents.blob_context(part)) == data
        else:
            assert (part.state, part.reason, part.blob) == ("refused", kind, None), name


async def test_a_file_without_bytes_is_refused_by_the_page_itself(corridor: Corridor) -> None:
    assert (await corridor.begins("empty.pdf", 0)).status_code == 413
