"""The award board of a round: where it stands, what is open, and what would become public (five reads)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Organization
from challenge.awards import plans, releases
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.plans import Entry, Plan, Slot
from challenge.awards.release_models import ResultRelease
from challenge.awards.standing import LEFT, LIVE, Standing, outdated, ranking_in_force
from challenge.judging.models import Ranking, RankingRow
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize
from challenge.submissions.models import Submission
from challenge.submissions.themes import of_submission


class Step(StrEnum):
    """What comes next, in order."""

    RANKING = "ranking"
    PROPOSAL = "proposal"
    WORDS = "words"
    NOTICE = "notice"
    PUBLICATION = "publication"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked entry: its place and total in the ranking in force."""

    id: int
    ref: str
    code: str
    title: str
    team: str
    requirement_id: int | None
    state: str
    place: int | None
    shared: bool
    total: Decimal | None
    theme_id: int | None

    @property
    def stands(self) -> bool:
        """Whether it may still win."""
        return self.state not in LEFT


@dataclass(frozen=True, slots=True)
class Question:
    """One requirement: what its seeker was asked and said. `tied`: who shares the first place, if several."""

    decision: Decision
    requirement: Requirement
    seeker: Organization
    proposed: Candidate | None
    chosen: Candidate | None
    tied: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One slot of a prize. `question` where the prize follows a seeker's word; `tied`: open by a tie.

    `winner` is who has it, or before a proposal who would get it by the ranking.
    """

    prize: Prize
    slot: int
    award: Award | None
    winner: Candidate | None
    question: Question | None
    tied: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the board shows. `stale`: what stands proposed follows from another ranking.

    `unanswered`: published requirements that nobody answered; publication ends them as failed.
    `proposable`: whether the ranking gives anything at all without people choosing between the tied.
    """

    ranked_at: dt.datetime | None
    candidates: tuple[Candidate, ...]
    places: tuple[Place, ...]
    questions: tuple[Question, ...]
    unanswered: tuple[Requirement, ...]
    notice: Notice | None
    release: ResultRelease | None  # the one prepared last, whether it stands or was stopped
    proposable: bool
    proposed: bool
    stale: bool

    @property
    def waiting(self) -> tuple[Question, ...]:
        """Seekers whose word is missing."""
        return tuple(each for each in self.questions if each.decision.verdict == "pending")

    @property
    def open(self) -> tuple[Place, ...]:
        """Slots that a tie leaves for people to give."""
        return tuple(place for place in self.places if place.tied and place.award is None)

    @property
    def step(self) -> Step:
        """What comes next."""
        if self.notice is not None and self.notice.reopened_at is None:
            return Step.DONE if self.notice.published_at else Step.PUBLICATION
        if self.ranked_at is None:
            return Step.RANKING
        if not self.proposed or self.stale:
            return Step.PROPOSAL
        return Step.WORDS if self.waiting else Step.NOTICE


def board(session: Session, round_id: int) -> Board:
    """The board of a round; five statements."""
    ranked, known = candidates(session, round_id)
    prizes = _prizes(session, round_id)
    awards = awards_of(session, round_id)
    asked = _asked(session, round_id)
    entries = [
        Entry(each.id, each.requirement_id, each.place, each.theme_id)
        for each in known.values()
        if each.stands and each.place is not None
    ]
    published = [requirement.id for requirement, _, _ in asked if requirement.state == "published"]
    plan = plans.reckon(entries, prizes, published)
    questions = tuple(
        _question(decision, requirement, seeker, entries, known)
        for requirement, seeker, decision in asked
        if decision is not None
    )
    unanswered = (row[0] for row in asked if row[2] is None and row[0].id not in plan.questions)
    return Board(
        ranked.at if ranked else None,
        tuple(known.values()),
        tuple(_places(prizes, awards, questions, plan, known)),
        questions,
        tuple(unanswered),
        *releases.latest_with_notice(session, round_id),
        bool(plan.questions) or any(plan.slots.values()),
        bool(awards or questions),
        ranked is not None and outdated(plan, ranked.id, _standing(questions, awards, known)),
    )


