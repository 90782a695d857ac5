"""Two phases of judging in the browser: a decline, a recusal, a lock opened again, a tie, a proof."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from challenge.accounts.models import Organization, User
from challenge.awards import deciding, proposing, publishing
from challenge.awards.models import Decision
from challenge.base import clock
from challenge.base.db import db
from challenge.judging import assigning, declaring, panel, scoring
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase
from challenge.judging.scorecards import Entered
from challenge.rounds.models import Programme, Round
from challenge.rules.stages import Stage
from tests.factories import PrizeFactory, UserFactory, actor_of, organizer_of
from tests.journeys.people import MOMENT, Town, fill, moment, press, says, sleep_until, wait_until
from tests.judging.stories import Court, court
from tests.rigs.server import MakeServer
from tests.submissions.live import inside

# On one database, as the whole competition is: units walk all of it on both.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
A, B, C = range(3)
CLEAR, LEVEL, TYPED_WRONG = (9, 9), (8, 6), (9, 9)
"""Of 3 x Fit + 2 x Innovation: 45; 36 with the better Fit; what a judge meant for another entry."""
LEVEL_TOO = ("6", "9")  # 36 as well


@dataclass
class Case:
    """The round and its people; one window is the organizer's, the other that of whoever comes."""

    town: Town
    made: Court
    organizer: Page
    guest: Page

    @property
    def slug(self) -> str:
        return self.made.round.slug

    def organize(self, path: str) -> Page:
        """The organizer opens a page of the round."""
        self.town.go(self.organizer, f"/organize/rounds/{self.slug}{path}")
        return self.organizer

    def visit(self, person: User, path: str) -> Page:
        """Somebody else sits down at the second window."""
        self.town.server.sign_in(self.guest, person.email)
        self.town.go(self.guest, path)
        return self.guest


@pytest.fixture
def case(make_server: MakeServer, open_page: object) -> Iterator[Case]:
    """A screening of three entries and two judges; the second has not declared about the last entry."""
    town = Town(make_server(CHALLENGE_MODE="demo"), open_page)  # type: ignore[arg-type]
    with inside(town.server):
        ends = clock.now(db.session).replace(microsecond=0) + dt.timedelta(days=1)
        cut = {"cut": "top", "cut_value": Decimal(2)}
        made = court(db.session, judges=2, entries=3, kind="screening", closes_at=ends, **cut)
        made.assignment(1, C).state = "invited"
        made.round.notice_days = 0
        db.session.commit()
        case = Case(town, made, town.stranger(), town.stranger())
        town.server.sign_in(case.organizer, made.organizer.email)
        yield case


def test_two_phases_from_a_decline_to_a_verified_ranking(case: Case) -> None:
    lay_out_the_final(case)
    karl = decline_and_another(case)
    recuse(case, karl)
    first, second = case.made.judges
    for judge, entry, scores in (
        *((judge, A, CLEAR) for judge in (first, second)),
        *((judge, B, LEVEL) for judge in (first, second)),
        *((first, C, TYPED_WRONG), (karl, C, LEVEL_TOO)),
    ):
        lock(case, judge, entry, scores)
    open_again(case)
    a, b, c = (entry.code for entry in case.made.entries)
    end_the_screening(case)
    by = "weightiest criterion {} (with {})"
    assert fixed(case, 1) == [(1, a, "–"), (2, b, by.format(8, c)), (3, c, by.format(6, b))]
    carry_on(case, [a, b])
    judge_the_final(case, karl)
    assert [row[:2] for row in fixed(case, 2)] == [(1, b), (2, a)]
    publish(case, [b, a])
    told = case.town.server.flask("ranking", "verify", "--round", case.slug)
    assert told.count(": OK") == 2
    assert "2 rankings, 0 differ." in told


def lay_out_the_final(case: Case) -> None:
    """The organizer lays out a second phase, in which the first counts for half of the points."""
    page = case.organize("/phases/new")
    fill(page, kind="final", name_en="Pitch day", carried_points="50")
    assert case.made.phase.closes_at is not None
    moment(page, "opens_at", case.made.phase.closes_at)
    press(page, "Save")
    says(page, "Pitch day")


def decline_and_another(case: Case) -> PanelJudge:
    """A judge is invited by mail and declines with a reason; the organizer reads it and adds another."""
    page = case.organize("/panel?phase=1")
    fill(page, email="nora@example.org")
    press(page, "Send an invitation")
    case.town.letter(case.guest, "judge")
    case.guest.locator("main a[href*='/invitations/']").first.click()
    case.guest.get_by_text("Decline the invitation").click()
    fill(case.guest, reason="Abroad until May.")
    press(case.guest, "Decline")
    says(case.guest, "You have declined. Whoever invited you is told.")
    karl = UserFactory(email="karl@example.org", name="Karl")
    db.session.commit()
    page = case.organize("/panel?phase=1")
    says(page, "Abroad until May.")
    fill(page, email=karl.email)
    press(page, "Has an account: add at once")
    says(page, "Karl")
    return db.session.scalars(sa.select(PanelJudge).where(PanelJudge.user_id == karl.id)).one()


def recuse(case: Case, instead: PanelJudge) -> None:
    """The second judge has a conflict with the last entry; it is given to the new one, who accepts."""
    ref = case.made.assignment(1, C).ref
    page = case.visit(case.made.people[1], f"/judge/{ref}/declaration")
    fill(page, answer="recuse", reason="We share a contract.")
    press(page, "Declare")
    page = case.organize(f"/assignments/{ref}?phase=1")
    says(page, "We share a contract.")
    fill(page, judge=str(instead.id))
    press(page, "Give it to this judge")
    given = seat_of(instead, C, case)
    declaring.accept(db.session, actor_of(db.session.get_one(User, instead.user_id)), given.ref)
    db.session.commit()


