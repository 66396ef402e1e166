"""Files as people send them, and files as nobody should: each as bytes, made here."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(range(256)) * 4 + b"\xff\xd9"
DICOM = bytes(128) + b"DICM\x02\x00\x00\x00UL\x04\x00\x00\x00\x00\x00"
ELF = b"\x7fELF\x02\x01\x01" + bytes(121)


def png(width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(8))) + chunk(b"IEND", b"")


def box(brand: bytes, *others: bytes) -> bytes:
    body = b"ftyp" + brand + bytes(4) + b"".join(others or (brand,))
    return struct.pack(">I", len(body) + 4) + body + bytes(32)


def zipped(entries: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return made.getvalue()


def office(folder: str, **more: bytes) -> bytes:
    return zipped(
        {"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<x/>"}
        | {f"{folder}/{k}.bin": v for k, v in more.items()}
    )


BOMB = zipped({"zeros.pdf": bytes(32_000_000)})


def lying_zip() -> bytes:
    """The directory says ten bytes; thirty-two million come out."""
    data = bytearray(BOMB)
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 10)
    return bytes(data)


def overlapping_zip() -> bytes:
    """Many names for the same bytes."""
    data = zipped({"a": bytes(2_000_000)})
    central = data.index(b"PK\x01\x02")
    record, end = data[central:-22], data[-22:]
    count = 500
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(record) * count, central, 0)
    assert end.startswith(b"PK\x05\x06")
    return data[:central] + record * count + tail


def encrypted_zip() -> bytes:
    data = bytearray(zipped({"secret.pdf": PDF}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def nested_zip(depth: int, inside: bytes) -> bytes:
    for _ in range(depth):
        inside = zipped({"inner.zip": inside}, stored=True)
    return inside


GOOD = {
    "report": (PDF, "application/pdf"),
    "SCAN.PDF": (PDF, "application/pdf"),
    "newline.pdf": (b"\n\n" + PDF, "application/pdf"),
    "photo.jpg": (JPEG, "image/jpeg"),
    "x.jpg.php": (JPEG.replace(b"JFIF", b"JFIF<?php echo 1; ?>"), "image/jpeg"),
    "scan.png": (png(9921, 7016), "image/png"),
    "really-png.jpg": (png(), "image/png"),
    "photo.heic": (box(b"heic", b"mif1", b"heic"), "image/heic"),
    "ten-bit.heic": (box(b"heix", b"mif1", b"heix"), "image/heic"),
    "photo.webp": (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(40), "image/webp"),
    "fax.tif": (b"II*\x00\x08\x00\x00\x00" + bytes(30), "image/tiff"),
    "moving.gif": (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "image/gif"),
    "image.dcm": (DICOM, "application/dicom"),
    "letter.docx": (office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "counts.xlsx": (office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "letter.odt": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}, stored=True),
        "application/vnd.oasis.opendocument.text",
    ),
    "letter.rtf": (b"{\\rtf1\\ansi Haemoglobin 82}", "application/rtf"),
    "notes.txt": ("Гемоглобин 82 г/л".encode(), "text/plain"),
    "old-notes.txt": ("Гемоглобин 82 г/л".encode("cp1251"), "text/plain"),
    "notes-16.txt": ("هيموغلوبين".encode("utf-16"), "text/plain"),
    "counts.csv": (b"date,hb\n2026-05-01,82\n", "text/csv"),
    "voice.ogg": (b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01" + bytes(30), "audio/ogg"),
    "voice.mp3": (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(100), "audio/mpeg"),
    "voice.m4a": (box(b"M4A ", b"M4A ", b"mp42", b"isom"), "audio/mp4"),
    "film.mp4": (box(b"isom", b"isom", b"avc1", b"mp41"), "video/mp4"),
    "records.zip": (zipped({"reports/pathology.pdf": PDF, "photo.jpg": JPEG}), "application/zip"),
    "cd.zip": (zipped({"DICOMDIR": DICOM, "AUTORUN.INF": b"[autorun]", "viewer.exe": b"MZ" + bytes(500)}), "application/zip"),
    "nested.zip": (nested_zip(2, PDF), "application/zip"),
    "pet-ct.zip": (zipped({f"IM{number:06}": DICOM for number in range(10_000)}, stored=True), "application/zip"),
}
BAD = {
    "empty.pdf": (b"", "empty"),
    "spaces.txt": (b" \r\n\t ", "empty"),
    "one-byte.pdf": (b"%", "empty"),
    "image.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "active"),
    "image.jpg": (b"<?xml version='1.0'?><svg/>", "active"),
    "page.html": (b"<!DOCTYPE html><script>x()</script>", "active"),
    "page.txt": (b"hello <script>x()</script>", "active"),
    "page-16.txt": ("<html>".encode("utf-16"), "active"),
    "laughs.xml": (b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'lol'>]>", "active"),
    "run.sh": (b"#!/bin/sh\nrm -rf /\n", "active"),
    "program.pdf": (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(100), "active"),
    "program.dcm": (ELF + DICOM[128:], "active"),
    "link.lnk": (b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F" + bytes(20), "active"),
    "macro.docm": (office("word", vbaProject=b"x"), "active"),
    "app.apk": (zipped({"AndroidManifest.xml": b"x", "classes.dex": b"x"}), "active"),
    "script.js": (b"function f() { return 1 }", "unsupported"),
    "bomb.gz": (gzip.compress(bytes(1_000_000)), "unsupported"),
    "archive.7z": (b"7z\xbc\xaf'\x1c" + bytes(40), "unsupported"),
    "bomb.zip": (BOMB, "too-large"),
    "lying.zip": (lying_zip(), "too-large"),
    "overlap.zip": (overlapping_zip(), "too-large"),
    "nested-bomb.zip": (nested_zip(1, BOMB), "too-large"),
    "deep.zip": (nested_zip(6, PDF), "too-large"),
    "cut.zip": (zipped({"report.pdf": PDF * 50})[:-40], "damaged"),
    "locked.zip": (encrypted_zip(), "encrypted"),
}
