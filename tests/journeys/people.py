"""What people do in the browser, as verbs: each fills a form as a person would and says what came of it."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.rigs.server import LiveServer

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "correct horse battery staple"
OpenPage = Callable[..., Page]


class Town:
    """A running product, and the people who come to it, each with a browser of their own."""

    def __init__(self, server: LiveServer, open_page: OpenPage) -> None:
        self.server = server
        self._open = open_page

    def person(self, email: str, name: str) -> Page:
        """Somebody with an account, signed in."""
        self.server.flask("user", "create", email, "--name", name, "--locale", "en_US")
        page = self._open(self.server.url, language="en-US")
        self.server.sign_in(page, email)
        return page

    def stranger(self) -> Page:
        """Somebody without an account."""
        return self._open(self.server.url, language="en-US")

    def go(self, page: Page, path: str) -> None:
        """Open a page of the product."""
        page.goto(self.server.url + path)

    def letter(self, page: Page, words: str) -> str:
        """Wait for a letter whose subject has these words, open it; its text."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            self.go(page, "/mailbox")
            found = page.get_by_role("link", name=re.compile(words, re.IGNORECASE))
            if found.count():
                found.first.click()
                return page.locator("main").inner_text()
            time.sleep(0.5)
        raise AssertionError(f"no letter about {words!r}: {page.locator('main').inner_text()}")


def typed(moment: dt.datetime) -> str:
    """A moment as people type it, in the round's zone."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def moment(page: Page, name: str, at: dt.datetime) -> None:
    """Write a moment: the date in the calendar, the time of day beside it."""
    day, clock = typed(at).split()
    parts = page.locator(f"[name='{name}']")
    parts.nth(0).fill(day)
    parts.nth(1).fill(clock)


def press(page: Page, name: str, *, confirm: str | None = None) -> None:
    """Press a button; where it asks, answer with `confirm`."""
    page.wait_for_load_state()  # the question is asked by a script of the page
    page.get_by_role("button", name=name, exact=True).first.click()
    if confirm is not None:
        page.locator("dialog[open]").get_by_role("button", name=confirm, exact=True).click()
    settle(page)


def settle(page: Page) -> None:
    """Wait until what was pressed has been answered: a load state alone may still be the old page's."""
    page.wait_for_load_state("networkidle")


def fill(page: Page, **values: str) -> None:
    """Fill fields by their names; lists are chosen, boxes ticked."""
    for name, value in values.items():
        field = page.locator(f"[name='{name}']").first
        kind = field.evaluate("each => each.tagName + ':' + (each.type || '')")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif kind == "INPUT:checkbox":
            field.set_checked(value == "yes")
        elif kind == "INPUT:radio":
            page.locator(f"[name='{name}'][value='{value}']").check()
        else:
            field.fill(value)


def says(page: Page, words: str) -> None:
    """The page says these words."""
    expect(page.locator("body")).to_contain_text(words)


def wait_until(town: Town, page: Page, path: str, words: str, seconds: float = 60) -> None:
    """Reload a page until it says these words: what the scheduler does in its own time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        town.go(page, path)
        if words in page.locator("body").inner_text():
            return
        time.sleep(0.4)
    raise AssertionError(f"{path} never said {words!r}:\n{page.locator('main').inner_text()[:1500]}")


def sleep_until(moment: dt.datetime, more: float = 0.5) -> None:
    """Wait for a moment of the plan to have passed."""
    time.sleep(max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds() + more))


def register(town: Town, email: str, name: str) -> Page:
    """A stranger makes an account, confirms the address by the letter, and signs in."""
    page = town.stranger()
    town.go(page, "/register")
    fill(page, name=name, email=email, password=PASSWORD, password_confirm=PASSWORD)
    page.locator("main form button.main").first.click()
    settle(page)
    town.letter(page, "confirm")
    link = page.locator("main a[href*='confirm-address']").first.get_attribute("href")
    assert link is not None
    page.goto(link)
    if page.locator("main form button.main").count():
        page.locator("main form button.main").first.click()
        settle(page)
    town.go(page, "/login")
    fill(page, email=email, password=PASSWORD)
    page.locator("main form button.main").first.click()
    settle(page)
    return page


def download(page: Page, name: str, folder: Path) -> Path:
    """Press a link that saves a file; where it was saved."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def answers(url: str) -> int:
    """The status of an address for a visitor."""
    with urlopen(url, timeout=10) as response:
        return int(response.status)
