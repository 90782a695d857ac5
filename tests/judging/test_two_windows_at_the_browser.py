"""Two windows on one card: what both changed is shown in both words, and a person says which stands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from challenge.base.db import db
from tests.judging.stories import Court
from tests.judging.test_desk_at_the_browser import at_desk, desk_of, in_full_swing, told
from tests.rigs.browser import DESKTOP, PHONE, Complaints, OpenPage
from tests.rigs.inspection import grave_faults, overflow
from tests.rigs.server import LiveServer

pytestmark = pytest.mark.browser
SAVED = re.compile(r"Saved \d\d:\d\d")


def test_a_field_changed_in_two_windows_is_decided_by_a_person(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    found = told(live_server, desk_of)
    one = at_desk(live_server, open_page(live_server.url, DESKTOP), found)
    other = one.context.new_page()
    other.goto(found[1])
    one.get_by_label("Score for Fit").fill("8")
    expect(one.locator("[data-saved]")).to_have_text(SAVED)
    other.get_by_label("Score for Fit").fill("5")
    other.get_by_label("Score for Innovation").fill("6")
    both = other.get_by_role("alert")
    expect(both).to_contain_text("Meanwhile “8” was saved in another window; here it is “5”.")
    both.get_by_role("button", name="Keep this one").click()
    expect(other.locator("[data-saved]")).to_have_text(SAVED)
    one.reload()
    expect(one.get_by_label("Score for Fit")).to_have_value("5")
    expect(one.get_by_label("Score for Innovation")).to_have_value("6")


def test_words_of_a_closed_window_come_back_and_are_sent(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    found = told(live_server, desk_of)
    page = at_desk(live_server, open_page(live_server.url, DESKTOP), found)
    expect(page.locator("[data-total]")).to_have_text("0")
    page.context.set_offline(True)
    page.get_by_label("Score for Fit").fill("8")
    page.get_by_label("Feedback to the solver").fill("Show a full coil.")
    expect(page.locator("[data-saved]")).to_contain_text("kept in this browser")
    page.close()
    again = found[1]
    page.context.set_offline(False)
    page = page.context.new_page()
    with page.expect_response(re.compile("/save$")):
        page.goto("/judge/")  # any page of judging sends what was left behind
    page.goto(again)
    expect(page.get_by_label("Score for Fit")).to_have_value("8")
    expect(page.get_by_label("Feedback to the solver")).to_have_value("Show a full coil.")
    complaints[:] = [each for each in complaints if "net::ERR_" not in each]


def test_the_keys_are_listed(live_server: LiveServer, open_page: OpenPage) -> None:
    found = told(live_server, desk_of)
    page = at_desk(live_server, open_page(live_server.url, DESKTOP), found)
    page.wait_for_load_state("networkidle")
    field = page.get_by_label("Score for Fit")
    field.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("Save and go to the next")).to_be_visible()
    page.keyboard.press("Escape")
    field.fill("7")
    field.press("ArrowUp")
    expect(field).to_have_value("7.5")
    field.fill("7,5")
    expect(page.locator("[data-total]")).to_have_text("22.5")


def after_the_lock(made: Court) -> tuple[str, str, list[str], list[str]]:
    """Pages after the lock: the judge is done with all, the organizer looks."""
    judge, organizer, _desk, _boards = in_full_swing(made)
    for assignment in (made.assignment(0, 1), made.assignment(0, 2)):
        assignment.state = "replaced"
        assignment.reason = "x"
    db.session.flush()
    ref, entry = made.assignment().ref, made.entries[0].ref
    room = f"/organize/rounds/{made.round.slug}/discussion"
    mine = [f"/judge/{ref}", f"/judge/{ref}/discussion", f"/judge/phases/{made.phase.id}"]
    return judge, organizer, mine, [room, f"{room}/{entry}", f"{room}/cards/{ref}"]


@pytest.mark.parametrize(("size", "language"), [(PHONE, "zh-CN"), (DESKTOP, "en")])
def test_pages_after_the_lock_fit_and_have_no_grave_fault(
    live_server: LiveServer, open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    judge, organizer, desk, boards = told(live_server, after_the_lock, judges=2, entries=3, assigned=False)
    for person, pages in ((judge, desk), (organizer, boards)):
        page = open_page(live_server.url, size, language=language)
        live_server.sign_in(page, person)
        for path in pages:
            page.goto(path)
            assert overflow(page) + grave_faults(page) == [], path
