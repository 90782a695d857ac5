"""Second factors that are lost: an administrator takes them off, told by mail first, and only after a while.

Whoever owns the account and still has a factor signs in meanwhile and stops it.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from challenge.accounts import factors, people
from challenge.accounts.factor_models import Authenticator, FactorReset, Passkey, RecoveryCode
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import SYSTEM, Action, Actor, require
from challenge.tasks import queue

REASON = 500
WORK = "factor_reset"


def waiting(session: Session, user_id: int) -> FactorReset | None:
    """The reset that is announced for this account and neither done nor stopped."""
    query = sa.select(FactorReset).where(
        FactorReset.user_id == user_id, FactorReset.done_at.is_(None), FactorReset.stopped_at.is_(None)
    )
    return session.scalars(query.order_by(FactorReset.id.desc()).limit(1)).first()


def ask(session: Session, actor: Actor, person: User, reason: str) -> FactorReset:
    """Announce a reset; asked for twice, it is announced once. Raises Invalid("reason", ...), Refused."""
    require(actor, Action.USER_MANAGE)
    begin_write(session)
    session.execute(sa.select(User.id).where(User.id == person.id).with_for_update())
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(reason))
    if person.id == actor.user_id:
        raise Refused("not_own_factors")
    if not person.second_factor:
        raise Refused("no_factor_there")
    known = waiting(session, person.id)
    if known is not None:
        return known
    now = clock.now(session)
    delay = dt.timedelta(hours=current_app.config["SETTINGS"].factor_reset_hours)
    made = FactorReset(user_id=person.id, asked_by=actor.user_id, reason=reason, due_at=now + delay)
    session.add(made)
    session.flush()
    queue.put(session, queue.Work(WORK, f"{WORK}/{made.id}", {"reset_id": made.id}, delay=delay))
    due = made.due_at.isoformat()
    about = f"user:{person.id}"
    queue.announce(session, "account.reset_asked", about, mark=made.id, user_id=person.id, due_at=due)
    chain.record(session, actor, "account.factor_reset_asked", about, reset=made.id)
    return made


def stop(session: Session, actor: Actor, person: User) -> None:
    """Call it off: the account's owner, or an administrator. What does not wait any more stays as it is."""
    require(actor, Action.ACCOUNT_USE if person.id == actor.user_id else Action.USER_MANAGE)
    begin_write(session)
    found = waiting(session, person.id)
    if found is None:
        return
    found.stopped_at = clock.now(session)
    session.flush()
    chain.record(session, actor, "account.factor_reset_stopped", f"user:{person.id}", reset=found.id)


def carry_out(session: Session, reset_id: int) -> None:
    """Its time has come: every factor goes, every session ends. One that was stopped does nothing."""
    begin_write(session)
    query = sa.select(FactorReset).where(FactorReset.id == reset_id).with_for_update()
    reset = session.scalars(query).one()
    if reset.done_at is not None or reset.stopped_at is not None:
        return
    for model in (Authenticator, Passkey, RecoveryCode):
        session.execute(sa.delete(model).where(model.user_id == reset.user_id))
    reset.done_at = clock.now(session)
    factors.settle(session, reset.user_id)
    people.end_sessions(session, session.get_one(User, reset.user_id))
    factors.told(session, reset.user_id, "factors_reset")
    about = f"user:{reset.user_id}"
    chain.record(session, SYSTEM, "account.factor_reset_done", about, reset=reset.id)
