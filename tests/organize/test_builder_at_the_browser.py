"""An organizer at the browser: fields move by button, key and mouse; without a script the buttons do it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from challenge.base.db import db
from challenge.rules.stages import Stage
from tests.factories import RoundFactory, organizer_of
from tests.rigs.browser import DESKTOP, PHONE, OpenPage
from tests.rigs.inspection import grave_faults, overflow
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

pytestmark = pytest.mark.browser


def builder(server: LiveServer, page: Page) -> Page:
    """The builder of a drafted round, opened by its organizer."""
    with inside(server):
        round_ = RoundFactory(stage=Stage.DRAFT)
        person = organizer_of(round_.programme)
        person.locale = "en_US"
        db.session.commit()
        email, where = person.email, f"/organize/rounds/{round_.slug}/form"
    server.sign_in(page, email)
    page.goto(where)
    return page


def terms(page: Page) -> list[str]:
    fields = page.locator("#at-terms [data-field]")
    return [str(fields.nth(n).get_attribute("data-field")) for n in range(fields.count())]


def test_fields_move_by_button_by_key_and_by_mouse(live_server: LiveServer, open_page: OpenPage) -> None:
    page = builder(live_server, open_page(live_server.url, DESKTOP))
    first = page.locator("#at-terms [data-field]").first
    expect(first).to_have_attribute("draggable", "true")
    page.get_by_role("button", name="Move “Maturity now” down").click()
    expect(first).to_have_attribute("data-field", "trl_delivery")
    expect(page.get_by_role("button", name="Move “Maturity now” down")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(first).to_have_attribute("data-field", "trl_now")
    expect(page.get_by_role("button", name="Move “Maturity now” up")).to_be_focused()
    drag(page, "#at-schedule b", "#at-trl_delivery b")
    expect(page.locator("#at-terms [data-field]").nth(1)).to_have_attribute("data-field", "schedule")
    assert terms(page) == ["trl_now", "schedule", "trl_delivery", "quote"]
    page.reload()
    assert terms(page) == ["trl_now", "schedule", "trl_delivery", "quote"], "each step was kept"


def drag(page: Page, what: str, onto: str) -> None:
    """As a hand does: press, set off, arrive, let go."""
    page.locator(onto).scroll_into_view_if_needed()
    start, end = page.locator(what).bounding_box(), page.locator(onto).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 9, start["y"] + 12, steps=3)
    page.mouse.move(end["x"] + 5, end["y"] + 5, steps=5)
    page.mouse.move(end["x"] + 6, end["y"] + 6)
    page.mouse.up()


def test_what_is_removed_is_asked_for_first(live_server: LiveServer, open_page: OpenPage) -> None:
    page = builder(live_server, open_page(live_server.url, PHONE))
    page.get_by_role("button", name="Remove “Schedule”").click()
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
    expect(page.locator("#at-schedule")).to_be_visible()
    page.get_by_role("button", name="Remove “Schedule”").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#at-schedule")).to_have_count(0)
    expect(page.get_by_text("Changes that are not published yet.")).to_be_visible()
    assert overflow(page) == []
    assert grave_faults(page) == []


def test_two_organizers_do_not_overwrite_each_other(live_server: LiveServer, open_page: OpenPage) -> None:
    page = builder(live_server, open_page(live_server.url, DESKTOP))
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Move “Quote” up").click()
    expect(other.locator("#at-terms [data-field]").nth(1)).to_have_attribute("data-field", "quote")
    page.get_by_role("button", name="Duplicate “Schedule”").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed this form")
    assert terms(page) == ["trl_now", "quote", "trl_delivery", "schedule"], "theirs is shown, mine not taken"
    other.close()


def test_without_a_script_the_buttons_do_it(live_server: LiveServer, open_page: OpenPage) -> None:
    page = builder(live_server, open_page(live_server.url, PHONE, java_script_enabled=False))
    page.get_by_role("button", name="Move “Schedule” up").click()
    assert terms(page) == ["trl_now", "trl_delivery", "schedule", "quote"]
    page.get_by_label("Kind of the new field in “Terms”").select_option("date")
    page.locator("#at-terms").get_by_role("button", name="Add a field").click()
    page.get_by_label("Label in English").fill("Ready on")
    page.get_by_label("Smallest").fill("2027-01-01")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#at-ready_on")).to_contain_text("from 2027-01-01")
