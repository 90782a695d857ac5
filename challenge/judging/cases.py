"""Cases of conflict: what the search finds is kept with its evidence, and a person decides, with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts, keeping, rechecking, rubric
from challenge.judging.conflict_models import ConflictCase
from challenge.judging.declaring import reason_of
from challenge.judging.models import PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import CONFLICT
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission

NEED_A_REASON = frozenset({"dismiss", "override"})


def look(session: Session, actor: Actor, round_id: int, number: int | None = None) -> int:
    """Search the whole phase anew, as an organizer asks for it; how many cases came up."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.CONFLICT_READ, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    return rechecking.of_phase(session, held, phase, actor=actor)


def decide(session: Session, actor: Actor, round_id: int, ref: str, verb: str, reason: str) -> ConflictCase:
    """Confirm or dismiss what was suggested, override or restore what is certain. Twice is once.

    Nobody decides about an entry that they have a conflict with themselves, or about their own seat.
    Raises `Invalid("reason", ...)`, WrongState.
    """
    held = gate.hold(session, round_id, exclusive=True)
    case, conflicted = _case(session, actor, round_id, ref)
    subject = rounds.subject_of(held.round, held.now, conflicted=conflicted)
    require(actor, Action.CONFLICT_DECIDE, subject)
    if _done(case, verb):
        return case
    state = CONFLICT.step(case.state, verb)
    case.reason = reason_of(reason, needed=verb in NEED_A_REASON) or None
    case.state, case.decided_at, case.decided_by = state, held.now, actor.user_id
    session.flush()
    rechecking.refresh(session, held, Submission.id == case.submission_id)
    act = f"conflict.{'restored' if verb == 'restore' else state}"
    facts = {"reason": case.reason or "", **keeping.facts(case)}
    where = chain.round_chain(round_id)
    chain.record(session, actor, act, f"conflict:{case.id}", chain=where, at=held.now, **facts)
    return case


def _case(session: Session, actor: Actor, round_id: int, ref: str) -> tuple[ConflictCase, frozenset[int]]:
    """A case of the round, its row locked; with the actor where it is about a seat or an entry of theirs."""
    query = (
        sa.select(ConflictCase, PanelJudge.user_id)
        .join(PanelJudge, PanelJudge.id == ConflictCase.judge_id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(ConflictCase.ref == ref, Phase.round_id == round_id)
        .with_for_update(of=ConflictCase)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    case, judge_user = found
    if actor.user_id is None:
        return case, frozenset()
    own = conflicts.of_person(session, actor.user_id, case.submission_id) is not None
    return case, frozenset({actor.user_id}) if own or actor.user_id == judge_user else frozenset()


def _done(case: ConflictCase, verb: str) -> bool:
    """Whether the case stands already where the verb leads, by somebody's decision."""
    ends = {to for _, name, to in CONFLICT.steps if name == verb}
    return case.state in ends and (case.decided_at is not None)
