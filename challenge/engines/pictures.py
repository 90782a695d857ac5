"""Pictures drawn anew: the same pixels, upright, and nothing else that a camera or an editor wrote."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from challenge.engines.faults import Unfit

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from challenge.engines.child import Work

MOST_PIXELS = 40_000_000
PAGE_SIDE = 1600
QUALITY = 85


def make(work: Work) -> None:
    """The clean picture, and a smaller one to look at."""
    kind = "PNG" if work.media_type == "image/png" else "JPEG"
    picture = drawn_anew(work.source, kind)
    name = "clean.png" if kind == "PNG" else "clean.jpg"
    picture.save(work.place(name), kind, quality=QUALITY)
    work.made("clean", 0, work.media_type, name, more=True)
    save_page(picture, work.place("page-1.jpg"))
    work.made("page", 1, "image/jpeg", "page-1.jpg")


def drawn_anew(source: Path | io.BytesIO, kind: str) -> Image:
    """The pixels of a picture of this kind, without anything else. Raises `Unfit`."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # counted here, before a pixel is decoded
    try:
        with Image.open(source, formats=[kind]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unfit("too_many_pixels")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
    except UnidentifiedImageError:
        raise Unfit("damaged") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unfit("damaged") from error
    modes = ("L", "LA", "RGB", "RGBA") if kind == "PNG" else ("L", "RGB")
    if upright.mode not in modes:
        upright = upright.convert("RGBA" if kind == "PNG" and "transparency" in upright.info else "RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def save_page(picture: Image, place: Path) -> None:
    """A picture small enough for a screen, on white."""
    from PIL import Image

    small = picture.copy()
    small.thumbnail((PAGE_SIDE, PAGE_SIDE))
    if small.mode in ("LA", "RGBA"):
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    small.convert("RGB").save(place, "JPEG", quality=QUALITY)


def without_segments(data: bytes) -> bytes:
    """A JPEG without comments and application segments, but for JFIF, colour profile and Adobe's colours."""
    if not data.startswith(b"\xff\xd8"):
        return data
    kept, place = bytearray(b"\xff\xd8"), 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        mark = data[place + 1]
        if mark == 0xDA:  # the pixels
            break
        length = 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if not (mark == 0xFE or (0xE1 <= mark <= 0xEF and mark not in (0xE2, 0xEE))):
            kept += data[place : place + length]
        place += length
    return bytes(kept) + data[place:]
