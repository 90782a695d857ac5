"""Legal holds: set and lifted by administrators, with a reason and a last day. A hold beats every erasing."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.privacy.foreseeing import holding
from challenge.privacy.models import LegalHold
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require

REASON = 500
LONGEST = 30  # years


def set_hold(session: Session, actor: Actor, person: User, reason: str, until: dt.date | None) -> LegalHold:
    """From now on nothing of the person is erased, up to and with that day."""
    require(actor, Action.HOLD_SET)
    now = clock.now(session)
    hold = LegalHold(
        user_id=person.id,
        reason=plain("reason", reason),
        until=_day(until, now.date()),
        author_id=actor.user_id,
        created_at=now,
    )
    session.add(hold)
    session.flush()
    thing, day = f"user:{person.id}", hold.until.isoformat()
    chain.record(session, actor, "hold.set", thing, at=now, hold_id=hold.id, until=day)
    return hold


def lift(session: Session, actor: Actor, ref: str, reason: str) -> LegalHold:
    """The hold ends before its day, for a reason. Twice is once."""
    require(actor, Action.HOLD_SET)
    options = joinedload(LegalHold.user)
    hold = session.scalar(sa.select(LegalHold).where(LegalHold.ref == ref).options(options))
    if hold is None:
        raise NotFound
    if hold.lifted_at is None:
        why = plain("reason", reason)
        hold.lifted_at, hold.lifted_by, hold.lift_reason = clock.now(session), actor.user_id, why
        session.flush()
        chain.record(session, actor, "hold.lifted", f"user:{hold.user_id}", hold_id=hold.id)
    return hold


def stands(session: Session, user_id: int, today: dt.date) -> bool:
    """Whether some hold keeps everything of the person today."""
    return session.scalar(holding(user_id, today).limit(1)) is not None


def of_person(session: Session, user_id: int) -> list[LegalHold]:
    """Every hold there was, the newest first."""
    query = sa.select(LegalHold).where(LegalHold.user_id == user_id)
    return list(session.scalars(query.order_by(LegalHold.id.desc())))


def plain(field: str, reason: str) -> str:
    """A reason as it is kept; raises `Invalid` where there is none, or too much."""
    text = reason.strip()
    if not text:
        raise Invalid(field, "required")
    if len(text) > REASON:
        raise Invalid(field, "too_long", most=REASON, length=len(text))
    return text


def _day(until: dt.date | None, today: dt.date) -> dt.date:
    if until is None:
        raise Invalid("until", "not_a_day")
    if until < today or until.year > today.year + LONGEST:
        raise Invalid("until", "hold_until", years=LONGEST)
    return until
