"""What erasing a person would do, before it is done: what is in the way, what stays, why and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.models import Membership, Organization, User
from challenge.agreements.models import Agreement, AgreementParty
from challenge.agreements.signing_models import AgreementSignature
from challenge.awards.objection_models import Objection
from challenge.judging.models import Assignment, PanelJudge
from challenge.judging.models import Phase as JudgingPhase
from challenge.privacy import entries
from challenge.privacy.entries import Mine
from challenge.privacy.models import LegalHold
from challenge.requirements.face_models import NdaAcceptance
from challenge.requirements.models import Requirement
from challenge.rules.erasure import CONTRACT_YEARS, PROMISE_YEARS, years_later
from challenge.rules.lifecycles import READING


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays with the name on it, because it binds others too, until that day."""

    kind: str  # contract, promise, hold
    thing: str
    until: dt.date


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What has to be done first; `ref` leads to it."""

    kind: str  # entry, agreement, objection, cards, representative, administrator
    thing: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen."""

    entries: tuple[Mine, ...]
    kept: tuple[Kept, ...]
    first: tuple[InTheWay, ...]
    holds: tuple[LegalHold, ...]

    @property
    def emptied(self) -> int:
        """How many entries lose what they say."""
        return sum(not each.others and not each.signed for each in self.entries)

    @property
    def left(self) -> int:
        """How many stay with their team."""
        return sum(bool(each.others) for each in self.entries)


def foresee(session: Session, person: User, today: dt.date) -> Foreseen:
    """All of it, in a fixed number of statements."""
    mine = entries.of_person(session, person.id)
    holds = tuple(session.scalars(holding(person.id, today)))
    kept = (
        *(Kept("hold", each.reason, each.until) for each in holds),
        *_contracts(session, person.id, today),
        *_promises(session, person.id, today),
    )
    first = (
        *(InTheWay("entry", f"{each.code} {each.title}".strip(), each.ref) for each in mine if each.runs),
        *_agreements(session, person.id),
        *_objections(session, person.id),
        *_cards(session, person.id),
        *_seats(session, person),
    )
    return Foreseen(tuple(mine), kept, first, holds)


def holding(user_id: int, today: dt.date) -> sa.Select[LegalHold]:
    """The holds on a person that stand today."""
    stands = (LegalHold.user_id == user_id, LegalHold.lifted_at.is_(None), LegalHold.until >= today)
    return sa.select(LegalHold).where(*stands).order_by(LegalHold.until)


def _touched(user_id: int) -> sa.ColumnElement[bool]:
    party = sa.select(AgreementParty.agreement_id).where(AgreementParty.user_id == user_id)
    signed = sa.select(AgreementSignature.agreement_id).where(AgreementSignature.user_id == user_id)
    return sa.or_(Agreement.id.in_(party), Agreement.id.in_(signed))


def _contracts(session: Session, user_id: int, today: dt.date) -> list[Kept]:
    query = sa.select(Agreement).where(_touched(user_id), Agreement.signed_at.is_not(None))
    found = []
    for each in session.scalars(query.order_by(Agreement.id)):
        since = each.completed_at or each.signed_at
        if since is not None:
            until = years_later(since.date(), CONTRACT_YEARS)
            found.append(Kept("contract", f"{each.number or ''} {each.title}".strip(), max(until, today)))
    return found


def _promises(session: Session, user_id: int, today: dt.date) -> list[Kept]:
    query = (
        sa.select(NdaAcceptance.accepted_at, Requirement.number, Requirement.ref)
        .join(Requirement, Requirement.id == NdaAcceptance.requirement_id)
        .where(NdaAcceptance.user_id == user_id)
        .order_by(NdaAcceptance.id)
    )
    return [
        Kept("promise", number or ref, max(years_later(at.date(), PROMISE_YEARS), today))
        for at, number, ref in session.execute(query)
    ]


def _agreements(session: Session, user_id: int) -> list[InTheWay]:
    open_ = Agreement.state.in_(("draft", "in_signature"))
    query = sa.select(Agreement.number, Agreement.title, Agreement.ref).where(_touched(user_id), open_)
    return [
        InTheWay("agreement", f"{number or ''} {title}".strip(), ref)
        for number, title, ref in session.execute(query.order_by(Agreement.id))
    ]


def _objections(session: Session, user_id: int) -> list[InTheWay]:
    query = sa.select(Objection.ref).where(Objection.author_id == user_id, Objection.state == "filed")
    return [InTheWay("objection", ref, ref) for ref in session.scalars(query)]


def _cards(session: Session, user_id: int) -> list[InTheWay]:
    """A panel that counts on them: entries that they read in a phase that is not over."""
    open_ = sa.and_(Assignment.state.in_(READING), JudgingPhase.closed_at.is_(None))
    query = (
        sa.select(sa.func.count())
        .select_from(Assignment)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(JudgingPhase, JudgingPhase.id == Assignment.phase_id)
        .where(PanelJudge.user_id == user_id, open_, Assignment.state != "completed")
    )
    count = session.scalar(query) or 0
    return [InTheWay("cards", str(count))] if count else []


def _seats(session: Session, person: User) -> list[InTheWay]:
    """Nobody else would speak for it, or run the installation."""
    also = aliased(Membership)
    other = sa.exists().where(
        also.organization_id == Organization.id, also.representative.is_(True), also.user_id != person.id
    )
    query = (
        sa.select(Organization.name, Organization.ref)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == person.id, Membership.representative.is_(True), sa.not_(other))
    )
    found = [InTheWay("representative", name, ref) for name, ref in session.execute(query)]
    if person.admin:
        others = sa.select(User.id).where(User.admin.is_(True), User.active.is_(True), User.id != person.id)
        if session.scalar(others.limit(1)) is None:
            found.append(InTheWay("administrator", ""))
    return found
