"""`make test` looks at every page in both languages; `make look` at all widths and themes, with pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.look import pages
from tests.rigs import inspection
from tests.rigs.browser import DESKTOP, PHONE, TABLET
from tests.rigs.demo import MakeDemo
from tests.rigs.server import LiveServer

pytestmark = pytest.mark.browser
OUT = Path(__file__).resolve().parents[2] / "look"
SIZES = {390: PHONE, 820: TABLET, 1440: DESKTOP}
Opener = Callable[..., Page]


def person(server: LiveServer, open_page: Opener, **how: object) -> Callable[[str], Page]:
    """A function that gives the browser of each role, opened once."""
    known: dict[str, Page] = {}

    def of(role: str) -> Page:
        if role not in known:
            known[role] = open_page(server.url, **how)
            if role:
                server.sign_in(known[role], f"{role}@demo.example")
        return known[role]

    return of


# What a page is looked at in: so that both widths, languages and themes are there, each once.
HOWS = {
    "en 1440": {"size": DESKTOP, "language": "en-US"},
    "zh 390 dark": {"size": PHONE, "language": "zh-CN", "dark": True},
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", HOWS)
def test_every_page_fits_speaks_and_is_accessible(
    make_demo: MakeDemo, open_page: Opener, worker_app: Flask, complaints: list[str], how: str
) -> None:
    server = pages.demo_server(make_demo)
    reader = person(server, open_page, **HOWS[how])
    faults: list[str] = []
    found = 0
    for place in pages.places(worker_app, server, reader):
        found += 1
        faults += _faults(reader(place.role), place, how)
    complaints[:] = [each for each in complaints if "404" not in each]  # the page that is not there says so
    assert not faults, "\n".join(faults)
    assert found > 60


def _faults(page: Page, place: pages.Place, how: str) -> list[str]:
    return [f"{place.name} {place.path} ({how}): {fault}" for fault in inspection.faults(page)]


@pytest.mark.look
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_look(
    make_demo: MakeDemo,
    open_page: Opener,
    worker_app: Flask,
    complaints: list[str],
    width: int,
    language: str,
    dark: bool,
) -> None:
    server = pages.demo_server(make_demo)
    reader = person(server, open_page, size=SIZES[width], language=language, dark=dark)
    how = f"{width}-{language}-{'dark' if dark else 'light'}"
    faults: list[str] = []
    for place in list(pages.places(worker_app, server, reader)):
        faults += _seen(reader(place.role), server, place, how)
        pages.picture(reader(place.role), OUT / how, place.name)
    complaints[:] = [each for each in complaints if "404" not in each]
    assert not faults, "\n".join(faults)
