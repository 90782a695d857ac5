"""How people answered what was sent to them: interested, declined, or silent until it lapsed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.distribution.models import Dispatch, Recipient
from challenge.rules.matching import Past


def answers(session: Session) -> dict[int, Past]:
    """Person -> how often each answer came; who was never written to is not in it (one statement)."""
    query = (
        sa.select(
            Recipient.user_id,
            sa.func.count().filter(Dispatch.state == "interested"),
            sa.func.count().filter(Dispatch.state == "declined"),
            sa.func.count().filter(Dispatch.state == "expired"),
        )
        .join(Dispatch, Dispatch.recipient_id == Recipient.id)
        .where(Recipient.user_id.is_not(None), Dispatch.state.in_(("interested", "declined", "expired")))
        .group_by(Recipient.user_id)
    )
    return {user_id: Past(*counts) for user_id, *counts in session.execute(query) if user_id is not None}
