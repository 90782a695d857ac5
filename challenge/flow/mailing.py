"""A letter for an audience of any size: expanded 500 people at a time.

Each batch puts its letters and, where it was full, the next batch, in one transaction. Keys carry the
event, so an event that is expanded twice mails once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.flow import audiences as who
from challenge.messages import letters
from challenge.tasks.queue import Work

BATCH = 500
Facts = Mapping[str, Any]
Saying = Callable[[Session, Facts], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mailing:
    """One letter for one audience, less those who get another one about the same (`but`).

    `says` reads what the letter quotes as it stands; `show`: see scenes.
    """

    template: str
    audience: who.Audience
    says: Saying | None = None
    show: str | None = None
    but: who.Audience | None = None


def readers(mailing: Mailing, facts: Facts) -> sa.Select[int]:
    """Ids of those in the audience who can be written to."""
    people = mailing.audience(facts).subquery()
    query = (
        sa.select(User.id)
        .where(User.id.in_(sa.select(people.c[0])))
        .where(User.active.is_(True), User.confirmed_at.is_not(None))
    )
    if mailing.but is not None:
        told = mailing.but(facts).subquery()
        query = query.where(User.id.not_in(sa.select(told.c[0])))
    return query


def batch(session: Session, mailing: Mailing, facts: Facts, *, after: int) -> list[Work]:
    """The letters of a mailing to the next people after this one, and the work for those that follow."""
    query = readers(mailing, facts).where(User.id > after).order_by(User.id).limit(BATCH)
    ids = session.scalars(query).all()
    if not ids:
        return []
    about, why = said(session, mailing, facts), cause(facts)
    works = [letters.mail(why, mailing.template, user_id=each, **about) for each in ids]
    if len(ids) == BATCH:
        payload = {"template": mailing.template, "facts": dict(facts), "after": ids[-1]}
        works.append(Work("mailing", f"mailing/{why}/{mailing.template}/{ids[-1]}", payload))
    return works


def said(session: Session, mailing: Mailing, facts: Facts) -> dict[str, Any]:
    """What each letter of a mailing is about: the facts of its event, what is quoted, what it shows."""
    about = _about(facts) | (mailing.says(session, facts) if mailing.says else {})
    return about | ({"show": mailing.show} if mailing.show else {})


def _about(facts: Facts) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in ("key", "subject", "user_id")}


def cause(facts: Facts) -> str:
    """What the keys of an event's letters begin with."""
    return str(facts["key"]).removeprefix("event/")
