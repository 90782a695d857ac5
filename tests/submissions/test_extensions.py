"""One submission may come later: with a reason, on the record, and nobody else with it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.flow import closing
from challenge.flow.errands import drain
from challenge.rules.errors import Invalid, NotAllowed, TooLate
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.submissions import extensions, submitting
from challenge.submissions.models import LateArrival, Submission
from tests.factories import UserFactory, actor_of, organizer_of
from tests.rigs.mail import Mailbox
from tests.submissions.stories import again, close, owner_of, ready, round_of, saved, window

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
WHY = "The line of the whole campus was down."


def organizer(submission: Submission) -> Actor:
    """Somebody who organizes its round."""
    return actor_of(organizer_of(round_of(submission).programme))


def late(db: Session, **facts: object) -> Submission:
    """A complete draft whose round has closed, and its close is recorded."""
    submission = ready(**facts)
    close(submission, clock.now(db) - HOUR)
    db.commit()
    closing.close_due()
    db.refresh(again(submission), ["requirement"])
    return submission


def test_whoever_came_too_late_keeps_the_draft_and_can_then_submit(db: Session, mailbox: Mailbox) -> None:
    submission = late(db)
    solver = actor_of(owner_of(submission))
    with pytest.raises(TooLate) as refusal:
        submitting.submit(db, solver, submission.ref)
    submitting.arrived_late(db, solver, submission.ref, refusal.value)
    until = clock.now(db) + HOUR
    extensions.extend(db, organizer(submission), submission.ref, until, WHY)
    saved(db, solver, submission, summary="Better still.")
    version = submitting.submit(db, solver, submission.ref)
    assert version.admitted == "extension"
    assert version.receipt["statement"]["admitted"]["by"] == "extension"
    assert version.content["values"]["summary"] == "Better still."
    assert db.scalar(sa.select(sa.func.count()).select_from(LateArrival)) == 1
    db.commit()
    drain()
    letters = [each for each in mailbox.to(owner_of(submission).email) if "more time" in each.subject]
    assert len(letters) == 1
    assert WHY in letters[0].body


def test_everybody_else_stays_out(db: Session) -> None:
    submission = late(db)
    other = ready(requirement=submission.requirement)
    extensions.extend(db, organizer(submission), submission.ref, clock.now(db) + HOUR, WHY)
    with pytest.raises(TooLate):
        submitting.submit(db, actor_of(owner_of(other)), other.ref)
    assert window(submission).closed_at is not None


def test_it_is_over_at_its_time_and_the_refusal_names_it(db: Session) -> None:
    submission = late(db)
    extensions.extend(db, organizer(submission), submission.ref, clock.now(db) + HOUR, WHY)
    over = clock.now(db) - dt.timedelta(seconds=1)
    submission.extended_to = over
    db.flush()
    with pytest.raises(TooLate) as refusal:
        submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    assert refusal.value.params["at"] == over


def test_it_ends_with_judging_at_the_latest(db: Session) -> None:
    submission = late(db)
    end = window(submission, "judging").closes_at
    assert end is not None
    with pytest.raises(Invalid) as refusal:
        extensions.extend(db, organizer(submission), submission.ref, end + HOUR, WHY)
    assert refusal.value.code == "extension_past_judging"
    extensions.extend(db, organizer(submission), submission.ref, end, WHY)
    row = window(submission, "judging")
    row.opened_at = row.closed_at = clock.now(db)  # closed before its time: over for this one too
    db.flush()
    with pytest.raises(TooLate):
        submitting.submit(db, actor_of(owner_of(submission)), submission.ref)


@pytest.mark.parametrize(("after", "code"), [(-HOUR, "in_the_past"), (DAY, "not_later")])
def test_it_is_later_than_now_and_than_the_usual_close(db: Session, after: dt.timedelta, code: str) -> None:
    submission = ready()
    with pytest.raises(Invalid) as refusal:
        extensions.extend(db, organizer(submission), submission.ref, clock.now(db) + after, WHY)
    assert (refusal.value.field, refusal.value.code) == ("until", code)
    with pytest.raises(Invalid) as refusal:
        extensions.extend(db, organizer(submission), submission.ref, clock.now(db) + 12 * DAY, "  ")
    assert refusal.value.code == "reason_needed"


def test_it_is_audited_and_twice_is_once(db: Session) -> None:
    submission, until = late(db), clock.now(db) + HOUR
    mine = organizer(submission)
    extensions.extend(db, mine, submission.ref, until, WHY)
    extensions.extend(db, mine, submission.ref, until, WHY)
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "submission.extended")).one()
    assert entry.actor == f"user:{mine.user_id}"
    assert "until" in entry.detail
    assert WHY not in str(entry.detail)


def test_each_keeps_its_reason_and_its_letter_quotes_its_own(db: Session, mailbox: Mailbox) -> None:
    submission, until = late(db), clock.now(db) + HOUR
    mine = organizer(submission)
    extensions.extend(db, mine, submission.ref, until, WHY)
    extensions.extend(db, mine, submission.ref, until + HOUR, "A storm, too.")
    db.commit()
    kept = extensions.of(db, again(submission))
    assert [(each.before_at, each.until_at, each.reason) for each in kept] == [
        (until, until + HOUR, "A storm, too."),
        (None, until, WHY),
    ]
    assert {each.author_id for each in kept} == {mine.user_id}
    letters = [each.body for each in mailbox.to(owner_of(submission).email) if "more time" in each.subject]
    assert [[why in body for why in (WHY, "A storm, too.")] for body in letters] == [
        [True, False],
        [False, True],
    ]


def test_only_its_organizer_may_and_not_for_their_own_team(db: Session) -> None:
    submission = late(db)
    until = clock.now(db) + HOUR
    for person in (owner_of(submission), UserFactory(), UserFactory(admin=True)):
        with pytest.raises(NotAllowed):
            extensions.extend(db, actor_of(person), submission.ref, until, WHY)
    member = organizer_of(round_of(submission).programme)
    own = late(db, requirement=submission.requirement, team=[member])
    with pytest.raises(NotAllowed):
        extensions.extend(db, actor_of(member), own.ref, until, WHY)


def test_a_cancelled_round_admits_nobody(db: Session) -> None:
    submission = late(db)
    extensions.extend(db, organizer(submission), submission.ref, clock.now(db) + HOUR, WHY)
    round_ = round_of(submission)
    round_.stage, round_.cancelled_at, round_.cancel_reason = Stage.CANCELLED.value, clock.now(db), "Over."
    db.flush()
    with pytest.raises(TooLate) as refusal:
        submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    assert refusal.value.code == "round_not_running"
