"""Several programs on one folder of documents: a file that comes by the page is written by one of them at a time, whichever the line ends at."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from bot.uploads.page import Busy, Elsewhere, Uploading
from storage import documents
from storage.database import Database
from storage.records import page_uploads
from storage.vault import Vault
from tests.bot.test_upload_page import DATA, Corridor, corridor

__all__ = ["corridor"]


async def of(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_programs_take_turns(corridor: Corridor, database: Database, vault: Vault) -> None:
    """Whoever gets the next bytes has all that came before, whoever had it."""
    upload = (await corridor.begins()).headers["location"].rpartition("/")[2]
    programs = [corridor.uploading, *(Uploading(database=database, vault=vault, wake=lambda: None) for _ in range(2))]
    chance, offset = random.Random(5), 0
    while offset < len(DATA):
        program, size = chance.choice(programs), chance.choice([1, 700, 30_000, 65_536, 90_001])
        assert (await chance.choice(programs).progress(corridor.link, upload)).offset == offset
        offset = (await program.append(corridor.link, upload, offset, of(DATA[offset : offset + size]))).offset
    for program in programs:
        assert (await program.progress(corridor.link, upload)).offset == len(DATA)
    part = await database.read(lambda tx: page_uploads.find(tx, 1, upload))
    assert part is not None
    assert (part.state, vault.open(part.blob or "", documents.blob_context(part))) == ("announced", DATA)
    assert part.hmac == vault.put([DATA], "x").hmac


async def test_while_one_writes_the_others_ask_again(corridor: Corridor, database: Database, vault: Vault) -> None:
    place = (await corridor.begins()).headers["location"]
    upload, more = place.rpartition("/")[2], asyncio.Event()
    other = Uploading(database=database, vault=vault, wake=lambda: None)

    async def slow() -> AsyncIterator[bytes]:
        yield DATA[:100_000]
        await more.wait()
        yield DATA[100_000:]

    writing = asyncio.create_task(other.append(corridor.link, upload, 0, slow()))
    await asyncio.sleep(0.1)
    with pytest.raises(Busy):
        await corridor.uploading.progress(corridor.link, upload)
    assert (await corridor.sends(place, 0, DATA)).status_code == 423
    more.set()
    await writing
    assert await corridor.at(place) == len(DATA)
    with pytest.raises(Elsewhere):
        await corridor.uploading.append(corridor.link, upload, len(DATA), of(b"x"))
    part = await corridor.part(place)
    assert vault.open(part.blob or "", documents.blob_context(part)) == DATA


async def test_two_that_find_it_whole_keep_it(corridor: Corridor, database: Database, vault: Vault) -> None:
    """One has taken it in and not said so yet when another one says it: nobody throws it away."""
    place = (await corridor.begins()).headers["location"]
    before = await corridor.part(place)
    await corridor.sends(place, 0, DATA)
    part = await corridor.part(place)
    await corridor.uploading._arrived(before, part.blob or "", part.hmac or "")
    assert vault.open(part.blob or "", documents.blob_context(part)) == DATA
