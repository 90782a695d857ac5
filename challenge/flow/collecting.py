"""Once an hour: what nobody wants any more. Unfinished uploads after a day, files that nothing names.

A file is wanted while an attachment, a derivative or any other row refers to it, or the manifest of a version
or of a late arrival names it. An attachment that its team removed stays while a version may have frozen it:
what a receipt speaks of is never collected, also where the version is sealed and cannot be read.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import Base, fresh_session, is_sqlite
from challenge.files import uploads
from challenge.files.models import Attachment, Blob, Upload
from challenge.files.storage import storage
from challenge.flow import webhooks
from challenge.submissions.material import OWNER
from challenge.submissions.models import LateArrival, Version
from challenge.tasks.queue import Work

log = structlog.get_logger()
UNWANTED_AFTER = dt.timedelta(days=1)
BATCH = 200
SECONDS = 60.0  # for looking through the store, less than a task's lease


@dataclass(frozen=True, slots=True)
class Collected:
    """How many of each were removed."""

    uploads: int
    partials: int
    attachments: int
    blobs: int
    files: int


def hourly(session: Session) -> Work:
    """The work of this hour, under a name that all processes give it."""
    return Work("collect", f"collect/{clock.now(session):%Y-%m-%dT%H}", {})


def collect() -> Collected:
    """Remove it all, in transactions of their own; killed anywhere, the next hour goes on."""
    with fresh_session() as session:
        now = clock.now(session)
    counts = Collected(
        _batches(_uploads, now), _partials(now), _batches(_attachments, now), _blobs(now), _files(now)
    )
    _batches(lambda session, at: webhooks.forget(session, at, BATCH), now)
    log.info("collected", **{name: getattr(counts, name) for name in Collected.__dataclass_fields__})
    return counts


def _batches(step: Any, now: dt.datetime) -> int:
    total = 0
    while True:
        with fresh_session() as session:
            count: int = step(session, now)
        total += count
        if count < BATCH:
            return total


def _uploads(session: Session, now: dt.datetime) -> int:
    """Uploads whose day is over; one that is still fed lives on."""
    due = sa.select(Upload).where(Upload.expires_at <= now).order_by(Upload.id).limit(BATCH)
    rows = session.scalars(due.with_for_update(skip_locked=True)).all()
    for row in rows:
        partial = uploads.coming(row).partial
        fed = partial.touched_at
        until = dt.datetime.fromtimestamp(fed, dt.UTC) + UNWANTED_AFTER if fed is not None else now
        if row.state == "open" and until > now:
            row.expires_at = until
            continue
        partial.remove()
        session.delete(row)
    return len(rows)


def _partials(now: dt.datetime) -> int:
    """Partial files without a row: their submission, or the whole database, was exchanged under them."""
    room, count = storage().waiting_room, 0
    for path in room.glob("up-*"):
        ref = path.name.removeprefix("up-").removesuffix(".at")
        try:
            old = path.stat().st_mtime < (now - UNWANTED_AFTER).timestamp()
        except FileNotFoundError:
            continue
        with fresh_session() as session:
            known = session.scalar(sa.select(Upload.id).where(Upload.ref == ref)) is not None
        if old and not known:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _attachments(session: Session, now: dt.datetime) -> int:
    """Attachments of drafts that were removed a day ago, and that nothing can have frozen meanwhile."""
    frozen = [
        sa.exists().where(model.submission_id == Attachment.owner_id, moment >= Attachment.created_at)
        for model, moment in ((Version, Version.submitted_at), (LateArrival, LateArrival.arrived_at))
    ]
    gone = (
        sa.select(Attachment.id)
        .where(
            Attachment.owner_kind == OWNER,
            Attachment.removed_at <= now - UNWANTED_AFTER,
            *(sa.not_(each) for each in frozen),
        )
        .limit(BATCH)
    )
    ids = list(session.scalars(gone))
    session.execute(sa.delete(Attachment).where(Attachment.id.in_(ids)))
    return len(ids)


def _blobs(now: dt.datetime) -> int:
    """Rows of files that nothing names; what was derived of them goes with them.

    No file is being kept meanwhile; where one is, the next hour does it.
    """
    total, last, more = 0, "", True
    try:
        while more:
            with storage().in_use(sweeping=True), fresh_session() as session:
                quiet = sa.select(Blob.sha256).where(
                    Blob.sha256 > last, Blob.created_at <= now - UNWANTED_AFTER, *_unreferred()
                )
                found = list(session.scalars(quiet.order_by(Blob.sha256).limit(BATCH)))
                unwanted = sorted(set(found) - _in_manifests(session, found))
                session.execute(sa.delete(Blob).where(Blob.sha256.in_(unwanted)))
            total, more = total + len(unwanted), len(found) == BATCH
            last = found[-1] if found else last
    except BlockingIOError:
        log.info("files are being kept; the next hour collects")
    return total


def unwanted(session: Session, now: dt.datetime) -> tuple[int, int]:
    """How many files nothing names any more, and their bytes: what the next hours collect."""
    count, size, last, more = 0, 0, "", True
    while more:
        quiet = sa.select(Blob.sha256, Blob.size).where(
            Blob.sha256 > last, Blob.created_at <= now - UNWANTED_AFTER, *_unreferred()
        )
        found = {row.sha256: row.size for row in session.execute(quiet.order_by(Blob.sha256).limit(BATCH))}
        gone = found.keys() - _in_manifests(session, list(found))
        count, size = count + len(gone), size + sum(found[each] for each in gone)
        last, more = max(found, default=last), len(found) == BATCH
    return count, size


def _unreferred() -> Iterator[sa.ColumnElement[bool]]:
    """No row of any table refers to it, but for those that go with it."""
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table.name == Blob.__tablename__ and key.ondelete != "CASCADE":
                yield sa.not_(sa.exists().where(key.parent == Blob.sha256))


def _in_manifests(session: Session, digests: Sequence[str]) -> set[str]:
    """Those that a version or a late arrival names."""
    if not digests:
        return set()
    found: set[str] = set()
    for model in (Version, LateArrival):
        if is_sqlite(session):
            files: Any = sa.func.json_each(model.manifest).table_valued("value", name="files")
            digest: Any = sa.func.json_extract(files.c.value, "$.sha256")
        else:
            value = sa.column("value", sa.JSON)
            files = sa.func.json_array_elements(model.manifest).table_valued(value, name="files")
            digest = files.c.value["sha256"].as_string()
        named = sa.select(digest).distinct().select_from(model).join(files, sa.true())
        found |= set(session.scalars(named.where(digest.in_(digests))))
    return found


def _files(now: dt.datetime) -> int:
    """Files in the store that have no row: of a request that was cut off, or collected above."""
    deadline, count, batch = time.monotonic() + SECONDS, 0, []
    for sha256, put_at in storage().stored():
        if put_at <= now - UNWANTED_AFTER:
            batch.append(sha256)
        if len(batch) == BATCH:
            count += _remove(batch)
            batch = []
        if time.monotonic() > deadline:
            break
    return count + _remove(batch)


def _remove(digests: Sequence[str]) -> int:
    """Remove those of them that still have no row, while no file is being kept."""
    if not digests:
        return 0
    try:
        with storage().in_use(sweeping=True), fresh_session() as session:
            known = set(session.scalars(sa.select(Blob.sha256).where(Blob.sha256.in_(digests))))
            unknown = [each for each in digests if each not in known]
            for each in unknown:
                storage().remove(each)
    except BlockingIOError:
        return 0
    return len(unknown)
