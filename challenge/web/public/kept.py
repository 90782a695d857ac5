"""Public pages are drawn once for many visitors: kept in this process by version, with an ETag for 304.

A visitor who is not signed in gets a kept page while its version stands, its minute lasts and no window on
it has opened or closed. The server's time is put in anew each time, so every countdown starts right. Eight
readers at once cause one drawing, not eight.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path

from flask import Response, current_app, g, request, session
from flask.sansio.app import App

from challenge.base.i18n import reader
from challenge.base.session import actor
from challenge.rounds.marks import Mark

MOST_BYTES = 12 * 1024 * 1024
LONGEST_ADDRESS = 400
PATIENCE = 10  # seconds that a reader waits for another one's drawing before it draws for itself
SOON = dt.timedelta(hours=1)
_STAMP = b' data-now="'

Moment = dt.datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page around the place where the server's time stands, and until when it may be shown."""

    version: str
    before: bytes
    after: bytes
    until: Moment
    etag: str
    soon: bool  # something closes within the hour: then every answer carries the time, and none is a 304

    def body(self, now: Moment) -> bytes:
        """The page with the time of this answer."""
        return b"".join((self.before, now.isoformat().encode(), self.after))


class Shelf:
    """Pages by address and reader, the least used left out above `MOST_BYTES`."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.drawing: dict[tuple[str, str], Future[Page]] = {}
        self.lock = threading.Lock()

    def get(self, key: str, version: str, now: Moment, draw: Callable[[], Page]) -> Page:
        """The kept page, or the one that `draw` makes; of several readers at once one draws."""
        turn = (key, version)
        with self.lock:
            page = self.pages.get(key)
            if page is not None and page.version == version and now < page.until:
                self.pages.move_to_end(key)
                return page
            waiting = self.drawing.get(turn)
            if waiting is None:
                self.drawing[turn] = Future()
        if waiting is None:
            return self._draw(turn, draw)
        wait([waiting], PATIENCE)
        if waiting.done() and waiting.exception() is None:
            return waiting.result()
        return draw()  # whoever drew failed or is slow: this reader's own try tells what is wrong

    def _draw(self, turn: tuple[str, str], draw: Callable[[], Page]) -> Page:
        flight = self.drawing[turn]
        try:
            page = draw()
        except BaseException as error:
            flight.set_exception(error)
            raise
        else:
            self._put(turn[0], page)
            flight.set_result(page)
            return page
        finally:
            with self.lock:
                self.drawing.pop(turn, None)

    def _put(self, key: str, page: Page) -> None:
        with self.lock:
            old = self.pages.pop(key, None)
            self.size += _size(page) - (_size(old) if old else 0)
            self.pages[key] = page
            while self.size > self.most_bytes and self.pages:
                _, gone = self.pages.popitem(last=False)
                self.size -= _size(gone)


def _size(page: Page) -> int:
    return len(page.before) + len(page.after) + 500


def install(app: App) -> None:
    """Give the application its shelf. `KEEP_PAGES` is off where data change behind the audit trail."""
    app.extensions["kept_pages"] = Shelf()
    app.config.setdefault("KEEP_PAGES", not app.config["TESTING"])
    app.extensions["kept_build"] = _build(Path(app.root_path).parent / "templates")


def _build(folder: Path) -> str:
    """What a deployment changes: the same in all workers of one, so that they agree on an ETag."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        status = path.stat()
        seen.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()[:12]


def answer(mark: Mark, draw: Callable[[], str], moments: Iterable[Moment | None] = ()) -> Response:
    """The page that `draw` gives at this mark: kept for visitors, drawn anew for whoever is signed in.

    `moments` are those at which something on it changes by itself; `expect` adds more while drawing.
    The caller has asked the permission table already.
    """
    g.page_now = mark.now
    if not _shared():
        return _plain(draw())
    who = reader()
    key = "\n".join((request.full_path, who.locale, who.zone or "", who.theme, who.money))
    shelf: Shelf = current_app.extensions["kept_pages"]
    page = shelf.get(key, mark.version, mark.now, lambda: _drawn(key, mark, draw, moments))
    if not page.soon and request.if_none_match.contains_weak(page.etag):
        response = Response(status=304)
    else:
        response = _plain(page.body(mark.now))
    response.set_etag(page.etag, weak=True)
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def _plain(body: str | bytes) -> Response:
    return Response(body, mimetype="text/html")


def expect(*moments: Moment | None) -> None:
    """While drawing: the page is no longer right at these moments."""
    g.setdefault("moments", []).extend(moments)


def _shared() -> bool:
    """Whether this answer is the same for every visitor of this language, zone and theme."""
    return bool(
        current_app.config["KEEP_PAGES"]
        and actor().user_id is None
        and len(request.full_path) <= LONGEST_ADDRESS
        and "_flashes" not in session
    )


def _drawn(key: str, mark: Mark, draw: Callable[[], str], moments: Iterable[Moment | None]) -> Page:
    g.moments = list(moments)
    html = draw().encode()
    coming = sorted(at for at in g.moments if at is not None and at > mark.now)
    minute = mark.now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    until = min([minute, *coming[:1]])
    build = current_app.extensions["kept_build"]
    etag = hashlib.sha256("\n".join((build, key, mark.version, until.isoformat())).encode()).hexdigest()[:24]
    start = html.index(_STAMP) + len(_STAMP)
    end = html.index(b'"', start)
    soon = bool(coming) and coming[0] <= mark.now + SOON
    return Page(mark.version, html[:start], html[end:], until, etag, soon)
