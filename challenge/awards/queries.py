"""Reads of awards: the organizer's board, a seeker's open questions, and what the public may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Organization
from challenge.awards.models import Award, Decision, Notice
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize, Programme, Round
from challenge.submissions.models import Submission

SHOWN = ("on_notice", "confirmed")  # awards that the public may see


def notice(session: Session, round_id: int) -> Notice | None:
    """The round's public notice, if it has started."""
    return session.scalars(sa.select(Notice).where(Notice.round_id == round_id)).one_or_none()


def count_pending(session: Session, round_id: int) -> int:
    """Seekers whose word is still missing."""
    return _count(session, Decision.round_id == round_id, Decision.verdict == "pending")


def count_decisions(session: Session, round_id: int) -> int:
    """Seekers that were asked."""
    return _count(session, Decision.round_id == round_id)


def count_awards(session: Session, round_id: int) -> int:
    """Awards in force."""
    return _count(session, Award.round_id == round_id, Award.state != "withdrawn")


def _count(session: Session, *where: sa.ColumnElement[bool]) -> int:
    return int(session.scalar(sa.select(sa.func.count()).where(*where)) or 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be chosen: its place and total in the ranking in force."""

    id: int
    ref: str
    code: str
    title: str
    requirement_id: int | None
    place: int | None
    shared: bool
    total: object


@dataclass(frozen=True, slots=True)
class Question:
    """One requirement on the board: what is proposed, what the seeker said, who could be chosen."""

    decision: Decision
    requirement: Requirement
    seeker: Organization
    candidates: tuple[Candidate, ...]

    @property
    def proposed(self) -> Candidate | None:
        """The ranking's entry."""
        return self._find(self.decision.proposed_id)

    @property
    def chosen(self) -> Candidate | None:
        """The seeker's entry."""
        return self._find(self.decision.chosen_id)

    def _find(self, submission_id: int | None) -> Candidate | None:
        return next((each for each in self.candidates if each.id == submission_id), None)


def candidates(session: Session, round_id: int) -> list[Candidate]:
    """The round's ranked entries in the order of the ranking in force."""
    query = (
        sa.select(
            Submission.id,
            Submission.ref,
            Submission.code,
            Submission.title,
            Submission.requirement_id,
            RankingRow.place,
            RankingRow.shared,
            RankingRow.total,
        )
        .join(RankingRow, RankingRow.submission_id == Submission.id)
        .join(Ranking, Ranking.id == RankingRow.ranking_id)
        .join(Phase, Phase.id == Ranking.phase_id)
        .where(Phase.round_id == round_id, Ranking.superseded.is_(False))
        .order_by(Phase.number.desc(), Ranking.id.desc(), RankingRow.position)
    )
    return [Candidate(*row) for row in session.execute(query)]


def questions(
    session: Session,
    *,
    round_id: int | None = None,
    seekers: Sequence[int] | None = None,
    ref: str | None = None,
) -> list[Question]:
    """What seekers were asked: of one round, of some organizations, or one by its reference."""
    query = (
        sa.select(Decision, Requirement, Organization)
        .join(Requirement, Requirement.id == Decision.requirement_id)
        .join(Organization, Organization.id == Requirement.seeker_id)
        .order_by(Decision.id)
    )
    if round_id is not None:
        query = query.where(Decision.round_id == round_id)
    if seekers is not None:
        query = query.where(Requirement.seeker_id.in_(seekers))
    if ref is not None:
        query = query.where(Decision.ref == ref)
    rows = list(session.execute(query))
    ranked = {each: candidates(session, each) for each in {row[0].round_id for row in rows}}
    return [
        Question(
            decision,
            requirement,
            seeker,
            tuple(each for each in ranked[decision.round_id] if each.requirement_id == requirement.id),
        )
        for decision, requirement, seeker in rows
    ]


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


@dataclass(frozen=True, slots=True)
class Winner:
    """One line of the public results."""

    award_ref: str
    state: str
    prize_zh: str | None
    prize_en: str | None
    prize_position: int
    slot: int
    amount_minor: int | None
    currency: str
    title: str
    code: str
    team: str
    requirement_ref: str | None
    requirement_zh: str | None
    requirement_en: str | None
    requirement_number: str | None
    round_slug: str
    round_zh: str | None
    round_en: str | None
    notice_ends_at: dt.datetime | None
    hue: int


def winners(session: Session, *, round_id: int | None = None, limit: int = 500) -> list[Winner]:
    """Awards that the public may see, newest rounds first; one statement."""
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    query = (
        sa.select(
            Award.ref,
            Award.state,
            Prize.name_zh,
            Prize.name_en,
            Prize.position,
            Award.slot,
            Prize.amount_minor,
            Prize.currency,
            Submission.title,
            Submission.code,
            solver,
            Requirement.ref,
            Requirement.title_zh,
            Requirement.title_en,
            Requirement.number,
            Round.slug,
            Round.title_zh,
            Round.title_en,
            Notice.ends_at,
            Programme.hue,
        )
        .join(Prize, Prize.id == Award.prize_id)
        .join(Submission, Submission.id == Award.submission_id)
        .join(Round, Round.id == Award.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .join(Notice, Notice.round_id == Round.id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Award.state.in_(SHOWN), Round.public.is_(True))
        .order_by(Notice.starts_at.desc(), Prize.position, Award.requirement_id, Award.slot)
        .limit(limit)
    )
    if round_id is not None:
        query = query.where(Award.round_id == round_id)
    return [Winner(*tuple(row)) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one need, for the public: chosen solver, or none with the reason."""

    requirement_ref: str
    number: str | None
    title_zh: str | None
    title_en: str | None
    verdict: str
    reason: str | None
    solution: str | None
    team: str | None


def outcomes(session: Session, round_id: int) -> list[Outcome]:
    """The seekers' choices of a round whose notice has started; one statement."""
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    query = (
        sa.select(
            Requirement.ref,
            Requirement.number,
            Requirement.title_zh,
            Requirement.title_en,
            Decision.verdict,
            Decision.reason,
            Submission.title,
            solver,
        )
        .join(Requirement, Requirement.id == Decision.requirement_id)
        .join(Notice, Notice.round_id == Decision.round_id)
        .outerjoin(Submission, Submission.id == Decision.chosen_id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Decision.round_id == round_id)
        .order_by(Requirement.number, Requirement.id)
    )
    return [Outcome(*row) for row in session.execute(query)]
