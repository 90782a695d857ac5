"""Feeds of any search and of all published requirements, as Atom and as RSS: what pages show to everyone."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET  # nosec B405 - writes, and reads nothing

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base import i18n
from challenge.base.db import db
from challenge.exchange import feed_out
from challenge.messages import links
from challenge.requirements.models import FIELDS
from challenge.rounds import marks
from challenge.rules.permissions import Action
from challenge.search import finding, reading
from challenge.search.finding import Asked, Found
from challenge.web import papers
from challenge.web.public.room import blueprint
from challenge.web.public.search import PAGES, described

ROUTES: dict[str, dict[str, Action]] = {
    "search_feed": {"GET": Action.PAGE_READ},
    "search_rss": {"GET": Action.PAGE_READ},
    "requirement_feed": {"GET": Action.PAGE_READ},
    "requirement_rss": {"GET": Action.PAGE_READ},
    "challenges_json": {"GET": Action.PAGE_READ},
}
MOST = 50
SUMMARY = 500
ATOM, DUBLIN = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says, whatever it is written in."""

    title: str
    home: str
    rows: Sequence[Found]
    updated: dt.datetime


@blueprint.get("/search.atom")
def search_feed() -> ResponseReturnValue:
    """What a search finds, the newest first, whether in a title or in a text."""
    return _search("atom")


@blueprint.get("/search.rss")
def search_rss() -> ResponseReturnValue:
    """The same as RSS."""
    return _search("rss")


@blueprint.get("/requirements.atom")
def requirement_feed() -> ResponseReturnValue:
    """All published requirements, the newest first."""
    return _requirements("atom")


@blueprint.get("/requirements.rss")
def requirement_rss() -> ResponseReturnValue:
    """The same as RSS."""
    return _requirements("rss")


@blueprint.get("/challenges.json")
def challenges_json() -> ResponseReturnValue:
    """All public rounds in the shape of Challenge.gov's feed, which `flask import challenges` reads."""
    etag = hashlib.sha256(f"{marks.of_site(db.session).version}\n{links.home()}".encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        written = feed_out.stream(_("Challenges"), lambda slug: links.link("public.round", slug=slug))
        response = papers.made_while_sent(written, "application/json", None)
    response.set_etag(etag, weak=True)
    response.cache_control.public = True
    response.cache_control.no_cache = True
    return response


def _search(kind: str) -> Response:
    want = reading.wanted(request.args, FIELDS)
    title = _("Search: %(words)s", words=described(want.asked))
    return _feed(kind, title, want.asked, links.link("public.search") + f"?{want.query()}")


def _requirements(kind: str) -> Response:
    asked = Asked(kind="requirement")
    return _feed(kind, _("Requirements"), asked, links.link("public.requirements"))


def _feed(kind: str, title: str, asked: Asked, home: str) -> Response:
    mark = marks.of_site(db.session)
    known = f"{kind}\n{mark.version}\n{home}\n{i18n.reader().locale}"
    etag = hashlib.sha256(known.encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        rows = finding.find(db.session, asked, limit=MOST)
        rows.sort(key=lambda row: row.id, reverse=True)
        feed = Feed(title, home, rows, max((row.changed_at for row in rows), default=mark.now))
        response = Response(WRITERS[kind](feed), mimetype=f"application/{kind}+xml")
    response.set_etag(etag, weak=True)
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _atom(found: Feed) -> bytes:
    feed = start(found.title, found.home, found.updated)
    for row in found.rows:
        href = _href(row)
        entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
        text(entry, "title", i18n.t(row, "title"))
        text(entry, "id", href)
        link(entry, rel="alternate", href=href)
        text(entry, "published", instant(row.at))
        text(entry, "updated", instant(row.changed_at))
        author = ET.SubElement(entry, f"{{{ATOM}}}author")
        text(author, "name", _owner(row))
        text(entry, "summary", _summary(row))
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def start(title: str, home: str, newest: dt.datetime) -> ET.Element:
    """An Atom feed under the address that was asked for, without its entries."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    text(feed, "title", title)
    text(feed, "id", home)
    text(feed, "updated", instant(newest))
    link(feed, rel="alternate", href=home)
    link(feed, rel="self", href=own_address())
    return feed


def _rss(found: Feed) -> bytes:
    ET.register_namespace("atom", ATOM)
    ET.register_namespace("dc", DUBLIN)
    rss = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(rss, "channel")
    plain(channel, "title", found.title)
    plain(channel, "link", found.home)
    plain(channel, "description", found.title)
    plain(channel, "lastBuildDate", format_datetime(found.updated))
    link(channel, rel="self", href=own_address(), type="application/rss+xml")
    for row in found.rows:
        item = ET.SubElement(channel, "item")
        plain(item, "title", i18n.t(row, "title"))
        plain(item, "link", _href(row))
        plain(item, "guid", _href(row))
        plain(item, "pubDate", format_datetime(row.at))
        plain(item, f"{{{DUBLIN}}}creator", _owner(row))
        plain(item, "description", _summary(row))
    written: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


WRITERS = {"atom": _atom, "rss": _rss}


def _href(row: Found) -> str:
    endpoint, name = PAGES[row.kind]
    return links.link(endpoint, **{name: row.address})


def _owner(row: Found) -> str:
    return (row.owner_zh if i18n.reader().zh else row.owner_en) or _("Anonymous seeker")


def _summary(row: Found) -> str:
    return " ".join(row.text.split())[:SUMMARY]


def own_address() -> str:
    """The public address of the feed that was asked for."""
    return links.home().rstrip("/") + request.full_path.rstrip("?")


def text(parent: ET.Element, name: str, said: str) -> None:
    """One element of an Atom feed with what is said, as far as XML can hold it."""
    plain(parent, f"{{{ATOM}}}{name}", said)


def plain(parent: ET.Element, name: str, said: str) -> None:
    """One element with what is said, as far as XML can hold it."""
    ET.SubElement(parent, name).text = _NOT_XML.sub("", said)


def link(parent: ET.Element, **attributes: Any) -> None:
    """A link of a feed or an entry."""
    ET.SubElement(parent, f"{{{ATOM}}}link", attributes)


def instant(at: dt.datetime) -> str:
    """A moment as Atom writes it."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
