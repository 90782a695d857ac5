"""A judged round whose judges wrote to the teams, for tests of feedback."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards import feedback, releasing
from challenge.awards.models import Notice
from challenge.awards.releasing import Choice
from challenge.base import clock
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.submissions.models import Submission
from tests.awards.stories import Judged
from tests.factories import AssignmentFactory, PanelJudgeFactory, UserFactory

WORDS = "Add a full-coil run."
CANARIES = ("Canaria Judge", "canary-judge", "Canary Institute", "Team Canary", "Canary Title")


def phase_of(db: Session, judged: Judged) -> Phase:
    return db.scalars(sa.select(Phase).where(Phase.round_id == judged.round.id)).one()


def card(
    db: Session,
    judged: Judged,
    words: str = WORDS,
    *,
    entry: int = 0,
    state: str = "locked",
    label: str = "J1",
) -> Assignment:
    """A judge's card on an entry, with words to the team and to the organizer."""
    phase = phase_of(db, judged)
    judge = db.scalar(sa.select(PanelJudge).where(PanelJudge.phase_id == phase.id, PanelJudge.label == label))
    if judge is None:
        person = UserFactory(
            name=f"Canaria Judge {label}", email=f"canary-judge-{label}@x.cn", affiliation="Canary Institute"
        )
        judge = PanelJudgeFactory(phase_id=phase.id, label=label, user=person)
    made: Assignment = AssignmentFactory(
        phase_id=phase.id, judge_id=judge.id, submission_id=judged.entries[entry].id, state="completed"
    )
    now = clock.now(db) - dt.timedelta(hours=1)
    db.add(
        Scorecard(
            assignment_id=made.id,
            state=state,
            comment_solver=words,
            comment_organizer="Check the patents.",
            saved_at=now,
            locked_at=now if state == "locked" else None,
        )
    )
    db.flush()
    return made


def publish(db: Session, judged: Judged) -> None:
    """Results are out."""
    now = clock.now(db)
    day = dt.timedelta(days=1)
    db.add(Notice(round_id=judged.round.id, starts_at=now - 2 * day, ends_at=now - day, published_at=now))
    for entry in judged.entries:
        entry.state = "not_selected"
    db.flush()


def choose(db: Session, judged: Judged, *given: object, **more: object) -> None:
    releasing.choose(db, judged.as_organizer, judged.round.id, None, Choice(*given, **more))  # type: ignore[arg-type]


def release(db: Session, judged: Judged) -> None:
    releasing.release(db, judged.as_organizer, judged.round.id, None)


def owner(db: Session, entry: Submission) -> User:
    return db.get_one(User, entry.owner_id)


def words_of(db: Session, entry: Submission) -> list[str]:
    return [each.text for given in feedback.for_team(db, entry.id) for each in given.comments]
