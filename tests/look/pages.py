"""Which pages there are: one for each door that answers with a page, found by links as each role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.rigs.demo import MakeDemo
from tests.rigs.server import LiveServer

# Who walks through the demo world, and what they come for first.
ROLES = {
    "": ("/", "/login", "/register", "/reset-password", "/nowhere"),
    "organizer": ("/work", "/organize/rounds/demo-submission", "/organize/rounds/demo-notice/awards"),
    "energy": ("/organize/rounds/demo-judging", "/organize/rounds/demo-rolling"),
    "agri": ("/organize/rounds/demo-call", "/organize/rounds/demo-draft"),
    "seeker": ("/work", "/seek", "/seek/decisions"),
    "farm": ("/seek",),
    "solver": ("/work", "/solve/"),
    "judge": ("/work", "/judge/"),
    "admin": ("/work", "/admin/people", "/admin/health", "/mailbox"),
}
# Doors that answer with something else than a page.
OTHER = re.compile(r"\.(atom|rss|csv|css|js|svg|json|ics|xml|pdf|zip|xlsx|py)$|/files/|/documents/|^/health|^/static")
MOST_PER_ROLE = 150


@dataclass(frozen=True, slots=True)
class Place:
    """A page: who sees it, where it is, and the door's name."""

    role: str
    path: str
    endpoint: str

    @property
    def name(self) -> str:
        """A file name for its picture."""
        return f"{self.role or 'anyone'}-{self.endpoint.replace('.', '-')}"


def demo_server(make_demo: MakeDemo) -> LiveServer:
    """The product with the demo world in it, without a worker: nothing changes while it is looked at."""
    server = make_demo()
    server.start_web()
    return server


def places(app: Flask, server: LiveServer, person: Callable[[str], Page]) -> Iterator[Place]:
    """Every door that some role reaches by links from where it starts, once for each role's first way in."""
    known: set[str] = set()
    for role, starts in ROLES.items():
        page = person(role)
        waiting, seen = list(starts), set(starts)
        visited = 0
        while waiting and visited < MOST_PER_ROLE:
            path = waiting.pop(0)
            if door(app, path) in known and path not in starts:
                continue
            visited += 1
            page.goto(server.url + path)
            endpoint = door(app, urlsplit(page.url).path)
            links = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(each => each.href)")
            # Where a role starts is looked at for each role: my work is another page for everybody.
            if endpoint not in known or path in starts:
                known.add(endpoint)
                yield Place(role, path, endpoint)  # the page is open in the role's own browser
            for link in links:
                parts = urlsplit(link)
                found = parts.path + (f"?{parts.query}" if parts.query else "")
                if link.startswith(server.url) and found not in seen and not OTHER.search(parts.path):
                    seen.add(found)
                    waiting.append(found)


def door(app: Flask, path: str) -> str:
    """The endpoint that answers a path; the path itself where none does."""
    try:
        endpoint, _arguments = app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
    except RequestRedirect as redirect:
        return door(app, urlsplit(redirect.new_url).path)
    except HTTPException:
        return f"error.{path.strip('/')}"
    return str(endpoint)


def picture(page: Page, folder: Path, name: str) -> None:
    """Take the whole page."""
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
