"""A real Chromium. A page that logs an error, breaks the content policy or asks elsewhere fails the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# Without these Chromium looks up its maker's hosts at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOCAL = ("127.0.0.1", "localhost", "")
PHONE, TABLET, DESKTOP = (390, 844), (820, 1180), (1440, 900)

OpenPage = Callable[..., Page]


class Complaints(list[str]):
    """What the browser complained about; a test that expects some clears them."""

    def watch(self, page: Page) -> None:
        """Listen to the page's console, its scripts and its requests."""
        page.on("console", self._console)
        page.on("pageerror", lambda fault: self.append(f"{page.url}: script failed: {fault}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal (403, 404, 409, 422) is an answer; Chromium logs it as an error all the same.
        refusal = message.text.startswith("Failed to load resource") and " 4" in message.text
        if message.type in ("error", "warning") and not refusal:
            self.append(f"{message.location.get('url', '')}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOCAL:
            self.append(f"asked another host: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once. Missing or broken, it fails the run: nothing is skipped."""
    if not CHROMIUM.exists():
        raise RuntimeError(f"{CHROMIUM} is not there: `make test` installs it, CHROMIUM=... names another")
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the browser complained about in this test; whatever is left in it at the end fails the test."""
    complaints = Complaints()
    yield complaints
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def open_page(browser: Browser, complaints: Complaints) -> Iterator[OpenPage]:
    """A function that opens a page with a session of its own, as another person at another screen would.

    `open_page(base_url=live_server.url, size=PHONE, language="zh-CN", dark=True)`; further keywords go to
    Playwright's `new_context`.
    """
    contexts: list[BrowserContext] = []

    def make(
        base_url: str | None = None,
        size: tuple[int, int] = DESKTOP,
        language: str = "en-US",
        *,
        dark: bool = False,
        **more: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=base_url,
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            color_scheme="dark" if dark else "light",
            timezone_id=more.pop("timezone_id", "Asia/Shanghai"),
            **more,
        )
        context.set_default_timeout(30_000)  # a loaded machine is no failure
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage, live_server: Any) -> Page:
    """A desktop page on the live server."""
    return open_page(live_server.url)
