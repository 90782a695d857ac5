"""Who hears that a published need changed: all who work on it, follow it, or said that it interests them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.distribution.models import Dispatch, Recipient
from challenge.flow.audiences import Facts, Ids, requirement_solvers
from challenge.messages import letters
from challenge.search.models import Follow
from challenge.tasks.queue import Work

Rows = sa.Select[*tuple[Any, ...]]

INTERESTED = "interested"


def involved(facts: Facts) -> Ids:
    """People with a draft or an entry for the need, who follow it by letter, or answered "interested"."""
    here = requirement_solvers(facts).subquery()
    follow = sa.select(Follow.user_id).where(
        Follow.kind == "requirement", Follow.thing_id == facts["requirement_id"], Follow.letters
    )
    known = sa.or_(
        User.id == Recipient.user_id, sa.func.lower(User.email) == sa.func.lower(Recipient.address)
    )
    interested = _interested(facts, sa.select(User.id).select_from(Dispatch)).join(User, known)
    return sa.union(sa.select(here.c[0]), follow, interested)


def _interested(facts: Facts, query: Rows) -> Rows:
    """Those who said so and have not asked for silence since."""
    return query.join(Recipient, Recipient.id == Dispatch.recipient_id).where(
        Dispatch.requirement_id == facts["requirement_id"],
        Dispatch.state == INTERESTED,
        Recipient.unsubscribed_at.is_(None),
    )


def without_account(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """A letter to each address that is interested and that nobody has signed up with."""
    signed_up = sa.select(sa.func.lower(User.email))
    reached: Rows = sa.select(Recipient.id, Recipient.address, Recipient.locale).distinct()
    rows = session.execute(
        _interested(facts, reached.select_from(Dispatch))
        .where(Recipient.user_id.is_(None), Recipient.failed_at.is_(None))
        .where(sa.func.lower(Recipient.address).not_in(signed_up))
        .order_by(Recipient.id)
    ).all()
    cause = str(facts["key"]).removeprefix("event/")
    about = {name: facts[name] for name in ("round_id", "requirement_id", "need_version_id")}
    return [
        letters.mail(cause, "requirement_changed", address=address, locale=locale, recipient_id=key, **about)
        for key, address, locale in rows
    ]


def told(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """Whoever follows it by letter has one now: the daily letter does not tell the same again."""
    mine = (Follow.kind == "requirement", Follow.thing_id == facts["requirement_id"], Follow.letters)
    now: dt.datetime = clock.now(session)
    session.execute(
        sa.update(Follow).where(*mine).values(seen_at=now).execution_options(synchronize_session=False)
    )
    return []
