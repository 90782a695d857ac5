"""An agreement proposed: its draft frozen as a version, numbered, and put to the other parties."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import facts, trail
from challenge.agreements.models import Agreement, AgreementVersion, AgreementYear
from challenge.base.db import insert_into
from challenge.rules import agreement_checks, agreement_texts
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.agreements import Terms, digest, told, written
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor

NOTE_LENGTH = 500


def propose(session: Session, actor: Actor, ref: str, seen: int, note: str = "") -> Agreement:
    """Freeze the draft and put it to signature; the same terms as the last version are no new version.

    Sent twice it is proposed once. Raises InvalidMany with what the terms lack, WrongState `party_unbound`
    where nobody acts for a side, `changed_meanwhile` on a stale page.
    """
    held = facts.enter(session, actor, ref, Action.AGREEMENT_PROPOSE)
    agreement, now = held.agreement, held.now
    if agreement.state == "in_signature" and agreement.draft_version == seen:
        return agreement
    state = AGREEMENT.step(agreement.state, "propose")
    if agreement.draft_version != seen:
        raise WrongState("changed_meanwhile", at=agreement.updated_at)
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise Invalid("note", "too_long", most=NOTE_LENGTH, length=len(note))
    terms = told(agreement.terms)
    faults = [*agreement_checks.faults(terms), *agreement_checks.missing(terms)]
    if faults:
        raise InvalidMany(faults)
    if any(each.organization_id is None and each.user_id is None for each in agreement.parties):
        raise WrongState("party_unbound")
    version = _version(session, actor, agreement, frozen(terms), note, now)
    agreement.number = agreement.number or _next_number(session, now, agreement)
    agreement.state, agreement.version, agreement.updated_at = state, version.number, now
    session.flush()
    trail.announce(session, actor, "agreement.proposed", agreement, now, agreement.draft_version)
    trail.record(
        session, actor, "agreement.proposed", agreement, now, version=version.number, sha256=version.digest
    )
    return agreement


def frozen(terms: Terms) -> Terms:
    """The terms as a version says them: every field in the clauses filled in."""
    return replace(
        terms, clauses=agreement_texts.filled(terms.clauses, agreement_texts.values_of(terms)).strip()
    )


def _version(
    session: Session, actor: Actor, agreement: Agreement, terms: Terms, note: str, now: dt.datetime
) -> AgreementVersion:
    """The last version where it says the same, else a new one."""
    last = session.scalar(
        sa.select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement.id)
        .order_by(AgreementVersion.number.desc())
        .limit(1)
    )
    seal = digest(terms)
    if last is not None and last.digest == seal:
        return last
    made = AgreementVersion(
        agreement_id=agreement.id,
        number=(last.number if last else 0) + 1,
        terms=written(terms),
        digest=seal,
        side=facts.side_of(agreement, actor) or "organizer",
        note=note,
        author_id=actor.user_id,
        created_at=now,
    )
    session.add(made)
    return made


def _next_number(session: Session, now: dt.datetime, agreement: Agreement) -> str:
    """The next number of the year; whoever asks at the same time waits until this transaction has ended."""
    year = now.astimezone(ZoneInfo(agreement.requirement.round.zone)).year
    put = insert_into(session, AgreementYear).values(year=year, last=1)
    add = put.on_conflict_do_update(index_elements=["year"], set_={"last": AgreementYear.last + 1})
    return f"A-{year}-{session.scalars(add.returning(AgreementYear.last)).one():03d}"