def rivals(board: Board, place: Place) -> tuple[Candidate, ...]:
    """Between whom a tie leaves the choice of a slot of round or track; nobody where there is no tie."""
    if not place.tied:
        return ()
    standing = [each for each in board.candidates if each.stands and each.place is not None]
    ranked, counted = plans.pool(standing, place.prize), place.prize.theme_id
    places = (each for each in board.places if each.question is None and each.prize.theme_id == counted)
    slots = [(each.prize.id, each.slot) for each in places]
    at = slots.index((place.prize.id, place.slot))
    return tuple(each for each in ranked if each.place == ranked[at].place)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranking in force, and since when."""

    id: int
    at: dt.datetime


def candidates(
    session: Session, round_id: int, requirement_id: int | None = None
) -> tuple[Ranked | None, dict[int, Candidate]]:
    """The ranking in force with its entries in their order, of the whole round or of one requirement."""
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    query = (
        sa.select(
            *(Ranking.id, Ranking.created_at),
            *(Submission.id, Submission.ref, Submission.code, Submission.title, solver),
            *(Submission.requirement_id, Submission.state),
            *(RankingRow.place, RankingRow.shared, RankingRow.total, of_submission()),
        )
        .select_from(Ranking)
        .join(RankingRow, RankingRow.ranking_id == Ranking.id)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Ranking.id == ranking_in_force(round_id))
        .order_by(RankingRow.position)
    )
    if requirement_id is not None:
        query = query.where(Submission.requirement_id == requirement_id)
    rows = [tuple(row) for row in session.execute(query)]
    ranked = Ranked(*rows[0][:2]) if rows else None
    return ranked, {row[2]: Candidate(*row[2:]) for row in rows}


def awards_of(session: Session, round_id: int) -> list[Award]:
    """Awards in force with prize and submission, in the order of the prizes."""
    query = (
        sa.select(Award)
        .join(Prize, Prize.id == Award.prize_id)
        .where(Award.round_id == round_id, Award.state != "withdrawn")
        .order_by(Prize.position, Prize.id, Award.requirement_id, Award.slot)
        .options(joinedload(Award.prize), joinedload(Award.submission))
    )
    return list(session.scalars(query))


def _prizes(session: Session, round_id: int) -> Sequence[Prize]:
    query = sa.select(Prize).where(Prize.round_id == round_id).order_by(Prize.position, Prize.id)
    return session.scalars(query.options(joinedload(Prize.theme))).all()


Asked = tuple[Requirement, Organization, Decision | None]


def _asked(session: Session, round_id: int) -> list[Asked]:
    """The round's public requirements with what their seekers were asked."""
    query = (
        sa.select(Requirement, Organization, Decision)
        .join(Organization, Organization.id == Requirement.seeker_id)
        .outerjoin(Decision, Decision.requirement_id == Requirement.id)
        .where(Requirement.round_id == round_id, Requirement.state.in_(PUBLIC_STATES))
        .order_by(Requirement.number, Requirement.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def _question(
    decision: Decision,
    requirement: Requirement,
    seeker: Organization,
    entries: Sequence[Entry],
    known: Mapping[int, Candidate],
) -> Question:
    best = plans.first(entries, requirement.id)
    return Question(
        decision,
        requirement,
        seeker,
        known.get(decision.proposed_id or 0),
        known.get(decision.chosen_id or 0),
        tuple(known[each] for each in best) if len(best) > 1 else (),
    )


def _standing(
    questions: Sequence[Question], awards: Sequence[Award], known: Mapping[int, Candidate]
) -> Standing:
    return Standing(
        {each.requirement.id: each.decision for each in questions},
        tuple(award for award in awards if award.state in LIVE),
        frozenset(each.id for each in known.values() if not each.stands),
    )


def _places(
    prizes: Sequence[Prize],
    awards: Sequence[Award],
    questions: Sequence[Question],
    plan: Plan,
    known: Mapping[int, Candidate],
) -> Iterator[Place]:
    given = {Slot(award.prize_id, award.requirement_id, award.slot): award for award in awards}
    for prize in prizes:
        slots: list[tuple[Slot, Question | None]] = (
            [(Slot(prize.id, 0, slot), None) for slot in range(1, prize.slots + 1)]
            if prize.scope == "round"
            else [(Slot(prize.id, each.requirement.id, 1), each) for each in questions]
        )
        for slot, question in slots:
            award = given.get(slot)
            expected = None if given or questions else plan.slots.get(slot)
            winner = known.get(award.submission_id if award else expected or 0)
            tied = slot in plan.slots and plan.slots[slot] is None
            yield Place(prize, slot.slot, award, winner, question, tied)
