"""From a fixed ranking to a proposal: who would win which slot, and whom each seeker is asked to confirm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from challenge.audit import chain
from challenge.awards import queries
from challenge.awards.models import Award, Decision
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.requirements.models import Requirement
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Prize
from challenge.rules import lifecycles
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed, and the slots that a tie leaves for people to decide."""

    awards: int
    decisions: int
    tied: tuple[tuple[int, int], ...]  # (prize id, slot)


def propose(session: Session, actor: Actor, round_id: int) -> Proposal:
    """Propose awards from the current ranking, and ask each seeker. Anew as long as nobody has decided."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_PROPOSE, rounds.subject_of(held.round, held.now))
    ranking = current_ranking(session, round_id)
    _clear(session, round_id)
    entries = _entries(session, ranking)
    decisions = _ask(session, round_id, entries)
    awards, tied = _fill(session, round_id, entries, decisions)
    session.flush()
    queue.announce(
        session,
        "awards.proposed",
        f"round:{round_id}",
        mark=held.now.isoformat(),
        at=held.now,
        round_id=round_id,
    )
    for decision in decisions:
        queue.announce(
            session,
            "decision.asked",
            f"decision:{decision.id}",
            at=held.now,
            round_id=round_id,
            requirement_id=decision.requirement_id,
            decision_id=decision.id,
        )
    chain.record(
        session,
        actor,
        "awards.proposed",
        f"round:{round_id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        ranking=ranking.id,
        awards=len(awards),
        decisions=len(decisions),
    )
    return Proposal(len(awards), len(decisions), tuple(tied))


def current_ranking(session: Session, round_id: int) -> Ranking:
    """The ranking in force of the round's last phase, with its rows; raises WrongState if none is fixed."""
    query = (
        sa.select(Ranking)
        .join(Phase, Phase.id == Ranking.phase_id)
        .where(Phase.round_id == round_id, Ranking.superseded.is_(False))
        .order_by(Phase.number.desc(), Ranking.id.desc())
        .limit(1)
        .options(selectinload(Ranking.rows))
    )
    ranking = session.scalar(query)
    if ranking is None:
        raise WrongState("ranking_missing")
    return ranking


def _clear(session: Session, round_id: int) -> None:
    """Take back an earlier proposal that nobody has acted on yet."""
    decided = sa.select(Decision.id).where(Decision.round_id == round_id, Decision.verdict != "pending")
    if queries.notice(session, round_id) is not None or session.scalar(decided.limit(1)) is not None:
        raise WrongState("already_decided")
    session.execute(sa.delete(Decision).where(Decision.round_id == round_id))
    withdraw = sa.update(Award).where(Award.round_id == round_id, Award.state == "proposed")
    session.execute(withdraw.values(state=lifecycles.AWARD.step("proposed", "withdraw")))


Placed = tuple[RankingRow, Submission]


def _entries(session: Session, ranking: Ranking) -> list[Placed]:
    """Ranked entries that still stand, best first."""
    ids = [row.submission_id for row in ranking.rows if row.place is not None]
    found = sa.select(Submission).where(Submission.id.in_(ids), Submission.state == "submitted")
    standing = {submission.id: submission for submission in session.scalars(found)}
    return [(row, standing[row.submission_id]) for row in ranking.rows if row.submission_id in standing]


def _ask(session: Session, round_id: int, entries: Sequence[Placed]) -> list[Decision]:
    """One open question per published requirement; a shared first place is left for the seeker to choose."""
    wanted = sa.select(Requirement.id).where(
        Requirement.round_id == round_id, Requirement.state == "published"
    )
    decisions = []
    for requirement_id in session.scalars(wanted.order_by(Requirement.id)):
        mine = [placed for placed in entries if placed[1].requirement_id == requirement_id]
        if not mine:
            continue  # nobody answered this need: it ends as failed when results are published
        best = [submission for row, submission in mine if row.place == mine[0][0].place]
        decisions.append(
            Decision(
                requirement_id=requirement_id,
                round_id=round_id,
                proposed_id=best[0].id if len(best) == 1 else None,
            )
        )
    session.add_all(decisions)
    session.flush()
    return decisions


