"""What judges wrote reaches the organizer when locked, and the team when results are published."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.awards import feedback
from challenge.awards.models import Notice
from challenge.base import clock
from challenge.judging import remarks
from challenge.judging.models import Scorecard
from tests.awards.stories import Judged, judged_round
from tests.factories import AssignmentFactory, PanelJudgeFactory, PhaseFactory
from tests.rigs.application import Visitor

WORDS = "Add a full-coil run."


def with_words(db: Session, judged: Judged, *, state: str = "locked") -> None:
    """A judge's card on the first entry, with words to the team and to the organizer."""
    phase = PhaseFactory(round_id=judged.round.id, number=2)
    judge = PanelJudgeFactory(phase_id=phase.id, label="J1")
    assignment = AssignmentFactory(phase_id=phase.id, judge_id=judge.id, submission_id=judged.entries[0].id)
    now = clock.now(db)
    db.add(
        Scorecard(
            assignment_id=assignment.id,
            state=state,
            comment_solver=WORDS,
            comment_organizer="Check the patents.",
            saved_at=now,
            locked_at=now if state == "locked" else None,
        )
    )
    db.flush()


def publish(db: Session, judged: Judged) -> None:
    """Results are out."""
    now = clock.now(db)
    day = dt.timedelta(days=1)
    db.add(Notice(round_id=judged.round.id, starts_at=now - 2 * day, ends_at=now - day, published_at=now))
    for entry in judged.entries:
        entry.state = "not_selected"
    db.flush()


def test_organizer_reads_both_once_the_card_is_locked(db: Session) -> None:
    judged = judged_round(db)
    with_words(db, judged)
    (remark,) = remarks.of_submission(db, judged.entries[0].id)
    assert (remark.label, remark.to_solver, remark.to_organizer) == ("J1", WORDS, "Check the patents.")


def test_a_draft_says_nothing_to_anybody(db: Session) -> None:
    judged = judged_round(db)
    with_words(db, judged, state="draft")
    publish(db, judged)
    assert remarks.of_submission(db, judged.entries[0].id) == []
    assert feedback.for_team(db, judged.entries[0].id) == []


def test_team_reads_its_words_after_publication_and_no_label(db: Session, client: Visitor) -> None:
    judged = judged_round(db)
    with_words(db, judged)
    entry = judged.entries[0]
    assert feedback.for_team(db, entry.id) == []
    publish(db, judged)
    assert feedback.for_team(db, entry.id) == [WORDS]
    from challenge.accounts.models import User

    page = client.sign_in(db.get_one(User, entry.owner_id)).get(f"/solve/{entry.ref}").text
    assert WORDS in page
    assert "Check the patents." not in page
    assert ">J1<" not in page
