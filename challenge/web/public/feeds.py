"""Atom feeds: of any search, and of all published requirements. They hold what the pages show to everyone."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET  # nosec B405 - writes, and reads nothing

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
    from xml.etree import ElementTree as ET  # nosec B405 - loaded on first use: few readers ask for a feed

    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    newest = max((row.changed_at for row in rows), default=now)
    _text(feed, "title", title)
    _text(feed, "id", home)
    _text(feed, "updated", _instant(newest))
    _link(feed, rel="alternate", href=home)
    _link(feed, rel="self", href=links.home().rstrip("/") + request.full_path.rstrip("?"))
    for row in rows:
        _entry(feed, row)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: ET.Element, row: Found) -> None:
    endpoint, name = PAGES[row.kind]
    href = links.link(endpoint, **{name: row.address})
    entry = _part(feed, "entry")
    _text(entry, "title", i18n.t(row, "title"))
    _text(entry, "id", href)
    _link(entry, rel="alternate", href=href)
    _text(entry, "published", _instant(row.at))
    _text(entry, "updated", _instant(row.changed_at))
    owner = row.owner_zh if i18n.reader().zh else row.owner_en
    author = _part(entry, "author")
    _text(author, "name", owner or _("Anonymous seeker"))
    _text(entry, "summary", " ".join(row.text.split())[:SUMMARY])


def _part(parent: ET.Element, name: str, attributes: dict[str, Any] | None = None) -> ET.Element:
    made = parent.makeelement(f"{{{ATOM}}}{name}", attributes or {})
    parent.append(made)
    return made


def _text(parent: ET.Element, name: str, text: str) -> None:
    _part(parent, name).text = _NOT_XML.sub("", text)


def _link(parent: ET.Element, **attributes: Any) -> None:
    _part(parent, "link", attributes)


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
