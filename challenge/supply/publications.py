"""Publications of an expert: taken in from a file that was read already, each known by DOI or title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.base.ids import new_ref
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.publications import Work
from challenge.supply.models import ExpertDocument
from challenge.tasks import queue

MOST = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: how many are new, and how many were known and left as they are."""

    added: int
    known: int


def of_person(session: Session, user_id: int) -> Sequence[ExpertDocument]:
    """A person's publications, the newest first (one statement)."""
    query = sa.select(ExpertDocument).where(
        ExpertDocument.user_id == user_id, ExpertDocument.kind == "publication"
    )
    order = (ExpertDocument.year.is_(None), ExpertDocument.year.desc(), ExpertDocument.id.desc())
    return session.scalars(query.order_by(*order).limit(MOST)).all()


def take_in(session: Session, actor: Actor, works: Sequence[Work]) -> Taken:
    """Add what is not known yet; a known one is not changed. Raises `Invalid("file", ...)`."""
    require(actor, Action.ACCOUNT_USE)
    begin_write(session)
    unique: dict[str, Work] = {}
    for work in works:
        unique.setdefault(work.known_by, work)
    if not unique:
        raise Invalid("file", "no_publications")
    there = {each.known_by for each in of_person(session, actor.user_id or 0)}
    fresh = [work for key, work in unique.items() if key not in there]
    if len(there) + len(fresh) > MOST:
        raise Invalid("file", "too_many_publications", most=MOST)
    now = clock.now(session)
    rows = [
        {
            "ref": new_ref(),
            "user_id": actor.user_id,
            "kind": "publication",
            "title": work.title,
            "text": work.abstract,
            "doi": work.doi,
            "year": work.year,
            "venue": work.venue,
            "known_by": work.known_by,
            "created_at": now,
        }
        for work in fresh
    ]
    if rows:
        session.execute(insert_into(session, ExpertDocument).values(rows).on_conflict_do_nothing())
        subject = f"user:{actor.user_id}"
        queue.announce(
            session, "expert.changed", subject, mark=now.isoformat(), at=now, expert_id=actor.user_id
        )
        chain.record(session, actor, "expert.publications", subject, at=now, added=len(rows))
    return Taken(len(rows), len(works) - len(rows))
