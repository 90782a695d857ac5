"""What judges get of a file is made by work that follows from handing in, or from a seal's release."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.engines.previews import Made, Missing, Outcome
from challenge.files import derivatives
from challenge.files.models import Blob, Derivative
from challenge.files.storage import storage
from challenge.flow import deriving, errands
from challenge.rules.errors import Away
from challenge.submissions import submitting
from challenge.tasks import queue
from challenge.tasks.models import Task
from challenge.tasks.queue import Leased
from tests.factories import actor_of
from tests.files import papers, specimens
from tests.submissions import sealed
from tests.submissions.stories import close, owner_of, ready, with_file


def wanted(db: Session) -> list[str]:
    """The files of which derivatives were asked for."""
    return sorted(task.payload["sha256"] for task in db.scalars(sa.select(Task).where(Task.kind == "derive")))


def test_handing_in_asks_for_it_and_work_does_it(app: Flask, db: Session) -> None:
    draft, data = ready(), papers.pdf("Secret Author")
    report = with_file(draft, "report.pdf", data)
    with_file(draft, "again.pdf", data)
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.commit()
    errands.drain()
    db.expire_all()
    assert wanted(db) == [report]
    made = derivatives.of(db, {report})[report]
    assert (made.state, len(made.pages)) == ("done", 2)
    assert made.clean is not None
    copy = b"".join(storage().read(made.clean.sha256, 0, made.clean.size))
    assert b"Secret Author" not in papers.inside(copy)
    assert db.get_one(Blob, made.pages[0].sha256).media_type == "image/jpeg"


def test_a_version_with_the_same_file_asks_for_nothing_new(app: Flask, db: Session) -> None:
    draft = ready()
    with_file(draft, "report.pdf", papers.pdf())
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.commit()
    errands.drain()
    draft.values = {**draft.values, "title": "Another title"}
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.commit()
    errands.drain()
    db.expire_all()
    assert len(wanted(db)) == 1
    assert deriving.of_round(db, {"round_id": draft.round_id}) == []


def test_what_stood_before_is_asked_for_when_judging_opens(app: Flask, db: Session) -> None:
    draft = ready()
    digest = with_file(draft, "report.pdf", papers.pdf())
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.execute(sa.delete(Task))
    db.commit()
    works = deriving.of_round(db, {"round_id": draft.round_id})
    assert [work.payload["sha256"] for work in works] == [digest]


def test_a_sealed_rounds_files_wait_for_the_release(app: Flask, db: Session) -> None:
    round_ = sealed.sealed_round(db)
    draft = sealed.draft(db, round_)
    digest = with_file(draft, "report.pdf", papers.pdf())
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.commit()
    errands.drain()
    db.expire_all()
    assert wanted(db) == []
    assert deriving.of_round(db, {"round_id": round_.id}) == []
    close(draft, clock.now(db))
    db.commit()
    from challenge.flow import closing

    closing.close_due()
    errands.drain()
    db.expire_all()
    assert wanted(db) == [digest]
    assert derivatives.of(db, {digest})[digest].state == "done"


def derive_of(outcome: Outcome) -> deriving.Derive:
    """An engine that says this."""

    def derive(_source: Path, _media_type: str, folder: Path) -> Outcome:
        for made in outcome.made:
            (folder / made.path.name).write_bytes(b"made of it")
        return Outcome(
            tuple(
                Made(each.kind, each.page, each.media_type, folder / each.path.name) for each in outcome.made
            ),
            outcome.missing,
        )

    return derive


def run(db: Session, digest: str, derive: deriving.Derive, most: int = 10_000_000) -> None:
    """Do the task of one file."""
    queue.put(db, queue.Work("derive", f"derive/{digest}", {"sha256": digest}))
    db.commit()
    deriving.make(Leased(1, "derive", "", {"sha256": digest}, 1), derive, most)
    db.expire_all()


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        (Missing("clean", "failed", "damaged"), ("failed", "damaged")),
        (Missing("clean", "none", "archive"), ("none", "archive")),
    ],
)
def test_a_failure_is_kept_with_its_reason_and_not_tried_again(
    app: Flask, db: Session, missing: Missing, state: tuple[str, str]
) -> None:
    digest = with_file(ready(), "report.pdf", specimens.PDF)
    for _ in range(2):
        run(db, digest, derive_of(Outcome((), (missing,))))
    found = derivatives.of(db, {digest})[digest]
    assert (found.state, found.reason) == state
    assert db.scalar(sa.select(sa.func.count(Derivative.id))) == 1


def test_a_copy_without_pages_says_why(app: Flask, db: Session) -> None:
    digest = with_file(ready(), "report.docx", specimens.docx())
    made = Made("clean", 0, "application/pdf", Path("clean.docx"))
    run(db, digest, derive_of(Outcome((made,), (Missing("page", "none", "office"),))))
    found = derivatives.of(db, {digest})[digest]
    assert (found.state, found.reason, found.pages) == ("done", "office", ())


def test_what_is_too_large_is_not_even_fetched(app: Flask, db: Session) -> None:
    digest = with_file(ready(), "report.pdf", specimens.PDF)
    run(db, digest, derive_of(Outcome()), most=10)
    assert derivatives.of(db, {digest})[digest].reason == "too_large"


def test_a_store_that_is_away_leaves_the_task_for_later(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = with_file(ready(), "report.pdf", papers.pdf())
    queue.put(db, queue.Work("derive", f"derive/{digest}", {"sha256": digest}))
    db.commit()

    def away(*_args: object) -> None:
        raise Away("storage_away")

    monkeypatch.setattr(storage(), "read", away)
    errands.drain()
    monkeypatch.undo()
    db.expire_all()
    assert db.scalars(sa.select(Task.state)).all() == ["queued"]
    assert derivatives.of(db, {digest})[digest].state == "waiting"