def _fill(
    session: Session, round_id: int, entries: Sequence[Placed], decisions: Sequence[Decision]
) -> tuple[list[Award], list[tuple[int, int]]]:
    prizes = session.scalars(
        sa.select(Prize).where(Prize.round_id == round_id).order_by(Prize.position, Prize.id)
    )
    awards: list[Award] = []
    tied: list[tuple[int, int]] = []
    taken = 0
    for prize in prizes.all():
        if prize.scope == "requirement":
            awards += [
                award_for(round_id, prize.id, decision.proposed_id, requirement_id=decision.requirement_id)
                for decision in decisions
                if decision.proposed_id is not None
            ]
            continue
        for slot in range(1, prize.slots + 1):
            if taken >= len(entries):
                break
            last = prize.slots - slot  # slots of this prize that are left after this one
            if _tie_crosses(entries, taken, last):
                tied.append((prize.id, slot))
            else:
                awards.append(award_for(round_id, prize.id, entries[taken][1].id, slot=slot))
            taken += 1
    session.add_all(awards)
    return awards, tied


def _tie_crosses(entries: Sequence[Placed], index: int, slots_left: int) -> bool:
    """Whether entries that share this one's place do not all fit into what is left of the same prize."""
    place = entries[index][0].place
    sharing = [i for i, (row, _) in enumerate(entries) if row.place == place]
    return len(sharing) > 1 and sharing[-1] > index + slots_left


def award_for(
    round_id: int, prize_id: int, submission_id: int, *, slot: int = 1, requirement_id: int = 0
) -> Award:
    """An award in its first state."""
    return Award(
        round_id=round_id,
        prize_id=prize_id,
        submission_id=submission_id,
        slot=slot,
        requirement_id=requirement_id,
        state=lifecycles.AWARD.start,
    )


def give_slot(
    session: Session, actor: Actor, round_id: int, prize_id: int, slot: int, submission_ref: str | None
) -> None:
    """Fill or empty a slot by hand, before the notice: what a tie left open or people decide otherwise."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_PROPOSE, rounds.subject_of(held.round, held.now))
    prize = session.get(Prize, prize_id)
    if prize is None or prize.round_id != round_id or prize.scope != "round" or not 1 <= slot <= prize.slots:
        raise NotFound
    if queries.notice(session, round_id) is not None:
        raise WrongState("already_decided")
    chosen = _standing(session, round_id, submission_ref) if submission_ref else None
    mine = sa.and_(Award.prize_id == prize_id, Award.slot == slot, Award.state == "proposed")
    session.execute(sa.update(Award).where(mine).values(state="withdrawn"))
    if chosen is not None:
        twice = sa.select(Award.id).where(
            Award.round_id == round_id,
            Award.submission_id == chosen.id,
            Award.requirement_id == 0,
            Award.state != "withdrawn",
        )
        if session.scalar(twice.limit(1)) is not None:
            raise Invalid("submission", "won_already")
        session.add(award_for(round_id, prize_id, chosen.id, slot=slot))
    session.flush()
    _audit(
        session,
        actor,
        "award.by_hand",
        round_id,
        held.now,
        prize=prize_id,
        slot=slot,
        submission=submission_ref,
    )


def _standing(session: Session, round_id: int, ref: str) -> Submission:
    found = sa.select(Submission).where(
        Submission.ref == ref, Submission.round_id == round_id, Submission.state == "submitted"
    )
    submission = session.scalar(found)
    if submission is None:
        raise Invalid("submission", "not_an_entry")
    return submission


def _audit(
    session: Session, actor: Actor, action: str, round_id: int, at: dt.datetime, **detail: object
) -> None:
    chain.record(
        session, actor, action, f"round:{round_id}", chain=chain.round_chain(round_id), at=at, **detail
    )
