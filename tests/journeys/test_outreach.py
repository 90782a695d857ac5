"""A published need finds its solver: sent out, answered from a letter without an account, docked twice."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from challenge.base import clock
from challenge.base.db import db
from challenge.docking.models import Docking
from challenge.messages.models import Letter
from tests.distribution.stories import office
from tests.rigs.browser import DESKTOP, PHONE, OpenPage
from tests.rigs.inspection import grave_faults, overflow
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

pytestmark = pytest.mark.browser
SOLVER = "solver@example.com"
ZONE = ZoneInfo("Asia/Shanghai")


def letter_link(server: LiveServer, page: Page) -> str:
    """The link in the letter to the solver, once the worker has written it."""
    for _ in range(100):
        with inside(server):
            body = db.session.scalar(sa.select(Letter.body).where(Letter.recipient == SOLVER))
            if body:
                found = re.search(r"(/answers/\S+)", body)
                assert found is not None
                return found[1]
        page.wait_for_timeout(100)
    raise AssertionError("no letter came")


def plan(page: Page, start: dt.datetime) -> None:
    """Plan a meeting of an hour; whom it is with stands there already."""
    form = page.locator("form[action$='/plan']")
    form.get_by_label("Begins").fill(start.strftime("%Y-%m-%d %H:%M"))
    form.get_by_label("Ends").fill((start + dt.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"))
    expect(form.get_by_label("For the candidate")).to_have_value(re.compile(SOLVER))
    form.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("Everybody named gets an invitation.")).to_be_visible()


def test_a_need_is_sent_answered_without_an_account_and_docked_twice(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    with inside(live_server):
        desk = office(db.session)
        desk.listed(f"Solver Sun <{SOLVER}>, en")
        slug, ref, organizer = desk.round.slug, desk.need.ref, desk.organizer.email
        now = clock.now(db.session)
        db.session.commit()
    page = open_page(live_server.url, DESKTOP)
    live_server.sign_in(page, organizer)
    page.goto(f"/organize/rounds/{slug}/distribution/send?need={ref}")
    page.get_by_label("List 0 (1)").check()
    page.get_by_role("button", name="Who gets it?").click()
    expect(page.get_by_text("1 recipient gets it")).to_be_visible()
    assert grave_faults(page) == []
    page.get_by_role("button", name="Send 1 message").click()
    expect(page.get_by_text("1 message is on its way.")).to_be_visible()

    solver = open_page(live_server.url, PHONE)
    solver.goto(letter_link(live_server, page))
    assert grave_faults(solver) == []
    assert not overflow(solver)
    solver.get_by_label("A few words, if you like").fill("We have a sensor.")
    solver.get_by_role("button", name="I am interested").click()
    expect(solver.get_by_text("You said yes.")).to_be_visible()

    page.goto(f"/organize/rounds/{slug}/distribution/{ref}")
    expect(page.get_by_text("We have a sensor.")).to_be_visible()
    page.get_by_role("link", name="Plan a meeting").click()
    page.get_by_role("button", name="Go on to the first meeting").click()
    plan(page, (now - dt.timedelta(hours=3)).astimezone(ZONE))
    outcome = page.locator("form[action$='/settle']")
    outcome.get_by_label("Notes").fill("Samples come in May.")
    outcome.get_by_label("The seeker says").select_option("promising")
    outcome.get_by_label("Next step").fill("Send samples")
    outcome.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Send samples").first).to_be_visible()
    plan(page, (now + dt.timedelta(days=3)).astimezone(ZONE))
    line = page.locator("ol.timeline")
    for words in ("They are interested", "Meeting 1 was held", "Meeting 2 was planned"):
        expect(line.get_by_text(words)).to_be_visible()
    assert grave_faults(page) == []
    assert not overflow(page)
    with inside(live_server):
        states = db.session.scalars(sa.select(Docking.state).order_by(Docking.number)).all()
    assert states == ["held", "planned"]
