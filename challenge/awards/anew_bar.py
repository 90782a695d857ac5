"""Which entries of a round may be offered anew: from the organizer's bar on, and only with their consent."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.awards.anew_models import AnewConsent, AnewSearch
from challenge.awards.standing import ranking_in_force
from challenge.judging.models import RankingRow
from challenge.matches.subjects import Subject, Text
from challenge.requirements.models import Requirement
from challenge.rules.matching import Facts
from challenge.submissions.content import values_of
from challenge.submissions.models import Submission, TeamMember, Version


def above(session: Session, search: AnewSearch) -> frozenset[int]:
    """Entries at or above the bar of a round's ranking in force (one statement).

    A share counts places, and whoever shares the last of them is in: 50 of 7 are the places 1 to 4.
    """
    query = sa.select(RankingRow.submission_id, RankingRow.place, RankingRow.total).where(
        RankingRow.ranking_id == ranking_in_force(search.round_id), RankingRow.place.is_not(None)
    )
    rows = session.execute(query).all()
    last = math.ceil(len(rows) * search.least / 100)
    return frozenset(
        row.submission_id
        for row in rows
        if (
            row.place <= last
            if search.bar == "share"
            else row.total is not None and row.total >= search.least
        )
    )


def behind(session: Session, ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Entry -> the organizations behind it: its own, and those of its people (one statement)."""
    own = sa.select(Submission.id, Submission.organization_id).where(
        Submission.id.in_(ids), Submission.organization_id.is_not(None)
    )
    of_people = (
        sa.select(TeamMember.submission_id, Membership.organization_id)
        .join(Membership, Membership.user_id == TeamMember.user_id)
        .where(TeamMember.submission_id.in_(ids))
    )
    found: dict[int, set[int]] = {each: set() for each in ids}
    pairs: list[Any] = list(session.execute(sa.union(own, of_people)))
    for submission_id, organization_id in pairs:
        found[submission_id].add(organization_id)
    return {each: frozenset(organizations) for each, organizations in found.items()}


@dataclass(frozen=True, slots=True)
class Offerable:
    """An entry as it is compared, by its title and public summary, and the need that it was made for."""

    subject: Subject
    requirement_id: int | None


def offerable(session: Session, search: AnewSearch) -> list[Offerable]:
    """Entries not selected, at or above the bar, whose teams agree (three statements)."""
    ids = above(session, search)
    query = (
        sa.select(
            *(Submission.id, Submission.requirement_id, Version.content),
            *(Requirement.field, Requirement.industry),
        )
        .join(AnewConsent, AnewConsent.submission_id == Submission.id)
        .join(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .where(Submission.round_id == search.round_id, Submission.state == "not_selected")
        .order_by(Submission.id)
    )
    rows = [row for row in session.execute(query) if row.id in ids]
    people = behind(session, [row.id for row in rows])
    return [Offerable(_subject(row, people[row.id]), row.requirement_id) for row in rows]


def _subject(row: Any, people: frozenset[int]) -> Subject:
    """As an achievement is compared: it is the kind that comes nearest."""
    values = values_of(row.content)
    text = "\n".join(str(each) for each in (row.content.get("title"), values.get("summary")) if each)
    facts = Facts(
        fields=frozenset({row.field} if row.field else ()),
        industries=frozenset({row.industry} if row.industry else ()),
        least_minor=row.content.get("quote_minor"),
        currency=str(row.content.get("currency") or "CNY"),
    )
    return Subject("achievement", row.id, (Text(text),), facts, people=people)


@dataclass(frozen=True, slots=True)
class Agreed:
    """How many entries stand at or above the bar and were not selected, and how many of their teams agree."""

    above: int
    agreed: int


def agreed(session: Session, search: AnewSearch, ids: Collection[int]) -> Agreed:
    """Both counts, of those at or above the bar (one statement)."""
    query = (
        sa.select(Submission.id, AnewConsent.submission_id)
        .outerjoin(AnewConsent, AnewConsent.submission_id == Submission.id)
        .where(Submission.round_id == search.round_id, Submission.state == "not_selected")
    )
    rows = [row for row in session.execute(query) if row[0] in ids]
    return Agreed(len(rows), sum(row[1] is not None for row in rows))
