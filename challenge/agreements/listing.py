"""Lists of agreements, for those who may read each of them; and what an agreement can be begun from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.agreements.models import Agreement, AgreementParty
from challenge.distribution.models import Care
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission

OPEN = tuple(sorted(AGREEMENT.states - {"completed", "terminated"}))


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement in a list; `sides`: who stands on it, by name in Chinese and English."""

    id: int
    ref: str
    number: str | None
    state: str
    kind: str
    title: str
    currency: str
    total_minor: int | None
    updated_at: dt.datetime
    need_ref: str
    need_zh: str | None
    need_en: str | None
    sides: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen entry that an agreement can be begun from."""

    ref: str
    code: str
    title: str


def mine(
    session: Session, actor: Actor, *, open_only: bool = False, after: int | None = None, limit: int = 50
) -> list[AgreementRow]:
    """Those of my organizations and mine, and those that I look after or began, the newest first.

    Two statements. `open_only`: without what is over.
    """
    parties = sa.select(AgreementParty.agreement_id).where(
        sa.or_(
            AgreementParty.organization_id.in_(actor.represents),
            AgreementParty.user_id == (actor.user_id or 0),
        )
    )
    where = [sa.or_(Agreement.id.in_(parties), _looked_after(actor))]
    if open_only:
        where.append(Agreement.state.in_(OPEN))
    return _rows(session, where, after, limit)


def of_round(
    session: Session,
    round_id: int,
    *,
    states: Collection[str] = (),
    kinds: Collection[str] = (),
    after: int | None = None,
    limit: int = 50,
) -> list[AgreementRow]:
    """Those on a round's needs, in these states and of these kinds where any are named (two statements)."""
    where = [Requirement.round_id == round_id]
    if states:
        where.append(Agreement.state.in_(states))
    if kinds:
        where.append(Agreement.kind.in_(kinds))
    return _rows(session, where, after, limit)


def of_requirement(session: Session, requirement_id: int, limit: int = 50) -> list[AgreementRow]:
    """Those on one need (two statements)."""
    return _rows(session, [Agreement.requirement_id == requirement_id], None, limit)


def counts(session: Session, round_id: int) -> dict[tuple[str, str], int]:
    """How many a round has of each state and kind (one statement)."""
    query = (
        sa.select(Agreement.state, Agreement.kind, sa.func.count())
        .join(Requirement, Requirement.id == Agreement.requirement_id)
        .where(Requirement.round_id == round_id)
        .group_by(Agreement.state, Agreement.kind)
    )
    return {(state, kind): count for state, kind, count in session.execute(query)}


def chosen(session: Session, requirement_id: int) -> list[Choice]:
    """The entries that were selected for a need (one statement)."""
    query = (
        sa.select(Submission.ref, Submission.code, Submission.title)
        .where(Submission.requirement_id == requirement_id, Submission.state == "selected")
        .order_by(Submission.id)
    )
    return [Choice(*row) for row in session.execute(query)]


def _looked_after(actor: Actor) -> sa.ColumnElement[bool]:
    """On needs in my hands as their broker; begun by me where I hold a role yet."""
    brokered = [each.scope_id for each in actor.grants if (each.role, each.scope) == ("broker", "programme")]
    organized = [
        each.scope_id for each in actor.grants if (each.role, each.scope) == ("organizer", "programme")
    ]
    hosted = [
        each.scope_id for each in actor.grants if (each.role, each.scope) == ("organizer", "organization")
    ]
    cared = sa.select(Care.requirement_id).where(
        Care.broker_id == (actor.user_id or 0), Care.state == "claimed"
    )
    begun = Agreement.author_id == (actor.user_id or 0)
    return sa.or_(
        sa.and_(Round.programme_id.in_(brokered), sa.or_(begun, Agreement.requirement_id.in_(cared))),
        sa.and_(begun, sa.or_(Round.programme_id.in_(organized), Programme.host_id.in_(hosted))),
    )


def _rows(
    session: Session, where: Sequence[sa.ColumnElement[bool]], after: int | None, limit: int
) -> list[AgreementRow]:
    query = (
        sa.select(
            *(Agreement.id, Agreement.ref, Agreement.number, Agreement.state, Agreement.kind),
            *(Agreement.title, Agreement.currency, Agreement.total_minor, Agreement.updated_at),
            *(Requirement.ref, Requirement.title_zh, Requirement.title_en),
        )
        .join(Requirement, Requirement.id == Agreement.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .where(*where)
        .order_by(Agreement.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Agreement.id < after)
    found: list[Any] = list(session.execute(query))
    sides = _sides(session, [row[0] for row in found])
    return [AgreementRow(*(*row, sides.get(row[0], {}))) for row in found]


def _sides(session: Session, ids: Sequence[int]) -> dict[int, dict[str, tuple[str, str]]]:
    """Who stands on each side (one statement)."""
    named = sa.func.coalesce(Organization.name_en, Organization.name)
    query = (
        sa.select(AgreementParty.agreement_id, AgreementParty.side, Organization.name, named, User.name)
        .outerjoin(Organization, Organization.id == AgreementParty.organization_id)
        .outerjoin(User, User.id == AgreementParty.user_id)
        .where(AgreementParty.agreement_id.in_(ids))
        .order_by(AgreementParty.agreement_id, AgreementParty.position)
    )
    found: dict[int, dict[str, tuple[str, str]]] = {}
    for agreement_id, side, zh, en, person in session.execute(query):
        found.setdefault(agreement_id, {})[side] = (zh or person or "", en or person or "")
    return found
