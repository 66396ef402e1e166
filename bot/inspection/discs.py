"""Archives as hospitals write them: a disc of DICOM images with a viewer, which nobody opens. Sizes were checked by bot/inspection/archives.py."""

from __future__ import annotations

import io
import zipfile
from typing import BinaryIO

import pydicom

from bot.inspection import dicom
from bot.inspection.details import Details

LARGEST = 96 << 20  # bytes of one image that is taken out
HEADS = 64  # images whose head is looked at, spread over the disc
FIRST = 132  # bytes up to and with DICOM's mark
RUNNING = (".exe", ".dll", ".bat", ".cmd", ".scr", ".js", ".vbs", ".jar", ".app", ".sh", ".inf", ".msi", ".lnk")


def details(file: BinaryIO) -> Details:
    with zipfile.ZipFile(file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        images = _images(archive, entries)
        found = _facts(archive, images)
        runs = any(entry.filename.lower().endswith(RUNNING) for entry in entries)
    counted = {"images": str(len(images))} if images else {}
    return Details(pages=max(1, len(entries)), flags=("program",) if runs else (), facts=found | counted)


def picture(file: BinaryIO, page: int, edge: int) -> bytes:
    """The image in the middle of the disc."""
    with zipfile.ZipFile(file) as archive:
        images = _images(archive, archive.infolist())
        chosen = images[len(images) // 2 if page == 0 else min(page, len(images) - 1)]
        if chosen.file_size > LARGEST:
            raise MemoryError
        return dicom.picture(io.BytesIO(archive.read(chosen)), 0, edge)


def _images(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    return [entry for entry in entries if entry.file_size > FIRST and _is_image(archive, entry)]


def _is_image(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    if entry.filename.rpartition("/")[2].upper() == "DICOMDIR":
        return False
    try:
        with archive.open(entry) as member:
            return member.read(FIRST).endswith(b"DICM")
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def _facts(archive: zipfile.ZipFile, images: list[zipfile.ZipInfo]) -> dict[str, str]:
    """What the studies on the disc say of themselves, each fact once, and how many series a look at some of them finds."""
    heads = [head for entry in images[:: max(1, len(images) // HEADS)] if (head := _head(archive, entry)) is not None]
    joined: dict[str, dict[str, None]] = {}
    for head in heads:
        for name, value in dicom.facts(head).items():
            joined.setdefault(name, {})[value] = None
    return {name: ", ".join(values) for name, values in joined.items()}


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> pydicom.Dataset | None:
    try:
        with archive.open(entry) as member:
            return pydicom.dcmread(member, stop_before_pixels=True)
    except (*dicom.BROKEN, zipfile.BadZipFile):
        return None
