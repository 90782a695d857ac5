"""The documents of a proposal as judges get them: copies without metadata, under a number and nothing else.

Neither the original's bytes nor its size, digest or name is ever loaded for a page of theirs: each of them
may depend on who wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from challenge.files import derivatives
from challenge.files.derivatives import Copy, Derived
from challenge.judging.views import Document
from challenge.rules.errors import NotFound


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


def listed(session: Session, files: Sequence[tuple[int, Any]]) -> tuple[Document, ...]:
    """The documents of (place in the version, file) pairs; one statement, none without files."""
    known = derivatives.of(session, {file["sha256"] for _place, file in files})
    return tuple(
        _document(number, place, file, known[file["sha256"]])
        for number, (place, file) in enumerate(files, start=1)
    )


def find(session: Session, files: Sequence[tuple[int, Any]], number: int, code: str) -> Found:
    """One of them; raises NotFound where there is no such number."""
    if not 1 <= number <= len(files):
        raise NotFound
    place, file = files[number - 1]
    derived = derivatives.of(session, {file["sha256"]})[file["sha256"]]
    return Found(_document(number, place, file, derived), derived, f"{code}-{number}")


def _document(number: int, place: int, file: Any, derived: Derived) -> Document:
    return Document(
        number,
        place,
        file["media_type"] or "application/octet-stream",
        derived.state,
        derived.reason,
        derived.clean.size if derived.clean else 0,
        len(derived.pages),
    )
