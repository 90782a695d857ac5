"""Forty entries scored by keyboard alone: offline at the 17th, signed out at the 30th, nothing lost."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from challenge.base.db import db
from challenge.judging.models import Assignment, Score, Scorecard
from tests.judging.stories import court
from tests.rigs.browser import DESKTOP, Complaints, OpenPage
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

COUNT, OFFLINE, SIGNED_OUT, LOCKED_ONE_BY_ONE = 40, 17, 30, 3
RUBRIC = [{"name_en": "Fit", "weight": 3}, {"name_en": "Innovation", "step": 1, "weight": 2}]


def scores_of(number: int) -> tuple[str, str]:
    """What the judge gives the entry of this number, never the same twice in a row."""
    return f"{number % 10}.5", str(number * 3 % 11)


def score(page: Page, number: int) -> None:
    """A figure in the first field, a digit in the row of radios: the focus is there already."""
    fit, innovation = scores_of(number)
    expect(page.get_by_label("Score for Fit")).to_be_focused()
    page.keyboard.type(fit)
    page.keyboard.press("Enter")
    page.keyboard.press("0" if innovation == "10" else innovation)
    if innovation == "0":  # 0 is ten there: the arrows lead from ten to nought
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-done]")).to_have_text("2")


def onward(page: Page, keys: str) -> None:
    """Save or lock by its keys, once the script that hears them is there, and be on the next page."""
    page.wait_for_function("() => document.querySelector('[name=sure]').value === '1'")
    here = page.url
    page.keyboard.press(keys)
    if keys == "Control+Enter":
        expect(page.get_by_role("dialog", name="Lock this scorecard?")).to_be_visible()
        page.keyboard.press(keys)
    page.wait_for_function("here => location.href !== here", arg=here)


def go_offline(page: Page) -> None:
    """The line drops while a card is filled in; the keys lead nowhere, and it comes back."""
    told = page.locator("[data-saved]")
    page.wait_for_load_state("networkidle")  # its scripts are there
    page.context.set_offline(True)
    score(page, OFFLINE)
    here = page.url
    page.keyboard.press("Control+Shift+Enter")
    expect(told).to_contain_text("kept in this browser")
    assert page.url == here
    page.context.set_offline(False)
    expect(told).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def lose_the_session(page: Page, server: LiveServer, email: str) -> None:
    """The sign-in is gone while a card is filled in; it comes back in another tab."""
    told = page.locator("[data-saved]")
    page.context.clear_cookies(name="session")
    score(page, SIGNED_OUT)
    page.keyboard.press("Control+s")
    expect(told.get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    server.sign_in(page, email)
    page.keyboard.press("Control+s")
    expect(told).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def test_forty_cards_by_keyboard_through_a_lost_line_and_a_lost_sign_in(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    with inside(live_server):
        made = court(db.session, judges=1, entries=COUNT, criteria=RUBRIC)
        email, first, phase = made.people[0].email, made.assignment().ref, made.phase.id
        db.session.commit()
    page = open_page(live_server.url, DESKTOP)
    live_server.sign_in(page, email)
    page.goto(f"/judge/{first}#score", wait_until="networkidle")
    for number in range(1, COUNT + 1):
        if number == OFFLINE:
            go_offline(page)
        elif number == SIGNED_OUT:
            lose_the_session(page, live_server, email)
        else:
            score(page, number)
        onward(page, "Control+Enter" if number <= LOCKED_ONE_BY_ONE else "Control+Shift+Enter")
    page.wait_for_url(f"**/judge/phases/{phase}")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog", name="Lock all scorecards?")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"{COUNT} of {COUNT} locked", exact=True)).to_be_visible()

    with inside(live_server):
        query = (
            sa.select(Score.value)
            .join(Scorecard, Scorecard.id == Score.scorecard_id)
            .join(Assignment, Assignment.id == Scorecard.assignment_id)
            .where(Scorecard.state == "locked", Assignment.phase_id == phase)
            .order_by(Assignment.id, Score.criterion_id)
        )
        kept = [float(value) for value in db.session.scalars(query) if value is not None]
    assert kept == [float(each) for number in range(1, COUNT + 1) for each in scores_of(number)]
    # The browser notes requests that the lost line and the lost sign-in refused.
    complaints[:] = [each for each in complaints if "net::ERR_" not in each]
