"""Whether a PDF declares PDF/A and carries what that asks first: what can be told without a validator.

Neither Debian nor PyPI has a validator of PDF/A. So this looks at the claim (XMP), at the colour that is
meant (output intent), at the fonts (each embedded), and at what the standard forbids outright: encryption,
scripts, and what runs by itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

PART = "3A"


def assert_declares_pdfa(data: bytes, part: str = PART) -> None:
    """Fail unless the PDF claims this part and level (`3A`, `2B` ...) and bears it out, as told above."""
    assert part_of(data) == part, f"declares {part_of(data) or 'no PDF/A'}, not {part}"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert not pdf.is_encrypted, "is encrypted"
        intents = [each for each in pdf.Root.get("/OutputIntents", []) if each.get("/S") == "/GTS_PDFA1"]
        assert len(intents) == 1, "has no output intent of PDF/A, or several"
        profile = intents[0].get("/DestOutputProfile")
        assert profile is not None, "its output intent has no profile"
        assert profile.read_bytes()[36:40] == b"acsp", "its profile is none of ICC"
        fonts = {font.objgen: font for font in _fonts(pdf)}
        assert fonts, "has no text"
        loose = [str(font.get("/BaseFont")) for font in fonts.values() if not _embedded(font)]
        assert not loose, f"does not embed {loose}"
        assert "/OpenAction" not in pdf.Root, "does something when it is opened"
        assert "/AA" not in pdf.Root, "does something by itself"
        assert "/JavaScript" not in pdf.Root.get("/Names", {}), "has scripts"
        if part.endswith("A"):
            assert "/StructTreeRoot" in pdf.Root, "is not tagged"
            assert pdf.Root.get("/MarkInfo", {}).get("/Marked"), "does not say that it is tagged"
            assert str(pdf.Root.get("/Lang", "")), "does not say its language"
        assert all("/AFRelationship" in each for each in pdf.Root.get("/AF", [])), "an attachment of no use"


def part_of(data: bytes) -> str:
    """What it declares in its XMP: part and level, as `3A`; empty where it declares nothing."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if "/Metadata" not in pdf.Root:
            return ""
        said = pdf.Root.Metadata.read_bytes().decode("utf-8")
    found = [
        re.search(rf"pdfaid:{name}(?:[^>=]*>|[^>]*\">|=\")(\w)", said) for name in ("part", "conformance")
    ]
    return "".join(each[1] for each in found if each)


def _fonts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font":
            yield each


def _embedded(font: Any) -> bool:
    """Whether it brings its letters along; a composite font is asked through the one that it is made of."""
    if font.get("/Subtype") == "/Type3":
        return True
    inner = font.get("/DescendantFonts")
    if inner is not None:
        return all(_embedded(each) for each in inner)
    described = font.get("/FontDescriptor")
    return described is not None and any(f"/FontFile{n}" in described for n in ("", "2", "3"))
