"""Nothing dies silently: published needs without movement, and what brings each of them on again.

Movement is: it was published or changed, somebody was sent it or answered, a broker took it or gave it back,
a meeting was planned, moved or settled, or is ahead, or a next step has a date that is not long past.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import UtcDateTime
from challenge.distribution.models import Care, Dispatch
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, Actor, require

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class QuietRow:
    """A need that lies still: what to do next is told by `sent`, `interested` and `met`."""

    id: int
    ref: str
    number: str | None
    title_zh: str | None
    title_en: str | None
    round_slug: str
    quiet_days: int
    broker_id: int | None
    sent: int
    interested: int
    met: int

    @property
    def next_step(self) -> str:
        """`send`, `wait_again`, `meet` or `follow_up`."""
        if self.met:
            return "follow_up"
        if self.interested:
            return "meet"
        return "wait_again" if self.sent else "send"


def of_round(session: Session, round_id: int, limit: int = 100) -> list[QuietRow]:
    """The quiet needs of a round, the longest first (four statements)."""
    return _rows(session, [Requirement.round_id == round_id], limit)


def count(session: Session, round_id: int) -> int:
    """How many there are: the figure beside the list, counted by the same words."""
    query = _quiet(session, [Requirement.round_id == round_id]).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(query)) or 0


def of_seeker(session: Session, organization_ids: Sequence[int], limit: int = 20) -> list[QuietRow]:
    """Those of these organizations."""
    return _rows(session, [Requirement.seeker_id.in_(organization_ids)], limit)


def of_broker(session: Session, user_id: int, limit: int = 20) -> list[QuietRow]:
    """Those that this broker has claimed."""
    mine = sa.exists().where(
        Care.requirement_id == Requirement.id, Care.broker_id == user_id, Care.state == "claimed"
    )
    return _rows(session, [mine], limit)


def set_days(session: Session, actor: Actor, round_id: int, days: int) -> None:
    """After how many days without movement a need of the round is listed."""
    gate = gates.hold(session, round_id, exclusive=True)
    require(actor, Action.ROUND_EDIT, rounds.subject_of(gate.round, gate.now))
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days", "out_of_range", minimum=1, maximum=MOST_DAYS)
    if gate.round.quiet_days == days:
        return
    gate.round.quiet_days = days
    session.flush()
    chain.record(
        session,
        actor,
        "round.quiet_days_set",
        f"round:{round_id}",
        chain=chain.round_chain(round_id),
        at=gate.now,
        days=str(days),
    )


def _quiet(session: Session, where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[int, int]:
    """Ids of the quiet needs (two statements are asked). Each round has its own number of days."""
    now = clock.now(session)
    numbers = session.scalars(sa.select(Round.quiet_days).distinct()).all()
    moments = [(Round.quiet_days == days, _instant(now - dt.timedelta(days=days))) for days in numbers]
    since = sa.case(*moments, (sa.false(), _instant(now)), else_=_instant(now))
    moves = (
        sa.exists().where(Dispatch.requirement_id == Requirement.id, Dispatch.moved_at > since),
        sa.exists().where(Care.requirement_id == Requirement.id, Care.moved_at > since),
        sa.exists().where(
            DockingPair.requirement_id == Requirement.id,
            Docking.pair_id == DockingPair.id,
            sa.or_(
                Docking.moved_at > since,
                sa.and_(Docking.state == "planned", Docking.starts_at > since),
                Docking.next_at > since,
            ),
        ),
    )
    return (
        sa.select(Requirement.id, Round.id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Requirement.state == "published", Round.cancelled_at.is_(None), *where)
        .where(sa.func.coalesce(Requirement.published_at, Requirement.created_at) <= since)
        .where(Requirement.updated_at <= since, *(sa.not_(each) for each in moves))
    )


def _instant(at: dt.datetime) -> sa.BindParameter[dt.datetime]:
    return sa.literal(at, UtcDateTime())


def _rows(session: Session, where: Sequence[sa.ColumnElement[bool]], limit: int) -> list[QuietRow]:
    page = _quiet(session, where).order_by(Requirement.updated_at).limit(limit).subquery()
    sent = sa.select(sa.func.count()).where(Dispatch.requirement_id == Requirement.id)
    met = (
        sa.select(sa.func.count())
        .select_from(Docking)
        .join(DockingPair, DockingPair.id == Docking.pair_id)
        .where(DockingPair.requirement_id == Requirement.id, Docking.state == "held")
    )
    query = (
        sa.select(
            *(Requirement.id, Requirement.ref, Requirement.number, Requirement.title_zh),
            *(Requirement.title_en, Round.slug, Round.quiet_days, Care.broker_id),
            sent.scalar_subquery(),
            sent.where(Dispatch.state == "interested").scalar_subquery(),
            met.scalar_subquery(),
        )
        .join(page, page.c[0] == Requirement.id)
        .join(Round, Round.id == Requirement.round_id)
        .outerjoin(Care, (Care.requirement_id == Requirement.id) & (Care.state == "claimed"))
        .order_by(Requirement.updated_at)
    )
    return [QuietRow(*row) for row in session.execute(query)]
