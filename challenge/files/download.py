"""Hand a stored file to whoever was allowed: as an attachment that runs nowhere, whole or in a range."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response, request

from challenge.files.storage import storage

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_PLAIN = re.compile(r"[^A-Za-z0-9 !#$&+\-.^_`{}~()]")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def send(sha256: str, size: int, media_type: str, name: str) -> Response:
    """The answer that carries a file; the caller has asked the permission table.

    Honours one `Range`; several, and one with `If-Range` (we give out no tag that it could name), get it all.
    """
    span = _span(request.headers.get("Range"), size) if "If-Range" not in request.headers else (0, size)
    if span is None:
        response = Response(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
        response.headers.update(HEADERS)
        return response
    start, stop = span
    whole = (start, stop) == (0, size)
    body = iter(()) if request.method == "HEAD" else storage().read(sha256, start, stop)
    response = Response(body, status=200 if whole else 206, content_type=media_type)
    response.headers.update(HEADERS)
    response.headers["Content-Length"] = str(stop - start)
    response.headers["Content-Disposition"] = disposition(name)
    if not whole:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return response


def disposition(name: str) -> str:
    """`attachment` with the name twice (RFC 6266): plain for old programs, UTF-8 for all others."""
    plain = _PLAIN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """The half-open range that is asked for; all of it where there is none that we serve; None if beyond."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    start, stop = int(first), min(int(last) + 1 if last else size, size)
    if start >= size or (last and int(last) < start):
        return None
    return start, stop
