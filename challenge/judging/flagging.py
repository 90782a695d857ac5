"""From which spread on an entry of a phase is flagged for discussion: the organizer sets it, on record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import rubric
from challenge.judging.models import Phase
from challenge.judging.turns import state_of
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.spread import LEAST_FLAG, MOST_FLAG


def set_limit(
    session: Session, actor: Actor, round_id: int, percent: int | None, number: int | None = None
) -> Phase:
    """Flag the entries of a phase from this spread on, in percent of the scale; the same again is nothing.

    It moves flags alone, no score and no place, so an open phase may change it too. Raises
    Invalid("percent", ...), WrongState("phase_over").
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.PHASE_EDIT, rounds.subject_of(held.round, held.now))
    phase = rubric.ensure_phase(session, round_id, number)
    if percent is None or not LEAST_FLAG <= percent <= MOST_FLAG:
        raise Invalid("percent", "percent_from_to", least=LEAST_FLAG, most=MOST_FLAG)
    before = phase.flag_percent
    if before == percent:
        return phase
    if state_of(phase, held.windows, held.now) == "over":
        raise WrongState("phase_over")
    phase.flag_percent = percent
    session.flush()
    where = chain.round_chain(round_id)
    told = {"before": before, "percent": percent}
    chain.record(session, actor, "phase.flag_set", f"phase:{phase.id}", chain=where, at=held.now, **told)
    return phase
