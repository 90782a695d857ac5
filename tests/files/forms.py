"""A form as a browser sends it (the test client leaves out a line break in an empty field)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Part = tuple[str, str | None, bytes]
BOUNDARY = "----browser"


def body_of(*parts: Part, boundary: str = "line") -> bytes:
    """The body for these parts; one without a file name is a field."""
    pieces = []
    for name, filename, data in parts:
        about = f'name="{name}"'
        if filename is not None:
            escaped = filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
            about += f'; filename="{escaped}"'
        head = f"--{boundary}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
        pieces.append(head.encode() + data + b"\r\n")
    return b"".join(pieces) + f"--{boundary}--\r\n".encode()


def form(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What `client.post` needs: texts as they are, files as lists of (name, bytes)."""
    parts: list[Part] = []
    for name, value in fields.items():
        if isinstance(value, list):
            parts += [(name, filename, data) for filename, data in value]
        else:
            parts.append((name, None, str(value).encode()))
    return {
        "data": body_of(*parts, boundary=BOUNDARY),
        "content_type": f"multipart/form-data; boundary={BOUNDARY}",
    }
