"""What letters after the results speak of: a certificate that was revoked, a proposal offered anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import anew_reads
from challenge.awards.anew_models import AnewOffer
from challenge.awards.certificate_models import AwardCertificate
from challenge.rules import certificate_codes

Scene = dict[str, Any]


def _certificate(session: Session, certificate_id: int) -> Scene:
    found = session.get_one(AwardCertificate, certificate_id)
    return {"result": found, "code": certificate_codes.written(found.code)}


def _offer(session: Session, offer_id: int) -> Scene:
    """As its seeker reads it now: of an entry whose team took its word back there is nothing."""
    row = session.execute(sa.select(AnewOffer.ref, AnewOffer.reason).where(AnewOffer.id == offer_id)).one()
    return {"offered": anew_reads.released(session, row.ref), "why": row.reason or ""}


OUTCOMES: Mapping[str, Callable[[Session, Any], Scene]] = {
    "award_certificate_id": _certificate,
    "anew_offer_id": _offer,
}
