"""The editor at the browser: two tabs, a lost line, an expired session and a colleague lose nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from playwright.sync_api import Page, Response, Route, expect

from challenge.base import clock
from challenge.base.db import db
from challenge.rules.formspec import Spec
from challenge.submissions.models import Submission
from tests.factories import UserFactory
from tests.rigs import inspection
from tests.rigs.browser import DESKTOP, PHONE, TABLET, Complaints, OpenPage
from tests.rigs.server import LiveServer
from tests.solve.wide import WIDE, put_form, wide_draft
from tests.submissions.live import inside
from tests.submissions.stories import close, owner_of, ready

pytestmark = pytest.mark.browser
T = TypeVar("T")
SAVED = re.compile(r"Saved \d\d:\d\d")


def prepare(server: LiveServer, tell: Callable[[], T]) -> T:
    """What a story prepares in the server's own database."""
    with inside(server):
        found = tell()
        db.session.commit()
        return found


def stored(server: LiveServer, ref: str) -> dict[str, object]:
    def look() -> dict[str, object]:
        return dict(db.session.query(Submission).filter_by(ref=ref).one().values)

    return prepare(server, look)


def team_draft() -> tuple[str, str, str]:
    friend = UserFactory()
    draft = ready(team=[friend])
    return draft.ref, owner_of(draft).email, friend.email


def wait_for(server: LiveServer, ref: str, key: str, value: str) -> None:
    """Until the draft holds this, or the test's time is up."""
    for _ in range(50):
        if stored(server, ref).get(key) == value:
            return
        time.sleep(0.1)
    assert stored(server, ref)[key] == value


def editor(server: LiveServer, page: Page, ref: str, email: str, *, scripts: bool = True) -> Page:
    server.sign_in(page, email)
    page.goto(f"/solve/{ref}/edit")
    if scripts:
        page.wait_for_load_state("networkidle")  # they are there
    return page


