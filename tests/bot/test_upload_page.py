"""The upload page and the protocol below it: what arrives is whole and sealed, a broken line costs nothing, a wrong link tells nothing."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bot.uploads.page import Uploading
from bot.web.app import build
from bot.web.server import serving
from bot.web.upload_page import UploadPage
from flows.foreseen import named_apart
from storage import chats, documents
from storage.database import Database
from storage.keeping import erasure
from storage.records import page_uploads, upload_links
from storage.rows import Part
from storage.vault import Vault
from tests.bot.conftest import StoppedClock
from tests.loaded import CATALOGUES, DEFINITION

TUS = {"Tus-Resumable": "1.0.0"}
DATA = bytes(range(256)) * 1000
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}


@dataclass(kw_only=True)
class Corridor:
    """Somebody with a link and a phone."""

    app: FastAPI
    http: httpx.AsyncClient
    database: Database
    vault: Vault
    uploading: Uploading
    link: str
    chat_id: int
    woken: list[bool]

    async def begins(self, name: str = "cd.zip", size: int = len(DATA), link: str = "") -> httpx.Response:
        named = f"filename {base64.b64encode(name.encode()).decode()}"
        return await self.http.post(
            f"/upload/{link or self.link}/files", headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": named}
        )

    async def sends(self, place: str, offset: int, data: bytes) -> httpx.Response:
        return await self.http.patch(place, headers=PIECE | {"Upload-Offset": str(offset)}, content=data)

    async def at(self, place: str) -> int:
        answer = await self.http.head(place, headers=TUS)
        assert answer.status_code == 200
        return int(answer.headers["upload-offset"])

    async def part(self, place: str) -> Part:
        found = await self.database.read(lambda tx: page_uploads.find(tx, 1, place.rpartition("/")[2]))
        assert found is not None
        return found


@pytest.fixture
async def corridor(database: Database, vault: Vault) -> AsyncIterator[Corridor]:
    """With no line between them."""
    chat = await database.transact(lambda tx: chats.lock(tx, 7001))
    await database.transact(lambda tx: chats.update(tx, chat.id, language="ar"))
    link = await database.transact(lambda tx: upload_links.make(tx, chat.id, record="imaging-dicom"))
    woken: list[bool] = []
    apart = partial(named_apart, DEFINITION.records)
    uploading = Uploading(database=database, vault=vault, wake=lambda: woken.append(True), apart=apart)
    app = build(healthy=healthy, routers=[UploadPage(uploading=uploading, catalogues=CATALOGUES).router()])
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Corridor(
            app=app, http=http, database=database, vault=vault, uploading=uploading, link=link, chat_id=chat.id, woken=woken
        )


@pytest.fixture
async def line(corridor: Corridor) -> AsyncIterator[Corridor]:
    """The same over a line, which can break; to open and to close one takes longer than most tests do."""
    async with (
        serving(corridor.app, "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=False) as http,
    ):
        yield replace(corridor, http=http)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def readable(folder: Path, canary: bytes) -> list[Path]:
    return [path for path in files(folder) if canary in path.read_bytes()]


async def healthy() -> bool:
    return True


async def test_a_file_arrives_whole_and_is_examined_next(line: Corridor) -> None:
    begun = await line.begins("Снимки.zip")
    assert begun.status_code == 201
    place = begun.headers["location"]
    for at in range(0, len(DATA), 100_000):
        answer = await line.sends(place, at, DATA[at : at + 100_000])
        assert (answer.status_code, int(answer.headers["upload-offset"])) == (204, min(at + 100_000, len(DATA)))
    part = await line.part(place)
    assert (part.state, part.name, line.woken) == ("announced", "Снимки.zip", [True])
    assert line.vault.open(part.blob or "", documents.blob_context(part)) == DATA
    assert await line.at(place) == len(DATA)
    document = await line.database.read(lambda tx: documents.get(tx, part.document_id))
    assert (document.state, document.record, document.chat_id) == ("open", "imaging-dicom", line.chat_id)


async def test_a_passport_lies_apart_from_the_first_byte_on_whatever_the_link_was_given_for(corridor: Corridor) -> None:
    place = (await corridor.begins("Мой ПАСПОРТ.jpg")).headers["location"]
    await corridor.sends(place, 0, DATA[:100])
    part = await corridor.part(place)
    document = await corridor.database.read(lambda tx: documents.get(tx, part.document_id))
    assert (document.guarded, document.record, part.guarded, (part.blob or "")[:1]) == (True, None, True, "g")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
async def test_a_line_that_breaks_costs_nothing(line: Corridor, share: float) -> None:
    place = (await line.begins()).headers["location"]
    cut = int(len(DATA) * share)

    async def breaking() -> AsyncIterator[bytes]:
        yield DATA[:cut]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await line.http.patch(
            place, headers=PIECE | {"Upload-Offset": "0", "Content-Length": str(len(DATA))}, content=breaking()
        )
    offset = await line.at(place)
    assert offset <= cut
    answer = await line.sends(place, offset, DATA[offset:])
    while answer.status_code == 409:  # the broken line was still being written down: a page asks again, too
        offset = await line.at(place)
        answer = await line.sends(place, offset, DATA[offset:])
    assert answer.status_code == 204
    part = await line.part(place)
    assert line.vault.open(part.blob or "", documents.blob_context(part)) == DATA


async def test_another_program_takes_it_up(corridor: Corridor, database: Database, vault: Vault) -> None:
    place = (await corridor.begins()).headers["location"]
    await corridor.sends(place, 0, DATA[:70_001])
    upload = place.rpartition("/")[2]
    other = Uploading(database=database, vault=vault, wake=lambda: None)
    assert (await other.progress(corridor.link, upload)).offset == 70_001

    async def rest() -> AsyncIterator[bytes]:
        yield DATA[70_001:]

    await other.append(corridor.link, upload, 70_001, rest())
    part = await corridor.part(place)
    assert corridor.vault.open(part.blob or "", documents.blob_context(part)) == DATA
    assert part.hmac == vault.put([DATA], "x").hmac


async def test_wrong_links_look_all_the_same(corridor: Corridor, clock: StoppedClock, database: Database) -> None:
    place = (await corridor.begins()).headers["location"]
    other = await database.transact(lambda tx: chats.lock(tx, 7002))
    theirs = await database.transact(lambda tx: upload_links.make(tx, other.id))
    upload = place.rpartition("/")[2]

    async def everything(link: str) -> list[tuple[int, bytes, dict[str, str]]]:
        base = f"/upload/{link}/files"
        answers = [
            await corridor.http.head(f"{base}/{upload}", headers=TUS),
            await corridor.sends(f"{base}/{upload}", 0, b"x"),
            await corridor.http.delete(f"{base}/{upload}", headers=TUS),
        ]
        return [(a.status_code, a.content, {k: v for k, v in a.headers.items() if k != "date"}) for a in answers]

    absent = await everything("A" * 22)
    assert {status for status, _, _ in absent} == {404}
    assert await everything(theirs) == absent
    await database.transact(lambda tx: upload_links.revoke(tx, corridor.chat_id))
    assert await everything(corridor.link) == absent
    pages = [await corridor.http.get(f"/upload/{one}") for one in (corridor.link, "A" * 22, "%00", "x" * 500)]
    assert {(page.status_code, page.text) for page in pages} == {(404, pages[0].text)}


async def test_an_erased_person_has_no_link(corridor: Corridor, database: Database) -> None:
    await database.transact(lambda tx: erasure.erase(tx, corridor.chat_id))
    assert (await corridor.http.get(f"/upload/{corridor.link}")).status_code == 404


async def test_the_page_speaks_the_language_and_asks_nobody_else(line: Corridor) -> None:
    page = await line.http.get(f"/upload/{line.link}")
    assert (page.status_code, 'lang="ar" dir="rtl"' in page.text) == (200, True)
    assert "http" not in page.text.replace("http-equiv", "")
    assert "'unsafe" not in page.headers["content-security-policy"]
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    for name in ("upload.js", "tus.js", "zip.js", "upload.css"):
        served = await line.http.get(f"/upload-page/{name}")
        assert (served.status_code, "//" in served.text.replace("// ", "")) == (200, False), name
    assert (await line.http.get("/upload-page/../app.py")).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 412), (TUS, 400), (TUS | {"Upload-Length": "-1"}, 400), (TUS | {"Upload-Length": "9" * 400}, 400),
     (TUS | {"Upload-Length": "0"}, 413), (TUS | {"Upload-Length": str(1 << 40)}, 413)],
)  # fmt: skip
async def test_nonsense_is_refused_in_words_of_the_protocol(corridor: Corridor, headers: dict[str, str], status: int) -> None:
    assert (await corridor.http.post(f"/upload/{corridor.link}/files", headers=headers)).status_code == status


async def test_bytes_at_the_wrong_place_and_too_many_change_nothing(corridor: Corridor) -> None:
    place = (await corridor.begins(size=10)).headers["location"]
    assert (await corridor.sends(place, 5, b"12345")).status_code == 409
    assert (await corridor.sends(place, 0, b"12345678901")).status_code == 413
    assert await corridor.at(place) == 0
    assert (await corridor.http.patch(place, headers=TUS | {"Upload-Offset": "0"}, content=b"1")).status_code == 415
    assert (await corridor.sends(place, 0, b"1234567890")).status_code == 204
    assert (await corridor.sends(place, 10, b"")).status_code == 409


async def test_what_is_taken_back_leaves_nothing(corridor: Corridor, tmp_path: Path) -> None:
    place = (await corridor.begins()).headers["location"]
    await corridor.sends(place, 0, DATA[:100_000])
    assert (await corridor.http.delete(place, headers=TUS)).status_code == 204
    assert (await corridor.http.head(place, headers=TUS)).status_code == 404
    assert files(tmp_path / "vault") == []


async def test_nothing_readable_is_on_the_disk_at_any_time(corridor: Corridor, tmp_path: Path) -> None:
    canary = b"Zanzibar-Lymphoma-4711" * 9000
    place = (await corridor.begins("Zanzibar-Lymphoma-4711.zip", len(canary))).headers["location"]
    await corridor.sends(place, 0, canary[:90_000])
    assert not readable(tmp_path, b"Zanzibar")
    await corridor.sends(place, 90_000, canary[90_000:])
    assert not readable(tmp_path, b"Zanzibar")


async def test_an_upload_of_an_old_link_is_cleared_away(corridor: Corridor, clock: StoppedClock, tmp_path: Path) -> None:
    await corridor.begins()
    assert await corridor.uploading.drop_stale() == 0
    clock.shift(upload_links.LIFE * 2)
    assert await corridor.uploading.drop_stale() == 1
    assert files(tmp_path / "vault") == []


@pytest.mark.parametrize("size", [64 * 1024, 2 * 64 * 1024, 100_000])
async def test_a_program_that_dies_after_the_last_byte_leaves_a_file_that_arrives(
    corridor: Corridor, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    place = (await corridor.begins(size=size)).headers["location"]
    with monkeypatch.context() as patch:
        patch.setattr(type(vault.objects), "take", _full)
        assert (await corridor.sends(place, 0, DATA[:size])).status_code == 500
    assert (await corridor.part(place)).state == "uploading"
    other = Uploading(database=database, vault=vault, wake=lambda: None)
    await other.take_up()
    part = await corridor.part(place)
    assert (part.state, vault.open(part.blob or "", documents.blob_context(part))) == ("announced", DATA[:size])
    assert await corridor.at(place) == size
    assert part.hmac == vault.put([DATA[:size]], "x").hmac


def _full(*_: object) -> None:
    raise OSError("the disk is full")


async def test_asking_how_far_it_is_finishes_what_is_whole(corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    place = (await corridor.begins()).headers["location"]
    with monkeypatch.context() as patch:
        patch.setattr(type(corridor.vault.objects), "take", _full)
        await corridor.sends(place, 0, DATA)
    assert await corridor.at(place) == len(DATA)
    assert ((await corridor.part(place)).state, corridor.woken) == ("announced", [True])


async def test_a_draft_that_the_disk_lost_begins_anew(corridor: Corridor, database: Database, vault: Vault) -> None:
    place = (await corridor.begins()).headers["location"]
    await corridor.sends(place, 0, DATA[:200_000])
    for path in (vault.folder / "incoming").iterdir():
        path.write_bytes(b"")
    corridor.uploading._arriving.clear()  # another program
    assert await corridor.at(place) == 0
    await corridor.sends(place, 0, DATA)
    part = await corridor.part(place)
    assert vault.open(part.blob or "", documents.blob_context(part)) == DATA
