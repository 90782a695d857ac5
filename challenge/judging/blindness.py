"""Whether those who judge entries may know whose they are."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import PanelJudge, Phase
from challenge.rounds.models import Round
from challenge.rules.stages import Stage


def is_blind(session: Session, round_id: int) -> bool:
    """Whether any phase of the round is judged blind; a round without a phase yet is taken to be."""
    kinds = session.scalars(sa.select(Phase.blindness).where(Phase.round_id == round_id)).all()
    return not kinds or any(kind != "open" for kind in kinds)


def judging_blind(user_id: int | None) -> sa.Exists:
    """Whether a person sits on a panel that judges blind, in a round that is not over."""
    query = (
        sa.select(PanelJudge.id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .join(Round, Round.id == Phase.round_id)
        .where(PanelJudge.user_id == user_id, Phase.blindness != "open")
        .where(Round.stage != Stage.CLOSED.value, Round.cancelled_at.is_(None))
    )
    return query.exists()


def judges_blind(session: Session, user_id: int | None) -> bool:
    """The same, asked now (one statement)."""
    return bool(session.scalar(sa.select(judging_blind(user_id))))
