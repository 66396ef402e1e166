"""Photos and scans by Pillow. A claimed size is believed only as far as there is room for it."""

from __future__ import annotations

import io
from typing import BinaryIO

import pillow_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from bot.inspection.details import Details

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # the limits here are the memory of this process and the two numbers below
ImageFile.LOAD_TRUNCATED_IMAGES = False

DRAWN = 110_000_000  # pixels that are decoded: an A3 page at 600 dpi has 70 million
KEPT = 600_000_000  # pixels that a scanner makes; more is a claim
MOST_PAGES = 500
BROKEN = (OSError, ValueError, SyntaxError, UnidentifiedImageError, EOFError, MemoryError, RuntimeError, OverflowError)


def details(file: BinaryIO) -> Details:
    try:
        with Image.open(file) as image:
            pixels = image.width * image.height
            pages = min(getattr(image, "n_frames", 1), MOST_PAGES)
            if pixels > DRAWN:
                return Details(pages=pages, readable=pixels <= KEPT)
            image.draft(None, (image.width // 8, image.height // 8))
            image.load()
    except BROKEN:
        return Details(readable=False)
    return Details(pages=1 if image.format in {"GIF", "WEBP", "PNG"} else pages)


def picture(file: BinaryIO, page: int, edge: int) -> bytes:
    with Image.open(file) as image:
        if image.width * image.height > DRAWN:
            raise MemoryError
        if page:
            image.seek(page)
        image.draft("RGB", (edge, edge))
        image.thumbnail((edge, edge))
        return png(ImageOps.exif_transpose(image))


def png(image: Image.Image) -> bytes:
    """Without any of the metadata: a phone writes the place into its photos."""
    plain = image.convert("RGB") if image.mode not in {"L", "RGB"} else image
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    made = io.BytesIO()
    bare.save(made, "PNG")
    return made.getvalue()
