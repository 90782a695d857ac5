"""What a person does with the own account, and what an administrator does with others'."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses, grants, invitations, sign_ins
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.i18n import LOCALES, ZONES
from challenge.rules.errors import Invalid, NotFound, Refused
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue

NAME_LENGTH = 100
AFFILIATION_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person says about themselves; no zone means the zone of each round."""

    name: str
    affiliation: str
    locale: str
    zone: str | None


def create_account(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    password_hash: str,
    admin: bool = False,
    locale: str = LOCALES[0],
) -> User:
    """A confirmed account made by the operator, who vouches for the address.

    Raises `Invalid("email", "not_an_address" | "account_exists")`.
    """
    require(actor, Action.USER_MANAGE)
    address = addresses.normal("email", email)
    if by_email(session, address) is not None:
        raise Invalid("email", "account_exists")
    person = User(
        email=address,
        name=name.strip(),
        password=password_hash,
        admin=admin,
        locale=locale,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=clock.now(session),
    )
    session.add(person)
    session.flush()
    chain.record(session, actor, "account.created", f"user:{person.id}", admin=admin)
    return person


def set_password(session: Session, actor: Actor, person: User, password_hash: str) -> None:
    """Give an account a new password and end its sessions."""
    require(actor, Action.USER_MANAGE)
    person.password = password_hash
    _end_sessions(session, person)
    session.flush()
    chain.record(session, actor, "account.password_set", f"user:{person.id}")


def edit_profile(session: Session, actor: Actor, profile: Profile) -> None:
    """Change one's own name, affiliation, language and time zone; raises `Invalid` at the field."""
    require(actor, Action.ACCOUNT_USE)
    name, affiliation = profile.name.strip(), profile.affiliation.strip()
    if not name:
        raise Invalid("name", "required")
    for field, text, most in (
        ("name", name, NAME_LENGTH),
        ("affiliation", affiliation, AFFILIATION_LENGTH),
    ):
        if len(text) > most:
            raise Invalid(field, "too_long", most=most, length=len(text))
    if profile.locale not in LOCALES:
        raise Invalid("locale", "not_a_choice")
    if profile.zone and profile.zone not in ZONES:
        raise Invalid("zone", "not_a_choice")
    person = session.get_one(User, actor.user_id)
    moved = person.affiliation != affiliation
    person.name, person.affiliation = name, affiliation
    person.locale, person.zone = profile.locale, profile.zone or None
    session.flush()
    if moved:
        grants.changed_ties(session, person.id)
    _announce(session, person)


def keep_reading(
    session: Session, actor: Actor, *, locale: str | None = None, zone: str | None = None
) -> None:
    """Remember how a person reads, for the mails to come; what is none of our languages or zones is left."""
    require(actor, Action.ACCOUNT_USE)
    person = session.get_one(User, actor.user_id)
    if locale in LOCALES:
        person.locale = locale
    if zone in ZONES:
        person.zone = zone
    session.flush()


def sign_out_everywhere(session: Session, actor: Actor) -> None:
    """End every session of this person, on every device, this one included."""
    require(actor, Action.ACCOUNT_USE)
    _end_sessions(session, session.get_one(User, actor.user_id))
    session.flush()
    chain.record(session, actor, "account.signed_out_everywhere", f"user:{actor.user_id}")


def deactivate(session: Session, actor: Actor, person: User) -> None:
    """Close an account: it signs in no more and gets no mail; what it did stays on record."""
    require(actor, Action.USER_MANAGE)
    if person.id == actor.user_id:
        raise Refused("not_oneself")
    if not person.active:
        return
    if person.admin:
        check_not_last(session, person)
    person.active = False
    _end_sessions(session, person)
    session.flush()
    _announce(session, person)
    chain.record(session, actor, "account.deactivated", f"user:{person.id}")


def check_not_last(session: Session, person: User) -> None:
    """Raise `Refused("last_administrator")` where nobody else could administer this installation."""
    others = sa.select(User.id).where(User.admin, User.active, User.id != person.id).with_for_update()
    if not session.scalars(others).all():
        raise Refused("last_administrator")


