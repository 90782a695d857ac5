"""Roles given and withdrawn by an administrator, with a reason and, where wished, an end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import acting, addresses, grants, people
from challenge.accounts.models import RoleGrant, User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import SYSTEM, Action, Actor, require
from challenge.tasks import queue

# Role -> for what it can be given here. Judges and teams have ways of their own, with their own checks.
GIVEN = {
    "organizer": ("programme", "organization"),
    "manager": ("organization",),
    "broker": ("programme",),
}
LETTERS = frozenset({"organizer", "manager"})  # roles whose appointment is mailed
WITHDRAWN = frozenset({*GIVEN, "auditor"})


@dataclass(frozen=True, slots=True)
class Office:
    """A role for one thing."""

    role: str
    scope: str
    scope_id: int


def give(
    session: Session, actor: Actor, email: str, office: Office, reason: str, until: dt.datetime | None
) -> User:
    """Give the owner of an address a role; who holds it already gets the new end.

    Raises `Invalid` at `email`, `role`, `until` or `reason`.
    """
    require(actor, Action.ROLE_MANAGE)
    begin_write(session)
    if office.scope not in GIVEN.get(office.role, ()):
        raise Invalid("role", "not_a_choice")
    person = people.by_email(session, addresses.normal("email", email))
    if person is None or not person.active or person.confirmed_at is None:
        raise Invalid("email", "account_not_usable")
    if until is not None and until <= (now := clock.now(session)):
        raise Invalid("until", "day_passed", at=now)
    act = acting.because(session, actor, f"{office.role}_given", reason, user_id=person.id)
    facts: dict[str, Any] = {"user_id": person.id, "scope": office.scope, "scope_id": office.scope_id}
    new = grants.give(session, person.id, office.role, office.scope, office.scope_id)
    session.execute(sa.update(RoleGrant).where(*_same(person.id, office)).values(until_at=until))
    if new and office.role in LETTERS:
        queue.announce(session, f"{office.role}.appointed", f"user:{person.id}", mark=act.id, **facts)
    told = until.isoformat() if until else None
    chain.record(
        session,
        actor,
        f"{office.role}.appointed",
        f"user:{person.id}",
        **facts,
        until=told,
        act_id=act.id,
    )
    return person


def withdraw(session: Session, actor: Actor, grant_id: int, reason: str) -> None:
    """End a role, with a reason; said twice it is done once. Raises `Refused("role_elsewhere")`."""
    require(actor, Action.ROLE_MANAGE)
    begin_write(session)
    grant = session.get(RoleGrant, grant_id)
    if grant is None:
        return
    if grant.role not in WITHDRAWN:
        raise Refused("role_elsewhere")
    act = acting.because(session, actor, f"{grant.role}_withdrawn", reason, user_id=grant.user_id)
    _end(session, actor, grant, act_id=act.id)


def end_due(session: Session) -> int:
    """End the roles whose time is over; how many. They held no more from that moment on anyway."""
    begin_write(session)
    due = sa.select(RoleGrant).where(RoleGrant.until_at <= clock.now(session)).with_for_update()
    found = session.scalars(due).all()
    for grant in found:
        _end(session, SYSTEM, grant, act_id=None)
    return len(found)


def _end(session: Session, actor: Actor, grant: RoleGrant, act_id: int | None) -> None:
    facts: dict[str, Any] = {"scope": grant.scope, "scope_id": grant.scope_id}
    role, user_id = grant.role, grant.user_id
    session.delete(grant)
    session.flush()
    chain.record(session, actor, f"{role}.dismissed", f"user:{user_id}", **facts, act_id=act_id)


def _same(user_id: int, office: Office) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        RoleGrant.user_id == user_id,
        RoleGrant.role == office.role,
        RoleGrant.scope == office.scope,
        RoleGrant.scope_id == office.scope_id,
    )
