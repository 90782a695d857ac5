"""Reads of one agreement, for those who may: as it stands, and what it said under which number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.agreements import facts
from challenge.agreements.models import Agreement, AgreementVersion
from challenge.rules.agreements import Terms, told
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, Subject, require


@dataclass(frozen=True, slots=True)
class Read:
    """An agreement with its facts, at the time it was read."""

    agreement: Agreement
    subject: Subject
    now: dt.datetime

    @property
    def terms(self) -> Terms:
        """What its draft says; while it is no draft, what its last version says."""
        return told(self.agreement.terms)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a list: who proposed it for which side, and why."""

    number: int
    digest: str
    side: str
    note: str
    author: str | None
    created_at: dt.datetime


def by_ref(session: Session, actor: Actor, ref: str) -> Read:
    """An agreement that this person may read (four statements); raises NotAllowed, NotFound."""
    agreement, now = facts.by_ref_now(session, ref)
    subject = facts.subject_of(session, agreement, now)
    require(actor, Action.AGREEMENT_READ, subject)
    return Read(agreement, subject, now)


def versions(session: Session, agreement: Agreement) -> list[VersionRow]:
    """Its versions, the newest first (one statement)."""
    named = sa.func.coalesce(sa.func.nullif(User.name, ""), User.email)
    query = (
        sa.select(
            *(AgreementVersion.number, AgreementVersion.digest, AgreementVersion.side),
            *(AgreementVersion.note, named, AgreementVersion.created_at),
        )
        .outerjoin(User, User.id == AgreementVersion.author_id)
        .where(AgreementVersion.agreement_id == agreement.id)
        .order_by(AgreementVersion.number.desc())
    )
    return [VersionRow(*row) for row in session.execute(query)]


def terms_of(session: Session, agreement: Agreement, *numbers: int) -> list[Terms]:
    """What these versions say, in this order (one statement); raises NotFound where one is missing."""
    query = sa.select(AgreementVersion.number, AgreementVersion.terms).where(
        AgreementVersion.agreement_id == agreement.id, AgreementVersion.number.in_(numbers)
    )
    found = {row[0]: row[1] for row in session.execute(query)}
    if not set(numbers) <= set(found):
        raise NotFound
    return [told(found[number]) for number in numbers]
