"""A judged round for tests of awards: a fixed ranking, a prize for places and one for each need."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, object_session

from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.awards import announcing as awards
from challenge.awards import board, deciding, proposing, publishing, releases
from challenge.awards.models import Decision, Notice
from challenge.awards.release_models import ResultRelease
from challenge.base import clock
from challenge.flow import announcing
from challenge.judging.models import Criterion, Ranking, RankingRow
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds.models import Prize, Programme, Round
from challenge.rules.permissions import SYSTEM, Actor
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission, Version
from tests.factories import (
    PhaseFactory,
    PrizeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.submissions.stories import frozen_content


@dataclass
class Judged:
    """A round after judging, with whoever acts in it."""

    round: Round
    needs: list[Requirement]
    entries: list[Submission]
    places: Prize
    winner: Prize
    organizer: User
    seekers: list[User]

    @property
    def as_organizer(self) -> Actor:
        return actor_of(self.organizer)

    def as_seeker(self, need: int = 0) -> Actor:
        """The representative of the need's seeker."""
        return actor_of(self.seekers[need])


def judged_round(
    db: Session, places: tuple[int | None, ...] = (1, 2, 3), needs: int = 1, slots: int = 1
) -> Judged:
    """A round in its award stage; entry i has `places[i]` and answers need i modulo `needs`."""
    round_ = RoundFactory(stage=Stage.AWARD, notice_days=0)
    wanted = [RequirementFactory(round=round_) for _ in range(needs)]
    entries = [
        SubmissionFactory(requirement=wanted[i % needs], state="submitted") for i in range(len(places))
    ]
    phase = PhaseFactory(round_id=round_.id)
    criteria = db.scalars(sa.select(Criterion).where(Criterion.phase_id == phase.id)).all()
    ranking = Ranking(phase_id=phase.id, method={}, input_digest="0" * 64, created_at=clock.now(db))
    db.add(ranking)
    db.flush()
    for position, (place, entry) in enumerate(zip(places, entries, strict=True), start=1):
        total = None if place is None else Decimal(100 - place)
        shared = place is not None and places.count(place) > 1
        db.add(
            RankingRow(
                ranking_id=ranking.id,
                submission_id=entry.id,
                position=position,
                place=place,
                shared=shared,
                total=total,
                panel={str(each.id): str((total or Decimal(0)) / 10) for each in criteria},
            )
        )
        handed_in(db, entry)
    db.flush()
    return Judged(
        round_,
        wanted,
        entries,
        PrizeFactory(round_id=round_.id, slots=slots),
        PrizeFactory(round_id=round_.id, position=2, scope="requirement", name_en="Chosen solution"),
        organizer_of(round_.programme),
        [UserFactory(represents=[need.seeker]) for need in wanted],
    )


def handed_in(db: Session, entry: Submission) -> None:
    """The current version of an entry, with an answer to each of its requirement's indicators."""
    answers = [
        {
            "indicator": asked.id,
            "name_zh": asked.name_zh,
            "name_en": asked.name_en,
            "unit": asked.unit,
            "comparison": asked.comparison,
            "target": asked.target,
            "level": asked.level,
            "met": "partly",
            "evidence": "Measured on our own line.",
        }
        for asked in db.scalars(sa.select(Indicator).where(Indicator.requirement_id == entry.requirement_id))
    ]
    db.add(
        Version(
            submission_id=entry.id,
            number=1,
            current=True,
            content={**frozen_content(entry), "answers": answers},
            team={"name": entry.team_name, "organization": None, "members": []},
            manifest=[],
            submitted_at=clock.now(db),
            receipt={},
        )
    )


def rank_anew(db: Session, judged: Judged, order: list[Submission]) -> None:
    """The ranking was fixed anew, in this order."""
    before = db.scalars(sa.select(Ranking).where(sa.not_(Ranking.superseded))).one()
    before.superseded = True
    db.flush()
    ranking = Ranking(
        phase_id=before.phase_id,
        method={},
        input_digest="1" * 64,
        created_at=clock.now(db),
        reason="Recount.",
    )
    db.add(ranking)
    db.flush()
    for position, entry in enumerate(order, start=1):
        db.add(
            RankingRow(
                ranking_id=ranking.id,
                submission_id=entry.id,
                position=position,
                place=position,
                total=Decimal(90 - position),
                panel={},
            )
        )
    db.flush()