def seat_of(judge: PanelJudge, entry: int, case: Case) -> Assignment:
    """The assignment of a judge who came later."""
    mine = Assignment.judge_id == judge.id, Assignment.submission_id == case.made.entries[entry].id
    return db.session.scalars(sa.select(Assignment).where(*mine)).one()


def lock(case: Case, judge: PanelJudge, entry: int, scores: tuple[object, ...]) -> None:
    """A judge's card of an entry, by the service behind the desk, which has a journey of its own."""
    ref = seat_of(judge, entry, case).ref
    person = actor_of(db.session.get_one(User, judge.user_id))
    phase_id = judge.phase_id
    query = sa.select(Criterion.id).where(Criterion.phase_id == phase_id, sa.not_(Criterion.carried))
    ids = db.session.scalars(query.order_by(Criterion.position))
    scoring.lock(db.session, person, ref, Entered(dict(zip(ids, map(str, scores), strict=True))))
    db.session.commit()


def open_again(case: Case) -> None:
    """One of the first judge's locks was a slip: it is opened with a reason, on record, and locked anew."""
    ref = case.made.assignment(0, C).ref
    page = case.organize(f"/discussion/cards/{ref}?phase=1")
    fill(page, reason="Typed for another entry.")
    press(page, "Open it again")
    says(case.organize("/audit"), "A locked scorecard was opened again")
    says(case.organize(f"/discussion/{case.made.entries[C].ref}?phase=1"), "Typed for another entry.")
    page = case.visit(case.made.people[0], f"/judge/{ref}")
    for field, points in zip(page.locator("input[name^='score-']").all(), LEVEL_TOO, strict=True):
        field.fill(points)
    press(page, "Lock and go to next", confirm="Lock")


def end_the_screening(case: Case) -> None:
    """The first phase closes now, and the second is open from then on."""
    soon = clock.now(db.session) + MOMENT
    of_round = Phase.round_id == case.made.round.id
    db.session.execute(sa.update(Phase).where(of_round, Phase.number == 1).values(closes_at=soon))
    db.session.execute(sa.update(Phase).where(of_round, Phase.number == 2).values(opens_at=soon))
    db.session.commit()
    sleep_until(soon, 0.1)


def fixed(case: Case, number: int) -> list[tuple[int, str, str]]:
    """The organizer fixes the ranking of a phase: place, code and what split a tie, line by line."""
    page = case.organize(f"/ranking?phase={number}")
    press(page, "Fix the ranking", confirm="Fix it")
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator("table.places tbody tr").all()]
    return [(int(cells[0]), cells[1].split()[0], cells[-1]) for cells in rows]


def carry_on(case: Case, codes: list[str]) -> None:
    """The declared cut lets the best two through; the organizer confirms it."""
    page = case.organize("/phases/1/carry-on")
    press(page, "Let them go on", confirm="Let them go on")
    says(page, "2 entries go on.")
    through = case.organize("/phases/1/carry-on").locator("tbody tr").filter(has_text="goes on")
    expect(through).to_contain_text(codes)


def judge_the_final(case: Case, karl: PanelJudge) -> None:
    """The panel of the final finds the second entry the better one, by more than the screening weighs."""
    round_id, organizer = case.made.round.id, case.made.as_organizer
    for person in (case.made.people[0], db.session.get_one(User, karl.user_id)):
        judge = panel.add(db.session, organizer, round_id, person.email, 2)
        for entry, scores in ((A, (5, 5)), (B, (9, 9))):
            ref = case.made.entries[entry].ref
            given = assigning.assign(db.session, organizer, round_id, judge.id, ref, 2)
            declaring.accept(db.session, actor_of(person), given.ref)
            lock(case, judge, entry, scores)
    case.town.turn_to(case.slug, Stage.AWARD)
    wait_until(case.town, case.organizer, f"/rounds/{case.slug}", "Award: under way")


def publish(case: Case, codes: list[str]) -> None:
    """The notice has run (by services); two organizers publish, and a visitor reads the ranking."""
    made, round_id = case.made, case.made.round.id
    PrizeFactory(round_id=round_id)
    proposing.propose(db.session, made.as_organizer, round_id)
    seeker = UserFactory(represents=[db.session.get_one(Organization, made.requirement.seeker_id)])
    word = db.session.scalars(sa.select(Decision.ref).where(Decision.round_id == round_id)).one()
    deciding.decide(db.session, actor_of(seeker), word, "confirmed")
    programme = db.session.scalars(sa.select(Programme).join(Round).where(Round.id == round_id)).one()
    other = organizer_of(programme)
    ends = clock.now(db.session) + MOMENT
    publishing.start_notice(db.session, made.as_organizer, round_id, ends)
    db.session.commit()
    sleep_until(ends, 0.1)
    press(case.organize("/awards/publication"), "Prepare for approval")
    page = case.visit(other, f"/organize/rounds/{case.slug}/awards/publication")
    press(page, "Approve the results", confirm="Approve")
    case.town.end_delay(case.slug)
    case.guest.context.clear_cookies()
    wait_until(case.town, case.guest, f"/rounds/{case.slug}/results", "Final.")
    expect(case.guest.locator("table.placed tbody tr")).to_contain_text(codes)
