"""Reads of expert diagnoses: of a requirement for those who decide on it, for its author, and for experts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts import branches as trees
from challenge.accounts.models import Membership, User
from challenge.requirements import facts
from challenge.requirements.diagnosis_models import Diagnosis, DiagnosisOpening, WordingTaken
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject

OPEN_STATES = ("asked", "accepted")


@dataclass(frozen=True, slots=True)
class Need:
    """The requirement that a diagnosis is about, as far as it takes to hold it."""

    ref: str
    round_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A diagnosis that was asked of somebody, in a list of theirs; its titles as they were shown to them."""

    ref: str
    state: str
    due_at: dt.datetime
    created_at: dt.datetime
    title_zh: str | None
    title_en: str | None
    round_zh: str | None
    round_en: str | None
    zone: str
    waiting: bool  # for the expert: the requirement is still to be decided on


def need_of(session: Session, ref: str) -> Need:
    """What to hold before a diagnosis is changed; raises NotFound."""
    query = sa.select(Requirement.ref, Requirement.round_id).join(
        Diagnosis, Diagnosis.requirement_id == Requirement.id
    )
    row = session.execute(query.where(Diagnosis.ref == ref)).one_or_none()
    if row is None:
        raise NotFound
    return Need(*row)


def held(session: Session, ref: str) -> Diagnosis:
    """A diagnosis to be changed, after its requirement: its row locked."""
    query = sa.select(Diagnosis).where(Diagnosis.ref == ref).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def by_ref(session: Session, ref: str) -> Diagnosis:
    """One diagnosis with its expert (one statement); raises NotFound."""
    query = sa.select(Diagnosis).where(Diagnosis.ref == ref).options(joinedload(Diagnosis.expert))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def of_requirement(session: Session, requirement_id: int, *, given: bool = False) -> Sequence[Diagnosis]:
    """The diagnoses of a requirement with their experts, newest first; `given`: those its seeker reads."""
    query = sa.select(Diagnosis).where(Diagnosis.requirement_id == requirement_id)
    if given:
        query = query.where(Diagnosis.given_at.is_not(None))
    return session.scalars(query.options(joinedload(Diagnosis.expert)).order_by(Diagnosis.id.desc())).all()


@dataclass(frozen=True, slots=True)
class Shared:
    """What a seeker knows of a diagnosis: that it may read it, and when its confidential part was read."""

    given: bool
    expert: str | None  # the name, where whoever asked chose to tell it
    opened_at: dt.datetime | None


def shared(session: Session, requirement_id: int) -> list[Shared]:
    """Of a requirement's diagnoses, what its seeker knows; one row for each opening (one statement)."""
    query = (
        sa.select(
            Diagnosis.given_at.is_not(None),
            sa.case((Diagnosis.named, User.name), else_=None),
            DiagnosisOpening.at,
        )
        .outerjoin(User, User.id == Diagnosis.expert_id)
        .outerjoin(DiagnosisOpening, DiagnosisOpening.diagnosis_id == Diagnosis.id)
        .where(Diagnosis.requirement_id == requirement_id)
        .where(sa.or_(Diagnosis.given_at.is_not(None), DiagnosisOpening.id.is_not(None)))
        .order_by(DiagnosisOpening.at.desc(), Diagnosis.id)
    )
    return [Shared(bool(given), name, at) for given, name, at in session.execute(query.limit(200))]


def given(session: Session, requirement_id: int) -> int:
    """How many opinions on it its seeker may read."""
    this = (Diagnosis.requirement_id == requirement_id, Diagnosis.given_at.is_not(None))
    return session.scalar(sa.select(sa.func.count(Diagnosis.id)).where(*this)) or 0


def openings_of(session: Session, requirement_id: int) -> list[tuple[int, dt.datetime]]:
    """When experts read its confidential part: the diagnosis and the time, newest first."""
    query = (
        sa.select(DiagnosisOpening.diagnosis_id, DiagnosisOpening.at)
        .join(Diagnosis, Diagnosis.id == DiagnosisOpening.diagnosis_id)
        .where(Diagnosis.requirement_id == requirement_id)
        .order_by(DiagnosisOpening.at.desc())
    )
    return [(key, at) for key, at in session.execute(query.limit(200))]


