"""From a fixed ranking to a proposal: who would win which slot, and whom each seeker is asked to confirm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import queries
from challenge.awards.models import Award, Decision
from challenge.awards.plans import Plan, Slot
from challenge.awards.standing import LIVE, Standing, current_ranking, outdated, plan_for, standing_of
from challenge.judging.models import Ranking
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Prize
from challenge.rules import lifecycles
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed, and the slots that a tie leaves for people to decide."""

    awards: int
    decisions: int
    tied: tuple[tuple[int, int], ...]  # (prize id, slot)


def propose(session: Session, actor: Actor, round_id: int) -> Proposal:
    """Propose awards from the ranking in force, and ask each seeker.

    Proposing the same again has no effect. Once a seeker has spoken it is refused (WrongState), unless the
    ranking was fixed anew or an entry left since: then only those are asked again whose proposal changed.
    On notice it is refused, but for what an upheld objection opened again: what stays the same stays on it.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_PROPOSE, rounds.subject_of(held.round, held.now))
    queries.check_not_on_notice(session, round_id)
    ranking = current_ranking(session, round_id)
    plan = plan_for(session, round_id, ranking)
    standing = standing_of(session, round_id)
    stale = outdated(plan, ranking.id, standing)
    if not stale and standing.decided:
        raise WrongState("already_decided")
    asked = _ask(session, round_id, plan, ranking.id, standing, held.now)
    wanted = _wanted(session, round_id, plan, standing)
    answer = Proposal(len(wanted), len(standing.decisions), plan.tied)
    if stale or wanted != standing.winners:
        _replace(session, round_id, ranking.id, wanted)
        _tell(session, actor, round_id, ranking, answer, asked, held.now)
    return answer


def _ask(
    session: Session, round_id: int, plan: Plan, ranking_id: int, standing: Standing, now: dt.datetime
) -> list[Decision]:
    """One question for each requirement that somebody answered; gives back those that are (again) open."""
    for requirement_id in standing.decisions.keys() - plan.questions.keys():
        session.delete(standing.decisions.pop(requirement_id))
    asked = []
    for requirement_id, proposed_id in plan.questions.items():
        decision = standing.decisions.get(requirement_id)
        known = decision is not None and decision.proposed_id == proposed_id
        if decision is None:
            decision = Decision(requirement_id=requirement_id, round_id=round_id)
            standing.decisions[requirement_id] = decision
            session.add(decision)
        decision.ranking_id = ranking_id
        if known and decision.chosen_id not in standing.left:
            continue  # nothing changed for this seeker: the word stands
        decision.proposed_id, decision.verdict, decision.created_at = proposed_id, "pending", now
        decision.chosen_id = decision.reason = decision.decided_at = decision.decided_by = None
        asked.append(decision)
    session.flush()
    return asked


def _wanted(session: Session, round_id: int, plan: Plan, standing: Standing) -> dict[Slot, int]:
    """Whom the awards go to: places by the plan, prizes of a requirement by its seeker's word so far."""
    wanted = {slot: winner for slot, winner in plan.slots.items() if winner is not None}
    offered = sa.select(Prize).where(Prize.round_id == round_id)
    prizes = {prize.id: prize for prize in session.scalars(offered)}
    for slot, chosen in standing.winners.items():
        by_hand = slot in plan.slots and plan.slots[slot] is None
        if by_hand and chosen not in standing.left:
            theme = prizes[slot.prize_id].theme_id
            rivals = {winner for other, winner in wanted.items() if prizes[other.prize_id].theme_id == theme}
            if chosen not in rivals:
                wanted[slot] = chosen  # people have settled this tie already
    for prize_id in (prize.id for prize in prizes.values() if prize.scope == "requirement"):
        for requirement_id, decision in standing.decisions.items():
            pending = decision.verdict == "pending"
            winner = decision.proposed_id if pending else decision.chosen_id
            if winner is not None:
                wanted[Slot(prize_id, requirement_id, 1)] = winner
    return wanted


def _replace(session: Session, round_id: int, ranking_id: int, wanted: Mapping[Slot, int]) -> None:
    """What is proposed in a slot to the same as before stays, and so does what stands on notice."""
    live = session.scalars(sa.select(Award).where(Award.round_id == round_id, Award.state.in_(LIVE))).all()
    kept = set()
    for award in live:
        slot = Slot(award.prize_id, award.requirement_id, award.slot)
        if wanted.get(slot) == award.submission_id:
            award.ranking_id = ranking_id
            kept.add(slot)
        else:
            award.state = lifecycles.AWARD.step(award.state, "withdraw")
    session.flush()
    given = ((slot, winner) for slot, winner in wanted.items() if slot not in kept)
    session.add_all(award_for(round_id, slot, winner, ranking_id) for slot, winner in given)
    session.flush()


def award_for(round_id: int, slot: Slot, submission_id: int, ranking_id: int | None) -> Award:
    """An award in its first state."""
    return Award(
        round_id=round_id,
        prize_id=slot.prize_id,
        requirement_id=slot.requirement_id,
        slot=slot.slot,
        submission_id=submission_id,
        ranking_id=ranking_id,
        state=lifecycles.AWARD.start,
    )


def _tell(
    session: Session,
    actor: Actor,
    round_id: int,
    ranking: Ranking,
    answer: Proposal,
    asked: Sequence[Decision],
    now: dt.datetime,
) -> None:
    mark, place = now.isoformat(), f"round:{round_id}"
    queue.announce(session, "awards.proposed", place, mark=mark, at=now, round_id=round_id)
    for decision in asked:
        queue.announce(
            session,
            "decision.asked",
            f"decision:{decision.id}",
            mark=mark,
            at=now,
            round_id=round_id,
            requirement_id=decision.requirement_id,
            decision_id=decision.id,
        )
    counts = {"awards": answer.awards, "decisions": answer.decisions, "asked": len(asked)}
    chain.record(
        session,
        actor,
        "awards.proposed",
        place,
        chain=chain.round_chain(round_id),
        at=now,
        ranking=ranking.id,
        **counts,
    )
