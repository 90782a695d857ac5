"""Cases of conflict: what the search finds is kept with its evidence, and a person decides, with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts, keeping, rechecking, rubric
from challenge.judging.conflict_models import ConflictCase
from challenge.judging.models import PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.lifecycles import CONFLICT
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission

MOST_REASON = 1000
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
    mine = actor.user_id is not None and (
        actor.user_id == judge_user
        or conflicts.of_person(session, actor.user_id, case.submission_id) is not None
    )
    conflicted = frozenset({actor.user_id}) if mine and actor.user_id is not None else frozenset()
    subject = rounds.subject_of(held.round, held.now, conflicted=conflicted)
    require(actor, Action.CONFLICT_DECIDE, subject)
    if _done(case, verb):
        return case
    state = CONFLICT.step(case.state, verb)
    case.reason = _reason(reason, needed=verb in NEED_A_REASON)
    case.state, case.decided_at, case.decided_by = state, held.now, actor.user_id
    session.flush()
    rechecking.refresh(session, held, Submission.id == case.submission_id)
    verdict = "restored" if verb == "restore" else case.state
    where = chain.round_chain(round_id)
    chain.record(
        session,
        actor,
        f"conflict.{verdict}",
        f"conflict:{case.id}",
        chain=where,
        at=held.now,
        reason=case.reason or "",
        **keeping.facts(case),
    )
    return case


def _done(case: ConflictCase, verb: str) -> bool:
    """Whether the case stands already where the verb leads, by somebody's decision."""
    ends = {to for _, name, to in CONFLICT.steps if name == verb}
    return case.state in ends and (case.decided_at is not None)


def _reason(text: str, *, needed: bool) -> str | None:
    text = text.strip()
    if needed and not text:
        raise Invalid("reason", "required")
    if len(text) > MOST_REASON:
        raise Invalid("reason", "too_long", length=len(text), most=MOST_REASON)
    return text or None
