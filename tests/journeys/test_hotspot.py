"""A solver on a phone at the edge of coverage: slow, with gaps, its clock wrong, and in time all the same."""

from __future__ import annotations

import datetime as dt
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_security.utils import hash_password
from playwright.sync_api import CDPSession, Error, Page, Route, expect
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import db
from challenge.submissions.models import Submission, Version
from tests.factories import PASSWORD
from tests.files import specimens
from tests.rigs.browser import PHONE, Complaints, OpenPage
from tests.rigs.server import LiveServer
from tests.submissions.live import inside
from tests.submissions.stories import close, owner_of, ready

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

BYTES_A_SECOND, LATENCY_MS = 50_000, 800
ONE_IN, SEED = 20, 20261123
FILE_BYTES = 5_000_000
AT_MOST_SECONDS = 180
EDITOR_BYTES = 150_000
OFF = dt.timedelta(minutes=20)
LEFT = dt.timedelta(minutes=50)
TRIES = 8
# The device's clock is wrong; what counts steadily (performance.now) is right, as it would be.
WRONG_CLOCK = """(() => {
  const off = %d, Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + off); }
    static now() { return Right.now() + off; }
  };
})()"""


class Phone:
    """A page behind a bad line, and a person who tries again."""

    def __init__(self, page: Page, ahead: dt.timedelta) -> None:
        self.page = page
        self.lost = 0
        page.on("dialog", lambda dialog: dialog.accept())  # yes, leave
        page.add_init_script(WRONG_CLOCK % (ahead.total_seconds() * 1000))

    def far_away(self) -> None:
        """From now on: 50 kB/s, 800 ms, and one request in twenty gets nowhere."""
        line = self.page.context.new_cdp_session(self.page)
        line.send("Network.enable")
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": BYTES_A_SECOND,
                "uploadThroughput": BYTES_A_SECOND,
            },
        )
        lot = random.Random(SEED)

        def pass_on(route: Route) -> None:
            if lot.randrange(ONE_IN):
                route.continue_()
            else:
                self.lost += 1
                route.abort("connectionfailed")

        self.page.route("**/*", pass_on)

    def go(self, path: str) -> None:
        """Open a page; where it does not come, once more."""
        for _ in range(TRIES):
            try:
                self.page.goto(path, timeout=60_000)
            except Error:
                continue
            return
        raise AssertionError(f"{path} did not come")

    def until(self, address: str, path: str, act: Callable[[Page], None], seconds: float = 60) -> None:
        """Do it from this page until the browser stands at `address`."""
        for _ in range(TRIES):
            self.go(path)
            try:
                act(self.page)
                self.page.wait_for_url(re.compile(f"{address}|^chrome-error"), timeout=seconds * 1000)
            except Error:
                continue
            if re.search(address, self.page.url):
                return
        raise AssertionError(f"{address} was not reached from {path}")


@pytest.fixture
def phone(open_page: OpenPage, live_server: LiveServer, complaints: Complaints) -> Phone:
    """A phone whose clock is twenty minutes ahead."""
    page = open_page(live_server.url, size=PHONE)
    page.context.set_default_timeout(60_000)
    return Phone(page, OFF)


@pytest.fixture
def draft(live_server: LiveServer) -> tuple[str, str]:
    """A complete draft whose round closes in fifty minutes: its address, and its owner's mail address."""
    with inside(live_server):
        draft = ready()
        close(draft, clock.now(db.session) + LEFT)
        owner = owner_of(draft)
        owner.password = hash_password(PASSWORD)  # by the server's own salt
        return draft.ref, owner.email


def sign_in(page: Page, email: str) -> None:
    """By the sign-in page."""
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button.main").first.click()


def choose(page: Page, file: Path) -> None:
    """Choose a file and wait until it is up; where the scripts were lost, it goes with the form."""
    listed = page.get_by_role("link", name=file.name)
    if listed.count():
        return
    page.locator("input[type=file]").first.set_input_files(file)
    on_its_way = page.get_by_role("progressbar", name=file.name)
    try:
        expect(listed.or_(on_its_way)).to_be_visible(timeout=10_000)
    except AssertionError:
        return
    expect(listed).to_be_visible(timeout=AT_MOST_SECONDS * 1000)


def versions(session: Session, ref: str) -> list[Version]:
    """All that was entered of it."""
    query = sa.select(Version).join(Submission, Submission.id == Version.submission_id)
    return list(session.scalars(query.where(Submission.ref == ref)))


