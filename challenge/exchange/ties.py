"""A file of past agreements and co-authorships, brought by the operator: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from challenge.base.db import begin_write, fresh_session
from challenge.exchange.reports import Faulty, Line
from challenge.files.receiving import Kept
from challenge.rounds import programmes
from challenge.rules.errors import NotFound
from challenge.rules.permissions import SYSTEM, Subject
from challenge.ties import brought

Read = Callable[[bytes], list[list[str]] | str]


def import_ties(path: Path, read: Read, *, slug: str | None) -> tuple[int, int]:
    """How many ties were added, and how many were known. Raises `Faulty` with each fault at its cell."""
    data = path.read_bytes()
    kept = Kept(hashlib.sha256(data).hexdigest(), len(data), "", "")
    if len(data) > brought.MOST_BYTES:
        raise Faulty.one(path.name, "", "book_too_heavy", f"at most {brought.MOST_BYTES} bytes")
    rows = read(data)
    with fresh_session() as session:
        begin_write(session)
        subject = Subject(kind="programme")
        if slug is not None:
            try:
                subject = programmes.subject_of(programmes.by_slug(session, slug))
            except NotFound:
                raise Faulty.one("--programme", "", "no_such_programme", slug) from None
        file = brought.bring(session, SYSTEM, subject, kept, path.name, rows)
        if file.state == "refused":
            raise Faulty([_line(path.name, fault) for fault in file.faults])
        return file.added, file.known


def _line(name: str, fault: dict[str, object]) -> Line:
    params = fault["params"]
    said = ", ".join(f"{key} {value}" for key, value in params.items()) if isinstance(params, dict) else ""
    return Line(f"{name} {fault['cell']}", "", "fault", str(fault["code"]), said)
