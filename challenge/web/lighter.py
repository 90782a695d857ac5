"""Styles and scripts go compressed, whoever serves: a page of the editor weighs a third on a slow line.

Only what is the same for everyone. Pages carry secrets beside what a visitor can put into them, and how well
such a pair compresses tells of the secret; whether a proxy compresses them is its operator's choice.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

KINDS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
LEAST_BYTES = 1_000  # less fits one packet anyway

_Packed = dict[tuple[str, str], bytes]


def install(app: Flask) -> None:
    """Hang it onto the app. Each file is compressed once per process and version."""
    packed: _Packed = {}

    @app.after_request
    def lighter(response: Response) -> Response:
        if request.endpoint == "static" and response.mimetype in KINDS:
            response.vary.add("Accept-Encoding")
            if response.status_code == 200 and request.accept_encodings["gzip"] > 0:
                _pack(response, packed)
        return response


def _pack(response: Response, packed: _Packed) -> None:
    etag, _ = response.get_etag()
    if etag is None or (response.content_length or 0) < LEAST_BYTES:
        return
    key, whole = (request.path, etag), response.response
    response.direct_passthrough = False
    if key not in packed:
        packed[key] = gzip.compress(response.get_data(), mtime=0)
    response.set_data(packed[key])
    close = getattr(whole, "close", None)  # the server may have wrapped the file in its own way
    if close is not None:
        close()
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    response.set_etag(etag, weak=True)  # the same file in other bytes
