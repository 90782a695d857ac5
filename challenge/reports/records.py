"""What the features know of needs, for the funnel: read from their own tables, a batch at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.agreements.models import Agreement, AgreementParty
from challenge.audit.models import AuditEntry
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.figures import Fact
from challenge.rules.funnel import Deal, Meeting, Record, Solution, fact_of
from challenge.rules.lifecycles import ENTERED
from challenge.submissions.models import Submission

NEVER_HANDED_IN = ("draft", "withdrawn")  # by its state alone; the audit trail may know better
BATCH = 1000
Thing = tuple[str, int]
T = TypeVar("T")
Query = sa.Select[*tuple[Any, ...]]
_PLACE = (Round.programme_id, Round.zone, Programme.host_id)


def facts(session: Session, things: Collection[Thing]) -> list[Fact]:
    """What counts of these, as it stands now; at most seven statements, however many they are."""
    above = _parents(session)
    needs = [key for kind, key in things if kind == "need"]
    rounds = [key for kind, key in things if kind == "round"]
    found = (*_needs(session, needs, above), *_rounds(session, rounds, above))
    return [fact for fact in map(fact_of, found) if fact is not None]


def every(session: Session) -> Iterator[list[Fact]]:
    """What counts of everything there is, a batch at a time."""
    for kind, column in (("need", Requirement.id), ("round", Round.id)):
        after, more = 0, True
        while more:
            query = sa.select(column).where(column > after).order_by(column).limit(BATCH)
            ids = list(session.scalars(query))
            more = len(ids) == BATCH
            after = ids[-1] if ids else after
            yield facts(session, [(kind, key) for key in ids])


def _needs(session: Session, ids: Sequence[int], above: Mapping[int, int]) -> Iterator[Record]:
    if not ids:
        return
    columns = (
        *(Requirement.id, Requirement.round_id, Requirement.branch_id, Requirement.seeker_id),
        *(Requirement.field, Requirement.state, Requirement.number, Requirement.origin_id),
        *(Requirement.published_at, Requirement.created_at),
    )
    query = _placed(sa.select(*columns, *_PLACE).select_from(Requirement), Requirement.round_id)
    rows = session.execute(query.where(Requirement.id.in_(ids)).order_by(Requirement.id)).all()
    handed_in = _handed_in(session, ids)
    solutions = _by_need(session, _solutions().where(Submission.requirement_id.in_(ids)), _solution)
    meetings = _by_need(session, _meetings().where(DockingPair.requirement_id.in_(ids)), _meeting)
    deals = _by_need(session, _deals().where(Agreement.requirement_id.in_(ids)), _deal)
    for row in rows:
        collected = handed_in.get(row.id)
        if collected is None and row.state not in NEVER_HANDED_IN:
            collected = row.published_at or row.created_at
        published = row.published_at
        if published is None and (row.state in PUBLIC_STATES or row.number is not None):
            published = collected or row.created_at
        yield Record(
            "need",
            row.id,
            row.programme_id,
            row.round_id,
            row.zone,
            _path(row.branch_id or row.host_id, above),
            field=row.field,
            root_id=row.origin_id or row.id,
            seeker_id=row.seeker_id,
            collected_at=collected,
            published_at=published,
            delivered=row.state == "delivered",
            solutions=tuple(solutions[row.id]),
            meetings=tuple(meetings[row.id]),
            deals=tuple(deals[row.id]),
        )


def _rounds(session: Session, ids: Sequence[int], above: Mapping[int, int]) -> Iterator[Record]:
    """Rounds with solutions to the round itself, which names no need."""
    if not ids:
        return
    which = sa.and_(Submission.round_id.in_(ids), Submission.requirement_id.is_(None))
    held: dict[int, list[Solution]] = defaultdict(list)
    for round_id, row in _rows(session, _solutions(Submission.round_id).where(which)):
        held[round_id].append(_solution(row))
    query = _placed(sa.select(Round.id, *_PLACE), None).where(Round.id.in_(held)).order_by(Round.id)
    for row in session.execute(query):
        place = (row.programme_id, row.id, row.zone, _path(row.host_id, above))
        yield Record("round", row.id, *place, solutions=tuple(held[row.id]))


def _placed(query: Query, round_id: Any) -> Query:
    if round_id is not None:
        query = query.join(Round, Round.id == round_id)
    return query.join(Programme, Programme.id == Round.programme_id)


def _handed_in(session: Session, ids: Iterable[int]) -> dict[int, dt.datetime]:
    subjects = [f"requirement:{key}" for key in ids]
    query = (
        sa.select(AuditEntry.subject, sa.func.min(AuditEntry.at))
        .where(AuditEntry.subject.in_(subjects), AuditEntry.action == "requirement.submitted")
        .group_by(AuditEntry.subject)
    )
    return {int(subject.partition(":")[2]): at for subject, at in session.execute(query)}


def _solutions(by: Any = Submission.requirement_id) -> Query:
    at: Any = sa.func.coalesce(Submission.submitted_at, Submission.created_at)
    organization = Submission.entered_organization_id.label("organization_id")
    columns = (by, Submission.id, Submission.owner_id, organization, at.label("at"))
    return sa.select(*columns).where(Submission.state.in_(ENTERED)).order_by(Submission.id)


def _solution(row: Any) -> Solution:
    # An account that is gone leaves its solution behind: then the solution itself is its team.
    team = f"s{row.id}" if row.owner_id is None else f"u{row.owner_id}"
    return Solution(row.at, team, row.organization_id)


def _meetings() -> Query:
    columns = (DockingPair.requirement_id, Docking.starts_at, DockingPair.id, DockingPair.user_id)
    return (
        sa.select(*columns, DockingPair.organization_id, DockingPair.recipient_id)
        .join(DockingPair, DockingPair.id == Docking.pair_id)
        .where(Docking.state == "held")
        .order_by(Docking.id)
    )


def _meeting(row: Any) -> Meeting:
    if row.organization_id is not None:
        return Meeting(row.starts_at, f"o{row.organization_id}", row.organization_id)
    return Meeting(row.starts_at, f"r{row.recipient_id}" if row.user_id is None else f"u{row.user_id}")


def _deals() -> Query:
    signed = (
        *(Agreement.requirement_id, Agreement.id, Agreement.kind, Agreement.signed_at, Agreement.state),
        *(Agreement.completed_at, Agreement.total_minor, Agreement.currency),
    )
    solver = sa.and_(AgreementParty.agreement_id == Agreement.id, AgreementParty.side == "solver")
    return (
        sa.select(*signed, AgreementParty.user_id, AgreementParty.organization_id)
        .outerjoin(AgreementParty, solver)
        .where(Agreement.signed_at.is_not(None))
        .order_by(Agreement.id)
    )


def _deal(row: Any) -> Deal:
    if row.organization_id is not None:
        team = f"o{row.organization_id}"
    else:
        team = f"a{row.id}" if row.user_id is None else f"u{row.user_id}"
    return Deal(
        kind=row.kind,
        signed_at=row.signed_at,
        team=team,
        organization_id=row.organization_id,
        ended=row.state == "terminated",
        completed_at=row.completed_at,
        total_minor=row.total_minor,
        currency=row.currency,
    )


def _by_need(session: Session, query: Query, made: Callable[[Any], T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for key, row in _rows(session, query):
        found[key].append(made(row))
    return found


def _rows(session: Session, query: Query) -> Iterator[tuple[int, Any]]:
    return ((row[0], row) for row in session.execute(query))


def _parents(session: Session) -> dict[int, int]:
    placed = Organization.parent_id.is_not(None)
    rows = session.execute(sa.select(Organization.id, Organization.parent_id).where(placed))
    return {key: parent for key, parent in rows if parent is not None}


def _path(organization_id: int, above: Mapping[int, int]) -> tuple[int, ...]:
    """An organization and what it is a branch of, the highest first; a ring is walked once."""
    found = [organization_id]
    while (parent := above.get(found[-1])) is not None and parent not in found:
        found.append(parent)
    return tuple(reversed(found))
