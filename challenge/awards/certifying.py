"""Certificates of a round's results: issued once they are out, revoked, wished for by members, unnamed.

The organizer issues them by an act of their own, never by itself: what is signed stands in their name, and
whether finalists and participants get one is theirs to say. Again, it is for those alone who have none.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.people import NAME_LENGTH
from challenge.audit import chain, holders, statements
from challenge.audit.chain import Entry, instant_text
from challenge.audit.keys import keyring
from challenge.awards import certificate_due, certificate_reads, queries
from challenge.awards.certificate_due import Due
from challenge.awards.certificate_models import (
    KINDS,
    AwardCertificate,
    AwardCertificateHolder,
    CertificateRun,
    CertificateWish,
)
from challenge.base.ids import new_token
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules import certificate_codes
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.holding import Held, hold
from challenge.tasks import queue

KIND = "challenge-award-certificate/1"
REASON = 500
PART = 500  # rows of one statement


def issue(session: Session, actor: Actor, round_id: int, kinds: Collection[str] = ("award",)) -> int:
    """A certificate for each award and holder that has none, of these kinds; how many they are.

    Raises WrongState("certificates_early"), and Invalid("kinds") for what is no kind.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_CERTIFY, rounds.subject_of(held.round, held.now))
    if not set(kinds) <= set(KINDS):
        raise Invalid("kinds", "not_a_choice")
    notice = queries.notice(session, round_id)
    if notice is None or notice.published_at is None:
        raise WrongState("certificates_early")
    found = certificate_due.due(session, round_id, kinds)
    if not found:
        return 0
    run = CertificateRun(round_id=round_id, kinds=sorted(kinds), author_id=actor.user_id, created_at=held.now)
    session.add(run)
    session.flush()
    made = _keep(session, actor, held, run.id, found)
    subject = f"certificate_run:{run.id}"
    queue.announce(
        session, "award_certificates.issued", subject, at=held.now, round_id=round_id, run_id=run.id
    )
    pairs = zip(made, found, strict=True)
    entries = [_entry(actor, held, each, due.requirement_id) for each, due in pairs]
    chain.record_many(session, entries, at=held.now)
    return len(made)


def _keep(
    session: Session, actor: Actor, held: Gate, run_id: int, found: Sequence[Due]
) -> list[AwardCertificate]:
    """The certificates, then their holders, each in one statement for many."""
    salts = [new_token() for _ in found]
    codes = [certificate_codes.drawn(secrets.choice) for _ in found]
    made = [
        AwardCertificate(
            code=code,
            run_id=run_id,
            round_id=held.round.id,
            submission_id=each.submission_id,
            award_id=each.award_id,
            kind=each.kind,
            subject=each.subject,
            issued_at=held.now,
            author_id=actor.user_id,
            document=statements.sign(keyring(), _statement(held, each, code, salt)),
        )
        for each, code, salt in zip(found, codes, salts, strict=True)
    ]
    session.add_all(made)
    session.flush()
    session.add_all(
        AwardCertificateHolder(certificate_id=one.id, user_id=each.user_id, name=each.name, salt=salt)
        for one, each, salt in zip(made, found, salts, strict=True)
    )
    session.flush()
    return made


def _statement(held: Gate, each: Due, code: str, salt: str) -> dict[str, Any]:
    round_ = held.round
    return {
        "kind": KIND,
        "code": code,
        "round": {"slug": round_.slug, "title_zh": round_.title_zh, "title_en": round_.title_en},
        **each.said,
        "zone": round_.zone,
        "issued_at": instant_text(held.now),
        "holder_sha256": holders.digest(each.name, salt),
    }


def _entry(actor: Actor, held: Gate, made: AwardCertificate, requirement_id: int | None) -> Entry:
    """The line of one certificate: about its award where it has one, else about the entry."""
    thing = f"award:{made.award_id}" if made.award_id is not None else f"submission:{made.submission_id}"
    sha256 = statements.digest(made.document["statement"])
    detail = {"certificate_id": made.id, "of": made.kind, "sha256": sha256, **_of(requirement_id)}
    return Entry(chain.round_chain(held.round.id), actor, "award_certificate.issued", thing, detail)


