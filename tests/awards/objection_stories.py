"""A judged round on public notice, with locked scorecards behind it, and people who object."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.awards import announcing, answering, deciding, objecting, proposing, publishing, queries
from challenge.awards.answering import Answer
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.objecting import Claim
from challenge.awards.objection_models import Objection
from challenge.base import clock
from challenge.files.receiving import Kept
from challenge.flow import announcing as letters
from challenge.judging import ranking
from challenge.rounds.models import Programme, Round
from challenge.rules.permissions import SYSTEM, Actor
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission
from tests.awards.stories import made_due
from tests.factories import PrizeFactory, UserFactory, actor_of, organizer_of
from tests.judging.stories import Court, court, lock_all

TEXT = "The same pump was tested twice and counted once, see the log of 3 May."
ANSWER = Answer("We looked at the log: you are right.", "The log was looked at again.")
DAYS = 5


@dataclass
class OnNotice:
    """A round on public notice: entries ranked in their order, a prize of two places, one of the need."""

    db: Session
    court: Court
    filer: User
    seeker: User

    @property
    def round(self) -> Round:
        return self.court.round

    @property
    def entries(self) -> list[Submission]:
        return self.court.entries

    @property
    def as_organizer(self) -> Actor:
        return self.court.as_organizer

    @property
    def as_filer(self) -> Actor:
        return actor_of(self.filer)

    @property
    def notice(self) -> Notice:
        self.db.flush()
        self.db.expire_all()
        found = queries.notice(self.db, self.round.id)
        assert found is not None
        return found

    @property
    def decision(self) -> Decision:
        need = Decision.requirement_id == self.court.requirement.id
        return self.db.scalars(sa.select(Decision).where(need)).one()

    @property
    def places(self) -> dict[int, tuple[int, str]]:
        """Slot -> (which entry, state), of the places of the round."""
        self.db.flush()
        self.db.expire_all()
        mine = sa.select(Award).where(Award.round_id == self.round.id, Award.requirement_id == 0)
        awards = self.db.scalars(mine.where(Award.state != "withdrawn")).all()
        ids = [entry.id for entry in self.entries]
        return {award.slot: (ids.index(award.submission_id), award.state) for award in awards}

    def claim(self, ground: str = "eligibility", about: int = 0, **more: Any) -> Claim:
        usual = {"side": "public", "entry": self.entries[about].code, "text": TEXT, "name": "林真"}
        return Claim(**{"ground": ground, **usual, **more})

    def filed(self, ground: str = "eligibility", about: int = 0, **more: Any) -> Objection:
        return objecting.file(self.db, self.as_filer, self.round.id, self.claim(ground, about, **more))

    def upheld(self, ground: str = "eligibility", about: int = 0, cards: tuple[str, ...] = ()) -> Objection:
        """Filed and upheld; where it is about cards, with the first judge's unless others are said."""
        ref = self.filed(ground, about).ref
        if ground != "eligibility":
            cards = cards or (self.court.assignment(0, about).ref,)
        return answering.uphold(self.db, self.as_organizer, ref, ANSWER, cards)

    def propose(self) -> proposing.Proposal:
        return proposing.propose(self.db, self.as_organizer, self.round.id)

    def decide(self, verdict: str = "confirmed") -> None:
        deciding.decide(self.db, actor_of(self.seeker), self.decision.ref, verdict)

    def publish(self) -> Notice:
        """The results go out, with both keys and after their delay."""
        key = actor_of(organizer_of(self.db.get_one(Programme, self.round.programme_id)))
        release = letters.prepare(self.db, self.as_organizer, self.round.id)
        letters.approve(self.db, key, release.ref, release.digest)
        made_due(self.db, release)
        announcing.carry_out(self.db, SYSTEM, self.round.id, letters.letters)
        return self.notice

    def end(self) -> None:
        """Let the notice have run its time."""
        notice = self.notice
        notice.starts_at = clock.now(self.db) - dt.timedelta(days=9)
        notice.ends_at = clock.now(self.db) - dt.timedelta(minutes=1)
        self.db.flush()


def on_notice(db: Session, entries: int = 3, *, reply_days: int = 0, judges: int = 2) -> OnNotice:
    """The first entry leads, the last is last; two places of the round, and the seeker chose the first."""
    made = court(db, judges=judges, entries=entries)
    seeker = UserFactory(represents=[db.get_one(Organization, made.requirement.seeker_id)])
    made.round.notice_days, made.round.reply_days = DAYS, reply_days
    for number in range(entries):
        scores = [9 - 2 * number] * len(made.criteria)
        lock_all(made, number, *([scores] * judges))
    made.close(Stage.JUDGING)
    ranking.fix(db, made.as_organizer, made.round.id)
    PrizeFactory(round_id=made.round.id, slots=2)
    PrizeFactory(round_id=made.round.id, position=2, scope="requirement", name_en="Chosen solution")
    found = OnNotice(db, made, UserFactory(name="Lin Zhen"), seeker)
    found.propose()
    found.decide()
    publishing.start_notice(db, made.as_organizer, made.round.id)
    return found


def paper(name: str = "log.pdf", sha256: str = "b" * 64) -> Kept:
    """A stored file of evidence."""
    return Kept(sha256, 2_100, "application/pdf", name)
