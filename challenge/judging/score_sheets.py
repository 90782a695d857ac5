"""Score sheets on paper: who scores what, in the running order, and what each judge sits out."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging import entries, stage_reads
from challenge.judging.models import PanelJudge, Phase
from challenge.judging.score_books import cards_of
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper of one judge: every entry in the running order, and those that they sit out."""

    label: str
    name: str
    lines: tuple[tuple[str, str, bool], ...]  # code, title, whether this judge scores it


def sheets(session: Session, phase: Phase) -> list[Sheet]:
    """The papers of a phase's judges (six statements at most)."""
    _refs, why = cards_of(session, phase)
    order = stage_reads.turns(session, phase)
    if not order:
        found = sa.select(Submission.code, Submission.title).where(entries.of_phase(phase))
        lines = [(code, title) for code, title in session.execute(found.order_by(Submission.code))]
    else:
        lines = [(turn.code, turn.title) for turn in order if turn.stands]
    judges = (
        sa.select(PanelJudge.label, sa.func.coalesce(User.name, ""))
        .outerjoin(User, User.id == PanelJudge.user_id)
        .where(PanelJudge.phase_id == phase.id)
        .order_by(PanelJudge.id)
    )
    scored = ("", "not_on_stage", "card_locked")
    return [
        Sheet(label, name, tuple((code, title, why.get((code, label)) in scored) for code, title in lines))
        for label, name in session.execute(judges)
    ]
