"""What stands proposed in a round, and whether it still follows from the ranking in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from challenge.awards import plans
from challenge.awards.models import Award, Decision
from challenge.awards.plans import Entry, Plan, Slot
from challenge.judging.models import Phase, Ranking
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize
from challenge.rules.errors import WrongState
from challenge.submissions.models import Submission
from challenge.submissions.themes import of_submission

LEFT = ("ineligible", "withdrawn")  # handed in once, and no entry any more
# Awards that stand and are not final: proposed, or on notice while a part of it is decided anew.
LIVE = ("proposed", "on_notice")


@dataclass(frozen=True, slots=True)
class Standing:
    """The questions by requirement, the awards that stand, and the entries that left meanwhile."""

    decisions: dict[int, Decision]
    awards: tuple[Award, ...]
    left: frozenset[int]

    @property
    def decided(self) -> bool:
        """Whether some seeker has spoken."""
        return any(decision.verdict != "pending" for decision in self.decisions.values())

    @property
    def winners(self) -> Mapping[Slot, int]:
        """Whom each slot goes to as proposed."""
        return {
            Slot(award.prize_id, award.requirement_id, award.slot): award.submission_id
            for award in self.awards
        }


def standing_of(session: Session, round_id: int) -> Standing:
    """What stands in the round (three statements)."""
    decisions = sa.select(Decision).where(Decision.round_id == round_id).order_by(Decision.id)
    awards = sa.select(Award).where(Award.round_id == round_id, Award.state.in_(LIVE))
    left = sa.select(Submission.id).where(Submission.round_id == round_id, Submission.state.in_(LEFT))
    return Standing(
        {decision.requirement_id: decision for decision in session.scalars(decisions)},
        tuple(session.scalars(awards)),
        frozenset(session.scalars(left)),
    )


def current_ranking(session: Session, round_id: int) -> Ranking:
    """The ranking in force of the round's last phase, with its rows; raises WrongState if none is fixed."""
    query = sa.select(Ranking).where(Ranking.id == ranking_in_force(round_id))
    ranking = session.scalar(query.options(selectinload(Ranking.rows)))
    if ranking is None:
        raise WrongState("ranking_missing")
    return ranking


def ranking_in_force(round_id: int | sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """The id of that ranking, as an expression: a screening's ranking gives no awards."""
    last = sa.select(sa.func.max(Phase.number)).where(Phase.round_id == round_id).scalar_subquery()
    found = sa.select(Ranking.id).join(Phase, Phase.id == Ranking.phase_id)
    in_force = found.where(Phase.round_id == round_id, Phase.number == last, sa.not_(Ranking.superseded))
    return in_force.limit(1).scalar_subquery()


def entries_of(session: Session, ranking: Ranking) -> list[Entry]:
    """Placed entries of a ranking (its rows loaded) that still stand, best first."""
    placed = [(row.submission_id, row.place) for row in ranking.rows if row.place is not None]
    ids = [submission_id for submission_id, _ in placed]
    found = sa.select(Submission.id, Submission.requirement_id, of_submission())
    rows = session.execute(found.where(Submission.id.in_(ids), Submission.state == "submitted"))
    standing = {entry: (need, theme) for entry, need, theme in rows}
    return [
        Entry(each, standing[each][0], place, standing[each][1]) for each, place in placed if each in standing
    ]


def plan_for(session: Session, round_id: int, ranking: Ranking) -> Plan:
    """What follows from the ranking for entries that still stand (three statements)."""
    prizes = sa.select(Prize).where(Prize.round_id == round_id).order_by(Prize.position, Prize.id)
    published = sa.select(Requirement.id).where(
        Requirement.round_id == round_id, Requirement.state == "published"
    )
    return plans.reckon(
        entries_of(session, ranking), session.scalars(prizes).all(), session.scalars(published).all()
    )


def outdated(plan: Plan, ranking_id: int, standing: Standing) -> bool:
    """Whether what stands follows from another ranking, or names an entry that left since."""
    decisions = standing.decisions.values()
    named = {decision.chosen_id for decision in decisions} | set(standing.winners.values())
    ranked = {decision.ranking_id for decision in decisions} | {a.ranking_id for a in standing.awards}
    return (
        {decision.requirement_id: decision.proposed_id for decision in decisions} != plan.questions
        or not ranked <= {ranking_id}
        or not named.isdisjoint(standing.left)
    )
