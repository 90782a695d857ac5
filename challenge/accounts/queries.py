"""Reads of people and organizations, each a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Membership, Organization, RoleGrant, User


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization in a list, with how many belong to it."""

    ref: str
    name: str
    name_en: str | None
    kind: str
    region: str | None
    registration_code: str | None
    members: int
    id: int


@dataclass(frozen=True, slots=True)
class Organizer:
    """Who organizes for one thing."""

    id: int
    name: str
    email: str


def seats_of(session: Session, user_id: int) -> Sequence[Membership]:
    """A person's memberships with their organizations, by name."""
    query = (
        sa.select(Membership)
        .join(Membership.organization)
        .where(Membership.user_id == user_id)
        .options(joinedload(Membership.organization))
        .order_by(Organization.name, Organization.id)
    )
    return session.scalars(query).all()


def members_of(session: Session, organization_id: int) -> Sequence[Membership]:
    """An organization's members with their accounts, representatives first."""
    query = (
        sa.select(Membership)
        .join(Membership.user)
        .where(Membership.organization_id == organization_id)
        .options(joinedload(Membership.user))
        .order_by(Membership.representative.desc(), User.name, User.id)
    )
    return session.scalars(query).all()


def organizers_of(session: Session, scope: str, scope_id: int) -> list[Organizer]:
    """The organizers of one organization or programme, by name."""
    return holders_of(session, "organizer", scope, scope_id)


def holders_of(session: Session, role: str, scope: str, scope_id: int) -> list[Organizer]:
    """Who holds a role for this very thing, by name."""
    query = (
        sa.select(User.id, User.name, User.email)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == role, RoleGrant.scope == scope, RoleGrant.scope_id == scope_id)
        .order_by(User.name, User.id)
    )
    return [Organizer(*row) for row in session.execute(query)]


def organizations(session: Session, text: str, after: int | None, limit: int) -> list[OrganizationRow]:
    """Organizations whose name or code holds the text, newest first, those before the id `after`."""
    members = (
        sa.select(sa.func.count())
        .where(Membership.organization_id == Organization.id)
        .correlate(Organization)
        .scalar_subquery()
    )
    query = sa.select(
        Organization.ref,
        Organization.name,
        Organization.name_en,
        Organization.kind,
        Organization.region,
        Organization.registration_code,
        members,
        Organization.id,
    )
    if text:
        found = [
            column.icontains(text, autoescape=True)
            for column in (Organization.name, Organization.name_en, Organization.registration_code)
        ]
        query = query.where(sa.or_(*found))
    if after is not None:
        query = query.where(Organization.id < after)
    rows = session.execute(query.order_by(Organization.id.desc()).limit(limit))
    return [OrganizationRow(*row) for row in rows]


# What a list of people may be narrowed to, beside a role that they hold for something.
PEOPLE: Mapping[str, Sequence[sa.ColumnElement[bool]]] = {
    "active": (User.active.is_(True), User.confirmed_at.is_not(None)),
    "closed": (sa.not_(User.active),),
    "unconfirmed": (User.active.is_(True), User.confirmed_at.is_(None)),
    "admin": (User.admin.is_(True),),
}


def people(
    session: Session, text: str, after: int | None, limit: int, *, state: str = "", role: str = ""
) -> Sequence[User]:
    """People whose name or address holds the text, newest first, those before the id `after`."""
    query = sa.select(User).where(*PEOPLE.get(state, ()))
    if text:
        found = (User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True))
        query = query.where(sa.or_(*found))
    if role:
        query = query.where(sa.exists().where(RoleGrant.user_id == User.id, RoleGrant.role == role))
    if after is not None:
        query = query.where(User.id < after)
    return session.scalars(query.order_by(User.id.desc()).limit(limit)).all()


def roles_of(session: Session, user_id: int) -> Sequence[RoleGrant]:
    """What a person holds, oldest first."""
    return session.scalars(
        sa.select(RoleGrant).where(RoleGrant.user_id == user_id).order_by(RoleGrant.id)
    ).all()


def organization_named(session: Session, text: str) -> int | None:
    """The one organization of exactly this name (in either language) or code; None where none or several."""
    found = organizations_named(session, text)
    return found[0] if len(found) == 1 else None


def organizations_named(session: Session, text: str) -> Sequence[int]:
    """Organizations of exactly this name (in either language) or code; two of them where there are more."""
    same = (Organization.name, Organization.name_en, Organization.registration_code)
    query = sa.select(Organization.id).where(sa.or_(*(column == text.strip() for column in same)))
    return session.scalars(query.limit(2)).all()
