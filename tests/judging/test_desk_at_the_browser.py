"""A judge at the browser: by keyboard, with drafts kept while typing, and without JavaScript."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import TypeVar

import pytest
from playwright.sync_api import Page, expect

from challenge.base.db import db
from tests.judging.stories import Court, assign, court, lock_all
from tests.rigs.browser import DESKTOP, PHONE, TABLET, Complaints, OpenPage
from tests.rigs.inspection import grave_faults, overflow
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

pytestmark = pytest.mark.browser
T = TypeVar("T")
WHOLE = [{"name_en": "Fit", "step": 1, "weight": 3}, {"name_en": "Innovation", "step": 1, "weight": 2}]


def told(server: LiveServer, tell: Callable[[Court], T], **of_court: object) -> T:
    """What a story tells of a court on the server's own database."""
    with inside(server):
        made = court(db.session, **of_court)  # type: ignore[arg-type]
        answer = tell(made)
        db.session.commit()
        return answer


def desk_of(made: Court) -> tuple[str, str]:
    return made.people[0].email, f"/judge/{made.assignment().ref}"


def at_desk(server: LiveServer, page: Page, found: tuple[str, str]) -> Page:
    server.sign_in(page, found[0])
    page.goto(found[1], wait_until="networkidle")  # its scripts are there
    return page


def test_whole_card_is_scored_and_locked_by_keyboard(live_server: LiveServer, open_page: OpenPage) -> None:
    found = told(live_server, desk_of, entries=2, criteria=WHOLE)
    page = at_desk(live_server, open_page(live_server.url, DESKTOP), found)
    page.get_by_role("radio", name="0", exact=True).first.focus()
    page.keyboard.press("8")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.locator("fieldset.crit").nth(1).get_by_role("radio").first.focus()
    page.keyboard.press("0")
    expect(page.locator("[data-total]")).to_have_text("44")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    page.reload()
    expect(page.locator("[data-total]")).to_have_text("44")
    page.get_by_role("radio", name="8", exact=True).first.focus()
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Lock this scorecard?")
    expect(dialog.get_by_text("You cannot change it afterwards.")).to_be_visible()
    dialog.get_by_role("button", name="Lock").click()
    expect(page.get_by_text("Locked. Here is the next one.")).to_be_visible()
    expect(page.get_by_text("1 of 2 locked", exact=True)).to_be_visible()


def test_draft_is_kept_while_typing_and_what_is_wrong_is_told(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    found = told(live_server, desk_of)
    page = at_desk(live_server, open_page(live_server.url, TABLET), found)
    first = page.get_by_label("Score for Fit")
    first.fill("7.5")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Saved"))
    first.fill("7.3")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("steps of 0.5"))
    expect(first).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Feedback to the solver").fill("Show a full coil.")
    first.fill("9")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Saved"))
    page.reload()
    expect(page.get_by_label("Score for Fit")).to_have_value("9")
    expect(page.get_by_label("Feedback to the solver")).to_have_value("Show a full coil.")
    complaints.clear()  # the browser notes the refused draft (422) in its console


def test_everything_works_without_javascript(live_server: LiveServer, open_page: OpenPage) -> None:
    found = told(live_server, desk_of, state="invited")
    page = at_desk(live_server, open_page(live_server.url, PHONE, java_script_enabled=False), found)
    page.get_by_label("I have no conflict of interest and will judge it").check()
    page.get_by_role("button", name="Declare", exact=True).click()
    page.get_by_label("Score for Fit").fill("8.5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Score for Fit")).to_have_value("8.5")
    page.get_by_role("button", name="Lock and go to next").click()
    expect(page.get_by_role("alert")).to_contain_text("This criterion has no score yet.")
    page.get_by_label("Score for Innovation").fill("6")
    page.get_by_role("button", name="Lock and go to next").click()
    expect(page.get_by_role("heading", name="Lock this scorecard?")).to_be_visible()
    page.get_by_role("button", name="Lock").click()
    expect(page.get_by_text("all your scorecards are in")).to_be_visible()


def test_deadline_that_passes_while_typing(
    live_server: LiveServer, open_page: OpenPage, complaints: Complaints
) -> None:
    kept: list[Court] = []
    found = told(live_server, lambda made: kept.append(made) or desk_of(made))
    page = at_desk(live_server, open_page(live_server.url, DESKTOP), found)
    page.get_by_label("Score for Fit").fill("8")
    page.get_by_label("Score for Innovation").fill("6")
    expect(page.locator("[data-done]")).to_have_text("2")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Saved"))
    with inside(live_server):
        dataclasses.replace(kept[0], db=db.session).close()
    page.get_by_role("button", name="Lock and go to next").click()
    page.get_by_role("dialog").get_by_role("button", name="Lock").click()
    expect(page.get_by_role("alert")).to_contain_text("Judging is closed.")
    expect(page.get_by_label("Score for Fit")).to_have_value("8")
    complaints.clear()  # the browser notes the refusal (409) in its console


def rooms(made: Court) -> tuple[str, str, list[str], list[str]]:
    """Judge and organizer of a court in full swing, and the pages of each."""
    assign(made.phase, made.judges[0], made.entries[2], "invited")
    lock_all(made, 0, (8, 6), (7, 9))
    ref, round_ = made.assignment(0, 1).ref, f"/organize/rounds/{made.round.slug}"
    judge = ["/judge/", f"/judge/{ref}", f"/judge/{ref}/recusal", f"/judge/phases/{made.phase.id}"]
    judge.append(f"/judge/{made.assignment(0, 2).ref}/declaration")
    organizer = ["rubric", "panel", "assignments", "assignments?fit=1", "progress", "ranking"]
    organizer.append(f"assignments/{ref}")
    return made.people[0].email, made.organizer.email, judge, [f"{round_}/{room}" for room in organizer]


def in_full_swing(made: Court) -> tuple[str, str, list[str], list[str]]:
    for entry in made.entries[:2]:
        for judge in made.judges:
            assign(made.phase, judge, entry)
    return rooms(made)


@pytest.mark.parametrize(("size", "language"), [(PHONE, "zh-CN"), (DESKTOP, "en")])
def test_pages_fit_and_have_no_grave_fault(
    live_server: LiveServer, open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    judge, organizer, desk, boards = told(live_server, in_full_swing, judges=2, entries=3, assigned=False)
    for person, pages in ((judge, desk), (organizer, boards)):
        page = open_page(live_server.url, size, language=language)
        live_server.sign_in(page, person)
        for path in pages:
            page.goto(path)
            assert overflow(page) + grave_faults(page) == [], path
