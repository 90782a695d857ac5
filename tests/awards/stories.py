"""A judged round for tests of awards: a fixed ranking, a prize for places and one for each need."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.judging.models import Ranking, RankingRow
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize, Round
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission
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
                panel={},
            )
        )
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
