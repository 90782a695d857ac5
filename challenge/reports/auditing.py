"""Auditors: appointed for a programme or a round, for a time and a reason; what they read is on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts import addresses, people
from challenge.accounts.branches import organizing
from challenge.accounts.models import User
from challenge.accounts.scope_models import AuditScope
from challenge.audit import chain
from challenge.audit.chain import Entry
from challenge.base import clock
from challenge.base.db import insert_into
from challenge.judging.models import PanelJudge, Phase
from challenge.reports.evidence_models import EvidenceReading
from challenge.rounds import programmes
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import Invalid, NotFound, Refused
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission, TeamMember
from challenge.tasks import queue

REASON, LONGEST = 500, dt.timedelta(days=366)


Reading = tuple[str, str, str, dt.datetime]  # who, which round, which part, when


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom, for what, from when until when and why. Without a round it is the whole programme."""

    email: str
    round_id: int | None
    from_at: dt.datetime | None
    until_at: dt.datetime | None
    reason: str


def appoint(session: Session, actor: Actor, programme: Programme, wanted: Wanted) -> AuditScope:
    """Open the auditor's door; the same again is once. Raises `Invalid` at the field."""
    require(actor, Action.AUDITOR_APPOINT, programmes.subject_of(programme))
    now = clock.now(session)
    person = _person(session, actor, wanted.email)
    from_at, until_at = _times(wanted, now)
    reason = wanted.reason.strip()
    if not reason or len(reason) > REASON:
        code = "too_long" if reason else "required"
        raise Invalid("reason", code, most=REASON, length=len(reason))
    rounds = _rounds(session, programme, wanted.round_id)
    if takes_part(session, person.id, rounds) or _organizes(session, person.id, programme):
        raise Invalid("email", "auditor_involved")
    scope = ("round", wanted.round_id) if wanted.round_id else ("programme", programme.id)
    facts: dict[str, Any] = {
        "user_id": person.id,
        "scope": scope[0],
        "scope_id": scope[1],
        "until_at": until_at,
    }
    same = (getattr(AuditScope, name) == value for name, value in facts.items())
    known = session.scalar(sa.select(AuditScope).where(*same, AuditScope.ended_at.is_(None)))
    if known is not None:
        return known
    made = AuditScope(**facts, from_at=from_at, reason=reason, author_id=actor.user_id, created_at=now)
    session.add(made)
    session.flush()
    _told(session, actor, made, rounds, now)
    return made


def _told(session: Session, actor: Actor, made: AuditScope, rounds: Sequence[int], now: dt.datetime) -> None:
    """A letter to the auditor, and an entry in the record of each round that is opened."""
    facts: dict[str, Any] = {
        "user_id": made.user_id,
        "scope": made.scope,
        "scope_id": made.scope_id,
        "begins_at": made.from_at.isoformat(),
        "ends_at": made.until_at.isoformat(),
        "why": made.reason,
    }
    queue.announce(session, "auditor.appointed", f"audit_scope:{made.id}", at=now, **facts)
    detail: dict[str, Any] = {"scope_id": made.id, "until": chain.instant_text(made.until_at)}
    thing = f"user:{made.user_id}"
    chains = [chain.round_chain(each) for each in rounds] or [chain.PLATFORM]
    entries = [Entry(where, actor, "auditor.appointed", thing, detail) for where in chains]
    chain.record_many(session, entries, at=now)


def end(session: Session, actor: Actor, programme: Programme, ref: str) -> None:
    """Shut the door before its time; twice is once."""
    require(actor, Action.AUDITOR_APPOINT, programmes.subject_of(programme))
    found = session.scalar(_of(programme).where(AuditScope.ref == ref))
    if found is None:
        raise NotFound
    now = clock.now(session)
    if found.ended_at is None and found.until_at > now:
        found.ended_at, found.ended_by = now, actor.user_id
        session.flush()
        chain.record(session, actor, "auditor.dismissed", f"user:{found.user_id}", at=now, scope_id=found.id)


def listed(session: Session, programme: Programme) -> list[AuditScope]:
    """Every scope there was in a programme, the newest first, with its person."""
    query = _of(programme).options(joinedload(AuditScope.user)).order_by(AuditScope.id.desc())
    return list(session.scalars(query))


