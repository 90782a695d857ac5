"""A judged round whose results are out: the first place has a prize, the others were not selected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards import anew
from challenge.awards.anew import Consent
from challenge.awards.anew_models import AnewOffer, AnewSearch
from challenge.awards.certificate_models import AwardCertificate
from challenge.awards.models import Award, Notice
from challenge.base import clock
from challenge.requirements.models import Requirement
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission, TeamMember, Version
from tests.awards.stories import Judged, judged_round
from tests.factories import RequirementFactory, RoundFactory, UserFactory, actor_of

SUMMARY = "Lithium iron phosphate black mass is leached selectively, and lithium carbonate comes out."


def out(db: Session, places: tuple[int | None, ...] = (1, 2, 3), needs: int = 1) -> Judged:
    """As publication leaves it, whatever leads there: one award, every other entry not selected."""
    judged = judged_round(db, places, needs)
    now = clock.now(db)
    db.add(
        Notice(
            round_id=judged.round.id,
            starts_at=now - dt.timedelta(days=6),
            ends_at=now - dt.timedelta(days=1),
            published_at=now,
        )
    )
    first, *others = judged.entries
    first.state, first.team_name = "selected", "Kestrel Lab"
    for each in others:
        each.state = "not_selected"
    db.add(
        Award(
            round_id=judged.round.id,
            prize_id=judged.places.id,
            submission_id=first.id,
            state="confirmed",
            created_at=now,
            confirmed_at=now,
        )
    )
    db.flush()
    return judged


def owner_of(db: Session, entry: Submission) -> User:
    """Who speaks for an entry."""
    return db.get_one(User, entry.owner_id)


def joins(db: Session, entry: Submission, name: str) -> User:
    """One more in the team of an entry."""
    person = UserFactory(name=name)
    db.add(
        TeamMember(
            submission_id=entry.id,
            user_id=person.id,
            email=person.email,
            name=name,
            created_at=clock.now(db),
        )
    )
    db.flush()
    return person


def issued(db: Session, round_id: int) -> list[AwardCertificate]:
    """All of a round, in their order."""
    query = sa.select(AwardCertificate).where(AwardCertificate.round_id == round_id)
    return list(db.scalars(query.order_by(AwardCertificate.id)))


def similar(db: Session, entry: Submission, **given: object) -> tuple[Requirement, User]:
    """A published need of another round that the entry's summary speaks of, and who speaks for its seeker."""
    says(db, entry, SUMMARY)
    words = {
        "title_zh": None,
        "title_en": "Lithium carbonate from black mass of lithium iron phosphate",
        "summary_en": "We leach black mass selectively and need lithium carbonate.",
        "field": None,
    }
    need = RequirementFactory(round=RoundFactory(), **{**words, **given})
    return need, UserFactory(represents=[need.seeker])


def says(db: Session, entry: Submission, summary: str, team: str = "Harrier Works") -> None:
    """What its current version holds."""
    version = db.scalars(sa.select(Version).where(Version.submission_id == entry.id, Version.current)).one()
    values = {**version.content.get("values", {}), "summary": summary}
    version.content = {**version.content, "title": "Selective leaching", "values": values}
    version.team = {"name": team, "organization": None, "members": []}
    entry.title = "Selective leaching"
    db.flush()


def agrees(db: Session, entry: Submission, part: str = "summary", *, named: bool = False) -> Actor:
    """Its owner's consent."""
    owner = actor_of(owner_of(db, entry))
    anew.consent(db, owner, entry.ref, Consent(part, named))
    return owner


def offered(db: Session, judged: Judged, entry: Submission, need: Requirement) -> AnewOffer:
    """Offered, with a bar that lets everybody in; nobody has to look for the need first."""
    bar = {"bar": "share", "least": Decimal(100), "asked_at": clock.now(db), "found_at": clock.now(db)}
    db.merge(AnewSearch(round_id=judged.round.id, **bar))
    db.flush()
    return anew.offer(db, judged.as_organizer, entry.ref, need.ref)
