"""What follows the results, for the table of letters: certificates, a proposal offered anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from challenge.awards.anew_models import AnewConsent, AnewOffer
from challenge.awards.certificate_models import AwardCertificate, CertificateRun
from challenge.base import clock

if TYPE_CHECKING:
    from tests.messages.world import World

TEAM = "winner teammate"
# event -> template -> who, for the table of letters
OUTCOMES: dict[str, dict[str, str]] = {
    "award_certificates.issued": {"award_certificates": TEAM},
    "award_certificate.revoked": {"award_certificate_revoked": TEAM},
    "anew.offered": {"anew_offered": "representative"},
    "anew.interested": {"anew_interested": TEAM, "anew_answered": "organizer host_organizer"},
    "anew.declined": {"anew_answered": "organizer host_organizer"},
}


def outcome(world: World, kind: str) -> dict[str, Any]:
    """What goes along with an event about one of them."""
    return offered(world) if kind == "anew" else certified(world)


def certified(world: World) -> dict[str, Any]:
    """The team has a certificate, which was revoked."""
    now, db, entry = clock.now(world.db), world.db, world.submission
    run = CertificateRun(round_id=world.round.id, kinds=["participation"], created_at=now)
    db.add(run)
    db.flush()
    made = AwardCertificate(
        code=f"AAAAAAAAAA{run.id + 1}",
        run_id=run.id,
        round_id=world.round.id,
        submission_id=entry.id,
        kind="participation",
        subject=f"participation:{entry.id}/team",
        issued_at=now,
        document={},
        revoked_at=now,
        revoke_reason="Issued twice.",
    )
    db.add(made)
    db.flush()
    return {"run_id": run.id, "award_certificate_id": made.id, "submission_id": entry.id}


def offered(world: World) -> dict[str, Any]:
    """The entry is offered for its own need: that a letter goes out is what is looked at."""
    db, entry, now = world.db, world.submission, clock.now(world.db)
    key = {"submission_id": entry.id, "requirement_id": world.requirement.id}
    made = db.scalar(sa.select(AnewOffer).filter_by(**key))
    if made is None:
        made = AnewOffer(**key, created_at=now)
        db.add_all([made, AnewConsent(submission_id=entry.id, part="whole", named=False, decided_at=now)])
        db.flush()
    return {"anew_offer_id": made.id, **key}
