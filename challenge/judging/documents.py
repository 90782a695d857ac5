"""The documents of a proposal as judges get them: copies without metadata, under a number and nothing else.

Neither the original's bytes nor its size, digest or name is ever loaded for a page of theirs: each of them
may depend on who wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.files import derivatives
from challenge.files.derivatives import Copy, Derived
from challenge.files.models import Blob, Derivative
from challenge.judging.views import Document
from challenge.rules.errors import NotFound
from challenge.submissions.models import Version


@dataclass(frozen=True, slots=True)
class Found:
    """A document with the copies that may be sent, and its neutral name without an extension."""

    document: Document
    derived: Derived
    stem: str

    @property
    def clean(self) -> Copy:
        """The copy; raises NotFound where there is none."""
        if self.derived.clean is None:
            raise NotFound
        return self.derived.clean

    def page(self, number: int) -> Copy:
        """The picture of a page, from 1; raises NotFound."""
        if not 1 <= number <= len(self.derived.pages):
            raise NotFound
        return self.derived.pages[number - 1]


_KEPT = ("sha256", "media_type", "field")


def frozen(sqlite: bool) -> sa.ScalarSelect[Any]:
    """The manifest of the version beside it, as JSON.

    Names are cut off inside the database, and what there is of a file's copies stands for its own size.
    """
    if sqlite:
        files = sa.func.json_each(Version.manifest).table_valued("value", name="files")
        kept = [(name, sa.func.json_extract(files.c.value, f"$.{name}")) for name in _KEPT]
        line, lines = sa.func.json_object, sa.func.json_group_array
    else:
        value = sa.column("value", sa.JSON)
        files = sa.func.json_array_elements(Version.manifest).table_valued(value, name="files")
        kept = [(name, files.c.value[name].as_string()) for name in _KEPT]
        line, lines = sa.func.json_build_object, sa.func.json_agg
    parts = [*kept, *_copies(kept[0][1])]
    each = line(*(item for part in parts for item in part))
    return sa.select(sa.type_coerce(lines(each), sa.JSON)).select_from(files).scalar_subquery()


def _copies(digest: Any) -> list[tuple[str, Any]]:
    """What there is of one file: the state and size of its copy, and how many pages."""
    copy = aliased(Derivative)
    clean = (copy.sha256 == digest, copy.kind == "clean")
    drawn = (copy.sha256 == digest, copy.kind == "page", copy.state == "done")
    size = sa.select(Blob.size).join(copy, copy.derived_sha256 == Blob.sha256).where(*clean)
    return [
        ("state", sa.select(copy.state).where(*clean).scalar_subquery()),
        ("reason", sa.select(copy.reason).where(*clean).scalar_subquery()),
        ("size", size.scalar_subquery()),
        ("pages", sa.select(sa.func.count()).select_from(copy).where(*drawn).scalar_subquery()),
    ]


def listed(files: Sequence[tuple[int, Any]]) -> tuple[Document, ...]:
    """The documents of (place in the version, file) pairs."""
    return tuple(_document(number, place, file) for number, (place, file) in enumerate(files, start=1))


def find(session: Session, files: Sequence[tuple[int, Any]], number: int, code: str) -> Found:
    """One of them with its copies, in one statement; raises NotFound where there is no such number."""
    if not 1 <= number <= len(files):
        raise NotFound
    place, file = files[number - 1]
    derived = derivatives.of(session, {file["sha256"]})[file["sha256"]]
    return Found(_document(number, place, file), derived, f"{code}-{number}")


def _document(number: int, place: int, file: Any) -> Document:
    return Document(
        number,
        place,
        file["media_type"] or "application/octet-stream",
        file["state"] or "waiting",
        file["reason"],
        int(file["size"] or 0),
        int(file["pages"] or 0),
    )
