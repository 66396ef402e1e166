"""Files that people send, made here: small, harmless and of the kind that their name says."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pillow_heif
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(10)


def make(folder: Path, name: str) -> Path:
    """A file of this name: its bytes are those of no other name, also not of one that differs after a `#` only."""
    path = folder / name.partition("#")[0]
    suffix = path.suffix.lower()
    if suffix in INSIDE:
        path.write_bytes(INSIDE[suffix](name))
    else:
        made = content(suffix, path.stem)
        path.write_bytes(made + name.encode() if made else made)
    return path


def content(suffix: str, stem: str) -> bytes:
    """`report-12.pdf` has twelve pages."""
    pages = re.search(r"-(\d+)$", stem)
    made = {
        ".pdf": pdf(int(pages[1]) if pages else 1),
        ".png": png(64, 48),
        ".jpg": png(64, 48),
        ".ogg": OGG,
        ".txt": b"Result: 82 g/L\n",
        ".html": b"<!doctype html><script>1</script>",
        ".empty": b"",
        ".broken": pdf(1)[:9],
    }
    return made[suffix]


def pdf(pages: int, filler: bytes = b"") -> bytes:
    """Empty pages; `filler` makes it larger and unlike any other."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    leaves = "".join(f"{number + 3} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]>>endobj\n" for number in range(pages))
    tree = f"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[{kids}]/Count {pages}>>endobj\n"
    return f"%PDF-1.4\n%{filler.hex()}\n{tree}{leaves}trailer<</Root 1 0 R/Size {pages + 3}>>\n%%EOF\n".encode()


def png(width: int, height: int) -> bytes:
    """A plain picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + bytes([200]) * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def heic(name: str) -> bytes:
    """A photo as telephones keep it."""
    picture, made = Image.new("RGB", (64, 48), tuple(name.encode()[-3:])), io.BytesIO()
    pillow_heif.from_pillow(picture).save(made)
    return made.getvalue()


def dicom(name: str) -> bytes:
    """One image of a made-up study of the first of September 2026."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.2.3"
    data = FileDataset("x", {}, file_meta=meta, preamble=bytes(128))
    data.PatientName, data.PatientID, data.Modality, data.StudyDate = "Nobody^At All", name[:60], "CT", "20260901"
    data.StudyDescription, data.Rows, data.Columns, data.SamplesPerPixel = "CT neck", 32, 32, 1
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.PhotometricInterpretation, data.PixelData = "MONOCHROME2", bytes(range(256)) * 8
    made = io.BytesIO()
    data.save_as(made, enforce_file_format=True)
    return made.getvalue()


def docx(name: str) -> bytes:
    """A letter of one line."""
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    letter = f'<w:document xmlns:w="{words}"><w:body><w:p><w:r><w:t>Haemoglobin 82 g/L</w:t></w:r></w:p></w:body></w:document>'
    return zipped(name, {"[Content_Types].xml": b"<Types/>", "word/document.xml": letter.encode()})


def disc(name: str) -> bytes:
    """Three images and a report in one archive."""
    images = {f"CD/IM{number:04}": dicom(f"{name}{number}") for number in range(3)}
    return zipped(name, {**images, "CD/report.pdf": pdf(1)})


def zipped(name: str, entries: Mapping[str, bytes]) -> bytes:
    """The name in its comment makes it unlike any other."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
        archive.comment = name.encode()
    return made.getvalue()


INSIDE: dict[str, Callable[[str], bytes]] = {".heic": heic, ".dcm": dicom, ".docx": docx, ".zip": disc}
