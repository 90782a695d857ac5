"""Signatures read: who has signed what is in force, who is waited for; and all of them falling at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.agreements.models import Agreement, AgreementParty, AgreementVersion
from challenge.agreements.signing_models import AgreementRecord, AgreementSignature, SigningFile
from challenge.files import derivatives
from challenge.files.derivatives import WAITING, Derived
from challenge.rules import signing as rules
from challenge.rules.agreements import SIDES
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, Subject, can
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Place:
    """One side's place under the agreement: signed, or waited for. `mine`: the reader may sign for it."""

    side: str
    name: str  # of the party, as its account says
    signature: AgreementSignature | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Block:
    """The signatures of an agreement as a reader finds them."""

    places: tuple[Place, ...]
    fallen: tuple[AgreementSignature, ...]  # the newest first
    record: AgreementRecord | None
    may_sign: bool  # there is a side that this reader can sign for now
    may_scan: bool  # or a scan to be put forward


def standing(session: Session, agreement: Agreement) -> Sequence[AgreementSignature]:
    """The signatures that stand, in the order in which they were given (one statement)."""
    query = _of(agreement).where(AgreementSignature.fallen_at.is_(None)).order_by(AgreementSignature.id)
    return session.scalars(query).all()


def block(session: Session, agreement: Agreement, actor: Actor, subject: Subject) -> Block:
    """What stands under an agreement, for its page (two statements). Its parties are loaded."""
    found = session.scalars(_of(agreement).order_by(AgreementSignature.id.desc())).all()
    signed = {each.side: each for each in found if each.fallen_at is None}
    mine = sides_of(agreement, actor)
    free = actor.user_id not in {each.user_id for each in signed.values()}
    open_ = agreement.state == "in_signature"
    return Block(
        places=tuple(
            Place(
                party.side,
                party.organization.name if party.organization else party.user.name if party.user else "",
                signed.get(party.side),
                party.side in mine,
            )
            for party in sorted(agreement.parties, key=lambda each: SIDES.index(each.side))
        ),
        fallen=tuple(each for each in found if each.fallen_at is not None),
        record=record_of(session, agreement),
        may_sign=open_ and free and bool(set(mine) - set(signed)),
        may_scan=open_ and can(actor, Action.AGREEMENT_SCAN, subject),
    )


def version_of(session: Session, agreement: Agreement) -> AgreementVersion:
    """The version in force (one statement); raises NotFound where none was ever proposed."""
    query = sa.select(AgreementVersion).where(
        AgreementVersion.agreement_id == agreement.id, AgreementVersion.number == agreement.version
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def record_of(session: Session, agreement: Agreement) -> AgreementRecord | None:
    """What all have signed, as one document (one statement); none as long as somebody has not."""
    return session.get(AgreementRecord, agreement.id) if agreement.signed_at is not None else None


def scan(session: Session, ref: str, agreement_id: int) -> SigningFile:
    """A scan that was put forward for an agreement (one statement); raises NotFound."""
    which = (SigningFile.ref == ref, SigningFile.agreement_id == agreement_id, SigningFile.kind == "scan")
    found = session.scalar(sa.select(SigningFile).where(*which))
    if found is None:
        raise NotFound
    return found


def sides_of(agreement: Agreement, actor: Actor) -> tuple[str, ...]:
    """All sides that this person may sign for. The parties are loaded."""
    return tuple(
        each.side
        for each in agreement.parties
        if (each.user_id is not None and each.user_id == actor.user_id)
        or (each.organization_id is not None and each.organization_id in actor.represents)
    )


def files_of(session: Session, agreement: Agreement) -> list[tuple[SigningFile, Derived]]:
    """What was uploaded to sign the version in force with, the newest first (two statements)."""
    query = sa.select(SigningFile).where(
        SigningFile.agreement_id == agreement.id, SigningFile.version == agreement.version
    )
    found = session.scalars(query.order_by(SigningFile.id.desc())).all()
    made = derivatives.of(session, {each.sha256 for each in found})
    return [(each, made.get(each.sha256, WAITING)) for each in found]


def drop(session: Session, agreement: Agreement, now: dt.datetime) -> int:
    """The terms are changed: whatever was signed falls, and everybody is told; how many fell.

    For the verb that opens the terms, which holds the agreement's row, has asked who may, counted its draft
    up, and records it.
    """
    fall = (
        sa.update(AgreementSignature)
        .where(AgreementSignature.agreement_id == agreement.id, AgreementSignature.fallen_at.is_(None))
        .values(fallen_at=now)
        .execution_options(synchronize_session="fetch")
    )
    count: int = session.execute(fall).rowcount  # type: ignore[attr-defined]
    if count:
        ids = {"agreement_id": agreement.id, "requirement_id": agreement.requirement_id}
        about = f"agreement:{agreement.id}"
        queue.announce(
            session, "agreement.signatures_fell", about, mark=agreement.draft_version, at=now, **ids
        )
    return count


def unsigned(agreement_id: int) -> sa.CompoundSelect[int]:
    """Ids of those who act for a side that has not signed."""
    signed = sa.select(AgreementSignature.side).where(
        AgreementSignature.agreement_id == agreement_id, AgreementSignature.fallen_at.is_(None)
    )
    late = sa.and_(AgreementParty.agreement_id == agreement_id, AgreementParty.side.not_in(signed))
    speakers = (
        sa.select(Membership.user_id)
        .join(AgreementParty, AgreementParty.organization_id == Membership.organization_id)
        .where(late, Membership.representative)
    )
    return sa.union(
        speakers, sa.select(AgreementParty.user_id).where(late, AgreementParty.user_id.is_not(None))
    )


def waiting(agreement: Agreement, signed: Sequence[AgreementSignature]) -> tuple[str, ...]:
    """The sides that have not signed."""
    return rules.waiting([each.side for each in agreement.parties], [each.side for each in signed])


def _of(agreement: Agreement) -> sa.Select[AgreementSignature]:
    return sa.select(AgreementSignature).where(AgreementSignature.agreement_id == agreement.id)
