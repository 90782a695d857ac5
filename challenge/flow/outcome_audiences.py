"""Who is told what follows the results: those ruled out before, holders of certificates, of an offer anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.awards.anew_models import AnewOffer
from challenge.awards.certificate_models import AwardCertificate, AwardCertificateHolder
from challenge.awards.feedback_models import PhaseFeedback
from challenge.flow.audiences import Audience, Facts, Ids, organizers, team
from challenge.judging.models import Phase
from challenge.requirements.models import Requirement
from challenge.submissions.models import Submission, TeamMember

STOOD = ("submitted", "selected", "not_selected")


def feedback(session: Session, facts: Facts) -> dict[str, Any]:
    """Whether the organizer has released anything of the judging to the teams."""
    released = sa.exists().where(
        PhaseFeedback.phase_id == Phase.id,
        Phase.round_id == facts["round_id"],
        PhaseFeedback.released_at.is_not(None),
    )
    return {"released": bool(session.scalar(sa.select(released)))}


def ruled_out(facts: Facts) -> Ids:
    """Those whose only entries in the round were ruled out: they are told that it ended, and no more."""
    here = Submission.round_id == facts["round_id"]
    stood = _people(here, Submission.state.in_(STOOD))
    return _people(here, Submission.state == "ineligible").where(TeamMember.user_id.not_in(stood))


def certified(facts: Facts) -> Ids:
    """The people behind the entries that got certificates by one act of issuing."""
    issued = sa.select(AwardCertificate.submission_id).where(AwardCertificate.run_id == facts["run_id"])
    return _people(Submission.id.in_(issued))


def holders(facts: Facts) -> Ids:
    """Whose one certificate is: the member's alone, or everybody's in the team."""
    number = facts["award_certificate_id"]
    own = sa.select(AwardCertificateHolder.user_id).where(AwardCertificateHolder.certificate_id == number)
    mine = own.where(AwardCertificateHolder.user_id.is_not(None))
    of_team = sa.select(AwardCertificate.submission_id).where(
        AwardCertificate.id == number, AwardCertificate.subject.like("%/team")
    )
    return sa.union(mine, _people(Submission.id.in_(of_team)))


def offered_to(facts: Facts) -> Ids:
    """Who speaks for the seeker of the need, as long as the offer stands."""
    return (
        sa.select(Membership.user_id)
        .join(Requirement, Requirement.seeker_id == Membership.organization_id)
        .join(AnewOffer, AnewOffer.requirement_id == Requirement.id)
        .where(AnewOffer.id == facts["anew_offer_id"], AnewOffer.state == "offered")
        .where(Membership.representative.is_(True))
    )


def _people(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    members = sa.select(TeamMember.user_id).join(Submission, Submission.id == TeamMember.submission_id)
    return members.where(TeamMember.user_id.is_not(None), *conditions)


# event -> (template, audience), for the table of letters
ROWS: Mapping[str, tuple[tuple[str, Audience], ...]] = {
    "award_certificates.issued": (("award_certificates", certified),),
    "award_certificate.revoked": (("award_certificate_revoked", holders),),
    "anew.offered": (("anew_offered", offered_to),),
    "anew.interested": (("anew_interested", team), ("anew_answered", organizers)),
    "anew.declined": (("anew_answered", organizers),),
}
