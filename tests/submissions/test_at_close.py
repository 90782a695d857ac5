"""Submit my last complete draft at the close: asked for by its owner, done once, as of the close."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.flow import closing, freezing
from challenge.flow.errands import drain
from challenge.rounds import overrides
from challenge.rules.errors import NotAllowed, TooLate
from challenge.rules.stages import Stage
from challenge.submissions import at_close, extensions, submitting, withdrawing
from challenge.submissions.models import Submission
from tests.factories import UserFactory, actor_of, organizer_of
from tests.rigs.mail import Mailbox
from tests.submissions.stories import (
    again,
    close,
    owner_of,
    ready,
    round_of,
    versions,
    window,
    write,
)
from tests.submissions.test_gate import wait_until

HOUR = dt.timedelta(hours=1)
SOON = dt.timedelta(milliseconds=700)


def asked_for(db: Session, submission: Submission) -> Submission:
    """Its owner has asked for it."""
    at_close.choose(db, actor_of(owner_of(submission)), submission.ref, wanted=True)
    db.commit()
    return submission


def over(db: Session, *submissions: Submission) -> dt.datetime:
    """Their window has ended a moment ago; when."""
    ended = clock.now(db) - dt.timedelta(seconds=1)
    for submission in submissions:
        close(submission, ended)
        submission.enter_at = ended if submission.enter_at else None
    db.commit()
    return ended


def test_a_complete_draft_is_entered_as_of_the_close(db: Session) -> None:
    submission = asked_for(db, ready())
    ended = over(db, submission)
    assert freezing.enter_due() == 1
    (version,) = versions(submission)
    assert (version.admitted, version.current, version.submitted_at) == ("opt_in", True, ended)
    assert version.submitted_by == submission.owner_id
    said = version.receipt["statement"]
    assert said["admitted"]["by"] == "opt_in"
    assert said["submitted_at"] == said["admitted"]["until"]
    assert again(submission).state == "submitted"
    assert round_of(submission).submission_count == 1
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "submission.submitted")).one()
    assert entry.actor == "system"
    assert entry.detail["admitted"] == "opt_in"


def test_it_is_done_once_however_often_it_is_looked_for(db: Session) -> None:
    submission = asked_for(db, ready())
    over(db, submission)
    assert [freezing.enter_due() for _ in range(3)] == [1, 0, 0]
    at_close.settle(db, submission.round_id, [submission.id])
    assert len(versions(submission)) == 1


def test_nobody_who_did_not_ask_is_entered(db: Session) -> None:
    submission = ready()
    over(db, submission)
    assert freezing.enter_due() == 0
    assert versions(submission) == []


def test_an_incomplete_draft_is_not_entered_and_its_team_learns_why(db: Session, mailbox: Mailbox) -> None:
    submission = asked_for(db, ready(proposal="Secret sauce."))
    write(submission, summary="")
    over(db, submission)
    freezing.enter_due()
    db.commit()
    assert versions(submission) == []
    assert again(submission).state == "draft"
    (letter,) = [each for each in mailbox.to(owner_of(submission).email) if "Not entered" in each.subject]
    assert "Public summary" in letter.body
    assert "Secret sauce" not in letter.body
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "submission.not_entered")).one()
    assert "summary" in entry.detail["missing"]


def test_a_draft_that_stands_already_is_left_alone(db: Session) -> None:
    submission = asked_for(db, ready())
    submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    over(db, submission)
    freezing.enter_due()
    (version,) = versions(submission)
    assert version.admitted == "in_time"


def test_what_was_changed_since_takes_the_place_of_what_was_handed_in(db: Session) -> None:
    submission = asked_for(db, ready())
    submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    write(submission, summary="Better.")
    over(db, submission)
    freezing.enter_due()
    first, second = versions(submission)
    assert (first.current, second.current) == (False, True)
    assert second.content["values"]["summary"] == "Better."
    assert round_of(submission).submission_count == 1


def test_only_the_owner_asks_and_only_until_the_close(db: Session) -> None:
    member = UserFactory()
    submission = ready(team=[member])
    with pytest.raises(NotAllowed):
        at_close.choose(db, actor_of(member), submission.ref, wanted=True)
    over(db, submission)
    with pytest.raises(TooLate):
        at_close.choose(db, actor_of(owner_of(submission)), submission.ref, wanted=True)


def test_what_was_taken_back_is_not_entered(db: Session) -> None:
    submission = asked_for(db, ready())
    owner = actor_of(owner_of(submission))
    at_close.choose(db, owner, submission.ref, wanted=False)
    over(db, submission)
    assert freezing.enter_due() == 0
    actions = sa.select(AuditEntry.action).where(AuditEntry.action.like("submission.opted%"))
    assert sorted(db.scalars(actions)) == ["submission.opted_in", "submission.opted_out"]


def test_a_withdrawal_takes_it_back_too(db: Session) -> None:
    submission = asked_for(db, ready())
    owner = actor_of(owner_of(submission))
    submitting.submit(db, owner, submission.ref)
    withdrawing.withdraw(db, owner, submission.ref)
    over(db, submission)
    assert freezing.enter_due() == 0
    assert again(submission).state == "withdrawn"


def test_an_extension_of_the_round_is_waited_for(db: Session) -> None:
    submission = asked_for(db, ready())
    submission.enter_at = clock.now(db) - HOUR  # what was the close when it was asked for
    db.commit()
    assert freezing.enter_due() == 1
    assert versions(submission) == []
    assert again(submission).enter_at == window(submission).ends_at


def test_an_own_extension_counts_from_its_own_end(db: Session) -> None:
    submission = asked_for(db, ready())
    over(db, submission)
    until = clock.now(db) + SOON
    organizer = actor_of(organizer_of(round_of(submission).programme))
    extensions.extend(db, organizer, submission.ref, until, "The line was down.")
    db.commit()
    closing.close_due()
    freezing.enter_due()
    assert versions(submission) == []
    wait_until(db, until)
    freezing.enter_due()
    (version,) = versions(submission)
    assert (version.admitted, version.submitted_at) == ("opt_in", until)


def test_a_close_before_its_time_enters_them_too(db: Session) -> None:
    submission = asked_for(db, ready())
    organizer = actor_of(organizer_of(round_of(submission).programme))
    overrides.close_early(db, organizer, submission.round_id, Stage.SUBMISSION, "Enough came in.")
    db.commit()
    closing.close_due()
    drain()
    assert freezing.enter_due() == 1
    (version,) = versions(submission)
    assert version.submitted_at == window(submission).closes_at


def test_a_cancelled_round_enters_nobody(db: Session) -> None:
    submission = asked_for(db, ready())
    organizer = actor_of(organizer_of(round_of(submission).programme))
    overrides.cancel(db, organizer, submission.round_id, "No budget.")
    submission.enter_at = clock.now(db) - HOUR
    db.commit()
    freezing.enter_due()
    assert versions(submission) == []
