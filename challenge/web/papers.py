"""Papers handed out by several rooms: a frozen file of a version, a signed statement."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import Any

from flask import Flask, Response, current_app

from challenge.base.db import db
from challenge.exchange import packing
from challenge.exchange.packing import Member
from challenge.files.download import HEADERS, disposition, send
from challenge.rules.errors import NotFound
from challenge.submissions.models import Version
from challenge.web import access


def frozen_file(version: Version, place: int, role: str | None = None) -> Response:
    """The file at this place of a version's manifest (from 1); raises NotFound.

    Whoever is not of the team says as what (`role`) they read it; the log has it before a byte goes out.
    """
    if not 1 <= place <= len(version.manifest):
        raise NotFound
    if role is not None:
        access.note(role, version, place)
    entry = version.manifest[place - 1]
    db.session.close()  # no connection is held while the bytes go out
    return send(entry["sha256"], entry["size"], entry["media_type"], entry["name"])


def archive(members: Iterator[Member], name: str) -> Response:
    """A zip of these files, made while it is sent. No connection of the database is held meanwhile."""
    return made_while_sent(packing.stream(members), "application/zip", name)


def made_while_sent(chunks: Generator[bytes], content_type: str, name: str | None) -> Response:
    """An answer whose pieces are made when their turn comes; with a `name` it is a file to keep."""
    db.session.close()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    response = Response(_within(app, chunks), content_type=content_type)
    if name is not None:
        response.headers.update(HEADERS)
        response.headers["Content-Disposition"] = disposition(name)
    response.headers["Accept-Ranges"] = "none"
    return response


def _within(app: Flask, body: Generator[bytes]) -> Iterator[bytes]:
    """Each piece is made within the app, and no piece of the app waits for a slow line."""
    try:
        while True:
            with app.app_context():
                chunk = next(body, None)
            if chunk is None:
                return
            yield chunk
    finally:
        body.close()


def document(signed: dict[str, Any], name: str) -> Response:
    """A signed statement as a file, indented for people; its signature does not mind."""
    text = json.dumps(signed, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
