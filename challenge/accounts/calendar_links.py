"""The secret address by which a calendar program reads a person's dates: made, replaced, taken back.

Such programs cannot sign in. What the address opens are dates alone, and it opens nothing else.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.calendar_models import CalendarLink
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock, ids
from challenge.base.db import begin_write
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, require


def of_person(session: Session, user_id: int) -> CalendarLink | None:
    """The link that a person has, if any (one statement)."""
    return session.scalar(sa.select(CalendarLink).where(CalendarLink.user_id == user_id))


def make(session: Session, actor: Actor) -> str:
    """A new address's token, told this once; the one before ends with it."""
    require(actor, Action.ACCOUNT_USE)
    begin_write(session)
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    token, now = ids.new_token(), clock.now(session)
    link = of_person(session, actor.user_id or 0)
    if link is None:
        link = CalendarLink(user_id=actor.user_id)
        session.add(link)
    link.token_digest, link.created_at = ids.digest(token), now
    session.flush()
    chain.record(session, actor, "calendar_link.made", f"user:{actor.user_id}", at=now)
    return token


def end(session: Session, actor: Actor) -> None:
    """Take the address back; gone twice is gone."""
    require(actor, Action.ACCOUNT_USE)
    link = of_person(session, actor.user_id or 0)
    if link is None:
        return
    session.delete(link)
    session.flush()
    chain.record(session, actor, "calendar_link.ended", f"user:{actor.user_id}")


def person_of(session: Session, actor: Actor, token: str) -> User:
    """Whose dates the address opens; raises NotFound for none of ours, and for an account not in use."""
    require(actor, Action.CALENDAR_READ)
    query = sa.select(User).join(CalendarLink, CalendarLink.user_id == User.id)
    person = session.scalar(query.where(CalendarLink.token_digest == ids.digest(token), User.active))
    if person is None:
        raise NotFound
    return person