def rounds_of(session: Session, user_id: int, now: dt.datetime) -> list[tuple[Round, dt.datetime]]:
    """The rounds that are open to an auditor now, each with the end of the scope that ends last."""
    mine = (
        AuditScope.user_id == user_id,
        AuditScope.from_at <= now,
        AuditScope.until_at > now,
        AuditScope.ended_at.is_(None),
    )
    here = sa.or_(
        sa.and_(AuditScope.scope == "round", AuditScope.scope_id == Round.id),
        sa.and_(AuditScope.scope == "programme", AuditScope.scope_id == Round.programme_id),
    )
    query = (
        sa.select(Round, sa.func.max(AuditScope.until_at))
        .join(AuditScope, here)
        .where(*mine)
        .group_by(Round.id)
        .order_by(Round.id.desc())
    )
    return [(round_, until) for round_, until in session.execute(query)]


def rounds_in(session: Session, programme: Programme) -> list[Round]:
    """The rounds of a programme, the newest first."""
    query = sa.select(Round).where(Round.programme_id == programme.id)
    return list(session.scalars(query.order_by(Round.id.desc())))


def takes_part(session: Session, user_id: int, rounds: Sequence[int]) -> bool:
    """Whether somebody is in a team or on a panel of one of these rounds; one statement."""
    team = (
        sa.select(sa.literal(1))
        .select_from(TeamMember)
        .join(Submission, Submission.id == TeamMember.submission_id)
        .where(TeamMember.user_id == user_id, Submission.round_id.in_(rounds))
    )
    seat = (
        sa.select(sa.literal(1))
        .select_from(PanelJudge)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(PanelJudge.user_id == user_id, Phase.round_id.in_(rounds))
    )
    return bool(session.scalar(sa.select(sa.or_(team.exists(), seat.exists()))))


def note(session: Session, user_id: int, round_id: int, part: str, now: dt.datetime) -> None:
    """An auditor is about to read this part: one row an hour, never changed."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = {"reader_id": user_id, "round_id": round_id, "part": part, "at": now, "hour": hour}
    session.execute(insert_into(session, EvidenceReading).values(row).on_conflict_do_nothing())


def readings(
    session: Session, rounds: Sequence[int], most: int = 200
) -> list[tuple[str, str, str, dt.datetime]]:
    """(who, which round, which part, when), the newest first, for those who appointed the auditors."""
    query = (
        sa.select(User.name, Round.slug, EvidenceReading.part, EvidenceReading.at)
        .join(Round, Round.id == EvidenceReading.round_id)
        .outerjoin(User, User.id == EvidenceReading.reader_id)
        .where(EvidenceReading.round_id.in_(rounds))
        .order_by(EvidenceReading.id.desc())
    )
    return [(name or "", slug, part, at) for name, slug, part, at in session.execute(query.limit(most))]


def _of(programme: Programme) -> sa.Select[AuditScope]:
    rounds = sa.select(Round.id).where(Round.programme_id == programme.id)
    return sa.select(AuditScope).where(
        sa.or_(
            sa.and_(AuditScope.scope == "programme", AuditScope.scope_id == programme.id),
            sa.and_(AuditScope.scope == "round", AuditScope.scope_id.in_(rounds)),
        )
    )


def _person(session: Session, actor: Actor, email: str) -> User:
    person = people.by_email(session, addresses.normal("email", email))
    if person is None or not person.active or person.confirmed_at is None:
        raise Invalid("email", "auditor_without_account")
    if person.id == actor.user_id:
        raise Refused("audit_not_oneself")
    return person


def _times(wanted: Wanted, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    if wanted.until_at is None or wanted.until_at <= now:
        raise Invalid("until", "audit_until")
    from_at = wanted.from_at or now
    if from_at >= wanted.until_at:
        raise Invalid("begin", "ends_before_start")
    if wanted.until_at - from_at > LONGEST:
        raise Invalid("until", "audit_until")
    return from_at, wanted.until_at


def _rounds(session: Session, programme: Programme, round_id: int | None) -> list[int]:
    query = sa.select(Round.id).where(Round.programme_id == programme.id)
    found = list(session.scalars(query.where(Round.id == round_id) if round_id else query))
    if round_id and not found:
        raise NotFound
    return found


def _organizes(session: Session, user_id: int, programme: Programme) -> bool:
    run = organizing(programme.id, programme.host_id).subquery()
    return session.scalar(sa.select(sa.literal(1)).where(run.c.user_id == user_id)) is not None
