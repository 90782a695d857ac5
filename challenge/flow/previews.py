"""Who would be told if something happened now: counted by the very table that will tell them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.flow import mails
from challenge.flow.mailing import readers


@dataclass(frozen=True, slots=True)
class Told:
    """How many letters of one kind would go out, and to whom (the name of an audience)."""

    template: str
    audience: str
    count: int


def told(session: Session, event: str, round_id: int, **about: int) -> list[Told]:
    """The letters that would follow from an event of a round, with their exact number: one statement.

    `about`: what else the event would name.
    """
    mailings = mails.TABLE.get(event, ())
    if not mailings:
        return []
    facts = {"event": event, "round_id": round_id, **about}
    counts = [
        sa.select(sa.literal(place), sa.func.count()).select_from(readers(mailing, facts).subquery())
        for place, mailing in enumerate(mailings)
    ]
    rows = session.execute(sa.union_all(*counts)).all()
    found = {int(row[0]): int(row[1]) for row in rows}
    return [
        Told(mailing.template, mailing.audience.__name__, found[place])
        for place, mailing in enumerate(mailings)
    ]