def end_sessions(session: Session, person: User) -> None:
    """End every session of somebody whose rights change, for a service that asks and records."""
    _end_sessions(session, person)
    session.flush()


def reactivate(session: Session, actor: Actor, person: User) -> None:
    """Open a closed account again."""
    require(actor, Action.USER_MANAGE)
    if person.active:
        return
    person.active = True
    session.flush()
    _announce(session, person)
    chain.record(session, actor, "account.reactivated", f"user:{person.id}")


def appoint_organizer(
    session: Session, actor: Actor, *, email: str, scope: str, scope_id: int, subject: Subject
) -> User | None:
    """Make the owner of an address an organizer: at once with an account, else by an invitation (None).

    `subject` carries the facts of the organization or programme. Raises `Invalid("email", "not_an_address")`.
    """
    require(actor, Action.ORGANIZER_APPOINT, subject)
    return _appoint(session, actor, "organizer", email, scope, scope_id, subject)


def appoint_manager(session: Session, actor: Actor, *, email: str, organization_id: int) -> User | None:
    """The same for a manager of an organization and all its branches."""
    subject = _organization(organization_id)
    require(actor, Action.MANAGER_APPOINT, subject)
    return _appoint(session, actor, "manager", email, "organization", organization_id, subject)


def dismiss_organizer(
    session: Session, actor: Actor, *, user_id: int, scope: str, scope_id: int, subject: Subject
) -> None:
    """Take the role of an organizer away."""
    require(actor, Action.ORGANIZER_APPOINT, subject)
    _dismiss(session, actor, "organizer", user_id, scope, scope_id)


def dismiss_manager(session: Session, actor: Actor, *, user_id: int, organization_id: int) -> None:
    """Take the role of this very organization's manager away; one of an organization above keeps theirs."""
    require(actor, Action.MANAGER_APPOINT, _organization(organization_id))
    _dismiss(session, actor, "manager", user_id, "organization", organization_id)


def _organization(organization_id: int) -> Subject:
    return Subject(kind="organization", host_id=organization_id)


def _appoint(
    session: Session, actor: Actor, role: str, email: str, scope: str, scope_id: int, subject: Subject
) -> User | None:
    address = addresses.normal("email", email)
    person = by_email(session, address)
    if person is None or person.confirmed_at is None or not person.active:
        invitations.create(
            session, actor, email=address, role=role, scope=scope, scope_id=scope_id, subject=subject
        )
        return None
    if grants.give(session, person.id, role, scope, scope_id):
        facts: dict[str, Any] = {"user_id": person.id, "scope": scope, "scope_id": scope_id}
        now = clock.now(session)
        queue.announce(session, f"{role}.appointed", f"user:{person.id}", mark=now.isoformat(), **facts)
        chain.record(session, actor, f"{role}.appointed", f"user:{person.id}", **facts)
    return person


def _dismiss(session: Session, actor: Actor, role: str, user_id: int, scope: str, scope_id: int) -> None:
    if grants.take(session, user_id, role, scope, scope_id):
        facts: dict[str, Any] = {"scope": scope, "scope_id": scope_id}
        chain.record(session, actor, f"{role}.dismissed", f"user:{user_id}", **facts)


def by_ref(session: Session, ref: str) -> User:
    """One person; raises NotFound."""
    found = session.scalar(sa.select(User).where(User.ref == ref))
    if found is None:
        raise NotFound
    return found


def by_email(session: Session, address: str) -> User | None:
    """The account of an address, whatever its letter case."""
    return session.scalar(sa.select(User).where(User.email == address.lower()))


def _announce(session: Session, person: User) -> None:
    """Say downward that others may see this person under another name, anew, or no more."""
    now = clock.now(session)
    queue.announce(
        session, "person.changed", f"user:{person.id}", mark=now.isoformat(), at=now, user_id=person.id
    )


def _end_sessions(session: Session, person: User) -> None:
    # Every session cookie and every remembered sign-in carries this mark (Flask-Security reads it).
    person.fs_uniquifier = uuid.uuid4().hex
    sign_ins.end_all(session, person.id)
