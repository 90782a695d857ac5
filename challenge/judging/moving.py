"""The phases move along when the round's judging as a whole does."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from challenge.judging.laid_out import of_round
from challenge.rounds import gate
from challenge.rounds.extending import along
from challenge.rounds.models import Override


def move_along(session: Session, round_id: int, override_id: int) -> int:
    """After the round's judging moved as a whole: its phases' times move with it; how many times did.

    By the round's wall clock, as the stages moved.
    """
    override = session.get_one(Override, override_id)
    before, after = override.before_at, override.after_at
    if before is None or after is None:
        return 0
    held = gate.hold(session, round_id, exclusive=True)
    zone, moved = ZoneInfo(held.round.zone), 0
    for phase in of_round(session, round_id):
        # Told twice, it moves once.
        if phase.closed_at is not None or phase.moved_for == override_id:
            continue
        phase.moved_for = override_id
        for name in ("opens_at", "closes_at"):
            at = getattr(phase, name)
            if at is not None:
                setattr(phase, name, along(at, before, after, zone))
                moved += 1
    session.flush()
    return moved
