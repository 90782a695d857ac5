"""Organizations and the people who may speak for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.accounts.models import ORGANIZATION_KINDS, Membership, Organization, OrganizationAlias
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rules import regions, registration
from challenge.rules.conflicts import name_key
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue

NAME_LENGTH = 120
PERSON_LENGTH = 60
MOST_ALIASES = 20
PROFILE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """What is written about an organization."""

    name: str
    name_en: str | None = None
    kind: str = "company"
    region: str | None = None
    registration_code: str | None = None
    profile: str = ""
    legal_representative: str = ""


def subject_of(organization: Organization) -> Subject:
    """The facts of an organization that the permission table asks for."""
    return Subject(kind="organization", host_id=organization.id, seeker_id=organization.id)


def create(session: Session, actor: Actor, facts: Facts, *, speaks: bool = True) -> Organization:
    """Register an organization; whoever does so may then speak for it, unless `speaks` is False.

    Sent twice by somebody who may speak for it, it is registered once.
    Raises `InvalidMany` with every fault at its field.
    """
    require(actor, Action.ORGANIZATION_CREATE)
    facts = checked(facts)
    begin_write(session)
    known = _already_mine(session, actor, facts)
    if known is not None:
        return known
    organization = _added(session, facts)
    if actor.user_id is not None and speaks:
        grants.seat(session, actor.user_id, organization.id, representative=True)
    chain.record(session, actor, "organization.created", f"organization:{organization.id}", kind=facts.kind)
    return organization


def register(session: Session, facts: Facts) -> Organization:
    """The row alone, for a service that asks and records itself; raises as `create` does."""
    return _added(session, checked(facts))


def like(session: Session, facts: Facts) -> Organization | None:
    """The organization that has this code, or else the only one of exactly this name; None for none."""
    facts = checked(facts)
    code = Organization.registration_code == facts.registration_code
    if facts.registration_code and (found := session.scalar(sa.select(Organization).where(code))):
        return found
    same = session.scalars(sa.select(Organization).where(Organization.name == facts.name).limit(2)).all()
    # Two firms may share a name: one that has another code is not this one.
    fits = [each for each in same if not (facts.registration_code and each.registration_code)]
    return fits[0] if len(fits) == 1 else None


def _added(session: Session, facts: Facts) -> Organization:
    organization = Organization(**_columns(facts))
    session.add(organization)
    _flush(session)
    return organization


def edit(session: Session, actor: Actor, organization: Organization, facts: Facts) -> None:
    """Change what is written about an organization; raises `InvalidMany` with every fault at its field."""
    require(actor, Action.ORGANIZATION_EDIT, subject_of(organization))
    columns = _columns(checked(facts))
    changed = sorted(name for name, value in columns.items() if getattr(organization, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(organization, name, columns[name])
    _flush(session)
    if {"name", "name_en"} & set(changed):
        renamed(session, organization)
    subject = f"organization:{organization.id}"
    chain.record(session, actor, "organization.edited", subject, fields=changed)


def renamed(session: Session, organization: Organization) -> None:
    """Say that an organization has other names: where people are judged, they are compared anew."""
    now = clock.now(session)
    about = f"organization:{organization.id}"
    queue.announce(session, "organization.renamed", about, mark=now.isoformat(), at=now)


def remove_member(session: Session, actor: Actor, organization: Organization, user_id: int) -> None:
    """End a membership. The last representative stays, or nobody could speak for the organization."""
    require(actor, Action.ORGANIZATION_EDIT, subject_of(organization))
    begin_write(session)
    seats = session.scalars(
        sa.select(Membership).where(Membership.organization_id == organization.id).with_for_update()
    ).all()
    seat = next((each for each in seats if each.user_id == user_id), None)
    if seat is None:
        return
    if seat.representative and sum(each.representative for each in seats) == 1:
        raise Refused("last_representative")
    session.delete(seat)
    session.flush()
    grants.changed_ties(session, user_id, "ended")
    subject = f"organization:{organization.id}"
    chain.record(session, actor, "membership.ended", subject, user_id=user_id)


def aliases_of(session: Session, organization_id: int) -> Sequence[OrganizationAlias]:
    """Other names of an organization, the oldest first (one statement)."""
    mine = OrganizationAlias.organization_id == organization_id
    return session.scalars(sa.select(OrganizationAlias).where(mine).order_by(OrganizationAlias.id)).all()


def set_aliases(
    session: Session,
    actor: Actor,
    organization: Organization,
    names: Sequence[str],
    *,
    judges_blind: bool = False,
) -> None:
    """Let these be its other names, former ones above all; raises `Invalid("aliases", ...)`.

    Whoever `judges_blind` takes none away: named and taken back at will, it would say by which desk it shuts
    who entered what.
    """
    require(actor, Action.ORGANIZATION_EDIT, subject_of(organization))
    begin_write(session)
    wanted = {key: name.strip() for name in names if (key := name_key(name))}
    if len(wanted) > MOST_ALIASES:
        raise Invalid("aliases", "too_many_aliases", most=MOST_ALIASES)
    long = max((len(name) for name in wanted.values()), default=0)
    if long > NAME_LENGTH:
        raise Invalid("aliases", "too_long", length=long, most=NAME_LENGTH)
    known = {each.name_key: each for each in aliases_of(session, organization.id)}
    if known.keys() == wanted.keys():
        return
    if judges_blind and known.keys() - wanted.keys():
        raise Invalid("aliases", "alias_stays")
    for key in known.keys() - wanted.keys():
        session.delete(known[key])
    session.flush()
    for key in sorted(wanted.keys() - known.keys()):
        session.add(OrganizationAlias(organization_id=organization.id, name=wanted[key], name_key=key))
    session.flush()
    renamed(session, organization)
    subject = f"organization:{organization.id}"
    chain.record(session, actor, "organization.edited", subject, fields=["aliases"])


def by_ref(session: Session, ref: str) -> Organization:
    """One organization; raises NotFound."""
    found = session.scalar(sa.select(Organization).where(Organization.ref == ref))
    if found is None:
        raise NotFound
    return found


def by_id(session: Session, organization_id: int) -> Organization:
    """The same by its number."""
    found = session.get(Organization, organization_id)
    if found is None:
        raise NotFound
    return found


def checked(facts: Facts) -> Facts:
    """The same as it is kept; raises `InvalidMany` with every fault at its field."""
    faults: list[Invalid] = []
    name, name_en = facts.name.strip(), (facts.name_en or "").strip() or None
    if not name:
        faults.append(Invalid("name", "required"))
    faults += [
        Invalid(field, "too_long", most=most, length=len(text))
        for field, text, most in (
            ("name", name, NAME_LENGTH),
            ("name_en", name_en or "", NAME_LENGTH),
            ("profile", facts.profile, PROFILE_LENGTH),
            ("legal_representative", facts.legal_representative, PERSON_LENGTH),
        )
        if len(text) > most
    ]
    if facts.kind not in ORGANIZATION_KINDS:
        faults.append(Invalid("kind", "not_a_choice"))
    region = (regions.find(facts.region) or facts.region) if facts.region else None
    if region is not None and not regions.known(region):
        faults.append(Invalid("region", "region_unknown"))
    code = None
    try:
        code = registration.credit_code("registration_code", facts.registration_code or "")
    except Invalid as fault:
        faults.append(fault)
    if faults:
        raise InvalidMany(faults)
    person = facts.legal_representative.strip()
    return replace(
        facts, name=name, name_en=name_en, region=region, registration_code=code, legal_representative=person
    )


def _columns(facts: Facts) -> dict[str, str | None]:
    return {
        "name": facts.name,
        "name_en": facts.name_en,
        "kind": facts.kind,
        "region": facts.region,
        "registration_code": facts.registration_code,
        "profile": facts.profile,
        "legal_representative": facts.legal_representative,
    }


def _already_mine(session: Session, actor: Actor, facts: Facts) -> Organization | None:
    return session.scalar(
        sa.select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(
            Membership.user_id == actor.user_id,
            Organization.name == facts.name,
            Organization.registration_code.is_not_distinct_from(facts.registration_code),
        )
        .limit(1)
    )


def _flush(session: Session) -> None:
    # The unique column decides, not a look beforehand: two people may register one code at once.
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        if "registration_code" not in str(error.orig):
            raise
        raise Invalid("registration_code", "credit_code_taken") from None
