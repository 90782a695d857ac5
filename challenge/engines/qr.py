"""QR codes as SVG, by segno: an address in, a picture without fonts or scripts out."""

from __future__ import annotations

import io


def svg(address: str) -> str:
    """The code of an address, error correction M: a fifth of it may be lost in print."""
    import segno

    picture = io.BytesIO()
    segno.make(address, error="m").save(
        picture, kind="svg", border=2, dark="#171b20", light="#ffffff", xmldecl=False, scale=6
    )
    return picture.getvalue().decode()
