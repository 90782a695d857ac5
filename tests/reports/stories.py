"""A need that went the whole way: published, sent out, docked, answered, judged, awarded, agreed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.agreements.models import Agreement, AgreementParty
from challenge.audit import chain
from challenge.awards import deciding, proposing, publishing, settling
from challenge.awards.models import Award, Decision
from challenge.base import clock
from challenge.distribution import caring, sending
from challenge.distribution.recipients import Choice
from challenge.distribution.sending import Order
from challenge.docking import meeting
from challenge.docking.meeting import Candidate, Meeting
from challenge.judging import ranking
from challenge.requirements import trail
from challenge.rules.agreements import Terms, written
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage
from tests.factories import GrantFactory, PrizeFactory, UserFactory, actor_of
from tests.judging.stories import Court, court, lock_all
from tests.submissions.stories import owner_of

HOUR = dt.timedelta(hours=1)


@dataclass
class Walk:
    """A need, and everybody who had a part in its way."""

    db: Session
    court: Court
    seeker: User
    broker: User
    solver: User
    rival: User
    agreement: Agreement | None = None

    @property
    def need(self) -> str:
        return f"/record/need/{self.court.requirement.ref}"

    @property
    def entry(self) -> str:
        return f"/record/submission/{self.court.entries[0].ref}"

    @property
    def contract(self) -> str:
        assert self.agreement is not None
        return f"/record/agreement/{self.agreement.ref}"


def walk(db: Session) -> Walk:
    """Until the entries are in: the round takes them still."""
    made = court(db, judges=2, entries=2, stage=Stage.SUBMISSION)
    need = made.requirement
    need.title_en, need.number = "Low-light flaw vision", f"R-2026-{need.id:03}"
    seeker = UserFactory(name="Zhao Seeker", represents=[need.seeker])
    broker = UserFactory(name="Bai Broker")
    GrantFactory(user_id=broker.id, role="broker", scope="programme", scope_id=made.round.programme_id)
    for person, rank in zip(made.people, ("kestrel", "merlin"), strict=True):
        person.name = f"Judge {rank}"
    solver, rival = (owner_of(each) for each in made.entries)
    solver.name, rival.name = "Sun Solver", "Rival Rao"
    walked = Walk(db, made, seeker, broker, solver, rival)
    now = clock.now(db)
    for actor, action in (
        (actor_of(seeker), "requirement.created"),
        (actor_of(seeker), "requirement.submitted"),
        (made.as_organizer, "requirement.published"),
        (made.as_organizer, "redaction.settled"),
    ):
        trail.record(db, actor, action, need, now)
    _sent_and_met(walked)
    for number, each in enumerate(made.entries):
        where, about = chain.round_chain(made.round.id), f"submission:{each.id}"
        team = actor_of((solver, rival)[number])
        chain.record(db, team, "submission.submitted", about, chain=where, version=1)
    db.commit()
    return walked


def _sent_and_met(walked: Walk) -> None:
    db, made = walked.db, walked.court
    caring.claim(db, actor_of(walked.broker), made.requirement.ref)
    to = Choice(people=frozenset({walked.solver.id}))
    sending.send(db, made.as_organizer, made.round.id, Order((made.requirement.ref,), to))
    candidate = Candidate(user_id=walked.solver.id)
    pair = meeting.pair_up(db, made.as_organizer, made.requirement.ref, candidate)
    soon = clock.now(db).replace(microsecond=0) + 2 * HOUR
    meeting.plan(db, made.as_organizer, pair.ref, Meeting("video", soon, soon + HOUR))


def judged(db: Session) -> Walk:
    """Closed, scored, ranked; the results are not out."""
    walked = walk(db)
    made = walked.court
    PrizeFactory(round_id=made.round.id, scope="requirement", name_en="Chosen solution")
    made.close(Stage.SUBMISSION)
    for number in range(2):
        lock_all(made, number, [8 - number] * 6, [7] * 6)
    made.close()
    ranking.fix(db, made.as_organizer, made.round.id)
    db.commit()
    return walked


def agreed(db: Session) -> Walk:
    """The results are out, the two have an agreement, and a service was asked for."""
    walked = judged(db)
    made, as_seeker = walked.court, actor_of(walked.seeker)
    proposing.propose(db, made.as_organizer, made.round.id)
    asked = db.scalars(sa.select(Decision).where(Decision.round_id == made.round.id)).one()
    deciding.decide(db, as_seeker, asked.ref, "confirmed")
    made.round.notice_days = 0
    later = clock.now(db) + HOUR
    notice = publishing.start_notice(db, made.as_organizer, made.round.id, later)
    notice.starts_at, notice.ends_at = later - 3 * HOUR, later - 2 * HOUR
    settling.settle(db, made.round.id, clock.now(db))
    where, about = chain.round_chain(made.round.id), f"round:{made.round.id}"
    chain.record(db, SYSTEM, "awards.published", about, chain=where)
    walked.agreement = signed(db, walked)
    db.commit()
    return walked


def signed(db: Session, walked: Walk) -> Agreement:
    """A contract of the seeker and the solver on the first entry, signed."""
    made = walked.court
    found = Agreement(
        requirement_id=made.requirement.id,
        submission_id=made.entries[0].id,
        award_id=db.scalar(sa.select(Award.id).where(Award.round_id == made.round.id)),
        number=f"A-2026-{made.requirement.id:03}",
        kind="development",
        title="Vision line",
        state="signed",
        terms=written(Terms(kind="development", title="Vision line")),
        signed_at=clock.now(db),
    )
    found.parties = [
        AgreementParty(side="seeker", position=1, organization_id=made.requirement.seeker_id),
        AgreementParty(side="solver", position=2, user_id=walked.solver.id),
    ]
    db.add(found)
    db.flush()
    where, about = chain.round_chain(made.round.id), f"agreement:{found.id}"
    needs = {"requirement": made.requirement.id}
    for actor, action in ((walked.seeker, "agreement.proposed"), (walked.solver, "agreement.signed")):
        chain.record(db, actor_of(actor), action, about, chain=where, **needs)
    return found
