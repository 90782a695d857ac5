"""The figures follow what happens, whatever the order; `flask figures recount` says so."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement, AgreementParty
from challenge.base import clock
from challenge.docking.models import Docking, DockingPair
from challenge.figures import reading
from challenge.figures.models import FigureSum
from challenge.flow import counting, errands
from challenge.requirements import content, drafting, queries, screening
from challenge.requirements.models import FIELDS, Requirement
from challenge.rules.figures import EVERYTHING
from challenge.submissions.models import Submission
from challenge.tasks import queue
from tests.factories import (
    OrganizationFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.reports import thirty
from tests.rigs.application import Terminal

DAY = dt.timedelta(days=1)


def work() -> None:
    while errands.work_once(500, kinds=("figures",)):
        pass


def recount(command: Terminal, *options: str) -> tuple[int, str]:
    answer = command.invoke(args=["figures", "recount", *options])
    return answer.exit_code, answer.output


def test_what_was_there_before_is_counted_once_and_for_all(command: Terminal, db: Session) -> None:
    thirty.town(db)
    queue.put(db, *counting.everything("first"))
    db.commit()
    work()
    code, said = recount(command)
    assert code == 0, said
    assert "every figure is as it is kept" in said


def test_a_wrong_figure_is_named_and_mended(command: Terminal, db: Session) -> None:
    thirty.town(db)
    db.commit()
    code, said = recount(command)
    assert code == 1
    assert "need:" in said
    code, said = recount(command, "--repair")
    assert code == 1
    assert "mended" in said
    assert recount(command)[0] == 0
    row = db.scalars(sa.select(FigureSum).where(FigureSum.scope == "0/0/0//0")).one()
    row.figures = {**row.figures, "contracts": 10}
    db.commit()
    code, said = recount(command)
    assert code == 1
    assert "contracts: kept 10, counted 9" in said
    recount(command, "--repair")
    assert recount(command)[0] == 0


def test_a_need_that_is_published_counts_once_its_work_is_done(db: Session) -> None:
    need = RequirementFactory(state="submitted", number=None)
    screening.publish(db, actor_of(organizer_of(need.round.programme)), need.ref)
    db.commit()
    assert reading.of(db, EVERYTHING) == {}
    errands.drain()
    db.expire_all()
    assert reading.of(db, EVERYTHING) == {
        "collected.need": 1,
        "collected.seeker": 1,
        "published.need": 1,
        "published.seeker": 1,
    }


def test_a_returned_need_moves_with_its_field(db: Session) -> None:
    need = RequirementFactory(state="returned", state_reason="More.", number=None, field=FIELDS[0])
    firm = actor_of(UserFactory(represents=[need.seeker]))
    was = content.read(queries.held(db, need.ref), queries.closed_part(db, need.id))
    drafting.edit(db, firm, need.ref, replace(was, field=FIELDS[1]))
    db.commit()
    errands.drain()
    assert counting.recount() == ([], 1)
    assert reading.of(db, (0, 0, 0, FIELDS[1], 0))["collected.need"] == 1


class Walk:
    """Needs that live at random: each step changes rows as a feature does, and says so as it does."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.chance, self.number = session, random.Random(seed), count(1_000 * seed)
        self.now = clock.now(session)
        self.tree = [OrganizationFactory() for _ in range(4)]
        programmes = [ProgrammeFactory(host=host) for host in self.tree[:2]]
        self.rounds = [RoundFactory(programme=programmes[each % 2]) for each in range(3)]
        self.firms = [OrganizationFactory() for _ in range(3)]
        self.people = [UserFactory() for _ in range(3)]
        self.needs = [self.need() for _ in range(6)]
        session.commit()

    def need(self) -> Requirement:
        made: Requirement = RequirementFactory(
            round=self.chance.choice(self.rounds), seeker=self.chance.choice(self.firms), state="draft"
        )
        return made

    def say(self, event: str, **about: object) -> None:
        """Put the work that follows from it."""
        self.session.flush()
        facts = {"event": event, "key": f"walk/{next(self.number)}", **about}
        queue.put(self.session, *counting.follow(self.session, facts))
        self.session.commit()

    def of(self, *states: str) -> Requirement | None:
        found = [each for each in self.needs if each.state in states]
        return self.chance.choice(found) if found else None

    def hand_in(self) -> None:
        if need := self.of("draft"):
            need.state = "submitted"
            self.say("requirement.submitted", requirement_id=need.id)

    def publish(self) -> None:
        if need := self.of("submitted"):
            need.state, need.published_at = "published", self.now - self.chance.randint(0, 800) * DAY
            self.say("requirement.published", requirement_id=need.id)

    def withdraw(self) -> None:
        if self.chance.random() < 0.3 and (need := self.of("published")):
            need.state = "withdrawn"
            self.say("requirement.withdrawn", requirement_id=need.id)

    def change(self) -> None:
        if need := self.of("submitted", "published"):
            need.field = self.chance.choice([None, *FIELDS[:3]])
            need.branch_id = self.chance.choice([None, *(each.id for each in self.tree)])
            self.say("requirement.changed", requirement_id=need.id)

    def repeat(self) -> None:
        one, other = self.chance.sample(self.needs, 2)
        if one.id != (other.origin_id or other.id) and not any(
            each.origin_id == one.id for each in self.needs
        ):
            one.origin_id = other.origin_id or other.id
            self.say("requirement.repeats", requirement_id=one.id)

    def solve(self) -> None:
        if (need := self.of("published")) or self.chance.random() < 0.2:
            whose = {"requirement": need} if need else {"requirement": None, "round_id": self.rounds[0].id}
            body = self.chance.choice([None, self.firms[0].id, self.firms[1].id])
            entry = SubmissionFactory(
                **whose,
                owner=self.chance.choice(self.people),
                state="submitted",
                entered_organization_id=body,
            )
            self.say("submission.submitted", submission_id=entry.id, round_id=entry.round_id)

    def take_back(self) -> None:
        entry = self.session.scalars(sa.select(Submission).order_by(Submission.id.desc()).limit(1)).first()
        if entry is not None:
            entry.state = self.chance.choice(["withdrawn", "submitted"])
            entry.owner_id = self.chance.choice(self.people).id
            self.say("team.changed", submission_id=entry.id, round_id=entry.round_id)

    def meet(self) -> None:
        if need := self.of("published"):
            firm = self.chance.choice(self.firms)
            same = (DockingPair.requirement_id == need.id, DockingPair.organization_id == firm.id)
            pair = self.session.scalars(sa.select(DockingPair).where(*same)).first()
            if pair is None:
                pair = DockingPair(requirement_id=need.id, organization_id=firm.id)
                self.session.add(pair)
                self.session.flush()
            state = self.chance.choice(["held", "held", "no_show"])
            times = {"starts_at": self.now, "ends_at": self.now + DAY}
            number = next(self.number)
            self.session.add(Docking(pair_id=pair.id, number=number, state=state, channel="video", **times))
            self.say("docking.settled", requirement_id=need.id)

    def sign(self) -> None:
        if need := self.of("published"):
            deal = Agreement(
                requirement_id=need.id,
                kind=self.chance.choice(["intent", "licence", "transfer"]),
                state="signed",
                signed_at=self.now,
                total_minor=self.chance.choice([None, 100, 2500]),
                currency=self.chance.choice(["CNY", "EUR"]),
                terms={},
            )
            self.session.add(deal)
            self.session.flush()
            solver = AgreementParty(agreement_id=deal.id, side="solver", position=2)
            if self.chance.random() < 0.5:
                solver.user_id = self.chance.choice(self.people).id
            else:
                solver.organization_id = self.chance.choice(self.firms).id
            self.session.add(solver)
            self.say("agreement.signed", agreement_id=deal.id)

    def end(self) -> None:
        signed = sa.select(Agreement).where(Agreement.state == "signed").limit(1)
        deal = self.session.scalars(signed).first()
        if deal is not None:
            if self.chance.random() < 0.5:
                deal.state, deal.reason = "terminated", "It failed."
            else:
                deal.state, deal.completed_at = "completed", self.now
            self.say("agreement.ended", agreement_id=deal.id)

    def place(self) -> None:
        child, parent = self.chance.sample(range(4), 2)
        if child > parent:  # never a ring
            self.tree[child].parent_id = self.tree[parent].id
            self.say("organization.renamed", subject=f"organization:{self.tree[child].id}")

    def post(self) -> None:
        self.needs.append(self.need())
        self.session.commit()

    def steps(self) -> list[Callable[[], None]]:
        return [
            *(self.hand_in, self.publish, self.withdraw, self.change, self.repeat, self.solve),
            *(self.take_back, self.meet, self.sign, self.end, self.place, self.post),
        ]


def test_what_is_kept_is_what_a_recount_gives_after_any_walk(db: Session) -> None:
    for seed in (6, 8):
        walk = Walk(db, seed)
        steps = walk.steps()
        for number in range(220):
            walk.chance.choice(steps)()
            if number % 31 == 0:
                work()
        work()
        apart, things = counting.recount()
        assert apart == []
        assert things > 5


def test_work_done_twice_and_late_changes_nothing(db: Session) -> None:
    made = thirty.town(db)
    queue.put(db, *counting.everything("first"))
    db.commit()
    work()
    before = reading.of(db, EVERYTHING)
    for need in made.needs.values():
        facts = {"event": "requirement.changed", "requirement_id": need.id, "key": f"again/{need.id}"}
        queue.put(db, *counting.follow(db, facts))
    queue.put(db, *counting.everything("second"))
    db.commit()
    work()
    db.expire_all()
    assert reading.of(db, EVERYTHING) == before