def taken_of(session: Session, requirement_id: int) -> dict[tuple[int, str], dt.datetime]:
    """What of the proposals was taken over: (diagnosis, field) -> when last."""
    query = (
        sa.select(WordingTaken.diagnosis_id, WordingTaken.field, sa.func.max(WordingTaken.taken_at))
        .join(Diagnosis, Diagnosis.id == WordingTaken.diagnosis_id)
        .where(Diagnosis.requirement_id == requirement_id)
        .group_by(WordingTaken.diagnosis_id, WordingTaken.field)
    )
    return {(key, field): at for key, field, at in session.execute(query)}


def asked_of(session: Session, user_id: int, *, waiting: bool = False, limit: int = 100) -> list[Asked]:
    """What was asked of a person, newest first; `waiting`: what is still to be answered (one statement)."""
    todo = sa.and_(Diagnosis.state.in_(OPEN_STATES), Requirement.state == "submitted")
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(Diagnosis.ref, Diagnosis.state, Diagnosis.due_at, Diagnosis.created_at, Diagnosis.seen),
            *(Round.title_zh, Round.title_en, Round.zone, todo),
        )
        .join(Requirement, Requirement.id == Diagnosis.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Diagnosis.expert_id == user_id)
        .order_by(Diagnosis.id.desc())
        .limit(limit)
    )
    if waiting:
        query = query.where(todo)
    return [
        Asked(ref, state, due, made, seen.get("title_zh"), seen.get("title_en"), zh, en, zone, bool(waits))
        for ref, state, due, made, seen, zh, en, zone, waits in session.execute(query)
    ]


def open_for(session: Session, requirement_ids: Collection[int]) -> dict[int, dt.datetime]:
    """Which of these requirements lie with an expert, and until when at the latest (one statement)."""
    query = (
        sa.select(Diagnosis.requirement_id, sa.func.max(Diagnosis.due_at))
        .where(Diagnosis.requirement_id.in_(requirement_ids), Diagnosis.state.in_(OPEN_STATES))
        .group_by(Diagnosis.requirement_id)
    )
    found: Sequence[Any] = session.execute(query).all()
    return dict(found)


def due_soon(
    session: Session, now: dt.datetime, ahead: dt.timedelta, after: int, limit: int
) -> list[tuple[Diagnosis, int]]:
    """Open diagnoses that are due within `ahead`, with their rounds, by id from the one after `after`.

    Those of a requirement that nobody waits to decide on are left out.
    """
    query = (
        sa.select(Diagnosis, Requirement.round_id)
        .join(Requirement, Requirement.id == Diagnosis.requirement_id)
        .where(Diagnosis.state.in_(OPEN_STATES), Requirement.state == "submitted", Diagnosis.id > after)
        .where(Diagnosis.due_at > now, Diagnosis.due_at <= now + ahead, Diagnosis.expert_id.is_not(None))
        .order_by(Diagnosis.id)
        .limit(limit)
    )
    return [(diagnosis, round_id) for diagnosis, round_id in session.execute(query)]


def tied(session: Session, requirement: Requirement, user_id: int | None) -> bool:
    """Whether somebody belongs to the seeker, to what it is a branch of, or to a branch of it; or wrote it.

    Branches beside the seeker's own are not in it, as for judges. Three statements.
    """
    if user_id is None or user_id == requirement.author_id:
        return True
    family = {*trees.lineage(session, requirement.seeker_id)}
    family |= {each.id for each in trees.tree(session, [requirement.seeker_id])}
    mine = sa.select(Membership.id).where(
        Membership.user_id == user_id, Membership.organization_id.in_(family)
    )
    return session.scalar(mine.limit(1)) is not None


def subject_of(session: Session, diagnosis: Diagnosis, requirement: Requirement, now: dt.datetime) -> Subject:
    """The facts of a diagnosis for its expert (four statements); the round must be loaded."""
    expert = diagnosis.expert_id
    conflicted = facts.conflicted_with(session, requirement)
    if expert is not None and tied(session, requirement, expert):
        conflicted |= {expert}
    opened = expert is not None and diagnosis.with_closed and diagnosis.state == "accepted"
    return replace(
        facts.subject_of(requirement, now, conflicted),
        expert_id=expert,
        opened_to=frozenset({expert}) if opened and expert is not None else frozenset(),
    )


def person(session: Session, user_id: int) -> User | None:
    """An account that can be written to."""
    found = session.get(User, user_id)
    return found if found is not None and found.active and found.confirmed_at is not None else None
