"""Atom feeds: of any search, and of all published requirements. They hold what the pages show to everyone."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET  # nosec B405 - writes, and reads nothing

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base import i18n
from challenge.base.db import db
from challenge.messages import links
from challenge.requirements.models import FIELDS
from challenge.rounds import marks
from challenge.rules.permissions import Action
from challenge.search import finding, reading
from challenge.search.finding import Asked, Found
from challenge.web.public.room import blueprint
from challenge.web.public.search import PAGES, described

ROUTES: dict[str, dict[str, Action]] = {
    "search_feed": {"GET": Action.PAGE_READ},
    "requirement_feed": {"GET": Action.PAGE_READ},
}
MOST = 50
SUMMARY = 500
ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/search.atom")
def search_feed() -> ResponseReturnValue:
    """What a search finds, the newest first, whether in a title or in a text."""
    want = reading.wanted(request.args, FIELDS)
    title = _("Search: %(words)s", words=described(want.asked))
    return _feed(title, want.asked, links.link("public.search") + f"?{want.query()}")


@blueprint.get("/requirements.atom")
def requirement_feed() -> ResponseReturnValue:
    """All published requirements, the newest first."""
    return _feed(_("Requirements"), Asked(kind="requirement"), links.link("public.requirements"))


def _feed(title: str, asked: Asked, home: str) -> Response:
    mark = marks.of_site(db.session)
    etag = hashlib.sha256(f"{mark.version}\n{home}\n{i18n.reader().locale}".encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        rows = finding.find(db.session, asked, limit=MOST)
        rows.sort(key=lambda row: row.id, reverse=True)
        response = Response(_document(title, home, rows, mark.now), mimetype="application/atom+xml")
    response.set_etag(etag, weak=True)
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _document(title: str, home: str, rows: Sequence[Found], now: dt.datetime) -> bytes:
    feed = start(title, home, max((row.changed_at for row in rows), default=now))
    for row in rows:
        _entry(feed, row)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def start(title: str, home: str, newest: dt.datetime) -> ET.Element:
    """A feed under the address that was asked for, without its entries."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    text(feed, "title", title)
    text(feed, "id", home)
    text(feed, "updated", instant(newest))
    link(feed, rel="alternate", href=home)
    link(feed, rel="self", href=links.home().rstrip("/") + request.full_path.rstrip("?"))
    return feed


def _entry(feed: ET.Element, row: Found) -> None:
    endpoint, name = PAGES[row.kind]
    href = links.link(endpoint, **{name: row.address})
    entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
    text(entry, "title", i18n.t(row, "title"))
    text(entry, "id", href)
    link(entry, rel="alternate", href=href)
    text(entry, "published", instant(row.at))
    text(entry, "updated", instant(row.changed_at))
    owner = row.owner_zh if i18n.reader().zh else row.owner_en
    author = ET.SubElement(entry, f"{{{ATOM}}}author")
    text(author, "name", owner or _("Anonymous seeker"))
    text(entry, "summary", " ".join(row.text.split())[:SUMMARY])


def text(parent: ET.Element, name: str, said: str) -> None:
    """One element with what is said, as far as XML can hold it."""
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = _NOT_XML.sub("", said)


def link(parent: ET.Element, **attributes: Any) -> None:
    """A link of a feed or an entry."""
    ET.SubElement(parent, f"{{{ATOM}}}link", attributes)


def instant(at: dt.datetime) -> str:
    """A moment as Atom writes it."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
