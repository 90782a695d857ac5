"""In how many steps a round screens what is handed in: by its organizer, or by the branch before."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate
from challenge.rounds.models import Round
from challenge.rounds.queries import subject_of
from challenge.rules.permissions import Action, Actor, require


def set_steps(session: Session, actor: Actor, round_id: int, number: int) -> Round:
    """One step, or two (1 or 2): what lies at a branch's desk comes to the organizer's at once with one."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.ROUND_EDIT, subject_of(held.round, held.now))
    if held.round.screening_steps == number:
        return held.round
    held.round.screening_steps = number
    session.flush()
    where = chain.round_chain(round_id)
    chain.record(
        session, actor, "round.steps_set", f"round:{round_id}", chain=where, at=held.now, steps=number
    )
    return held.round
