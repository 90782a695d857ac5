"""Whether those who judge a round's entries may know whose they are."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import Phase


def is_blind(session: Session, round_id: int) -> bool:
    """Whether any phase of the round is judged blind; a round without a phase yet is taken to be."""
    kinds = session.scalars(sa.select(Phase.blindness).where(Phase.round_id == round_id)).all()
    return not kinds or any(kind != "open" for kind in kinds)
