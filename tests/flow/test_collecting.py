"""What nobody wants any more goes after a day; what a version may have frozen never does."""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.files import services as files
from challenge.files import uploads
from challenge.files.models import Attachment, Blob, Derivative, Upload
from challenge.files.storage import storage
from challenge.files.tus import Wanted
from challenge.flow import collecting
from challenge.flow.collecting import collect
from challenge.submissions import submitting
from challenge.submissions.models import Submission
from challenge.tasks import queue
from challenge.tasks.models import Task
from challenge.work import Worker
from tests.factories import actor_of
from tests.files import papers
from tests.submissions.stories import owner_of, ready, versions, with_file

DAY = dt.timedelta(days=1)


@pytest.fixture
def draft(db: Session) -> Submission:
    """A draft with one file."""
    made = ready()
    with_file(made, "kept.pdf", b"%PDF-1.7 kept")
    return made


def age(db: Session, model: Any, **conditions: Any) -> None:
    """Let rows be of two days ago."""
    past = clock.now(db) - 2 * DAY
    columns = {name for name in ("created_at", "expires_at", "removed_at") if hasattr(model, name)}
    query = sa.update(model).filter_by(**conditions)
    for name in columns:
        column = getattr(model, name)
        db.execute(query.where(column.is_not(None)).values({name: past}))
    db.commit()


def age_files() -> None:
    """Let every stored file be of two days ago."""
    past = time.time() - 2 * 86_400
    for path in storage().waiting_room.parent.rglob("*"):
        if path.is_file():
            os.utime(path, (past, past))


def lies(digest: str) -> bool:
    """Whether the bytes are there."""
    return storage().size_of(digest) is not None


def coming(db: Session, draft: Submission, name: str = "a.pdf") -> uploads.Coming:
    """An upload of which ten bytes came."""
    wanted = Wanted(100, name, "files")
    made = uploads.begin(db, "submission", draft.id, wanted, user_id=None, at=clock.now(db))
    db.commit()
    with made.partial.turn(0) as turn:
        turn.write(b"%PDF-1.7 x")
    return made


def test_an_upload_is_collected_a_day_after_its_last_byte(db: Session, draft: Submission) -> None:
    forgotten, fed, young = (coming(db, draft, name) for name in ("a.pdf", "b.pdf", "c.pdf"))
    for each in (forgotten, fed):
        age(db, Upload, ref=each.ref)
    past = time.time() - 2 * 86_400
    os.utime(storage().waiting_room / f"up-{forgotten.ref}.at", (past, past))
    assert collect().uploads == 3 - 1  # the fed one was looked at too, and lives on
    assert sorted(db.scalars(sa.select(Upload.ref))) == sorted([fed.ref, young.ref])
    assert forgotten.partial.offset == 0
    assert fed.partial.offset == young.partial.offset == 10


def test_a_partial_file_without_a_row_goes(db: Session, draft: Submission) -> None:
    lost, young = coming(db, draft), coming(db, draft)
    db.execute(sa.delete(Upload))
    db.commit()
    past = time.time() - 2 * 86_400
    for name in (f"up-{lost.ref}", f"up-{lost.ref}.at"):
        os.utime(storage().waiting_room / name, (past, past))
    assert collect().partials == 2
    assert young.partial.offset == 10


def test_files_go_when_nothing_names_them(db: Session, draft: Submission) -> None:
    removed = with_file(draft, "removed.pdf", b"%PDF-1.7 removed")
    ref = db.scalars(sa.select(Attachment.ref).where(Attachment.name == "removed.pdf")).one()
    kept = db.scalars(sa.select(Blob.sha256).where(Blob.sha256 != removed)).one()
    age(db, Blob)
    age(db, Attachment)
    age_files()
    assert collect().files == 0
    files.remove(db, "submission", draft.id, ref, clock.now(db))
    db.commit()
    assert collect().attachments == 0  # it was removed just now
    age(db, Attachment)
    counts = collect()
    assert (counts.attachments, counts.blobs, counts.files) == (1, 1, 1)
    assert (lies(removed), lies(kept)) == (False, True)


def test_what_a_version_froze_stays_though_it_was_removed(db: Session, draft: Submission) -> None:
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    for attachment in db.scalars(sa.select(Attachment)):
        attachment.removed_at = clock.now(db)
    db.commit()
    digest = versions(draft)[0].manifest[0]["sha256"]
    age(db, Blob)
    db.execute(sa.update(Attachment).values(removed_at=clock.now(db) - 2 * DAY))
    db.commit()
    age_files()
    counts = collect()
    assert (counts.attachments, counts.blobs, counts.files) == (0, 0, 0)
    db.execute(sa.delete(Attachment))  # as in an import, where the manifest alone names it
    db.commit()
    assert collect().blobs == 0
    assert lies(digest)


def test_what_was_derived_goes_with_its_file(db: Session, draft: Submission) -> None:
    with_file(draft, "a.pdf", papers.pdf())
    papers.derive_all(db)
    made = db.scalar(sa.select(sa.func.count(Derivative.id)))
    assert made is not None
    assert made >= 3
    age(db, Blob)
    age_files()
    assert collect().blobs == 0
    db.execute(sa.delete(Attachment))
    db.commit()
    collect()
    collect()  # first the originals with their rows, then the copies that nothing refers to any more
    assert db.scalar(sa.select(sa.func.count(Derivative.id))) == 0
    assert db.scalar(sa.select(sa.func.count(Blob.sha256))) == 0
    assert [key for key, _at in storage().stored()] == []


def test_a_young_file_without_a_row_is_let_be(db: Session) -> None:
    with storage().stage() as staged:
        staged.write(b"its row is about to be written")
        digest = storage().keep(staged)
    assert collect().files == 0
    age_files()
    with storage().in_use():
        assert collect().files == 0  # somebody keeps a file just now
    assert collect().files == 1
    assert not lies(digest)


def test_it_is_asked_for_once_an_hour(db: Session) -> None:
    for _ in range(3):
        queue.put(db, collecting.hourly(db))
    db.commit()
    assert db.scalar(sa.select(sa.func.count(Task.id)).where(Task.kind == "collect")) == 1


def test_a_worker_asks_for_it_by_itself_and_does_it(app: Flask, db: Session, draft: Submission) -> None:
    forgotten = coming(db, draft)
    age(db, Upload, ref=forgotten.ref)
    past = time.time() - 2 * 86_400
    os.utime(storage().waiting_room / f"up-{forgotten.ref}.at", (past, past))
    worker = Worker(app)
    assert "tidy" in {job.func.__name__ for job in worker.scheduler.get_jobs()}
    worker.tidy()
    worker.work()
    db.expire_all()
    assert db.scalars(sa.select(Upload.ref)).all() == []
    assert forgotten.partial.offset == 0
