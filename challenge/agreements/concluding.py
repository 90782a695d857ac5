"""What the last signature does: all of it signed, the need agreed on, the parties tied, the whole sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from challenge.agreements import laying
from challenge.agreements.facts import Held
from challenge.agreements.models import Agreement, AgreementParty, AgreementVersion
from challenge.agreements.signing_models import AgreementRecord, AgreementSignature
from challenge.audit import statements
from challenge.audit.chain import Head, instant_text
from challenge.audit.keys import keyring
from challenge.rules import signing as rules
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.agreements import Terms, told
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.signing import Bound
from challenge.ties import services as ties


def conclude(session: Session, held: Held, terms: Terms) -> bool:
    """All have signed: everything that follows in this very transaction. The caller records it.

    Whether the need was agreed on by it.
    """
    agreement = held.agreement
    agreement.state = AGREEMENT.step(agreement.state, "sign")
    agreement.signed_at = agreement.updated_at = held.now
    agreed = terms.contract and _agreed(session, agreement)
    session.flush()
    laying.lay_out(session, agreement, terms, held.now)
    _tie(session, agreement, terms, held.now.astimezone(ZoneInfo(agreement.requirement.round.zone)).date())
    return agreed


def seal(
    session: Session,
    held: Held,
    version: AgreementVersion,
    signed: Sequence[AgreementSignature],
    head: Head,
) -> None:
    """Sign the whole: the terms themselves with every signature, so that a paper proves itself."""
    agreement = held.agreement
    parts = [each.document for each in sorted(signed, key=lambda each: each.id)]
    said = rules.record(bound(held, version), told(version.terms), instant_text(held.now), parts)
    said["audit"] = {"chain": head.chain, "seq": head.seq, "hash": head.hash}
    session.add(
        AgreementRecord(
            agreement_id=agreement.id,
            version=version.number,
            digest=version.digest,
            document=statements.sign(keyring(), said),
            created_at=held.now,
        )
    )
    session.flush()


def bound(held: Held, version: AgreementVersion) -> Bound:
    """What is signed, as statements name it."""
    return Bound(held.agreement.ref, held.agreement.number or "", version.number, version.digest)


def _agreed(session: Session, agreement: Agreement) -> bool:
    """A contract settles the need; one that is settled already, or was withdrawn, stays as it is."""
    need = agreement.requirement
    # Read anew under its lock: another contract may have been ended since, and have left it failed.
    session.refresh(need, ["state"], with_for_update=True)
    if not REQUIREMENT.allows(need.state, "agree"):
        return False
    need.state = REQUIREMENT.step(need.state, "agree")
    return True


def _tie(session: Session, agreement: Agreement, terms: Terms, today: dt.date) -> None:
    """Who has agreed on something is tied, as long as it lasts and, for judging, three years longer."""
    until = max(terms.ends_on, today) if terms.ends_on is not None else None
    for one, other in combinations(agreement.parties, 2):
        ends = _ends(one, other)
        if ends is not None:
            ties.record(session, "agreement", **ends, since=today, until=until)


def _ends(one: AgreementParty, other: AgreementParty) -> dict[str, int] | None:
    """The two ends as a tie has them; none of a party that is gone, or where both are the same."""
    organizations = [each.organization_id for each in (one, other) if each.organization_id is not None]
    people = [each.user_id for each in (one, other) if each.user_id is not None]
    if len(organizations) + len(people) < 2 or len({*organizations}) + len({*people}) < 2:
        return None
    found = dict(zip(("organization_id", "other_organization_id"), sorted(organizations), strict=False))
    return found | dict(zip(("person_id", "other_id"), sorted(people), strict=False))
