"""Rows of uploads under way, and the partial files that belong to them. Who may, the feature above says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.ids import new_ref
from challenge.files import scanning, sniffing
from challenge.files.models import Upload
from challenge.files.names import extension_of
from challenge.files.partial import Partial, Turn
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.files.tus import Wanted
from challenge.rules.errors import Away, NotFound

LIFE = dt.timedelta(days=1)
IDLE_SECONDS = 600.0  # an upload that nobody feeds gives way to a new one


@dataclass(frozen=True, slots=True)
class Coming:
    """A row of an upload as plain values, for use after the session was let go."""

    id: int
    ref: str
    owner_id: int
    field: str
    name: str
    size: int
    state: str
    attachment_ref: str | None
    expires_at: dt.datetime

    @property
    def partial(self) -> Partial:
        """Its bytes."""
        return Partial(storage().waiting_room, self.ref, self.size)

    @property
    def offset(self) -> int:
        """From which byte to go on; its size once it is attached."""
        return self.size if self.state == "done" else self.partial.offset


def begin(
    session: Session, kind: str, owner_id: int, wanted: Wanted, *, user_id: int | None, at: dt.datetime
) -> Coming:
    """A row for a file that is going to come."""
    row = Upload(
        ref=new_ref(),
        owner_kind=kind,
        owner_id=owner_id,
        field=wanted.field,
        name=wanted.name,
        size=wanted.size,
        user_id=user_id,
        state="open",
        created_at=at,
        expires_at=at + LIFE,
    )
    session.add(row)
    session.flush()
    return coming(row)


def coming(row: Upload) -> Coming:
    """A row as plain values."""
    return Coming(
        row.id,
        row.ref,
        row.owner_id,
        row.field,
        row.name,
        row.size,
        row.state,
        row.attachment_ref,
        row.expires_at,
    )


def find(session: Session, kind: str, ref: str, *, lock: bool = False) -> Upload:
    """The row of an upload; raises NotFound where it never was, was ended, or has been collected."""
    query = sa.select(Upload).where(Upload.owner_kind == kind, Upload.ref == ref)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def under_way(session: Session, kind: str, owner_id: int) -> Sequence[Upload]:
    """The unfinished uploads of an owner, oldest first."""
    mine = (Upload.owner_kind == kind, Upload.owner_id == owner_id, Upload.state == "open")
    return session.scalars(sa.select(Upload).where(*mine).order_by(Upload.id)).all()


def idle(row: Upload, now: dt.datetime) -> bool:
    """Whether nothing of it came for a while."""
    touched = coming(row).partial.touched_at
    last = max(row.created_at.timestamp(), touched or 0.0)
    return now.timestamp() - last > IDLE_SECONDS


def examined(turn: Turn, name: str) -> str:
    """The media type of a file of which every byte has come, once it was found to be what it may be.

    Raises `Invalid("files", ...)` for what it is or holds, `Away` where the scanner does not answer.
    """
    if turn.whole:  # found right by a request that was cut off before its commit
        return sniffing.ALLOWED[extension_of(name)][1]
    with turn.partial.path.open("rb") as content:
        media_type = sniffing.check(name, content).media_type
    try:
        scanning.check(storage().scanner, turn.partial.path, name)
    except Away:
        turn.sync()  # nothing has to be sent again but the last byte
        raise
    return media_type


def kept(turn: Turn, coming: Coming, media_type: str) -> Kept:
    """Put an examined file under its digest; raises `Away` where the store does not answer, and `NoRoom`.

    The caller holds `storage().in_use()` from before this until the row is committed.
    """
    store, path, size = storage(), turn.partial.path, turn.partial.size
    sha256 = turn.settle()
    if path.exists():
        store.keep_file(path, sha256)
    elif store.size_of(sha256) != size:
        turn.partial.remove()
        raise NotFound("file_missing")
    return Kept(sha256, size, media_type, coming.name, coming.field)
