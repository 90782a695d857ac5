"""Reads of awards that the public may see: winners, and what became of each need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.standing import LEFT
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize, Programme, Round, Theme
from challenge.rules.errors import WrongState
from challenge.submissions.models import Submission

SHOWN = ("on_notice", "confirmed")  # awards that the public may see
# Its share of a pool, or else what its prize is worth.
WORTH = sa.func.coalesce(Award.amount_minor, Prize.amount_minor)
# Whether a seeker is asked again since an upheld objection (with the notice joined): not on notice yet.
ASKED_AGAIN = sa.and_(Notice.reopened_at.is_not(None), Decision.created_at >= Notice.reopened_at)


def notice(session: Session, round_id: int) -> Notice | None:
    """The round's public notice, if it has started."""
    return session.scalars(sa.select(Notice).where(Notice.round_id == round_id)).one_or_none()


def check_not_on_notice(session: Session, round_id: int) -> None:
    """Raise WrongState while what is proposed stands on notice; an upheld objection opens it again."""
    found = notice(session, round_id)
    if found is not None and found.reopened_at is None:
        raise WrongState("notice_started")


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
    theme_zh: str | None = None
    theme_en: str | None = None
    in_kind: str | None = None


def winners(
    session: Session, *, round_id: int | None = None, limit: int = 500, any_round: bool = False
) -> list[Winner]:
    """Awards that the public may see, newest rounds first (one statement); `any_round`: of each."""
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    query = (
        sa.select(
            *(Award.ref, Award.state),
            *(Prize.name_zh, Prize.name_en, Prize.position),
            *(Award.slot, WORTH, Prize.currency),
            *(Submission.title, Submission.code, solver),
            *(Requirement.ref, Requirement.title_zh, Requirement.title_en, Requirement.number),
            *(Round.slug, Round.title_zh, Round.title_en, Notice.ends_at, Programme.hue),
            *(Theme.name_zh, Theme.name_en, Prize.text),
        )
        .join(Prize, Prize.id == Award.prize_id)
        .join(Submission, Submission.id == Award.submission_id)
        .join(Round, Round.id == Award.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .join(Notice, Notice.round_id == Round.id)
        .outerjoin(Theme, Theme.id == Prize.theme_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Award.state.in_(SHOWN), Submission.state.not_in(LEFT))
        .order_by(Notice.starts_at.desc(), Prize.position, Award.requirement_id, Award.slot)
        .limit(limit)
    )
    if not any_round:
        query = query.where(Round.public.is_(True))
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
    """The seekers' choices as they stand on notice: pending, where one is asked again. One statement."""
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    here = (Submission.id == Decision.chosen_id, Submission.state.not_in(LEFT))
    chosen = sa.and_(*here, sa.not_(ASKED_AGAIN))
    query = (
        sa.select(
            Requirement.ref,
            Requirement.number,
            Requirement.title_zh,
            Requirement.title_en,
            sa.case((ASKED_AGAIN, "pending"), else_=Decision.verdict),
            sa.case((sa.not_(ASKED_AGAIN), Decision.reason)),
            Submission.title,
            solver,
        )
        .join(Requirement, Requirement.id == Decision.requirement_id)
        .join(Notice, Notice.round_id == Decision.round_id)
        .outerjoin(Submission, chosen)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Decision.round_id == round_id)
        .order_by(Requirement.number, Requirement.id)
    )
    return [Outcome(*row) for row in session.execute(query)]
