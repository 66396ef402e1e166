"""DICOM images: facts of the study without names, and one image drawn."""

from __future__ import annotations

import warnings
from io import SEEK_END
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pydicom
from PIL import Image
from pydicom.errors import InvalidDicomError
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import pixel_array

from bot.inspection.details import Details
from bot.inspection.pictures import png

if TYPE_CHECKING:
    from pydicom import Dataset

warnings.filterwarnings("ignore", module="pydicom")

# Nothing here names a person; what does stays in the file.
FACTS = {
    "modality": "Modality",
    "study_date": "StudyDate",
    "study": "StudyDescription",
    "series": "SeriesDescription",
    "body_part": "BodyPartExamined",
    "maker": "Manufacturer",
}
SIZES = ["Rows", "Columns", "BitsAllocated", "SamplesPerPixel", "NumberOfFrames"]
DRAWN = 64_000_000  # bytes of pixels in one image
BROKEN = (
    InvalidDicomError,
    RecursionError,
    EOFError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    NotImplementedError,
)


def details(file: BinaryIO) -> Details:
    try:
        head = pydicom.dcmread(file, stop_before_pixels=True)
        return Details(pages=frames(head), readable=_whole(file, head), facts=facts(head))
    except BROKEN:
        return Details(readable=False)


def facts(head: Dataset) -> dict[str, str]:
    found = {name: str(getattr(head, keyword, "") or "").strip() for name, keyword in FACTS.items()}
    return {name: value for name, value in found.items() if value}


def frames(head: Dataset) -> int:
    return max(1, int(getattr(head, "NumberOfFrames", 1) or 1))


def picture(file: BinaryIO, page: int, edge: int) -> bytes:
    """Frame `page`; 0 is the middle one, which shows most of a body."""
    data = pydicom.dcmread(file)
    if bytes_of(data) // frames(data) > DRAWN:
        raise MemoryError
    number = frames(data) // 2 if page == 0 else min(page, frames(data) - 1)
    array: Any = pixel_array(data, index=number)
    image = Image.fromarray(_grey(array, data) if array.ndim == 2 else array.astype("uint8"))  # noqa: PLR2004 - rows and columns
    image.thumbnail((edge, edge))
    return png(image)


def bytes_of(head: Dataset) -> int:
    """How many bytes of pixels the file claims."""
    rows, columns, bits, samples = (int(getattr(head, name, 1) or 1) for name in SIZES[:4])
    return rows * columns * samples * frames(head) * max(1, bits // 8)


def _whole(file: BinaryIO, head: Dataset) -> bool:
    """Whether as many pixels are there as the head says; compressed ones are believed. The file stands where the pixels begin."""
    if "Rows" not in head:
        return True
    begin = file.tell()
    left = file.seek(0, SEEK_END) - begin
    return left > 0 if head.file_meta.TransferSyntaxUID.is_compressed else left >= bytes_of(head)


def _grey(array: Any, data: Dataset) -> Any:
    """The window that the radiologist saw, or the whole range where none is written."""
    values = apply_voi_lut(apply_modality_lut(array, data), data).astype("float32")
    low, high = np.percentile(values, (1, 99)) if "WindowWidth" not in data else (values.min(), values.max())
    scaled = np.clip((values - low) / max(float(high - low), 1e-6), 0, 1) * 255
    grey = scaled.astype("uint8")
    return 255 - grey if getattr(data, "PhotometricInterpretation", "") == "MONOCHROME1" else grey
