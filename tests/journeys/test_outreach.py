"""A firm's paper form finds its solver: brought, confirmed, sent out, answered, docked, submitted to."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from challenge.base import clock
from challenge.base.db import db
from challenge.distribution import contacts
from challenge.rules.stages import Stage
from tests.factories import GrantFactory, UserFactory, actor_of
from tests.journeys import outreach_steps as steps
from tests.journeys.people import OpenPage, Town, says
from tests.journeys.steps import publish, submit
from tests.organize.centres import centre
from tests.rigs.browser import PHONE
from tests.rigs.mail import Postman
from tests.rigs.server import MakeServer
from tests.submissions.live import inside

pytestmark = pytest.mark.browser
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """A centre with two branches whose call is open: its round, its branches, and who is who by address."""

    slug: str
    north: str
    south: str
    people: dict[str, str]
    now: dt.datetime


@pytest.fixture
def town(make_server: MakeServer, open_page: OpenPage, smtp: Postman) -> Town:
    """The product with its scheduler, letters sent to a mail server."""
    mail = {"SMTP_HOST": smtp.host, "SMTP_PORT": str(smtp.port), "MAIL_SENDER": "office@example.org"}
    return Town(make_server(**mail), open_page)


def place(town: Town) -> Place:
    """It, with a broker, the firm's contact, and a list with the address of somebody who has no account."""
    with inside(town.server):
        tree = centre(db.session)
        broker, firm = UserFactory(name="Broker Bai"), UserFactory(name="Ma Lin", email=steps.FIRM)
        grant = {"role": "broker", "scope": "programme", "scope_id": tree.round.programme_id}
        GrantFactory(user_id=broker.id, **grant)
        person = f"Sofia Solver <{steps.SOLVER}>, en"
        consent = "Signed at the fair."
        actor = actor_of(tree.organizer)
        contacts.create(db.session, actor, tree.round.programme, "Sensor makers", consent, person)
        named = {"broker": broker, "firm": firm, "organizer": tree.organizer}
        named |= {"chief": tree.chief, "sibling": tree.sibling}
        people = {name: each.email for name, each in named.items()}
        refs = (tree.round.slug, tree.north.ref, tree.south.ref)
        return Place(*refs, people, clock.now(db.session))


def test_a_need_from_a_paper_form_to_a_solution(town: Town, smtp: Postman, tmp_path: Path) -> None:
    here = place(town)
    pages = {name: town.stranger() for name in here.people}
    for name, page in pages.items():
        town.server.sign_in(page, here.people[name])
    organizer, slug = pages["organizer"], here.slug

    steps.bring(town, pages["broker"], slug)
    need = steps.claim(town, pages["firm"], smtp)
    steps.accept_for_branch(town, pages["chief"], here.north)
    publish(town, organizer, slug)
    steps.sees_nothing(town, pages["sibling"], here.south, here.north, need)

    steps.send_out(town, organizer, slug, need, "Sensor makers")
    solver = town.stranger()
    solver.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    steps.say_yes(town, solver, smtp)
    steps.counted(town, organizer, slug, need, 1, 1, 1)

    steps.pair_up(organizer)
    steps.meet(organizer, here.now - 3 * HOUR, Notes="Samples come in May.", The_seeker_says="promising")
    verdicts = {"The_seeker_says": "promising", "The_candidate_says": "promising"}
    steps.meet(organizer, here.now - HOUR, **verdicts, Next_step="Send samples")
    says(organizer, "Send samples")
    pair = organizer.url
    for address in (steps.SOLVER, steps.FIRM):
        invitation = steps.letter(smtp, address, "Meeting", 2)
        (calendar,) = [each for each in invitation.walk() if each.get_content_type() == "text/calendar"]
        assert "METHOD:REQUEST" in calendar.get_content()

    town.turn_to(slug, Stage.SUBMISSION)
    (account,) = town.people(solver="Sofia Solver")
    submit(town, account, need, tmp_path)
    organizer.goto(pair)
    line = organizer.locator("ol.timeline")
    for words in (
        "was sent to them",
        "opened it",
        "are interested",
        "Meeting 1 was held",
        "Meeting 2 was held",
    ):
        expect(line.get_by_text(re.compile(words))).to_be_visible()
    expect(line.get_by_text("They handed a solution in")).to_be_visible()
    steps.looked_over(organizer)
    town.rest()
