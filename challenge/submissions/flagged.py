"""Entries that stand and do not meet rules and limits of entry as they are now; their organizer decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.rounds.models import Round
from challenge.rules import eligibility
from challenge.rules.eligibility import Body, Person, Unmet
from challenge.submissions import limits
from challenge.submissions.limits import EntryRefused
from challenge.submissions.models import Submission

MOST = 5000


@dataclass(frozen=True, slots=True)
class Flagged:
    """An entry with the rules that it does not meet, and the limits that it exceeds."""

    ref: str
    code: str
    title: str
    unmet: tuple[Unmet, ...] = ()
    over: tuple[EntryRefused, ...] = ()


def of_round(session: Session, round_: Round, now: dt.datetime) -> list[Flagged]:
    """All of them, oldest first, among the first thousands: at most five statements."""
    rules, exceeded = eligibility.read(round_.eligibility), limits.exceeded(session, round_)
    if not rules and not exceeded:
        return []
    query = (
        sa.select(
            Submission.id,
            Submission.ref,
            Submission.code,
            Submission.title,
            User.email,
            User.created_at,
            Organization.kind,
            Organization.region,
        )
        .outerjoin(User, User.id == Submission.owner_id)
        .outerjoin(Organization, Organization.id == Submission.entered_organization_id)
        .where(Submission.round_id == round_.id, Submission.state == "submitted")
        .order_by(Submission.id)
        .limit(MOST)
    )
    found = []
    rows: Sequence[Any] = session.execute(query).all()
    for key, ref, code, title, email, since, kind, region in rows:
        person = Person(email or "", (now - since).days if since is not None else 0)
        body = Body(kind, region) if kind is not None else Body()
        unmet, over = eligibility.unmet(rules, person, body), exceeded.get(key, ())
        if unmet or over:
            found.append(Flagged(ref, code, title, tuple(unmet), tuple(over)))
    return found