def forget_the_line(complaints: Complaints) -> None:
    """A browser logs what did not arrive, and that is what this is about; anything else stays a fault."""
    broken = ("net::ERR_", "Failed to fetch", "error loading dynamically imported module", "NetworkError")
    complaints[:] = [each for each in complaints if not any(words in each for words in broken)]


def test_five_megabytes_over_a_hotspot_are_in_within_three_minutes(
    live_server: LiveServer, phone: Phone, draft: tuple[str, str], tmp_path: Path, complaints: Complaints
) -> None:
    ref, email = draft
    report = tmp_path / "report.pdf"
    report.write_bytes(specimens.PDF + b"x" * (FILE_BYTES - len(specimens.PDF)))
    phone.far_away()
    start = time.monotonic()

    phone.until("/work|/solve|/$", "/login", lambda page: sign_in(page, email))

    def attach(page: Page) -> None:
        choose(page, report)
        page.get_by_role("button", name="Save and review").first.click()

    phone.until("/review", f"/solve/{ref}/edit", attach, seconds=AT_MOST_SECONDS)
    expect(phone.page.get_by_text("report.pdf").first).to_be_visible()

    def press(page: Page) -> None:
        page.get_by_role("button", name="Submit", exact=True).first.click()

    phone.until("/receipts/1", f"/solve/{ref}/review", press)
    expect(phone.page.get_by_text("This is your receipt; keep it.")).to_be_visible()
    took = time.monotonic() - start

    forget_the_line(complaints)
    assert phone.lost > 0
    assert took >= FILE_BYTES / BYTES_A_SECOND, "the line was not the slow one"
    assert took <= AT_MOST_SECONDS, f"{took:.0f} s"
    with inside(live_server):
        (version,) = versions(db.session, ref)
        assert [each["size"] for each in version.manifest] == [FILE_BYTES]


def test_a_reply_that_is_lost_after_the_commit_is_there_on_reload(
    live_server: LiveServer, phone: Phone, draft: tuple[str, str], complaints: Complaints
) -> None:
    ref, email = draft
    live_server.sign_in(phone.page, email)
    phone.go(f"/solve/{ref}/review")

    def lose_the_reply(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    phone.page.route("**/submit", lose_the_reply, times=1)
    phone.page.get_by_role("button", name="Submit", exact=True).first.click()
    phone.page.wait_for_url("chrome-error://**")
    with inside(live_server):
        assert len(versions(db.session, ref)) == 1

    phone.page.reload()

    expect(phone.page).to_have_url(re.compile(f"/solve/{ref}/receipts/1$"))
    forget_the_line(complaints)
    with inside(live_server):
        assert len(versions(db.session, ref)) == 1


@pytest.mark.parametrize("ahead", [OFF, -OFF])
def test_the_countdown_is_the_servers_whatever_the_device_takes_the_time_for(
    live_server: LiveServer, open_page: OpenPage, draft: tuple[str, str], ahead: dt.timedelta
) -> None:
    ref, email = draft
    phone = Phone(open_page(live_server.url, size=PHONE), ahead)
    live_server.sign_in(phone.page, email)
    phone.go(f"/solve/{ref}/edit")

    left = phone.page.locator(".bottom time[data-left]")
    expect(left).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    device = phone.page.evaluate("Date.now()") / 1000
    assert abs(device - time.time() - ahead.total_seconds()) < 5

    hours, minutes, seconds = map(int, re.findall(r"\d\d", left.inner_text()))
    shown = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert dt.timedelta(minutes=48) < shown <= LEFT


def test_the_editor_is_light_on_its_first_visit(
    live_server: LiveServer, open_page: OpenPage, draft: tuple[str, str]
) -> None:
    ref, email = draft
    page = open_page(live_server.url, size=PHONE)
    live_server.sign_in(page, email)
    weights = weigh(page.context.new_cdp_session(page))

    page.goto(f"/solve/{ref}/edit")
    page.wait_for_load_state("networkidle")

    assert sum(weights.values()) <= EDITOR_BYTES, weights


def weigh(line: CDPSession) -> dict[str, int]:
    """Fills with what each address costs on the line, headers included."""
    addresses: dict[str, str] = {}
    weights: dict[str, int] = {}
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.on(
        "Network.requestWillBeSent",
        lambda sent: addresses.update({sent["requestId"]: sent["request"]["url"]}),
    )

    def finished(done: dict[str, object]) -> None:
        address = addresses.get(str(done["requestId"]), "?")
        weights[address] = int(float(str(done["encodedDataLength"])))

    line.on("Network.loadingFinished", finished)
    return weights
