"""Calendars to subscribe to: the dates of a round for everyone, a person's own behind a secret address."""

from __future__ import annotations

import datetime as dt
import hashlib

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import calendar_links
from challenge.base import clock, i18n
from challenge.base.db import db
from challenge.base.session import actor
from challenge.files.download import disposition
from challenge.messages import agendas
from challenge.reports import agenda
from challenge.reports.agenda import Date
from challenge.rounds import pages
from challenge.rules.permissions import Action, require
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "round_calendar": {"GET": Action.ROUND_READ},
    "own_calendar": {"GET": Action.CALENDAR_READ},
}
LANGUAGES = {"zh": "zh_CN", "en": "en_US"}


@blueprint.get("/rounds/<slug>/dates.ics")
def round_calendar(slug: str) -> ResponseReturnValue:
    """Openings and closings of a round, in the language that `lang` asks for."""
    head = pages.head(db.session, slug)
    require(actor(), Action.ROUND_READ, head.subject)
    dates = agenda.of_round(db.session, head.mark.round_id)
    with i18n.reading_as(LANGUAGES.get(request.args.get("lang", ""), i18n.reader().locale)):
        response = _answer(dates, i18n.t(head.row, "title"), head.mark.now, f"{slug}.ics")
    response.headers["Cache-Control"] = "public, max-age=300" if head.row.public else "private, no-store"
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@blueprint.get("/calendar/<token>.ics")
def own_calendar(token: str) -> ResponseReturnValue:
    """What concerns the person whose address this is, in their language; nobody signs in for it."""
    person = calendar_links.person_of(db.session, actor(), token)
    now = clock.now(db.session)
    dates = agenda.of_person(db.session, person.id, now)
    with i18n.reading_as(person.locale):
        response = _answer(dates, _("My dates"), now, "dates.ics")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(dates: list[Date], name: str, now: dt.datetime, file: str) -> Response:
    known = "\n".join((name, i18n.reader().locale, *map(repr, dates)))
    etag = hashlib.sha256(known.encode()).hexdigest()[:24]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        text = agendas.calendar(dates, name, now)
        response = Response(text, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = disposition(file)
    response.set_etag(etag, weak=True)
    return response
