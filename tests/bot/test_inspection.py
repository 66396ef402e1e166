"""Looking into files in a process that can be lost: what is in them, and that nothing in them can hurt us."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from bot.inspection import InMemory, Inspector, Look, Unreadable, apart
from bot.inspection.sniffing import Reason
from tests.bot.files import BAD, GOOD, PDF, png, zipped

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def inspector() -> Inspector:
    return Inspector()


def pdf_of(pages: int, *, more: bytes = b"") -> bytes:
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 300)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue() + more


def photo(kind: str, width: int = 80, height: int = 60) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(made, kind)
    return made.getvalue()


def slice_of(number: int = 1, *, rows: int = 32, frames: int = 1) -> bytes:
    """One DICOM image of a made-up study."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = FileDataset("x", {}, file_meta=meta, preamble=bytes(128))
    data.PatientName, data.Modality, data.StudyDate, data.InstanceNumber = "Canary^Ana", "CT", "20260901", number
    data.StudyDescription, data.Rows, data.Columns, data.NumberOfFrames = "CT neck", rows, rows, frames
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 16, 12, 11, 0, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.PixelData = (np.arange(rows * rows * frames) % 4096).astype("<u2").tobytes()
    made = io.BytesIO()
    data.save_as(made, enforce_file_format=True)
    return made.getvalue()


def nested(depth: int) -> bytes:
    """An image whose head holds a sequence in a sequence in a sequence."""
    opening = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    closing = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
    made, mark = slice_of(), b"\x08\x00\x60\x00CS"  # the modality, which comes before
    return made.replace(mark, opening * depth + closing * depth + mark)


async def looked(inspector: Inspector, data: bytes, name: str = "") -> Look:
    found = await inspector.look(InMemory(data), name)
    assert isinstance(found, Look), found
    return found


async def test_every_page_of_a_pdf_is_counted_and_a_false_number_is_not_believed(inspector: Inspector) -> None:
    assert (await looked(inspector, pdf_of(12))).pages == 12
    lying = pdf_of(2).replace(b"/Count 2", b"/Count 9")
    assert (await looked(inspector, lying)).pages == 2


async def test_photos_open_to_the_end_or_are_called_unreadable(inspector: Inspector) -> None:
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "HEIF"):
        data = photo(kind)
        assert (await looked(inspector, data)).readable, kind
        assert not (await looked(inspector, data[: len(data) // 2])).readable, kind


async def test_a_dicom_image_tells_its_study_and_no_name(inspector: Inspector) -> None:
    found = await looked(inspector, slice_of(frames=3))
    assert (found.content_type, found.pages, found.readable) == ("application/dicom", 3, True)
    assert found.facts == {"modality": "CT", "study_date": "20260901", "study": "CT neck"}
    assert not (await looked(inspector, slice_of()[:-200])).readable


async def test_a_disc_is_counted_and_its_viewer_named(inspector: Inspector) -> None:
    disc = zipped({f"DICOM/IM{number}": slice_of(number) for number in range(20)} | {"VIEWER.EXE": b"MZ" + bytes(100)})
    found = await looked(inspector, disc)
    assert (found.pages, found.flags, found.facts["images"], found.facts["study"]) == (21, ("program",), "20", "CT neck")
    assert Image.open(io.BytesIO(await inspector.picture(InMemory(disc), "application/zip"))).size == (32, 32)


@pytest.mark.parametrize(
    ("data", "flag"),
    [
        (PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "javascript"),
        (PDF.replace(b"/Catalog", b"/Catalog /AA << /S /J#61vaScript >>"), "javascript"),
        (PDF + b"9 0 obj << /Type /ObjStm >> stream\n" + zlib.compress(b"<< /S /Launch >>") + b"\nendstream", "action"),
        (PDF.replace(b"/Catalog", b"/Catalog /Names << /EmbeddedFiles 3 0 R >>"), "attachment"),
    ],
)
async def test_what_could_act_in_a_pdf_is_named(inspector: Inspector, data: bytes, flag: str) -> None:
    assert flag in (await looked(inspector, data)).flags


async def test_pages_become_pictures_without_the_place_where_they_were_taken(inspector: Inspector) -> None:
    for data, kind in ((pdf_of(2), "application/pdf"), (photo("HEIF"), "image/heic"), (slice_of(), "application/dicom")):
        drawn = Image.open(io.BytesIO(await inspector.picture(InMemory(data), kind, page=0, edge=100)))
        assert (drawn.format, max(drawn.size) <= 100, drawn.info) == ("PNG", True, {})
    with pytest.raises(Unreadable):
        await inspector.picture(InMemory(pdf_of(2)), "application/pdf", page=7)


async def test_words_of_a_letter(inspector: Inspector) -> None:
    body = (
        "<w:document xmlns:w='w'><w:p><w:t>Haemoglobin </w:t><w:t>82</w:t></w:p><w:p><w:t>هيموغلوبين</w:t></w:p></w:document>"
    )
    letter = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": body.encode()})
    assert await inspector.words(InMemory(letter), DOCX) == "Haemoglobin 82\nهيموغلوبين"
    assert await inspector.words(InMemory("Гемоглобин".encode("cp1251")), "text/plain") == "Гемоглобин"
    with pytest.raises(Unreadable):
        await inspector.words(InMemory(b"PK\x03\x04"), DOCX)


@pytest.mark.slow
async def test_what_is_made_to_hurt_hurts_only_the_process_that_looked(inspector: Inspector) -> None:
    """300 nested sequences; a picture of 820 MB when opened; a scan that is as large and honest."""
    assert not (await looked(inspector, nested(300))).readable
    with pytest.raises(Unreadable):
        await inspector.picture(InMemory(png(13000, 13000)), "image/png")
    claimed = bytearray(png())
    claimed[16:24] = struct.pack(">II", 2**31 - 1, 2**31 - 1)
    assert not (await looked(inspector, bytes(claimed))).readable
    made = io.BytesIO()
    Image.new("L", (9921, 7016), 255).save(made, "PNG")
    assert (await looked(inspector, made.getvalue())).readable


async def test_who_is_late_is_ended(inspector: Inspector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 1.0)
    monkeypatch.setattr(apart, "WAIT", 0.0)
    assert await inspector.look(InMemory(PDF)) is Reason.DAMAGED


async def test_many_questions_are_answered_in_turn(inspector: Inspector) -> None:
    found = await asyncio.gather(*(inspector.look(InMemory(data), name) for name, (data, _) in list(GOOD.items())[:12]))
    assert [look.content_type for look in found if isinstance(look, Look)] == [kind for _, kind in list(GOOD.values())[:12]]
    refused = await asyncio.gather(*(inspector.look(InMemory(data), name) for name, (data, _) in BAD.items()))
    assert refused == [Reason(reason) for _, reason in BAD.values()]


def test_nothing_is_parsed_in_our_own_process() -> None:
    """Only `inside`, which runs apart, imports a parser."""
    folder = Path(apart.__file__).parent
    for name in ("__init__.py", "apart.py", "sources.py"):
        text = (folder / name).read_text()
        assert not any(parser in text for parser in ("pypdfium2", "PIL", "pydicom", "zipfile", "numpy")), name
