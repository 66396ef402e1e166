"""Files for hospitals through the pages of the desk: the dossier, the packet, exports, and what is kept apart."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from storage import audit, consents, coordinators
from tests import made_files
from tests.bot.desk_world import Person
from tests.bot.dossier_case import case_of, keep, needs_fonts
from tests.bot.web_desk import Desk

PDF, PASSPORT = made_files.pdf(2), made_files.pdf(1)


@pytest.fixture
async def desk(desk: Desk, carla: Person) -> Desk:
    assert await desk.enters() == 204
    return desk


@pytest.fixture
async def case(desk: Desk) -> Any:
    made = await case_of(desk.world, desk.world.patient(language="ru"))
    await keep(desk.world, made, "pathology", "application/pdf", PDF)
    await keep(desk.world, made, "passport", "application/pdf", PASSPORT)
    return made


@needs_fonts
@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh_Hans"])
async def test_the_dossier_comes_in_a_language_of_the_hospital(desk: Desk, case: Any, language: str) -> None:
    answer = await desk.http.get(f"/desk/cases/{case.number}/dossier?language={language}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{case.number}-{language}.pdf"'
    document = pypdfium2.PdfDocument(answer.content)
    assert case.number in document[0].get_textpage().get_text_bounded()
    await desk.sees(f"/desk/cases/{case.number}/dossier?language=xx", 404)


@needs_fonts
@pytest.mark.slow
async def test_the_packet_holds_the_originals_and_not_what_is_kept_apart(desk: Desk, case: Any) -> None:
    answer = await desk.http.get(f"/desk/cases/{case.number}/packet?language=en")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packet:
        assert packet.testzip() is None
        held = {name: packet.read(name) for name in packet.namelist()}
    assert PDF in held.values()
    assert PASSPORT not in held.values()
    assert json.loads(next(data for data in held.values() if data.startswith(b"{")))["resourceType"] == "Bundle"
    assert any(data.startswith(b"%PDF") and data != PDF for data in held.values()), "the dossier is in it"
    made = [line.action for line in await desk.world.database.read(audit.lines)]
    assert {"case.packet", "packet.made"} <= set(made)


async def test_exports_come_as_files(desk: Desk, case: Any) -> None:
    for kind, holds in (("fhir", "QuestionnaireResponse"), ("csv", "May we keep")):
        answer = await desk.http.get(f"/desk/cases/{case.number}/export/{kind}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{case.number}.')
        assert holds in answer.text
    await desk.sees(f"/desk/cases/{case.number}/export/exe", 404)


async def test_nothing_of_it_comes_after_a_no(desk: Desk, case: Any) -> None:
    def no(tx: Any) -> None:
        consents.add(tx, case.chat_id, "share", given=False, text_version="1", text_hash="x", language="ru")

    await desk.world.database.transact(no)
    for what in ("dossier?language=en", "packet?language=en", "export/fhir", "export/csv"):
        await desk.sees(f"/desk/cases/{case.number}/{what}", 409)


async def test_a_passport_opens_for_who_holds_the_case_and_is_never_looked_into(desk: Desk, case: Any) -> None:
    listed = (await desk.http.get(f"/desk/api/cases/{case.number}/documents")).json()["documents"]
    plain, apart = (one["files"][0] for one in sorted(listed, key=lambda one: one["guarded"]))
    await desk.sees(apart["address"], 404)
    await desk.sees(f"{apart['address']}/look", 404)
    look = await desk.http.get(f"{plain['address']}/look")
    with Image.open(io.BytesIO(look.content)) as seen:
        assert min(seen.size) > 100
    token = desk.frame.door.token(7101)
    await desk.http.post(f"/desk/cases/{case.number}", data={"verb": "claim", "said": "", "token": token})
    opened = await desk.http.get(apart["address"])
    assert (opened.status_code, opened.content) == (200, PASSPORT)
    assert opened.headers["Content-Type"] == "application/octet-stream"
    await desk.sees(f"{apart['address']}/look", 404)
    await desk.world.database.transact(lambda tx: coordinators.put(tx, 7103, name="Lena", language="en", role="lead"))
    assert await desk.enters(7103) == 204
    assert (await desk.http.get(apart["address"])).content == PASSPORT
    actions = [line.action for line in await desk.world.database.read(audit.lines) if line.object == f"case:{case.id}"]
    assert (actions.count("document.web"), actions.count("document.previewed")) == (2, 1)
    assert actions.count("document.refused") == 3, "what was refused is written down as that"
