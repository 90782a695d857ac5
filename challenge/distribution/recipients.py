"""From people, organizations, lists and plain addresses to recipients: one row for each address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, User
from challenge.base import clock
from challenge.base.db import insert_into
from challenge.base.ids import new_ref
from challenge.distribution.models import MOST_A_MONTH, Contact, ContactList, Recipient

BATCH = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Address:
    """An address with what is known of its owner."""

    address: str
    name: str = ""
    locale: str | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to send to. What recommends somebody (matching) puts people and organizations here as well."""

    people: frozenset[int] = field(default_factory=frozenset)
    organizations: frozenset[int] = field(default_factory=frozenset)
    lists: frozenset[int] = field(default_factory=frozenset)
    addresses: tuple[Address, ...] = ()
    recipients: frozenset[int] = field(default_factory=frozenset)


def of_choice(session: Session, choice: Choice, programme_id: int) -> list[int]:
    """The recipients' ids, each once; those without a row get one. Lists of others are passed by."""
    representatives = sa.select(Membership.user_id).where(
        Membership.organization_id.in_(choice.organizations), Membership.representative
    )
    people = [*choice.people, *(session.scalars(representatives) if choice.organizations else ())]
    found = set(of_people(session, people)) | set(choice.recipients)
    found |= set(ensure(session, choice.addresses))
    if choice.lists:
        mine = sa.select(ContactList.id).where(
            ContactList.id.in_(choice.lists), ContactList.programme_id == programme_id
        )
        found |= set(session.scalars(sa.select(Contact.recipient_id).where(Contact.list_id.in_(mine))))
    return sorted(found)


def of_people(session: Session, user_ids: Sequence[int]) -> list[int]:
    """The recipients of people with confirmed accounts, made where they are missing."""
    found: list[int] = []
    for part in batches(sorted(set(user_ids))):
        rows = session.execute(sa.select(Recipient.user_id, Recipient.id).where(Recipient.user_id.in_(part)))
        known = {row[0]: row[1] for row in rows}
        new = [each for each in part if each not in known]
        people = session.scalars(
            sa.select(User).where(User.id.in_(new), User.active.is_(True), User.confirmed_at.is_not(None))
        )
        found += [*known.values(), *ensure(session, [_of_user(each) for each in people])]
    return found


def _of_user(person: User) -> Address:
    return Address(person.email, person.name, person.locale)


def ensure(session: Session, addresses: Sequence[Address]) -> list[int]:
    """The recipients of these addresses, spelled as kept; an address with an account is its owner's."""
    now = clock.now(session)
    found: list[int] = []
    unique = list({each.address: each for each in addresses}.values())
    for part in batches(unique):
        names = [each.address for each in part]
        confirmed = User.email.in_(names) & User.confirmed_at.is_not(None)
        owners = {row[0]: row[1] for row in session.execute(sa.select(User.email, User.id).where(confirmed))}
        rows = [_row(each, owners.get(each.address), now) for each in part]
        session.execute(insert_into(session, Recipient).values(rows).on_conflict_do_nothing())
        found += session.scalars(sa.select(Recipient.id).where(Recipient.address.in_(names)))
        _give_to_owners(session, names)
    return found


def _give_to_owners(session: Session, addresses: Sequence[str]) -> None:
    """Addresses that were plain ones when they came in, and have an account meanwhile."""
    owner = sa.select(User.id).where(User.email == Recipient.address, User.confirmed_at.is_not(None))
    plain = sa.and_(Recipient.address.in_(addresses), Recipient.user_id.is_(None), owner.exists())
    session.execute(
        sa.update(Recipient)
        .where(plain)
        .values(user_id=owner.scalar_subquery())
        .execution_options(synchronize_session=False)
    )


def _row(each: Address, user_id: int | None, now: dt.datetime) -> dict[str, object]:
    return {
        "ref": new_ref(),
        "address": each.address,
        "name": each.name,
        "locale": each.locale,
        "user_id": user_id,
        "elsewhere": {"sms": each.phone} if each.phone else {},
        "most": MOST_A_MONTH,
        "created_at": now,
    }


def batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """The items in parts of this size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def accounts(session: Session, emails: Sequence[str]) -> dict[str, int]:
    """Address -> the person with a confirmed account under it, of those asked for (one statement)."""
    query = sa.select(User.email, User.id).where(
        User.email.in_(emails), User.active.is_(True), User.confirmed_at.is_not(None)
    )
    return {row[0]: row[1] for row in session.execute(query)}
