"""A final on site in three windows: the chair's, a judge's tablet, the big screen. Nobody reloads."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from challenge.base.db import db
from tests.journeys.people import fill, press
from tests.judging.stories import court
from tests.rigs import inspection
from tests.rigs.browser import TABLET, OpenPage
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

pytestmark = [pytest.mark.browser, pytest.mark.both]
SCREEN = (1920, 1080)
SOON = 4_000  # milliseconds within which every window has followed


@dataclass
class Hall:
    """Three windows, and what is judged."""

    slug: str
    codes: list[str]
    chair: Page
    tablet: Page
    screen: Page


@pytest.fixture
def hall(live_server: LiveServer, open_page: OpenPage) -> Hall:
    """Two finalists, one judge, an organizer who chairs; nothing is set up yet."""
    with inside(live_server):
        made = court(db.session, judges=1, entries=2)
        slug, codes = made.round.slug, [entry.code for entry in made.entries]
        organizer, judge = made.organizer.email, made.people[0].email
        db.session.commit()
    chair, tablet = open_page(live_server.url), open_page(live_server.url, TABLET)
    screen = open_page(live_server.url, SCREEN)
    live_server.sign_in(chair, organizer)
    live_server.sign_in(tablet, judge)
    return Hall(slug, codes, chair, tablet, screen)


def draw(hall: Hall) -> list[str]:
    """The organizer holds the final on site, publishes the digest, draws; the order."""
    page = hall.chair
    page.goto(f"/organize/rounds/{hall.slug}/on-site")
    fill(page, presentation_minutes="6", question_minutes="3")
    press(page, "Hold it on site")
    hall.screen.goto(str(page.get_by_role("link", name="Big screen").get_attribute("href")))
    expect(hall.screen.get_by_role("heading", name="The order is drawn here")).to_be_visible()
    press(page, "Fix the entries and publish the digest", confirm="Publish")
    expect(hall.screen.get_by_text("published beforehand")).to_be_visible(timeout=SOON)
    fill(page, word="seven blue")
    press(page, "Draw the order", confirm="Draw")
    expect(page.get_by_text("Drawn. The seed is public now.")).to_be_visible()
    order = page.locator("ol li .num:not(.soft)").all_inner_texts()
    assert sorted(order) == sorted(hall.codes)
    expect(hall.screen.get_by_role("heading", name="Running order")).to_be_visible(timeout=SOON)
    assert hall.screen.locator("ol .num:not(.soft)").all_inner_texts() == order
    assert inspection.faults(page) + inspection.faults(hall.screen) == []
    return order


def present(hall: Hall, code: str, points: str, verb: str) -> None:
    """It is called, the clock starts, the judge scores and locks it on the tablet, the chair sees that."""
    hall.chair.get_by_role("button", name=f"{verb} {code}", exact=verb == "Call").first.click()
    expect(hall.screen.locator(".now b")).to_have_text(code, timeout=SOON)
    expect(hall.screen.get_by_role("timer")).to_have_text("6:00")
    press(hall.chair, "Start")
    expect(hall.screen.get_by_role("timer")).to_have_text(re.compile(r"5:5\d"), timeout=SOON)
    tablet = hall.tablet
    tablet.get_by_role("link", name=f"Score {code}").click(timeout=SOON)
    for field in tablet.locator("input[name^='score-']").all():
        field.fill(points)
    press(tablet, "Lock and go to next", confirm="Lock")
    expect(tablet.get_by_text("Your card is locked")).to_be_visible()
    expect(hall.chair.locator("#on-stage + p").get_by_text("all cards locked")).to_be_visible(timeout=SOON)


def test_final_from_the_draw_to_the_first_place(hall: Hall) -> None:
    first, second = draw(hall)
    hall.tablet.goto("/judge/")
    expect(hall.tablet.get_by_text("Nobody is on stage.")).to_be_visible(timeout=SOON)
    hall.chair.goto(f"/stage/{hall.slug}/1")
    present(hall, first, "9", "Call")
    # As a figure, in whatever form; the clock and an entry's code may hold those digits.
    assert not re.search(r"(?<![\w:.-])45(?![\d:])", hall.screen.locator("main").inner_text())
    press(hall.chair, "Show the total")
    expect(hall.screen.locator(".total")).to_have_text("45.00", timeout=SOON)
    press(hall.chair, "Pause")
    present(hall, second, "6", "Next:")
    press(hall.chair, "Questions and answers")
    expect(hall.screen.get_by_text("Questions and answers")).to_be_visible(timeout=SOON)
    expect(hall.screen.get_by_role("timer")).to_have_text(re.compile("2:5|3:00"))

    press(hall.chair, "Begin with the last place")
    expect(hall.screen.get_by_role("heading", name="Final places")).to_be_visible(timeout=SOON)
    rows = hall.screen.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(second)
    assert first not in hall.screen.locator("main").inner_text()
    press(hall.chair, "Show the next place")
    expect(rows).to_have_count(2, timeout=SOON)
    expect(rows.first).to_contain_text(first)
    expect(rows.first).to_contain_text("45.00")
    for window in (hall.chair, hall.screen, hall.tablet):
        assert inspection.faults(window) == []
