"""From a ranking to a batch handed over, with an objection upheld in between: all of it in the browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import FilePayload, Page

from challenge.accounts.models import Organization, User
from challenge.base import clock
from challenge.base.db import db
from challenge.cli.demo.pdf import one_page
from challenge.rules.stages import Stage
from tests.factories import PrizeFactory, UserFactory, organizer_of
from tests.journeys.people import PASSWORD, Town, fill, moment, press, says, wait_until
from tests.journeys.steps import decide
from tests.judging.stories import Court, court, lock_all
from tests.rigs.server import MakeServer
from tests.submissions.live import inside
from tests.submissions.stories import owner_of

# On one database, as the whole competition is: units walk all of it on both.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
A, B = range(2)
TEXT = "Its figures stem from another team, which published them in 2019."


@dataclass
class Case:
    """A judged round; the organizer has a window, and whoever else comes has the other."""

    town: Town
    made: Court
    seeker: User
    other: User  # organizes as well
    organizer: Page
    guest: Page

    def organize(self, path: str) -> Page:
        """The organizer opens a page of the round."""
        self.town.go(self.organizer, f"/organize/rounds/{self.made.round.slug}{path}")
        return self.organizer

    def visit(self, person: User, path: str) -> Page:
        """Somebody else sits down at the second window."""
        self.town.server.sign_in(self.guest, person.email)
        self.town.go(self.guest, path)
        return self.guest


@pytest.fixture
def case(make_server: MakeServer, open_page: object) -> Iterator[Case]:
    """Two entries for one need, all scorecards locked; the first is ahead. Judging has closed."""
    town = Town(make_server(CHALLENGE_MODE="demo"), open_page)  # type: ignore[arg-type]
    with inside(town.server):
        made = court(db.session, judges=2, entries=2)
        made.round.notice_days = made.round.reply_days = 0
        PrizeFactory(round_id=made.round.id, scope="requirement", name_en="Chosen solution")
        for entry, points in ((A, 9), (B, 7)):
            lock_all(made, entry, [points] * 6, [points] * 6)
        other = organizer_of(made.round.programme)
        seeker = UserFactory(represents=[db.session.get_one(Organization, made.requirement.seeker_id)])
        made.close(Stage.JUDGING)
        db.session.commit()
        case = Case(town, made, seeker, other, town.stranger(), town.stranger())
        town.server.sign_in(case.organizer, made.organizer.email)
        yield case


def test_from_a_ranking_over_an_upheld_objection_to_an_accepted_milestone(case: Case) -> None:
    award(case)
    object_and_uphold(case)
    publish(case)
    agreement = agree(case)
    sign(case.town, case.guest, agreement, case.seeker, owner_of(case.made.entries[B]))
    hand_over(case, agreement)
    traced(case, agreement)


def award(case: Case) -> None:
    """The ranking is fixed, awards are proposed, the seeker confirms, the notice begins."""
    press(case.organize("/ranking"), "Fix the ranking", confirm="Fix it")
    press(case.organize("/awards"), "Propose awards", confirm="Propose awards")
    decide(case.town, case.visit(case.seeker, "/seek/decisions"))
    page = case.organize("/awards/notice")
    moment(page, "ends_at", dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    press(page, "Start the notice", confirm="Start the notice")


def object_and_uphold(case: Case) -> None:
    """The other team objects; somebody not involved upholds it; what it changes is settled anew."""
    slug, winner = case.made.round.slug, case.made.entries[A]
    page = case.visit(owner_of(case.made.entries[B]), f"/rounds/{slug}/object")
    fill(page, entry=winner.code, ground="eligibility", text=TEXT, side="solver", name="Rao Rival")
    press(page, "File the objection")
    says(page, "It waits for an answer.")
    page = case.visit(case.other, f"/organize/rounds/{slug}/objections")
    page.locator("table.grid th a").first.click()
    says(page, TEXT)
    fill(page, reasons="We compared both: they are the same.", public_text="The figures are not its own.")
    press(page, "Uphold", confirm="Uphold")
    press(case.organize("/awards"), "Propose again", confirm="Propose again")
    decide(case.town, case.visit(case.seeker, "/seek/decisions"))
    page = case.organize("/objections")
    press(page, "Let the notice go on")
    says(page, "The notice goes on")


def publish(case: Case) -> None:
    """The notice is over; two people let the results go out, and a visitor reads who won."""
    slug = case.made.round.slug
    case.town.end_notice(slug)
    press(case.organize("/awards/publication"), "Prepare for approval")
    page = case.visit(case.other, f"/organize/rounds/{slug}/awards/publication")
    press(page, "Approve the results", confirm="Approve")
    case.town.end_delay(slug)
    case.guest.context.clear_cookies()
    wait_until(case.town, case.guest, f"/rounds/{slug}/results", "Final.")
    says(case.guest, "The figures are not its own.")


def agree(case: Case) -> str:
    """The seeker begins a contract with the team that was chosen, and proposes it; its address."""
    page = case.visit(case.seeker, f"/agreements/new/{case.made.requirement.ref}")
    fill(page, kind="development", lang="en")
    press(page, "Begin the draft")
    says(page, "The draft is there.")
    address = page.url.removeprefix(case.town.server.url).removesuffix("/edit")
    today = clock.now(db.session).date()
    day = dt.timedelta(days=1)
    page.get_by_role("button", name="Add a milestone", exact=True).click()
    fill(page, **{"milestones-0-title": "First line", "milestones-0-criteria": "1"})
    fill(page, **{"milestones-0-due_on": f"{today + 60 * day}"})
    page.get_by_role("button", name="Add a payment", exact=True).click()
    fill(page, payment="instalments", unit="CNY-wan", total="80", ownership="joint")
    fill(page, **{"payments-0-label": "All", "payments-0-amount": "80", "payments-0-step": "1"})
    fill(page, scope="One line with cameras.")
    fill(page, starts_on=f"{today}", ends_on=f"{today + 90 * day}")
    press(page, "Save and look it over")
    press(page, "Propose it")
    return address


def sign(town: Town, page: Page, agreement: str, *people: User) -> None:
    """Each side signs by its name and its password, once more."""
    for person in people:
        town.server.sign_in(page, person.email)
        town.go(page, f"{agreement}/sign")
        fill(page, name=person.name, password=PASSWORD)
        press(page, "Sign")
    says(page, "Signed by all")


def hand_over(case: Case, agreement: str) -> None:
    """The team delivers, the seeker accepts: both sides read the handover record."""
    page = case.visit(owner_of(case.made.entries[B]), f"{agreement}/milestones/1/deliver")
    fill(page, note="Cameras are mounted.", **{"answer-1": "met", "value-1": "99.5"})
    report: FilePayload = {
        "name": "report.pdf",
        "mimeType": "application/pdf",
        "buffer": one_page("Report", "Measured on one line"),
    }
    page.locator("input[type=file]").first.set_input_files(report)
    page.get_by_role("button", name="Deliver", exact=True).first.click()  # a script sends it, with its file
    says(page, "Delivery 1")
    page = case.visit(case.seeker, f"{agreement}/milestones/1")
    fill(page, **{"ruling-1": "passed"})
    press(page, "Accept the delivery", confirm="Accept the delivery")
    says(page, "Handover record 1")


def traced(case: Case, agreement: str) -> None:
    """The whole of it stands in one record, and every entry of the trail in its place."""
    need = f"/record/need/{case.made.requirement.ref}"
    case.town.go(case.organizer, f"{need}?whole=1")
    for words in (
        "The ranking was fixed",
        "An objection was upheld",
        "The results were published",
        "The agreement is signed by all",
        "A milestone was accepted",
    ):
        says(case.organizer, words)
    says(
        case.visit(owner_of(case.made.entries[B]), f"/record{agreement.replace('agreements', 'agreement')}"),
        "In order.",
    )
    assert "every one in its place" in case.town.server.flask("audit", "verify")
