"""The other ways to judge at the browser: a ballot moved by its buttons, pairs decided by keys."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from challenge.base.db import db
from challenge.judging import comparing
from challenge.judging.ways_models import Pair
from tests.judging.stories import Court
from tests.judging.test_desk_at_the_browser import told
from tests.judging.test_voting import polled
from tests.rigs.browser import DESKTOP, PHONE, OpenPage
from tests.rigs.inspection import grave_faults, overflow
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

pytestmark = pytest.mark.browser


def judge_of(made: Court) -> tuple[str, int]:
    if made.phase.way == "pairwise":
        comparing.deal(made.db, made.as_judge(), made.phase.id)
    return made.people[0].email, made.phase.id


def test_a_ballot_is_put_into_order_by_its_buttons(live_server: LiveServer, open_page: OpenPage) -> None:
    email, phase = told(live_server, judge_of, judges=1, entries=3, way="ranked", seats=1)
    page = open_page(live_server.url, PHONE)
    live_server.sign_in(page, email)
    page.goto(f"/judge/phases/{phase}/ballot")
    last = page.locator("[data-ranked]").last
    code = last.locator("th .num").inner_text()
    last.get_by_role("button", name=f"Move {code} up").click()
    places = page.locator("[data-ranked] input")
    assert [places.nth(n).input_value() for n in range(3)] == ["1", "2", ""]
    with page.expect_navigation():  # the order looks the same before and after
        page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-ranked]").nth(1)).to_contain_text(code)
    assert overflow(page) == []
    assert grave_faults(page) == []


def test_pairs_are_decided_by_keys(live_server: LiveServer, open_page: OpenPage) -> None:
    email, phase = told(live_server, judge_of, judges=1, entries=3, way="pairwise")
    page = open_page(live_server.url, DESKTOP)
    live_server.sign_in(page, email)
    page.goto(f"/judge/phases/{phase}/pair")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("1")
    expect(page.get_by_text("1 of 3 pairs compared")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("0")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("Not my field.")
    page.get_by_role("button", name="Skip this pair").click()
    expect(page.get_by_text("2 of 3 pairs compared")).to_be_visible()
    assert overflow(page) == []
    assert grave_faults(page) == []
    with inside(live_server):
        assert sorted(filter(None, db.session.scalars(sa.select(Pair.choice)))) == ["first", "skip"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_public_vote_fits_the_screen(
    live_server: LiveServer, open_page: OpenPage, size: tuple[int, int]
) -> None:
    with inside(live_server):
        made = polled(db.session)
        slug, organizer = made.round.slug, made.organizer.email
        db.session.commit()
    page = open_page(live_server.url, size)
    page.goto(f"/rounds/{slug}/vote")
    assert overflow(page) == []
    assert grave_faults(page) == []
    live_server.sign_in(page, organizer)
    page.goto(f"/organize/rounds/{slug}/phases/1/vote")
    assert overflow(page) == []
    assert grave_faults(page) == []
