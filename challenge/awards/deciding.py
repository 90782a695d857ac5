"""The seeker's word on each requirement, and the organizer's where a seeker stays silent."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import queries
from challenge.awards.models import Award, Decision
from challenge.awards.proposing import award_for
from challenge.requirements.models import Requirement
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Prize
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue

VERDICTS = ("confirmed", "differs", "nobody")


def decide(
    session: Session, actor: Actor, ref: str, verdict: str, chosen_ref: str | None = None, reason: str = ""
) -> Decision:
    """The seeker confirms the proposal, or differs with a reason: another entry, or nobody.

    It may be changed until the public notice starts. Raises Invalid at `verdict`, `chosen` or `reason`.
    """
    decision, held = _held(session, ref)
    requirement = session.get_one(Requirement, decision.requirement_id)
    subject = rounds.subject_of(held.round, held.now, seeker_id=requirement.seeker_id, state=decision.verdict)
    require(actor, Action.AWARD_CONFIRM, subject)
    if verdict not in VERDICTS:
        raise Invalid("verdict", "required")
    chosen = _chosen(session, decision, verdict, chosen_ref)
    # Choosing where the ranking shares the first place is no difference of opinion, but still a choice.
    if verdict != "confirmed" and not reason.strip():
        raise Invalid("reason", "reason_needed")
    same = (decision.verdict, decision.chosen_id, decision.reason)
    if same == (verdict, chosen.id if chosen else None, reason.strip() or None):
        return decision  # sent twice
    _settle(session, actor, decision, verdict, chosen, reason, held.now)
    return decision


def override(session: Session, actor: Actor, ref: str, reason: str) -> Decision:
    """The organizer takes the ranking's entry where a seeker stays silent; the reason is on the record."""
    decision, held = _held(session, ref)
    require(actor, Action.AWARD_OVERRIDE, rounds.subject_of(held.round, held.now))
    if decision.verdict != "pending":
        raise WrongState("already_decided")
    if not reason.strip():
        raise Invalid("reason", "reason_needed")
    chosen = session.get(Submission, decision.proposed_id) if decision.proposed_id else None
    _settle(session, actor, decision, "overridden", chosen, reason, held.now)
    return decision


def _held(session: Session, ref: str) -> tuple[Decision, gate.Gate]:
    round_id = session.scalar(sa.select(Decision.round_id).where(Decision.ref == ref))
    if round_id is None:
        raise NotFound
    held = gate.hold(session, round_id, exclusive=True)
    decision = session.scalars(sa.select(Decision).where(Decision.ref == ref)).one_or_none()
    if decision is None:
        raise NotFound
    if queries.notice(session, round_id) is not None:
        raise WrongState("notice_started")
    return decision, held


def _chosen(session: Session, decision: Decision, verdict: str, ref: str | None) -> Submission | None:
    if verdict == "nobody":
        return None
    if verdict == "confirmed":
        if decision.proposed_id is None:
            raise Invalid("chosen", "choose_one")
        return session.get_one(Submission, decision.proposed_id)
    found = sa.select(Submission).where(
        Submission.ref == (ref or ""),
        Submission.requirement_id == decision.requirement_id,
        Submission.state == "submitted",
    )
    submission = session.scalar(found)
    if submission is None:
        raise Invalid("chosen", "choose_one")
    return submission


def _settle(
    session: Session,
    actor: Actor,
    decision: Decision,
    verdict: str,
    chosen: Submission | None,
    reason: str,
    now: dt.datetime,
) -> None:
    decision.verdict = verdict
    decision.chosen_id = chosen.id if chosen else None
    decision.reason = reason.strip() or None
    decision.decided_at, decision.decided_by = now, actor.user_id
    session.flush()
    _move_award(session, decision)
    data = {
        "round_id": decision.round_id,
        "requirement_id": decision.requirement_id,
        "decision_id": decision.id,
    }
    queue.announce(
        session,
        "decision.made",
        f"decision:{decision.id}",
        mark=now.isoformat(),
        at=now,
        verdict=verdict,
        **data,
    )
    chain.record(
        session,
        actor,
        "decision.made",
        f"requirement:{decision.requirement_id}",
        chain=chain.round_chain(decision.round_id),
        at=now,
        verdict=verdict,
        chosen=decision.chosen_id,
        proposed=decision.proposed_id,
        reason_digest=chain.entry_hash({"reason": decision.reason}),
    )


def _move_award(session: Session, decision: Decision) -> None:
    """The prizes of one requirement follow its seeker's choice."""
    current = sa.and_(Award.requirement_id == decision.requirement_id, Award.state == "proposed")
    session.execute(sa.update(Award).where(current).values(state="withdrawn"))
    if decision.chosen_id is None:
        return
    prizes = sa.select(Prize.id).where(Prize.round_id == decision.round_id, Prize.scope == "requirement")
    session.add_all(
        award_for(decision.round_id, prize_id, decision.chosen_id, requirement_id=decision.requirement_id)
        for prize_id in session.scalars(prizes).all()
    )
    session.flush()
