"""Reads of requests, for those who may: a centre's desk, one's own, what one is to do, one with its notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts import branches
from challenge.accounts.models import Organization, User
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.branches import Branch
from challenge.rules.permissions import Actor
from challenge.rules.services import DONE, ENDED, GOING, OPEN, UNASSIGNED, day_at
from challenge.services.models import Service, ServiceNote, ServiceRequest

# The tabs of a desk; `quiet` cuts across the first two.
TABS: Mapping[str, tuple[str, ...]] = {
    "waiting": UNASSIGNED,
    "going": GOING,
    "quiet": OPEN,
    "done": DONE,
    "ended": ENDED,
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list."""

    id: int
    ref: str
    state: str
    kind: str
    service_zh: str | None
    service_en: str | None
    asker_zh: str
    asker_en: str
    centre_zh: str
    centre_en: str
    person: str | None
    due_on: dt.date | None
    asked_at: dt.datetime
    moved_at: dt.datetime
    quiet_at: dt.datetime
    rating: int | None

    @property
    def due(self) -> dt.datetime | None:
        """The beginning of its day."""
        return None if self.due_on is None else day_at(self.due_on)

    def quiet(self, now: dt.datetime) -> bool:
        """Whether the centre has let it lie."""
        return self.state in OPEN and self.quiet_at <= now

    def overdue(self, now: dt.datetime) -> bool:
        """Whether its day has passed."""
        return self.state in OPEN and self.due_on is not None and self.due_on < now.date()


@dataclass(frozen=True, slots=True)
class Note:
    """A step or a remark, with the name of who wrote it."""

    id: int
    text: str
    internal: bool
    of_centre: bool
    author: str | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class About:
    """The need that a request is about; `public`: whether everyone may read it."""

    ref: str
    number: str | None
    title_zh: str | None
    title_en: str | None
    anonymous: bool
    public: bool


_ASKER, _CENTRE = aliased(Organization), aliased(Organization)


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(ServiceRequest.id, ServiceRequest.ref, ServiceRequest.state, Service.kind),
            *(Service.name_zh, Service.name_en),
            *(_ASKER.name, sa.func.coalesce(_ASKER.name_en, _ASKER.name)),
            *(_CENTRE.name, sa.func.coalesce(_CENTRE.name_en, _CENTRE.name)),
            sa.func.coalesce(sa.func.nullif(User.name, ""), User.email),
            *(ServiceRequest.due_on, ServiceRequest.asked_at, ServiceRequest.moved_at),
            *(ServiceRequest.quiet_at, ServiceRequest.rating),
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(_ASKER, _ASKER.id == ServiceRequest.asker_id)
        .join(_CENTRE, _CENTRE.id == Service.centre_id)
        .outerjoin(User, User.id == ServiceRequest.assigned_id)
    )


def _of(session: Session, query: sa.Select[*tuple[Any, ...]]) -> list[RequestRow]:
    return [RequestRow(*row) for row in session.execute(query)]


def reach(session: Session, actor: Actor, organization_id: int) -> list[int]:
    """An organization, and those below it that this person runs too (one statement)."""
    found = branches.tree(session, [organization_id])
    return [each.id for each in found if actor.holds("organizer", "organization", each.id)]


def run_by(actor: Actor) -> list[int]:
    """The organizations whose services this person runs."""
    held = {
        each.scope_id for each in actor.grants if (each.role, each.scope) == ("organizer", "organization")
    }
    return sorted(held)


def organizations_run_by(session: Session, actor: Actor) -> list[Branch]:
    """The same with their names, as a tree (one statement)."""
    return branches.tree(session, run_by(actor))


