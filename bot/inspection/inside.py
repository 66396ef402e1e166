"""Inside the limited process. Loaded once by the process that the others are forked from; `answer` runs in each of them."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process with threads must not be forked

from bot.inspection import dicom, discs, office, pdf, pictures
from bot.inspection.details import DOCX, ODT, Details, Locked
from bot.inspection.sniffing import Reason, sniff
from bot.inspection.sources import Asked

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MEMORY = 256 << 20  # bytes of address space for one question, above what the parsers themselves take
BUFFER = 1 << 18
PAGE = 4096
SHALLOW = 400  # nested calls; deeper data is not a medical record

DETAILS: dict[str, Callable[[BinaryIO], Details]] = {
    "application/pdf": pdf.details,
    "application/dicom": dicom.details,
    "application/zip": discs.details,
    DOCX: office.details,
    ODT: office.details,
    **dict.fromkeys(("image/gif", "image/heic", "image/jpeg", "image/png", "image/tiff", "image/webp"), pictures.details),
}
PICTURES: dict[str, Callable[[BinaryIO, int, int], bytes]] = {
    "application/pdf": pdf.picture,
    "application/dicom": dicom.picture,
    "application/zip": discs.picture,
    **dict.fromkeys(("image/gif", "image/heic", "image/jpeg", "image/png", "image/tiff", "image/webp"), pictures.picture),
}


def answer(connection: Connection, order: dict[str, Any]) -> None:
    """Answer one question within the limits; whatever goes wrong is said by its kind and nothing else."""
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - a parser's complaints may quote the file
    _limit(order["seconds"])
    try:
        file = io.BufferedReader(Asked(connection, order["size"]), BUFFER)
        for said in QUESTIONS[order["question"]](file, order):
            connection.send_bytes(b"a" + said)
        connection.send_bytes(b"d")
    except BaseException as error:  # noqa: BLE001 - also RecursionError, MemoryError and what a parser invents
        with contextlib.suppress(OSError):
            connection.send_bytes(b"e" + type(error).__name__.encode()[:39])


def _limit(seconds: float) -> None:
    """No more memory, time, files or core dumps than this. Where there is no `resource` (Windows) only the deadline holds."""
    sys.setrecursionlimit(SHALLOW)
    try:
        import resource
    except ImportError:
        return
    with open("/proc/self/statm") if os.path.exists("/proc/self/statm") else io.StringIO("0") as now:  # noqa: PTH110, PTH123
        room = int(now.read().split()[0]) * PAGE + MEMORY
    work = math.ceil(seconds)
    limits = {"RLIMIT_AS": room, "RLIMIT_CPU": work, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 64}
    for name, limit in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (limit, limit))


def _look(file: BinaryIO, order: dict[str, Any]) -> Iterable[bytes]:
    verdict = sniff(file, order["name"])
    if isinstance(verdict, Reason):
        yield json.dumps({"reason": verdict.value}).encode()
        return
    yield json.dumps({"content_type": verdict.content_type, "extension": verdict.extension}).encode()
    file.seek(0)
    try:
        found = DETAILS.get(verdict.content_type, Details.plain)(file)
    except Locked:
        yield json.dumps({"reason": Reason.ENCRYPTED.value}).encode()
        return
    yield json.dumps(
        {"pages": found.pages, "readable": found.readable, "flags": found.flags, "facts": dict(found.facts)}
    ).encode()


def _picture(file: BinaryIO, order: dict[str, Any]) -> Iterable[bytes]:
    yield PICTURES[order["content_type"]](file, order["page"], order["edge"])


def _words(file: BinaryIO, order: dict[str, Any]) -> Iterable[bytes]:
    yield json.dumps({"words": office.words(file, order["content_type"])}).encode()


QUESTIONS: dict[str, Callable[[BinaryIO, dict[str, Any]], Iterable[bytes]]] = {
    "look": _look,
    "picture": _picture,
    "words": _words,
}
