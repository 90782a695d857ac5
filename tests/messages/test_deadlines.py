"""Before a close whoever has something open is told, once each time, not after it is done or has moved."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import deadlines
from challenge.flow.errands import drain
from challenge.messages.models import Letter
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.stages import Stage
from challenge.tasks import queue
from tests.factories import RequirementFactory, RoundFactory, SubmissionFactory, UserFactory

DAY = dt.timedelta(days=1)


def closing_in(db: Session, hours: int, stage: Stage = Stage.SUBMISSION) -> Round:
    """A round whose window opened ten days ago and closes in so many hours."""
    now = clock.now(db)
    window = {stage: (now - 10 * DAY, now + dt.timedelta(hours=hours))}
    found: Round = RoundFactory(stage=stage, windows=window)
    return found


def tick(db: Session, times: int = 1) -> dict[str, str]:
    """Do what is due; recipient -> subject of the reminders there are."""
    for _ in range(times):
        queue.put(db, *deadlines.due(db))
        db.commit()
        drain()
        db.expire_all()
    kinds = Letter.template.in_(("draft_due", "need_due"))
    rows = db.execute(sa.select(Letter.recipient, Letter.subject).where(kinds)).all()
    assert len(rows) == len({row.recipient for row in rows})
    return {row.recipient: row.subject for row in rows}


@pytest.mark.parametrize(("hours", "told"), [(100, False), (60, True), (20, True)])
def test_a_draft_is_remembered_once_three_days_before_and_no_entry_is(
    db: Session, hours: int, told: bool
) -> None:
    round_ = closing_in(db, hours)
    need = RequirementFactory(round=round_)
    drafter, done, opted = UserFactory(), UserFactory(), UserFactory()
    SubmissionFactory(requirement=need, owner=drafter, state="draft")
    SubmissionFactory(requirement=need, owner=done, state="submitted")
    SubmissionFactory(requirement=need, owner=opted, state="draft", submit_at_close=True)
    assert set(tick(db, times=2)) == ({drafter.email} if told else set())


def test_a_need_that_is_not_handed_in_is_remembered(db: Session) -> None:
    round_ = closing_in(db, 20, Stage.REQUIREMENTS)
    writer, ready = UserFactory(), UserFactory()
    RequirementFactory(round=round_, author_id=writer.id, state="draft")
    RequirementFactory(round=round_, author_id=ready.id, state="submitted")
    found = tick(db)
    assert writer.email in found
    assert ready.email not in found


def test_what_was_handed_in_before_the_letter_was_written_is_not_remembered(db: Session) -> None:
    round_ = closing_in(db, 20)
    entry = SubmissionFactory(requirement=RequirementFactory(round=round_), state="draft")
    queue.put(db, *deadlines.due(db))
    db.commit()
    from challenge.flow.errands import work_once

    work_once(kinds=("event",))  # its letters are put, and not written yet
    entry.state = "submitted"
    db.commit()
    assert tick(db) == {}


def test_a_close_that_moved_away_is_not_spoken_of(db: Session) -> None:
    round_ = closing_in(db, 20)
    SubmissionFactory(requirement=RequirementFactory(round=round_), state="draft")
    queue.put(db, *deadlines.due(db))
    this = (RoundWindow.round_id == round_.id, RoundWindow.stage == Stage.SUBMISSION.value)
    later = clock.now(db) + 9 * DAY
    db.execute(sa.update(RoundWindow).where(*this).values(closes_at=later, ends_at=later))
    assert tick(db) == {}