def _given_by(actor: Actor, ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Asked of these organizations, and not by one's own."""
    theirs = sa.or_(Service.centre_id.in_(ids), Service.provider_id.in_(ids))
    return sa.and_(theirs, ServiceRequest.asker_id.not_in(actor.represents))


def desk(
    session: Session,
    actor: Actor,
    ids: Sequence[int],
    tab: str,
    now: dt.datetime,
    *,
    after: int | None = None,
    limit: int = 50,
) -> list[RequestRow]:
    """What was asked of these organizations, the newest first (one statement)."""
    query = _rows().where(_given_by(actor, ids), ServiceRequest.state.in_(TABS[tab]))
    if tab == "quiet":
        query = query.where(ServiceRequest.quiet_at <= now)
    if after is not None:
        query = query.where(ServiceRequest.id < after)
    return _of(session, query.order_by(ServiceRequest.id.desc()).limit(limit))


def counts(session: Session, actor: Actor, ids: Sequence[int], now: dt.datetime) -> dict[str, int]:
    """How many each tab of the desk holds (one statement)."""
    quiet = sa.case((sa.and_(ServiceRequest.state.in_(OPEN), ServiceRequest.quiet_at <= now), 1), else_=0)
    query = (
        sa.select(ServiceRequest.state, sa.func.count(), sa.func.sum(quiet))
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(_given_by(actor, ids))
        .group_by(ServiceRequest.state)
    )
    found = {state: (number, lying) for state, number, lying in session.execute(query)}
    sums = {tab: sum(found.get(state, (0, 0))[0] for state in states) for tab, states in TABS.items()}
    return {**sums, "quiet": int(sum(lying for _number, lying in found.values()))}


def asked_by(
    session: Session, actor: Actor, *, open_only: bool = False, limit: int = 200
) -> list[RequestRow]:
    """What my organizations asked for, or I for somebody else, the newest first (one statement).

    `open_only`: without what is over; what is done waits for a rating and stays.
    """
    mine = sa.or_(ServiceRequest.asker_id.in_(actor.represents), _on_behalf(actor))
    query = _rows().where(mine)
    if open_only:
        query = query.where(ServiceRequest.state.in_((*OPEN, "done")))
    return _of(session, query.order_by(ServiceRequest.id.desc()).limit(limit))


def _on_behalf(actor: Actor) -> sa.ColumnElement[bool]:
    """Asked by me for somebody else's need, in whose programme I hold a role yet."""
    held = [each for each in actor.grants if each.role in ("broker", "organizer")]
    programmes = [each.scope_id for each in held if each.scope == "programme"]
    needs = (
        sa.select(Requirement.id)
        .join(Round, Round.id == Requirement.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .where(sa.or_(Programme.id.in_(programmes), Programme.host_id.in_(run_by(actor))))
    )
    return sa.and_(
        ServiceRequest.author_id == (actor.user_id or 0),
        ServiceRequest.asked_as != "seeker",
        ServiceRequest.about == "requirement",
        ServiceRequest.about_id.in_(needs),
    )


def to_do(session: Session, actor: Actor, limit: int = 20) -> list[RequestRow]:
    """What is assigned to me, and what waits where I run services: what has a day first (one statement)."""
    mine = sa.and_(ServiceRequest.assigned_id == (actor.user_id or 0), ServiceRequest.state.in_(GOING))
    waiting = sa.and_(_given_by(actor, run_by(actor)), ServiceRequest.state.in_(UNASSIGNED))
    order = (ServiceRequest.due_on.is_(None), ServiceRequest.due_on, ServiceRequest.id)
    return _of(session, _rows().where(sa.or_(mine, waiting)).order_by(*order).limit(limit))


def notes(session: Session, request_id: int, *, internal: bool) -> list[Note]:
    """What both sides wrote, the oldest first (one statement); `internal`: and the centre among itself."""
    query = (
        sa.select(
            *(ServiceNote.id, ServiceNote.text, ServiceNote.internal, ServiceNote.of_centre),
            *(sa.func.coalesce(sa.func.nullif(User.name, ""), User.email), ServiceNote.created_at),
        )
        .outerjoin(User, User.id == ServiceNote.author_id)
        .where(ServiceNote.request_id == request_id)
        .order_by(ServiceNote.id)
    )
    if not internal:
        query = query.where(ServiceNote.internal.is_(False))
    return [Note(*row) for row in session.execute(query)]


def about(session: Session, request: ServiceRequest) -> About | None:
    """The need that a request is about, if it is there still (one statement at most)."""
    if request.about != "requirement":
        return None
    shown = sa.and_(Round.public, Requirement.state.in_(PUBLIC_STATES))
    query = (
        sa.select(
            *(Requirement.ref, Requirement.number, Requirement.title_zh, Requirement.title_en),
            *(Requirement.anonymous, shown),
        )
        .join(Round, Round.id == Requirement.round_id)
        .where(Requirement.id == request.about_id)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else About(*found)
