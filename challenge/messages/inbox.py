"""What was told to a person, in their rooms here: each letter to them, read or not.

How many are not read stands with the account, which every page has loaded anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from challenge.accounts.models import User
from challenge.base import clock
from challenge.messages import links, wishes
from challenge.messages.models import Letter
from challenge.rules.errors import NotFound
from challenge.rules.letters import NOT_KEPT
from challenge.rules.permissions import Action, Actor, require

_PLAIN = {"synchronize_session": False}


def receive(session: Session, letter: Letter, user_id: int | None) -> None:
    """Put a letter that was written to where its reader wishes to have it."""
    letter.way = "mail"
    if user_id is not None and letter.template not in NOT_KEPT:
        letter.user_id, letter.way = user_id, wishes.way_of(session, user_id, letter.template)
        more = sa.update(User).where(User.id == user_id).values(unread=User.unread + 1)
        session.execute(more.execution_options(**_PLAIN))
    if letter.way != "mail":  # it never leaves, so nothing secret needs to stay
        letter.body, letter.html = map(links.without_secrets, (letter.body, letter.html or ""))
        letter.unsubscribe = None
    session.add(letter)
    session.flush()


def messages(
    session: Session, user_id: int, *, unread: bool = False, before: int | None = None, limit: int = 30
) -> Sequence[Letter]:
    """A person's messages, newest first (one statement): all, or those not read; those before an id."""
    query = sa.select(Letter).where(Letter.user_id == user_id)
    if unread:
        query = query.where(Letter.read_at.is_(None))
    if before is not None:
        query = query.where(Letter.id < before)
    query = query.options(defer(Letter.body), defer(Letter.html), defer(Letter.content))
    return session.scalars(query.order_by(Letter.id.desc()).limit(limit)).all()


def message(session: Session, user_id: int, ref: str) -> Letter:
    """One of a person's messages; raises NotFound, also for anybody else's."""
    query = sa.select(Letter).where(Letter.user_id == user_id, Letter.ref == ref)
    found = session.scalar(query.options(defer(Letter.body), defer(Letter.html)))
    if found is None:
        raise NotFound
    return found


def read(session: Session, actor: Actor, ref: str) -> Letter:
    """The person has read it; twice is once."""
    require(actor, Action.ACCOUNT_USE)
    found = message(session, actor.user_id or 0, ref)
    if found.read_at is None:
        found.read_at = clock.now(session)
    _recount(session, actor.user_id or 0)
    return found


def keep_unread(session: Session, actor: Actor, ref: str) -> None:
    """Let it stand as not read, to come back to it."""
    require(actor, Action.ACCOUNT_USE)
    message(session, actor.user_id or 0, ref).read_at = None
    _recount(session, actor.user_id or 0)


def read_all(session: Session, actor: Actor, up_to: int) -> None:
    """All that the person has seen listed is read; what came since is not."""
    require(actor, Action.ACCOUNT_USE)
    mine = sa.and_(Letter.user_id == actor.user_id, Letter.id <= up_to, Letter.read_at.is_(None))
    now = clock.now(session)
    session.execute(sa.update(Letter).where(mine).values(read_at=now).execution_options(**_PLAIN))
    _recount(session, actor.user_id or 0)


def _recount(session: Session, user_id: int) -> None:
    """Count anew. The account is locked first: a letter that is written meanwhile counts itself after it."""
    session.flush()
    session.execute(sa.select(User.id).where(User.id == user_id).with_for_update())
    left = sa.select(sa.func.count()).where(Letter.user_id == user_id, Letter.read_at.is_(None))
    count = sa.update(User).where(User.id == user_id).values(unread=left.scalar_subquery())
    session.execute(count.execution_options(**_PLAIN))
