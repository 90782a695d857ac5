"""What people do in the browser, as verbs: each fills a form as a person would and says what came of it."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from challenge.awards.models import Notice
from challenge.awards.release_models import ResultRelease
from challenge.base import clock
from challenge.base.db import db
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.stages import WINDOWED, Stage
from challenge.tasks.models import Task
from tests.factories import UserFactory
from tests.rigs.server import LiveServer
from tests.submissions.live import inside

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "correct horse battery staple"
MOMENT = dt.timedelta(seconds=0.5)
OpenPage = Callable[..., Page]


class Town:
    """A running product, and the people who come to it, each with a browser of their own."""

    def __init__(self, server: LiveServer, open_page: OpenPage) -> None:
        self.server = server
        self._open = open_page

    def people(self, **names: str) -> list[Page]:
        """People with an account (`seeker="Simon"` is seeker@example.org), each signed in."""
        with inside(self.server):
            for who, name in names.items():
                UserFactory(email=f"{who}@example.org", name=name)
        pages = [self.stranger() for _ in names]
        for page, who in zip(pages, names, strict=True):
            self.server.sign_in(page, f"{who}@example.org")
        return pages

    def turn_to(self, slug: str, stage: Stage) -> None:
        """Spare the wait: in a moment the window before closes and this one opens, as `flask work` finds."""
        order = list(WINDOWED)
        with inside(self.server):
            soon = clock.now(db.session) + MOMENT
            moves = [(stage, {"opens_at": soon})]
            if stage is not order[0]:
                over = {"closes_at": soon, "ends_at": soon, "first_closes_at": soon}
                moves.append((order[order.index(stage) - 1], over))
            mine = RoundWindow.round_id.in_(sa.select(Round.id).where(Round.slug == slug))
            for each, ends in moves:
                of_stage = sa.and_(mine, RoundWindow.stage == each.value)
                db.session.execute(sa.update(RoundWindow).where(of_stage).values(ends))
        sleep_until(soon, 0.1)

    def end_notice(self, slug: str) -> None:
        """The same of a public notice that runs: it ends in a moment."""
        with inside(self.server):
            soon = clock.now(db.session) + MOMENT
            mine = Notice.round_id.in_(sa.select(Round.id).where(Round.slug == slug))
            db.session.execute(sa.update(Notice).where(mine).values(ends_at=soon))
        sleep_until(soon, 0.1)

    def end_delay(self, slug: str) -> None:
        """The same of approved results that wait: they go out in a moment."""
        with inside(self.server):
            mine = ResultRelease.round_id.in_(sa.select(Round.id).where(Round.slug == slug))
            soon = clock.now(db.session) + MOMENT
            db.session.execute(sa.update(ResultRelease).where(mine).values(due_at=soon))

    def rest(self, seconds: float = 20) -> None:
        """Wait until `flask work` has done all that is due: what it makes in a child is not cut off then."""
        with inside(self.server):
            waits = sa.and_(Task.state.in_(("queued", "leased")), Task.run_at <= clock.now(db.session))
            deadline = time.monotonic() + seconds
            while db.session.scalar(sa.select(sa.exists().where(waits))) and time.monotonic() < deadline:
                db.session.rollback()
                time.sleep(0.1)

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
    with answered(page):
        page.get_by_role("button", name=name, exact=True).first.click()
        if confirm is not None:
            page.locator("dialog[open]").get_by_role("button", name=confirm, exact=True).click()


def send(page: Page) -> None:
    """Press the main button of the page's form."""
    with answered(page):
        page.locator("main form button.main").first.click()


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """Do what leaves the page; on from the next one. A load state alone may still be that of the old page."""
    page.evaluate("() => { window.left = true; }")
    yield
    page.wait_for_function("() => !window.left && document.readyState === 'complete'")


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
    send(page)
    town.letter(page, "confirm")
    link = page.locator("main a[href*='confirm-address']").first.get_attribute("href")
    assert link is not None
    page.goto(link)
    if page.locator("main form button.main").count():
        send(page)
    town.go(page, "/login")
    fill(page, email=email, password=PASSWORD)
    send(page)
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
