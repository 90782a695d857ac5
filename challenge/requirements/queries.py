"""Reads of requirements in their rooms: one's own, an organizer's queue, one with everything for its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from challenge.accounts.models import Organization
from challenge.requirements.content import CLOSED, Closed
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage

# What an organizer's queue can show; a draft is not theirs to see.
QUEUE_STATES = REQUIREMENT.states - {"draft"}


def round_of(session: Session, ref: str) -> int:
    """The id of a requirement's round, to hold its gate; raises NotFound."""
    round_id = session.scalar(sa.select(Requirement.round_id).where(Requirement.ref == ref))
    if round_id is None:
        raise NotFound
    return round_id


def slug_of(session: Session, ref: str) -> str | None:
    """The address of a requirement's round; None where there is no such requirement."""
    query = sa.select(Round.slug).join(Requirement, Requirement.round_id == Round.id)
    return session.scalar(query.where(Requirement.ref == ref))


def by_ref(session: Session, ref: str) -> Requirement:
    """One requirement with its round, programme, host, windows, seeker and indicators (three statements)."""
    whole = (joinedload(Requirement.seeker, innerjoin=True), selectinload(Requirement.indicators))
    return _found(session.scalar(_with_round(ref).options(*whole)))


def without_seeker(session: Session, ref: str) -> Requirement:
    """One requirement with its round, programme, host and windows (two statements): for readers."""
    return _found(session.scalar(_with_round(ref)))


def _with_round(ref: str) -> sa.Select[Requirement]:
    round_ = joinedload(Requirement.round, innerjoin=True)
    return (
        sa.select(Requirement)
        .where(Requirement.ref == ref)
        .options(
            round_.joinedload(Round.programme, innerjoin=True).joinedload(Programme.host, innerjoin=True),
            round_.selectinload(Round.windows),
        )
    )


def held(session: Session, ref: str) -> Requirement:
    """The same to be changed, after the gate: its row locked, its round as the gate has read it."""
    query = (
        sa.select(Requirement)
        .where(Requirement.ref == ref)
        .options(selectinload(Requirement.indicators))
        .with_for_update(of=Requirement)
        .execution_options(populate_existing=True)
    )
    return _found(session.scalar(query))


def _found(requirement: Requirement | None) -> Requirement:
    if requirement is None:
        raise NotFound
    return requirement


def closed_part(session: Session, requirement_id: int) -> Closed:
    """What is closed to all but the seeker: only for whoever may `requirement:read_confidential`."""
    query = sa.select(*(getattr(Requirement, name) for name in CLOSED))
    return Closed(*session.execute(query.where(Requirement.id == requirement_id)).one())


@dataclass(frozen=True, slots=True)
class MineRow:
    """One of my requirements: where it stands, and the windows that its next step depends on."""

    id: int
    ref: str
    number: str | None
    state: str
    state_reason: str | None
    title_zh: str | None
    title_en: str | None
    closes_at: dt.datetime | None
    submission_count: int
    updated_at: dt.datetime
    seeker_zh: str
    seeker_en: str
    round_zh: str | None
    round_en: str | None
    round_slug: str
    zone: str
    call_closes_at: dt.datetime | None
    submission_opens_at: dt.datetime | None
    submission_closes_at: dt.datetime | None
    seeker_id: int
    unconfirmed: bool  # somebody else wrote it down, and its seeker has not confirmed it


_BRANCH = aliased(Organization)
_SEEKER = (Organization.name, sa.func.coalesce(Organization.name_en, Organization.name))
_MINE = (
    Requirement.id,
    Requirement.ref,
    Requirement.number,
    Requirement.state,
    Requirement.state_reason,
    Requirement.title_zh,
    Requirement.title_en,
    Requirement.closes_at,
    Requirement.submission_count,
    Requirement.updated_at,
    *_SEEKER,
    Round.title_zh,
    Round.title_en,
    Round.slug,
    Round.zone,
)
_QUEUE = (
    Requirement.id,
    Requirement.ref,
    Requirement.number,
    Requirement.state,
    Requirement.anonymous,
    Requirement.title_zh,
    Requirement.title_en,
    Requirement.field,
    Requirement.budget_min_minor,
    Requirement.budget_max_minor,
    Requirement.currency,
    Requirement.updated_at,
    *_SEEKER,
)


