"""A grace: what comes in shortly after the announced close still counts, and everybody sees that it did."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.flow import closing
from challenge.rounds import extending, overrides
from challenge.rounds.models import RoundWindow
from challenge.rules.errors import Invalid, TooLate
from challenge.rules.stages import Stage
from challenge.submissions import submitting
from challenge.submissions.models import Submission
from tests.factories import actor_of, organizer_of
from tests.submissions.stories import close, owner_of, ready, round_of, versions, window

MINUTE = dt.timedelta(minutes=1)


def graced(submission: Submission, seconds: int = 300) -> RoundWindow:
    """Its round's window with a grace."""
    row = window(submission)
    row.grace_seconds = seconds
    return row


def test_a_window_without_grace_ends_at_its_close(db: Session) -> None:
    row = window(ready())
    assert row.grace_seconds == 0
    assert row.ends_at == row.closes_at


def test_a_submit_within_the_grace_counts_and_says_so(db: Session) -> None:
    submission = ready()
    graced(submission)
    close(submission, clock.now(db) - MINUTE)
    version = submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    assert version.admitted == "grace"
    said = version.receipt["statement"]["admitted"]
    assert said["by"] == "grace"
    assert said["closes_at"] < version.receipt["statement"]["submitted_at"] < said["until"]
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "submission.submitted")).one()
    assert entry.detail["admitted"] == "grace"


def test_a_submit_in_time_says_nothing_of_the_grace(db: Session) -> None:
    submission = ready()
    graced(submission)
    version = submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    assert version.admitted == "in_time"
    assert "admitted" not in version.receipt["statement"]
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "submission.submitted")).one()
    assert "admitted" not in entry.detail


def test_after_the_grace_the_refusal_names_the_announced_close(db: Session) -> None:
    submission = ready()
    graced(submission, seconds=60)
    closes_at = clock.now(db) - 2 * MINUTE
    close(submission, closes_at)
    with pytest.raises(TooLate) as refusal:
        submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    assert refusal.value.params["at"] == closes_at


def test_the_grace_also_follows_a_requirements_own_close(db: Session) -> None:
    submission = ready()
    graced(submission)
    assert submission.requirement is not None
    submission.requirement.closes_at = clock.now(db) - MINUTE
    db.flush()
    assert submitting.submit(db, actor_of(owner_of(submission)), submission.ref).admitted == "grace"
    submission.requirement.closes_at = clock.now(db) - 6 * MINUTE
    late = ready(requirement=submission.requirement)
    with pytest.raises(TooLate):
        submitting.submit(db, actor_of(owner_of(late)), late.ref)


def test_the_round_closes_when_the_grace_is_over_and_not_before(db: Session) -> None:
    submission = ready()
    row = graced(submission)
    close(submission, clock.now(db) - MINUTE)
    db.commit()
    assert closing.close_due() == 0
    row.grace_seconds = 59
    db.commit()
    assert closing.close_due() == 1
    db.refresh(row)
    assert row.closed_at is not None
    assert row.ends_at is not None
    assert row.closed_at >= row.ends_at


def test_a_close_before_its_time_has_no_grace(db: Session) -> None:
    submission = ready()
    row = graced(submission)
    db.flush()
    organizer = organizer_of(round_of(submission).programme)
    overrides.close_early(db, actor_of(organizer), submission.round_id, Stage.SUBMISSION, "Enough came in.")
    with pytest.raises(TooLate):
        submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    assert row.ends_at == row.closes_at
    assert versions(submission) == []


def test_the_end_cannot_be_moved_past_the_model(db: Session) -> None:
    row = window(ready())
    db.flush()
    soon = clock.now(db) + MINUTE
    with pytest.raises(sa.exc.IntegrityError), db.begin_nested():
        db.execute(sa.update(RoundWindow).where(RoundWindow.id == row.id).values(closes_at=soon))


def test_only_submission_may_have_a_grace(db: Session) -> None:
    row = window(ready(), "judging")
    row.grace_seconds = 60
    with pytest.raises(sa.exc.IntegrityError):
        db.flush()


def test_within_the_grace_the_round_can_still_be_extended_for_everyone(db: Session) -> None:
    submission = ready()
    row = graced(submission)
    close(submission, clock.now(db) - MINUTE)
    organizer = actor_of(organizer_of(round_of(submission).programme))
    where = (submission.round_id, Stage.SUBMISSION)
    with pytest.raises(Invalid) as refusal:
        extending.extend(db, organizer, *where, clock.now(db) - MINUTE / 2, "The site was away.")
    assert refusal.value.code == "in_the_past"
    with pytest.raises(TooLate):
        overrides.close_early(db, organizer, *where, "Enough came in.")
    later = clock.now(db) + 10 * MINUTE
    extending.extend(db, organizer, *where, later, "The site was away.")
    assert (row.closes_at, row.ends_at) == (later, later + 5 * MINUTE)
    version = submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    assert version.admitted == "in_time"
