"""News as Atom and as RSS: of the site, a programme or a round; in the language that `lang` asks for."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from email.utils import format_datetime
from xml.etree import ElementTree as ET  # nosec B405 - writes, and reads nothing

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base import i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.messages import links
from challenge.reports import news as reports
from challenge.reports.news import Item, Scope
from challenge.rounds import marks
from challenge.rules.permissions import Action, require
from challenge.web.public import feeds
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "news": {"GET": Action.PAGE_READ},
    "programme_news": {"GET": Action.PAGE_READ},
    "round_news": {"GET": Action.PAGE_READ},
}
LANGUAGES = {"zh": "zh_CN", "en": "en_US"}
SUMMARY = 1000


@blueprint.get("/feed.<any(atom, rss):form>")
def news(form: str) -> ResponseReturnValue:
    """What is new on the whole site."""
    return _feed(form, Scope(), links.link("public.rounds"))


@blueprint.get("/programmes/<slug>/feed.<any(atom, rss):form>")
def programme_news(slug: str, form: str) -> ResponseReturnValue:
    """What is new in one programme."""
    return _feed(form, reports.of_programme(db.session, slug), links.link("public.programme", slug=slug))


@blueprint.get("/rounds/<slug>/feed.<any(atom, rss):form>")
def round_news(slug: str, form: str) -> ResponseReturnValue:
    """What is new in one round."""
    return _feed(form, reports.of_round(db.session, slug), links.link("public.round", slug=slug))


def _feed(form: str, scope: Scope, home: str) -> Response:
    require(actor(), Action.PAGE_READ)
    asked = LANGUAGES.get(request.args.get("lang", ""))
    locale = asked or i18n.reader().locale
    mark = marks.of_site(db.session)
    known = f"{form}\n{mark.version}\n{request.path}\n{locale}"
    etag = hashlib.sha256(known.encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        with i18n.reading_as(locale):
            items = reports.newest(db.session, scope)
            newest = items[0].at if items else mark.now
            title = i18n.t(scope, "title") or _("News")
            feed = WRITERS[form](title, home, items, newest)
        response = Response(feed, mimetype=f"application/{form}+xml")
    response.set_etag(etag, weak=True)
    if asked is None:
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def _atom(title: str, home: str, items: Sequence[Item], newest: dt.datetime) -> bytes:
    feed = feeds.start(title, home, newest)
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", i18n.reader().lang)
    author = ET.SubElement(feed, f"{{{feeds.ATOM}}}author")
    feeds.text(author, "name", title)
    for item in items:
        entry = ET.SubElement(feed, f"{{{feeds.ATOM}}}entry")
        feeds.text(entry, "title", _title(item))
        feeds.text(entry, "id", _name(item))
        feeds.link(entry, rel="alternate", href=_href(item))
        feeds.text(entry, "published", feeds.instant(item.at))
        feeds.text(entry, "updated", feeds.instant(item.at))
        ET.SubElement(entry, f"{{{feeds.ATOM}}}category", {"term": item.kind})
        feeds.text(entry, "summary", _summary(item))
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _rss(title: str, home: str, items: Sequence[Item], newest: dt.datetime) -> bytes:
    ET.register_namespace("atom", feeds.ATOM)
    rss = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(rss, "channel")
    described = {"title": title, "link": home, "description": title, "language": i18n.reader().lang}
    for name, said in {**described, "lastBuildDate": format_datetime(newest)}.items():
        feeds.plain(channel, name, said)
    feeds.link(channel, rel="self", href=feeds.own_address(), type="application/rss+xml")
    for each in items:
        item = ET.SubElement(channel, "item")
        feeds.plain(item, "title", _title(each))
        feeds.plain(item, "link", _href(each))
        feeds.plain(item, "guid", _name(each))
        item[-1].set("isPermaLink", "false")
        feeds.plain(item, "pubDate", format_datetime(each.at))
        feeds.plain(item, "category", each.kind)
        feeds.plain(item, "description", _summary(each))
    written: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


WRITERS: Mapping[str, Callable[[str, str, Sequence[Item], dt.datetime], bytes]] = {"atom": _atom, "rss": _rss}


def _title(item: Item) -> str:
    title, place = i18n.t(item, "title"), i18n.t(item, "round")
    if item.kind == "round":
        return _("New: %(title)s", title=title)
    if item.kind == "results":
        return _("Results: %(title)s", title=title)
    return _("%(round)s: %(title)s", round=place, title=title)


def _summary(item: Item) -> str:
    return " ".join(i18n.t(item, "text").split())[:SUMMARY]


def _name(item: Item) -> str:
    """What stays the name of a piece of news, whatever its page is called later."""
    return f"tag:{links.host()},{item.at:%Y-%m-%d}:{item.kind}/{item.id}"


def _href(item: Item) -> str:
    if item.kind == "requirement":
        return links.link("public.requirement", ref=item.address)
    if item.kind == "announcement":
        return links.link("public.round_tab", slug=item.address, tab="announcements")
    endpoint = "public.round_results" if item.kind == "results" else "public.round"
    return links.link(endpoint, slug=item.address)
