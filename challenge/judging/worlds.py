"""What an assignment of a phase depends on: its entries, panel, what stands, what stands in the way."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import conflicts, entries, themes
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rules.assignment import World
from challenge.submissions.models import Submission


def of_phase(session: Session, phase: Phase) -> World:
    """The world of the phase as it stands (six statements; seven with tracks)."""
    wanted = entries.of_phase(phase)
    judged = session.execute(sa.select(Submission.id, Submission.code).where(wanted).order_by(Submission.id))
    judges = session.execute(
        sa.select(PanelJudge.id, PanelJudge.capacity)
        .where(PanelJudge.phase_id == phase.id)
        .order_by(PanelJudge.id)
    )
    made = session.execute(
        sa.select(Assignment.judge_id, Assignment.submission_id, Assignment.state, Assignment.pinned).where(
            Assignment.phase_id == phase.id
        )
    ).all()
    return World(
        dict(judged.all()),
        dict(judges.all()),
        {(judge, entry): state for judge, entry, state, _ in made},
        frozenset((judge, entry) for judge, entry, _, pinned in made if pinned),
        {**themes.outside(session, phase.id, wanted), **conflicts.hard(session, phase.id, wanted)},
    )


def digest(phase_id: int, world: World) -> str:
    """Names the world: another one has another digest."""
    return hashlib.sha256(f"{phase_id}:{world.as_text()}".encode()).hexdigest()
