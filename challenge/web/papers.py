"""Papers handed out by several rooms: a frozen file of a version, a signed statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Response

from challenge.files.download import disposition, send
from challenge.rules.errors import NotFound


def frozen_file(manifest: Sequence[Any], place: int) -> Response:
    """The file at this place of a version's manifest (from 1); raises NotFound."""
    if not 1 <= place <= len(manifest):
        raise NotFound
    entry = manifest[place - 1]
    return send(entry["sha256"], entry["size"], entry["media_type"], entry["name"])


def document(signed: dict[str, Any], name: str) -> Response:
    """A signed statement as a file, indented for people; its signature does not mind."""
    text = json.dumps(signed, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
