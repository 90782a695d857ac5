"""Lists of plain addresses that a programme may write to, each with the reason why it may."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.distribution.models import Contact, ContactList, Recipient
from challenge.distribution.recipients import Address, batches, ensure
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, Actor, Subject, require

NAME_LENGTH, CONSENT_LENGTH = 80, 500
MOST_LINES = 10_000
MOST_FAULTS = 20
_PHONE = re.compile(r"\+?\d[\d -]{5,19}")


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list with how many it holds, and how many of them cannot be written to now."""

    id: int
    ref: str
    name: str
    consent: str
    count: int
    failed: int
    left: int


def subject_of(programme: Programme) -> Subject:
    """The facts of a programme that the permission table asks for."""
    return Subject(kind="programme", programme_id=programme.id, host_id=programme.host_id)


def create(
    session: Session, actor: Actor, programme: Programme, name: str, consent: str, lines: str
) -> ContactList:
    """A list under a name that is new in the programme, with a note why these may be written to.

    Sent twice it is one list. Raises `InvalidMany`, `Invalid`.
    """
    require(actor, Action.CONTACTS_EDIT, subject_of(programme))
    name, consent = name.strip(), consent.strip()
    faults = [
        *_text("name", name, NAME_LENGTH),
        *_text("consent", consent, CONSENT_LENGTH),
    ]
    if faults:
        raise InvalidMany(faults)
    found = read_lines(lines)
    begin_write(session)
    session.scalar(sa.select(Programme.id).where(Programme.id == programme.id).with_for_update())
    same = (ContactList.programme_id == programme.id, ContactList.name == name)
    known = session.scalar(sa.select(ContactList).where(*same))
    if known is not None and known.author_id != actor.user_id:
        raise Invalid("name", "name_taken")
    made = known or ContactList(
        programme_id=programme.id, name=name, consent=consent, author_id=actor.user_id
    )
    session.add(made)
    session.flush()
    added = _add(session, made, found)
    if known is None or added:
        chain.record(session, actor, "contacts.added", f"contact_list:{made.id}", count=str(added))
    return made


def _text(field: str, text: str, most: int) -> list[Invalid]:
    if not text:
        return [Invalid(field, "required")]
    return [Invalid(field, "too_long", most=most, length=len(text))] if len(text) > most else []


def read_lines(lines: str) -> list[Address]:
    """Addresses as pasted, one a line: `a@b.cn` or `Name <a@b.cn>`, then maybe `, +86 139...` and `, en`.

    Raises `InvalidMany` naming the lines that are none, and writes nothing then.
    """
    found: list[Address] = []
    faults: list[Invalid] = []
    for number, line in enumerate(lines.splitlines(), start=1):
        if line.strip():
            try:
                found.append(_line(line))
            except Invalid:
                faults.append(Invalid("lines", "line_not_an_address", number=number, line=line.strip()[:80]))
    if len(found) > MOST_LINES:
        raise Invalid("lines", "too_many_rows", most=MOST_LINES)
    if not found and not faults:
        raise Invalid("lines", "required")
    if faults:
        raise InvalidMany(faults[:MOST_FAULTS])
    return found


def _line(line: str) -> Address:
    first, *rest = (part.strip() for part in re.split(r"[,，\t;；]", line))
    name, address = parseaddr(first)
    locale = next((f"{each}" for each in rest if each in ("zh", "en")), None)
    phone = next((each for each in rest if _PHONE.fullmatch(each)), "")
    spoken = {"zh": "zh_CN", "en": "en_US", None: None}[locale]
    return Address(addresses.normal("lines", address or first), name[:120], spoken, phone)


def _add(session: Session, made: ContactList, found: Sequence[Address]) -> int:
    ids, now = ensure(session, found), clock.now(session)
    count = 0
    for part in batches(ids):
        rows = [{"list_id": made.id, "recipient_id": each, "created_at": now} for each in part]
        new = insert_into(session, Contact).values(rows).on_conflict_do_nothing().returning(Contact.id)
        count += len(session.scalars(new).all())
    return count


def remove(session: Session, actor: Actor, programme: Programme, ref: str) -> None:
    """Take a list away. What was sent to its addresses stays on record."""
    require(actor, Action.CONTACTS_EDIT, subject_of(programme))
    found = session.scalar(
        sa.select(ContactList).where(ContactList.ref == ref, ContactList.programme_id == programme.id)
    )
    if found is None:
        raise NotFound
    list_id = found.id
    session.delete(found)
    session.flush()
    chain.record(session, actor, "contacts.removed", f"contact_list:{list_id}")


def lists(session: Session, programme_id: int) -> list[ListRow]:
    """The programme's lists by name (one statement)."""
    query = (
        sa.select(
            *(ContactList.id, ContactList.ref, ContactList.name, ContactList.consent),
            *(sa.func.count(Recipient.id), sa.func.count(Recipient.failed_at)),
            sa.func.count(Recipient.unsubscribed_at),
        )
        .outerjoin(Contact, Contact.list_id == ContactList.id)
        .outerjoin(Recipient, Recipient.id == Contact.recipient_id)
        .where(ContactList.programme_id == programme_id)
        .group_by(ContactList.id)
        .order_by(ContactList.name)
    )
    return [ListRow(*row) for row in session.execute(query)]
