"""What a person may speak for: the one query behind every Actor, and the verbs that give and take roles."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from challenge.accounts import branches
from challenge.accounts.factor_models import FactorRule
from challenge.accounts.models import Membership, RoleGrant, User
from challenge.accounts.scope_models import AuditScope
from challenge.base import clock
from challenge.rules.actors import Actor, Grant, managed
from challenge.tasks import queue

BARRED = "barred"  # no role: a programme that wants a second factor, told to whoever lacks one
MANAGER = "manager"  # of an organization and all its branches


def actor_of(session: Session, user: User) -> Actor:
    """The Actor of a person: one statement, whatever the number of roles.

    A manager's grant is written out over the branches below, so that whoever asks for one organization need
    not know the tree.
    """
    lacking = not user.second_factor
    found = [Grant(*row) for row in session.execute(_roles(), {"person": user.id, "lacking": lacking})]
    barred = frozenset(grant.scope_id for grant in found if grant.role == BARRED)
    rows = [grant for grant in found if grant.role != BARRED]
    shut = user.admin and lacking and current_app.config["SETTINGS"].admin_second_factor
    represents = frozenset(grant.scope_id for grant in rows if grant.role == "representative")
    reach = managed(grant.scope_id for grant in rows if grant.role == MANAGER)
    held = frozenset(rows) | reach
    return Actor(
        user.id,
        user.admin and not shut,
        grants=held,
        represents=represents,
        barred=barred,
        admin_barred=shut,
    )


@cache
def _roles() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Every role of the person `person`. Built once: every request of somebody signed in asks it."""
    person = sa.bindparam("person", type_=sa.BigInteger)
    mine = (RoleGrant.user_id == person, _holds())
    granted = sa.select(RoleGrant.role, RoleGrant.scope, RoleGrant.scope_id).where(*mine)
    run = (*mine, RoleGrant.role == MANAGER, RoleGrant.scope == "organization")
    below = branches.below(sa.select(RoleGrant.scope_id).where(*run))
    reached = sa.select(sa.literal(MANAGER), sa.literal("organization"), below.c.id)
    seats = sa.select(
        sa.literal("representative"), sa.literal("organization"), Membership.organization_id
    ).where(Membership.user_id == person, Membership.representative.is_(True))
    wanting = sa.select(sa.literal(BARRED), sa.literal("programme"), FactorRule.programme_id).where(
        sa.bindparam("lacking", type_=sa.Boolean)
    )
    audits = sa.select(sa.literal("auditor"), AuditScope.scope, AuditScope.scope_id).where(
        AuditScope.user_id == person,
        AuditScope.from_at <= clock.db_now(),
        AuditScope.until_at > clock.db_now(),
        AuditScope.ended_at.is_(None),
    )
    return sa.union_all(granted.where(RoleGrant.role != MANAGER), seats, reached, wanting, audits)


def _holds() -> sa.ColumnElement[bool]:
    return sa.or_(RoleGrant.until_at.is_(None), RoleGrant.until_at > clock.db_now())


def give(session: Session, user_id: int, role: str, scope: str, scope_id: int) -> bool:
    """Give a role for one thing; False if the person holds it already."""
    same = sa.select(RoleGrant.id).where(
        RoleGrant.user_id == user_id,
        RoleGrant.role == role,
        RoleGrant.scope == scope,
        RoleGrant.scope_id == scope_id,
    )
    if session.scalar(same) is not None:
        return False
    session.add(RoleGrant(user_id=user_id, role=role, scope=scope, scope_id=scope_id))
    session.flush()
    return True


def take(session: Session, user_id: int, role: str, scope: str, scope_id: int) -> bool:
    """Take a role for one thing away; False if the person did not hold it."""
    query = (
        sa.delete(RoleGrant)
        .where(
            RoleGrant.user_id == user_id,
            RoleGrant.role == role,
            RoleGrant.scope == scope,
            RoleGrant.scope_id == scope_id,
        )
        .returning(RoleGrant.id)
    )
    return session.scalar(query) is not None


def seat(session: Session, user_id: int, organization_id: int, *, representative: bool) -> bool:
    """Make a person a member of an organization, or a member its representative; False if nothing changed."""
    known = session.scalar(
        sa.select(Membership).where(
            Membership.user_id == user_id, Membership.organization_id == organization_id
        )
    )
    if known is None:
        known = Membership(user_id=user_id, organization_id=organization_id, representative=representative)
        session.add(known)
    elif known.representative or not representative:
        return False
    known.representative = representative
    session.flush()
    changed_ties(session, user_id, known.id)
    return True


def changed_ties(session: Session, user_id: int, mark: object = "") -> None:
    """Say that what a person belongs to has changed: conflicts are looked for anew."""
    now = clock.now(session)
    about = f"user:{user_id}"
    queue.announce(session, "ties.changed", about, mark=f"{now.isoformat()}{mark}", at=now, user_id=user_id)