def mine(session: Session, actor: Actor, limit: int = 200) -> list[MineRow]:
    """The requirements that the actor speaks for, or posted as an organizer or broker; newest first."""
    organized = {grant for grant in actor.grants if grant.role in ("organizer", "broker")}
    programmes = {grant.scope_id for grant in organized if grant.scope == "programme"}
    hosts = {grant.scope_id for grant in organized if grant.scope == "organization"}
    posted = sa.and_(
        Requirement.author_id == (actor.user_id or 0),
        sa.or_(Round.programme_id.in_(programmes), Programme.host_id.in_(hosts)),
    )
    call, submission = aliased(RoundWindow), aliased(RoundWindow)
    query = (
        sa.select(
            *_MINE,
            call.closes_at,
            submission.opens_at,
            submission.closes_at,
            Requirement.seeker_id,
            sa.and_(Requirement.on_behalf, Requirement.confirmed_at.is_(None)),
        )
        .join(Organization, Organization.id == Requirement.seeker_id)
        .join(Round, Round.id == Requirement.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .outerjoin(call, (call.round_id == Round.id) & (call.stage == Stage.REQUIREMENTS))
        .outerjoin(submission, (submission.round_id == Round.id) & (submission.stage == Stage.SUBMISSION))
        .where(sa.or_(Requirement.seeker_id.in_(actor.represents), posted))
        .order_by(Requirement.id.desc())
        .limit(limit)
    )
    found: Sequence[Any] = session.execute(query).all()
    return [MineRow(*row) for row in found]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of an organizer's queue; the seeker's name is None where the reader may not know it."""

    id: int
    ref: str
    number: str | None
    state: str
    anonymous: bool
    title_zh: str | None
    title_en: str | None
    field: str | None
    budget_min_minor: int | None
    budget_max_minor: int | None
    currency: str
    updated_at: dt.datetime
    seeker_zh: str | None
    seeker_en: str | None
    branch_zh: str | None = None
    branch_en: str | None = None


# Where a requirement lies that was handed in: at its branch's desk first, then at its organizer's.
AT_BRANCH = sa.and_(Requirement.branch_id.is_not(None), Requirement.branch_accepted_at.is_(None))


def queue(
    session: Session,
    round_id: int,
    states: Sequence[str],
    *,
    names: bool,
    field: str | None = None,
    branch: int | None = None,
    at_branch: bool | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[QueueRow]:
    """Requirements of a round in these states, the longest waiting first; `after` is the last id seen.

    `names`: with the names of anonymous seekers, for those who screen. `branch`: those of one branch, 0 of
    none. `at_branch`: those at their branch's desk, or the others.
    """
    named = Organization.id == Requirement.seeker_id
    named = named if names else named & sa.not_(Requirement.anonymous)
    query = (
        sa.select(*_QUEUE, _BRANCH.name, sa.func.coalesce(_BRANCH.name_en, _BRANCH.name))
        .outerjoin(Organization, named)
        .outerjoin(_BRANCH, _BRANCH.id == Requirement.branch_id)
        .where(Requirement.round_id == round_id, Requirement.state.in_(set(states) & QUEUE_STATES))
        .where(sa.or_(Requirement.state != "withdrawn", Requirement.number.is_not(None)))
        .order_by(Requirement.id)
        .limit(limit)
    )
    if field:
        query = query.where(Requirement.field == field)
    if branch is not None:
        query = query.where(Requirement.branch_id.is_not_distinct_from(branch or None))
    if at_branch is not None:
        query = query.where(AT_BRANCH if at_branch else sa.not_(AT_BRANCH))
    if after is not None:
        query = query.where(Requirement.id > after)
    found: Sequence[Any] = session.execute(query).all()
    return [QueueRow(*row) for row in found]


def waiting(session: Session, round_id: int) -> bool:
    """Whether any requirement of the round waits for its organizer."""
    of_round = sa.select(Requirement.id).where(Requirement.round_id == round_id)
    return session.scalar(of_round.where(Requirement.state == "submitted").limit(1)) is not None


@dataclass(frozen=True, slots=True)
class CallRow:
    """A round that takes requirements now."""

    id: int
    slug: str
    title_zh: str | None
    title_en: str | None
    programme_zh: str | None
    programme_en: str | None
    zone: str
    closes_at: dt.datetime


def open_calls(session: Session, now: dt.datetime, limit: int = 100) -> list[CallRow]:
    """Public rounds whose call for requirements is open at `now`, the next to close first."""
    query = (
        sa.select(
            Round.id,
            Round.slug,
            Round.title_zh,
            Round.title_en,
            Programme.title_zh,
            Programme.title_en,
            Round.zone,
            RoundWindow.closes_at,
        )
        .join(RoundWindow, (RoundWindow.round_id == Round.id) & (RoundWindow.stage == Stage.REQUIREMENTS))
        .join(Programme, Programme.id == Round.programme_id)
        .where(
            Round.public,
            Round.launched_at.is_not(None),
            Round.cancelled_at.is_(None),
            RoundWindow.closed_at.is_(None),
            RoundWindow.opens_at <= now,
            RoundWindow.closes_at > now,
        )
        .order_by(RoundWindow.closes_at, Round.id)
        .limit(limit)
    )
    found: Sequence[Any] = session.execute(query).all()
    return [CallRow(*row) for row in found]
