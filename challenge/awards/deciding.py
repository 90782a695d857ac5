"""The seeker's word on each requirement, and the organizer's where a seeker stays silent."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import facts, plans, queries
from challenge.awards.models import Award, Decision
from challenge.awards.plans import Slot
from challenge.awards.proposing import award_for
from challenge.awards.resuming import asked_again
from challenge.awards.standing import LIVE, current_ranking, entries_of
from challenge.requirements.models import Requirement
from challenge.rounds import gate
from challenge.rounds.gate import Gate
from challenge.rounds.models import Prize
from challenge.rules import lifecycles
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue

VERDICTS = ("confirmed", "differs", "nobody")
REASON_LENGTH = 2000


def decide(
    session: Session, actor: Actor, ref: str, verdict: str, chosen_ref: str | None = None, reason: str = ""
) -> Decision:
    """The seeker confirms the proposal, or differs with a reason: another entry, or nobody.

    Where a tie left the proposal open, `confirmed` takes one of the tied entries: a choice, but no difference
    of opinion. May be changed until the notice starts. Raises Invalid at `verdict`, `chosen`, `reason`.
    """
    decision, held = _held(session, actor, ref, Action.AWARD_CONFIRM)
    if verdict not in VERDICTS:
        raise Invalid("verdict", "required")
    reason = reason.strip()
    faults: list[Invalid] = []
    chosen = _chosen(session, decision, verdict, chosen_ref, faults)
    _check_reason(reason, faults, needed=verdict != "confirmed")
    before = (decision.verdict, decision.chosen_id, decision.reason)
    if before != (verdict, chosen, reason or None):  # else sent twice
        _settle(session, actor, decision, verdict, chosen, reason, held.now)
    return decision


def override(
    session: Session, actor: Actor, ref: str, reason: str, chosen_ref: str | None = None
) -> Decision:
    """The organizer takes the ranking's entry where a seeker stays silent; the reason is on the record.

    Where a tie left the proposal open, `chosen_ref` names one of the tied entries.
    """
    decision, held = _held(session, actor, ref, Action.AWARD_OVERRIDE)
    reason = reason.strip()
    faults: list[Invalid] = []
    chosen = _chosen(session, decision, "confirmed", chosen_ref, faults)
    _check_reason(reason, faults, needed=True)
    if (decision.verdict, decision.chosen_id, decision.reason) == ("overridden", chosen, reason):
        return decision  # sent twice
    if decision.verdict != "pending":
        raise WrongState("already_decided")
    _settle(session, actor, decision, "overridden", chosen, reason, held.now)
    return decision


def _held(session: Session, actor: Actor, ref: str, action: Action) -> tuple[Decision, Gate]:
    """The decision behind the gate, once the actor may do `action` with it and no notice has started."""
    round_id = session.scalar(sa.select(Decision.round_id).where(Decision.ref == ref))
    if round_id is None:
        raise NotFound
    held = gate.hold(session, round_id, exclusive=True)
    decision = session.scalars(sa.select(Decision).where(Decision.ref == ref)).one_or_none()
    if decision is None:
        raise NotFound
    requirement = session.get_one(Requirement, decision.requirement_id)
    conflicted = facts.conflicted(session, actor, Submission.requirement_id == requirement.id)
    require(actor, action, facts.subject_of(decision, requirement, held.round, held.now, conflicted))
    if not asked_again(queries.notice(session, round_id), decision):
        raise WrongState("notice_started")
    return decision, held


def _chosen(
    session: Session, decision: Decision, verdict: str, ref: str | None, faults: list[Invalid]
) -> int | None:
    """Whom the verdict takes; what is wrong with it joins `faults`."""
    if verdict == "nobody":
        return None
    if verdict == "confirmed" and decision.proposed_id is not None:
        proposed = session.get_one(Submission, decision.proposed_id)
        if proposed.state != "submitted":
            faults.append(Invalid("verdict", "entry_left"))
        return proposed.id
    found = sa.select(Submission.id).where(
        Submission.ref == (ref or ""),
        Submission.requirement_id == decision.requirement_id,
        Submission.state == "submitted",
    )
    chosen = session.scalar(found)
    if chosen is None:
        faults.append(Invalid("chosen", "choose_entry"))
    elif verdict == "confirmed" and chosen not in _tied(session, decision):
        faults.append(Invalid("chosen", "not_tied"))
    elif verdict == "differs" and chosen == decision.proposed_id:
        faults.append(Invalid("chosen", "same_as_proposed"))
    return chosen


def _tied(session: Session, decision: Decision) -> tuple[int, ...]:
    entries = entries_of(session, current_ranking(session, decision.round_id))
    return plans.first(entries, decision.requirement_id)


def _check_reason(reason: str, faults: list[Invalid], *, needed: bool) -> None:
    """Refuse a missing or overlong reason, together with what was wrong before."""
    if needed and not reason:
        faults.append(Invalid("reason", "reason_published"))
    if len(reason) > REASON_LENGTH:
        faults.append(Invalid("reason", "too_long", length=len(reason), most=REASON_LENGTH))
    if faults:
        raise InvalidMany(faults) if len(faults) > 1 else faults[0]


def _settle(
    session: Session,
    actor: Actor,
    decision: Decision,
    verdict: str,
    chosen_id: int | None,
    reason: str,
    now: dt.datetime,
) -> None:
    decision.verdict, decision.chosen_id, decision.reason = verdict, chosen_id, reason or None
    decision.decided_at, decision.decided_by = now, actor.user_id
    session.flush()
    _move_awards(session, decision)
    queue.announce(
        session,
        "decision.made",
        f"decision:{decision.id}",
        mark=now.isoformat(),
        at=now,
        verdict=verdict,
        round_id=decision.round_id,
        requirement_id=decision.requirement_id,
        decision_id=decision.id,
    )
    _record(session, actor, decision, now)


def _record(session: Session, actor: Actor, decision: Decision, now: dt.datetime) -> None:
    chain.record(
        session,
        actor,
        "decision.made",
        f"requirement:{decision.requirement_id}",
        chain=chain.round_chain(decision.round_id),
        at=now,
        verdict=decision.verdict,
        chosen=decision.chosen_id,
        proposed=decision.proposed_id,
        reason_digest=chain.entry_hash({"reason": decision.reason}),
    )


def _move_awards(session: Session, decision: Decision) -> None:
    """The prizes of one requirement follow its seeker's choice."""
    current = sa.select(Award).where(Award.requirement_id == decision.requirement_id, Award.state.in_(LIVE))
    kept = set()
    for award in session.scalars(current).all():
        if award.submission_id == decision.chosen_id:
            kept.add(award.prize_id)
        else:
            award.state = lifecycles.AWARD.step(award.state, "withdraw")
    session.flush()
    if decision.chosen_id is None:
        return
    prizes = sa.select(Prize.id).where(Prize.round_id == decision.round_id, Prize.scope == "requirement")
    for prize_id in set(session.scalars(prizes)) - kept:
        slot = Slot(prize_id, decision.requirement_id, 1)
        session.add(award_for(decision.round_id, slot, decision.chosen_id, decision.ranking_id))
    session.flush()