def revoke(session: Session, actor: Actor, code: str, reason: str) -> AwardCertificate:
    """From now on its page says so, with the day and without the reason. Twice is once."""
    held = gate.hold(session, certificate_reads.round_of(session, code), exclusive=True)
    require(actor, Action.AWARD_CERTIFY, rounds.subject_of(held.round, held.now))
    found = certificate_reads.by_code(session, code)
    if found.revoked_at is not None:
        return found
    plain = reason.strip()
    if not plain:
        raise Invalid("reason", "required")
    if len(plain) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(plain))
    found.revoked_at, found.revoke_reason, found.revoked_by = held.now, plain, actor.user_id
    session.flush()
    ids = {"award_certificate_id": found.id, "submission_id": found.submission_id}
    thing = f"award_certificate:{found.id}"
    queue.announce(session, "award_certificate.revoked", thing, at=held.now, round_id=held.round.id, **ids)
    _record(session, actor, "award_certificate.revoked", found, held.now)
    return found


def unname(session: Session, actor: Actor, code: str) -> None:
    """Take my name off, or the team's as its owner: verified still, and nobody learns whose it is."""
    held = gate.hold(session, certificate_reads.round_of(session, code), exclusive=True)
    found = certificate_reads.by_code(session, code)
    require(actor, Action.AWARD_CERTIFICATE_UNNAME, certificate_reads.subject_of(session, found, held.now))
    mine = AwardCertificateHolder.certificate_id == found.id
    session.execute(sa.delete(AwardCertificateHolder).where(mine))
    session.flush()
    _record(session, actor, "award_certificate.unnamed", found, held.now)


def wish(session: Session, actor: Actor, ref: str, name: str) -> None:
    """A certificate in my own name beside the team's, wherever my entry gets one; the same again is once.

    What was issued under another name before stays as it was signed.
    """
    held = hold(session, ref)
    held.permit(actor, Action.AWARD_CERTIFICATE_WISH)
    plain = name.strip()
    if not plain:
        raise Invalid("name", "required")
    if len(plain) > NAME_LENGTH:
        raise Invalid("name", "too_long", most=NAME_LENGTH, length=len(plain))
    mine = {"submission_id": held.submission.id, "user_id": actor.user_id}
    row = session.get(CertificateWish, mine)
    if row is not None and row.name == plain:
        return
    if row is None:
        row = CertificateWish(**mine, created_at=held.now)
        session.add(row)
    row.name = plain
    session.flush()
    _told(session, actor, "award_certificate.wished", held)


def unwish(session: Session, actor: Actor, ref: str) -> None:
    """None in my own name from now on; what was issued stays until its name is taken off."""
    held = hold(session, ref)
    held.permit(actor, Action.AWARD_CERTIFICATE_WISH)
    row = session.get(CertificateWish, {"submission_id": held.submission.id, "user_id": actor.user_id})
    if row is None:
        return
    session.delete(row)
    session.flush()
    _told(session, actor, "award_certificate.unwished", held)


def _told(session: Session, actor: Actor, action: str, held: Held) -> None:
    thing, need = f"submission:{held.submission.id}", _of(held.submission.requirement_id)
    where = chain.round_chain(held.gate.round.id)
    chain.record(session, actor, action, thing, chain=where, at=held.now, **need)


def _record(session: Session, actor: Actor, action: str, found: AwardCertificate, now: dt.datetime) -> None:
    thing = f"award:{found.award_id}" if found.award_id is not None else f"submission:{found.submission_id}"
    said = {"certificate_id": found.id, **_of(found.submission.requirement_id)}
    chain.record(session, actor, action, thing, chain=chain.round_chain(found.round_id), at=now, **said)


def _of(requirement_id: int | None) -> dict[str, int]:
    """The need that it is about, by which its whole course is found."""
    return {} if requirement_id is None else {"requirement": requirement_id}