def test_two_tabs_show_each_others_words_and_neither_is_written_over(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    ref, email, _friend = prepare(live_server, team_draft)
    one = editor(live_server, open_page(live_server.url, DESKTOP), ref, email)
    two = one.context.new_page()
    two.goto(f"{live_server.url}/solve/{ref}/edit")
    two.wait_for_load_state("networkidle")  # its scripts are there
    one.get_by_label("Title").fill("From the first tab")
    expect(one.locator("[data-saved]")).to_have_text(SAVED)
    expect(two.get_by_label("Title")).to_have_value("From the first tab")
    two.get_by_label("Schedule").fill("From the second tab")
    expect(one.get_by_label("Schedule")).to_have_value("From the second tab")
    # What was typed without a line is sent when it is back.
    two.context.set_offline(True)
    two.get_by_label("Public summary").fill("Without a line")
    expect(two.locator("[data-saved]")).to_contain_text("No connection")
    two.context.set_offline(False)
    expect(two.locator("[data-saved]")).to_have_text(SAVED)
    expect(one.get_by_label("Public summary")).to_have_value("Without a line")
    wait_for(live_server, ref, "summary", "Without a line")
    wait_for(live_server, ref, "title", "From the first tab")
    wait_for(live_server, ref, "schedule", "From the second tab")
    complaints.clear()  # the browser tells of the lost line


def test_two_people_on_one_field_are_shown_both_words(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    ref, email, friends = prepare(live_server, team_draft)
    mine = editor(live_server, open_page(live_server.url, DESKTOP), ref, email)
    mine.context.set_offline(True)
    mine.get_by_label("Public summary").fill("My summary")
    expect(mine.locator("[data-saved]")).to_contain_text("No connection")
    theirs = editor(live_server, open_page(live_server.url, DESKTOP), ref, friends)
    theirs.get_by_label("Public summary").fill("Their summary")
    wait_for(live_server, ref, "summary", "Their summary")
    mine.context.set_offline(False)
    complaints.clear()  # the browser tells of the lost line
    choice = mine.get_by_role("group", name="Two versions of one field")
    expect(choice).to_contain_text("My summary")
    expect(choice).to_contain_text("Their summary")
    expect(mine.locator("[data-saved]")).to_contain_text("waits for your choice")
    mine.get_by_label("Title").fill("Goes on meanwhile")
    assert inspection.grave_faults(mine) == []
    choice.get_by_role("button", name="Keep mine").click()
    expect(mine.locator("[data-saved]")).to_have_text(SAVED)
    wait_for(live_server, ref, "summary", "My summary")
    wait_for(live_server, ref, "title", "Goes on meanwhile")
    theirs.context.set_offline(True)
    theirs.get_by_label("Schedule").fill("Their schedule")
    expect(theirs.locator("[data-saved]")).to_contain_text("No connection")
    mine.get_by_label("Schedule").fill("My schedule")
    wait_for(live_server, ref, "schedule", "My schedule")
    theirs.context.set_offline(False)
    theirs.get_by_role("button", name="Take the stored one").click()
    expect(theirs.get_by_label("Schedule")).to_have_value("My schedule")
    wait_for(live_server, ref, "title", "Goes on meanwhile")
    complaints.clear()


def test_a_lost_line_and_a_closed_page_lose_nothing(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    ref, email, _friend = prepare(live_server, team_draft)
    page = editor(live_server, open_page(live_server.url, PHONE), ref, email)
    page.context.set_offline(True)
    page.get_by_label("Title").fill("Typed in a tunnel")
    expect(page.locator("[data-saved]")).to_contain_text("No connection")
    page.get_by_label("Schedule").fill("And closed there")
    other = page.context.new_page()
    assert "And closed there" in str(page.evaluate("Object.values(localStorage).join()"))
    page.close()
    other.context.set_offline(False)
    other.goto(f"{live_server.url}/solve/{ref}/edit")
    other.wait_for_load_state("networkidle")  # its scripts are there
    expect(other.get_by_label("Title")).to_have_value("Typed in a tunnel")
    expect(other.locator("[data-saved]")).to_have_text(SAVED)
    wait_for(live_server, ref, "title", "Typed in a tunnel")
    wait_for(live_server, ref, "schedule", "And closed there")
    complaints.clear()  # the browser tells of the lost line


def test_an_expired_session_keeps_the_words_until_one_is_back(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    ref, email, _friend = prepare(live_server, team_draft)
    page = editor(live_server, open_page(live_server.url, DESKTOP), ref, email)
    page.context.clear_cookies()
    page.get_by_label("Title").fill("Typed after it expired")
    expect(page.get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    assert stored(live_server, ref)["title"] != "Typed after it expired"
    complaints.clear()  # the browser tells of each 401
    live_server.sign_in(page, email)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    wait_for(live_server, ref, "title", "Typed after it expired")
    complaints.clear()


def test_after_the_close_it_says_so_and_keeps_the_words_here(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    ref, email, _friend = prepare(live_server, team_draft)
    page = editor(live_server, open_page(live_server.url, DESKTOP), ref, email)

    def end() -> None:
        draft = db.session.query(Submission).filter_by(ref=ref).one()
        close(draft, clock.now(db.session))

    prepare(live_server, end)
    page.get_by_label("Title").fill("Too late")
    expect(page.locator("[data-saved]")).to_contain_text("Closed. The draft stands as it was saved last")
    assert stored(live_server, ref)["title"] != "Too late"
    assert "Too late" in str(page.evaluate("Object.values(localStorage).join()"))
    complaints.clear()  # the browser tells of each 409


def test_a_form_of_every_kind_is_kept_while_it_is_filled_in(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    def tell() -> tuple[str, str]:
        draft = wide_draft()
        return draft.ref, owner_of(draft).email

    ref, email = prepare(live_server, tell)
    page = editor(live_server, open_page(live_server.url, DESKTOP), ref, email)
    band = page.get_by_label("Band")
    expect(band).to_be_hidden()
    page.get_by_role("radio", name="Light").check()
    expect(band).to_be_visible()
    page.get_by_role("checkbox", name="Market 2").check()
    page.get_by_label("Speed").first.fill("91")
    expect(page.get_by_text("At most 90.", exact=True)).to_be_visible()
    page.get_by_label("Speed").first.fill("9")
    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Step").last.fill("Build")
    page.get_by_role("radio", name="Partly").first.check()
    page.get_by_label("Evidence").first.fill("Half of it.")
    page.get_by_role("checkbox", name="I accept these terms.").check()
    page.get_by_label("Summary").fill("**Bold** words")
    page.get_by_text("Preview", exact=True).first.click()
    expect(page.locator("[data-preview] strong")).to_have_text("Bold")
    wait_for(live_server, ref, "summary", "**Bold** words")
    expect(page.get_by_role("navigation", name="Contents")).to_contain_text("Summary: done")
    page.reload()
    expect(page.get_by_label("Step").last).to_have_value("Build")
    found = stored(live_server, ref)
    assert (found["markets"], found["speed"], found["terms"]) == (["m2"], "9", 2)
    assert inspection.faults(page) == []


@pytest.mark.parametrize("language", ["en_US", "zh_CN"])
def test_the_editor_fits_is_light_and_has_no_grave_fault(
    live_server: LiveServer, open_page: OpenPage, language: str
) -> None:
    ref, email, _friend = prepare(live_server, team_draft)
    for size in (PHONE, TABLET, DESKTOP):
        page = open_page(live_server.url, size, dark=language == "zh_CN")
        page.context.add_cookies([{"name": "locale", "value": language, "url": live_server.url}])
        answers: list[Response] = []
        page.on("response", lambda answer, kept=answers: kept.append(answer))
        editor(live_server, page, ref, email)
        page.wait_for_load_state("networkidle")
        assert sum(answer.request.sizes()["responseBodySize"] for answer in answers) <= 150_000
        assert inspection.overflow(page) == []
        assert inspection.grave_faults(page) == []
        page.context.close()


def test_words_typed_before_the_script_is_there_are_sent_too(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    ref, email, _friend = prepare(live_server, team_draft)
    page = open_page(live_server.url, PHONE)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/draft.js", hold)
    editor(live_server, page, ref, email, scripts=False)
    page.get_by_label("Title").fill("Typed on a slow line")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    wait_for(live_server, ref, "title", "Typed on a slow line")


def test_a_form_that_changes_under_a_draft_is_told(live_server: LiveServer, open_page: OpenPage) -> None:
    def tell() -> tuple[str, str, int]:
        draft = wide_draft()
        return draft.ref, owner_of(draft).email, draft.round_id

    ref, email, round_id = prepare(live_server, tell)
    page = editor(live_server, open_page(live_server.url, DESKTOP), ref, email)
    less = Spec((replace(WIDE.sections[0], fields=WIDE.sections[0].fields[:2]),))
    prepare(live_server, lambda: put_form(round_id, less, version=2).version)
    page.get_by_label("Summary").fill("Still asked")
    page.get_by_label("Data").fill("Not asked any more")
    expect(page.locator("[data-saved]")).to_contain_text("The organizer changed the form.")
    expect(page.locator("[data-part=data]")).to_contain_text("is not asked any more")
    wait_for(live_server, ref, "summary", "Still asked")
    page.get_by_role("link", name="Reload the page").click()
    expect(page.get_by_label("Summary")).to_have_value("Still asked")
    expect(page.get_by_label("Data")).to_have_count(0)
