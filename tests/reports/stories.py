"""A need that went the whole way: published, sent out, docked, answered, judged, awarded, agreed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.identity import Confirmed
from challenge.accounts.models import User
from challenge.agreements import (
    accepting,
    beginning,
    delivering,
    drafting,
    facts,
    serving,
    signatures,
    signing,
)
from challenge.agreements import proposing as proposing_agreements
from challenge.agreements.accepting import Finding, Verdict
from challenge.agreements.beginning import Start
from challenge.agreements.delivering import Handed, Measured
from challenge.agreements.models import Agreement
from challenge.agreements.signing import Wanted
from challenge.audit import chain
from challenge.awards import deciding, proposing, publishing, settling
from challenge.awards.models import Decision
from challenge.base import clock
from challenge.distribution import caring, sending
from challenge.distribution.recipients import Choice
from challenge.distribution.sending import Order
from challenge.docking import meeting
from challenge.docking.meeting import Candidate, Meeting
from challenge.judging import ranking
from challenge.requirements import trail
from challenge.rules.agreements import told
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage
from challenge.services.asking import Wish
from tests.agreements.milestone_stories import kept
from tests.agreements.stories import whole
from tests.factories import GrantFactory, PrizeFactory, UserFactory, actor_of
from tests.judging.stories import Court, court, lock_all
from tests.services.stories import house
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
    """A contract of the seeker and the solver on the chosen entry, signed; its first milestone accepted."""
    made, as_seeker = walked.court, actor_of(walked.seeker)
    start = Start("development", lang="en", entry=made.entries[0].ref)
    ref = beginning.begin(db, as_seeker, made.requirement.ref, start).ref
    found = facts.by_ref(db, ref)
    terms = told(found.terms)
    whole_terms = replace(terms, scope=terms.scope or "One line.", **whole(terms))
    drafting.save(db, as_seeker, ref, whole_terms, found.draft_version)
    proposing_agreements.propose(db, as_seeker, ref, facts.by_ref(db, ref).draft_version)
    digest = signatures.version_of(db, facts.by_ref(db, ref)).digest
    for side, person in (("seeker", walked.seeker), ("solver", walked.solver)):
        confirmed = Confirmed(person.id)
        signing.sign(db, actor_of(person), ref, Wanted(digest, side, person.name), confirmed)
    results = {1: Measured("met", "99.5", "Report, page 3.")}
    handed = Handed("First line.", "1 line", "Lanzhou", results, (kept(),))
    number = delivering.deliver(db, actor_of(walked.solver), ref, 1, handed).number
    accepting.accept(db, as_seeker, ref, 1, number, Verdict({1: Finding("passed")}))
    serving.ask(db, as_seeker, house(db).service.ref, ref, Wish("A tax certificate."))
    return facts.by_ref(db, ref)