def slots(db: Session, judged: Judged) -> dict[tuple[str, int], str]:
    """(prize, slot or need) -> the entry's code, of awards in force."""
    return {
        (award.prize.name_en or "", award.requirement_id or award.slot): award.submission.code
        for award in board.awards_of(db, judged.round.id)
    }


def decision_of(db: Session, judged: Judged, need: int = 0) -> Decision:
    return db.scalars(sa.select(Decision).where(Decision.requirement_id == judged.needs[need].id)).one()


def end_notice(db: Session, judged: Judged) -> None:
    """Let the notice have run its time."""
    notice = db.get_one(Notice, judged.round.id)
    notice.starts_at = clock.now(db) - dt.timedelta(days=6)
    notice.ends_at = clock.now(db) - dt.timedelta(days=1)
    db.flush()


def asked(db: Session, judged: Judged) -> Judged:
    """Awards are proposed, the seekers are asked."""
    proposing.propose(db, judged.as_organizer, judged.round.id)
    return judged


def settled(db: Session, judged: Judged) -> Judged:
    """Every seeker has confirmed."""
    asked(db, judged)
    for need in range(len(judged.needs)):
        deciding.decide(db, judged.as_seeker(need), decision_of(db, judged, need).ref, "confirmed")
    return judged


def noticed(db: Session, judged: Judged) -> Judged:
    """The notice has started and runs for an hour."""
    later = clock.now(db) + dt.timedelta(hours=1)
    publishing.start_notice(db, settled(db, judged).as_organizer, judged.round.id, later)
    return judged


def second(judged: Judged) -> User:
    """Another organizer of the round's programme."""
    db = object_session(judged.round)
    assert db is not None
    # Asked for by its number: a commit in between may have let go of what the round had loaded.
    return organizer_of(db.get_one(Programme, judged.round.programme_id))


def approved(db: Session, judged: Judged, other: User | None = None) -> ResultRelease:
    """The notice is over; results are prepared by one organizer and approved by another."""
    end_notice(db, judged)
    key = actor_of(other or second(judged))
    release = announcing.prepare(db, judged.as_organizer, judged.round.id)
    return announcing.approve(db, key, release.ref, release.digest)


def made_due(db: Session, release: ResultRelease) -> None:
    """The delay is over."""
    release.due_at = clock.now(db) - dt.timedelta(seconds=1)
    db.flush()


def goes_out(db: Session, judged: Judged) -> None:
    """The delay of the approved results is over, and the clock has ticked."""
    release = releases.unstopped(db, judged.round.id)
    assert release is not None
    made_due(db, release)
    assert awards.carry_out(db, SYSTEM, judged.round.id, announcing.letters) is release
    assert release.state == "published", release.stop_code
    db.expire_all()


def published(db: Session, judged: Judged) -> Judged:
    """What stands on notice is approved, and goes out."""
    approved(db, judged)
    goes_out(db, judged)
    return judged


def keys(page: str) -> dict[str, str]:
    """What the form of the second key holds."""
    return dict(re.findall(r'name="(release|digest)" type="hidden" value="([^"]*)"', page))


def happened(db: Session, action: str) -> int:
    """How often something stands in the audit trail."""
    count = sa.select(sa.func.count()).where(AuditEntry.action == action)
    return db.scalar(count) or 0


def url(judged: Judged, rest: str = "") -> str:
    """The round's award board, or a page below it."""
    return f"/organize/rounds/{judged.round.slug}/awards{rest}"


def in_an_hour(db: Session) -> dict[str, list[str]]:
    """The two inputs of a moment in Beijing."""
    at = clock.now(db) + dt.timedelta(hours=9, minutes=5)
    return {"ends_at": [at.strftime("%Y-%m-%d"), at.strftime("%H:%M")]}
