"""Rows of what judges get of a file: never its own bytes, size or name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.files.models import Blob, Derivative


@dataclass(frozen=True, slots=True)
class Copy:
    """A derived file."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Derived:
    """What there is of one file: a copy without metadata, pictures of its pages, or why there is none."""

    state: str = "waiting"  # waiting, done, none (never of this type), failed
    reason: str | None = None
    clean: Copy | None = None
    pages: tuple[Copy, ...] = ()


WAITING = Derived()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to be written: `copy` or a `reason`."""

    kind: str
    page: int
    state: str
    copy: Copy | None = None
    reason: str | None = None


def of(session: Session, digests: Collection[str]) -> dict[str, Derived]:
    """What there is of these files, by their SHA-256; one statement, none for no file."""
    if not digests:
        return {}
    query = (
        sa.select(
            Derivative.sha256,
            Derivative.kind,
            Derivative.state,
            Derivative.reason,
            Blob.sha256,
            Blob.size,
            Blob.media_type,
        )
        .outerjoin(Blob, Blob.sha256 == Derivative.derived_sha256)
        .where(Derivative.sha256.in_(digests))
        .order_by(Derivative.sha256, Derivative.kind, Derivative.page)
    )
    rows: dict[str, list[Any]] = {each: [] for each in digests}
    for source, *row in session.execute(query):
        rows[source].append(row)
    return {source: _derived(found) for source, found in rows.items()}


def _derived(rows: Sequence[Any]) -> Derived:
    if not rows:
        return WAITING
    clean = next((row for row in rows if row[0] == "clean"), None)
    pages = tuple(Copy(*row[3:]) for row in rows if row[0] == "page" and row[1] == "done")
    if clean is None or clean[1] != "done":
        return Derived(clean[1] if clean else "failed", clean[2] if clean else "damaged")
    reason = next((row[2] for row in rows if row[0] == "page" and row[1] != "done"), None)
    return Derived("done", reason, Copy(*clean[3:]), pages)


def lacking(session: Session, digests: Iterable[str]) -> list[str]:
    """Those of which nothing was tried yet and which have a blob, in their order."""
    wanted = list(dict.fromkeys(digests))
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        tried = sa.exists().where(Derivative.sha256 == Blob.sha256)
        found |= set(session.scalars(sa.select(Blob.sha256).where(Blob.sha256.in_(part), ~tried)))
    return [each for each in wanted if each in found]


def record(session: Session, sha256: str, entries: Sequence[Entry], at: dt.datetime) -> None:
    """Write what was made of a file; its copies have their blob rows. Written twice, it stands once."""
    rows = [
        {
            "sha256": sha256,
            "kind": each.kind,
            "page": each.page,
            "derived_sha256": each.copy.sha256 if each.copy else None,
            "state": each.state,
            "reason": each.reason,
            "created_at": at,
        }
        for each in entries
    ]
    if rows:
        session.execute(insert_into(session, Derivative).values(rows).on_conflict_do_nothing())
