"""A team changed after its judges were assigned: every conflict is computed anew, and new ones are told."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts
from challenge.judging.models import Assignment, PanelJudge
from challenge.rounds import gate
from challenge.rules.permissions import SYSTEM
from challenge.submissions.models import Submission
from challenge.tasks import queue

# Assignments that still promise a scorecard, or gave one.
READING = ("invited", "accepted", "completed")


def recheck(session: Session, round_id: int, submission_id: int) -> int:
    """Keep at each assignment of an entry the conflict that the data show now; how many came up.

    Each new one is announced to the organizers once; one that went is recorded too. Twice is once.
    """
    if session.scalar(_assignments(submission_id).limit(1)) is None:
        return 0
    held = gate.hold(session, round_id)
    rows = session.scalars(_assignments(submission_id).order_by(Assignment.id).with_for_update()).all()
    found: dict[int, str] = {}
    for phase_id in sorted({each.phase_id for each in rows}):
        tied = conflicts.hard(session, phase_id, Submission.id == submission_id)
        found |= {judge_id: reason for (judge_id, _), reason in tied.items()}
    changed = [each for each in rows if each.conflict != found.get(each.judge_id)]
    new = 0
    for each in changed:
        reason = found.get(each.judge_id)
        came = reason is not None and each.conflict is None
        each.conflict, each.conflict_at = reason, held.now if reason else None
        session.flush()
        new += came
        if came:
            _announce(session, each, round_id, held)
    where = chain.round_chain(round_id)
    entries = [
        chain.Entry(
            where,
            SYSTEM,
            "assignment.conflicted" if each.conflict else "assignment.cleared",
            f"assignment:{each.id}",
            {"judge": each.judge_id, "submission": submission_id, "conflict": each.conflict},
        )
        for each in changed
    ]
    if entries:
        chain.record_many(session, entries, at=held.now)
    return new


def _announce(session: Session, assignment: Assignment, round_id: int, held: gate.Gate) -> None:
    user_id = session.scalar(sa.select(PanelJudge.user_id).where(PanelJudge.id == assignment.judge_id))
    queue.announce(
        session,
        "assignment.conflicted",
        f"assignment:{assignment.id}",
        mark=held.now.isoformat(),
        at=held.now,
        round_id=round_id,
        assignment_id=assignment.id,
        user_id=user_id,
    )


def _assignments(submission_id: int) -> sa.Select[Assignment]:
    return sa.select(Assignment).where(
        Assignment.submission_id == submission_id, Assignment.state.in_(READING)
    )
