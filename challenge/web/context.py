"""What every template may use: the reader, the actor's rights, dates, money, texts in two languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Flask, g, has_request_context, request
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from challenge.base import amounts, clock, i18n, phrases, texts
from challenge.base.db import db
from challenge.base.session import actor
from challenge.messages.rendering import quoted
from challenge.rounds.queries import Track
from challenge.rules.permissions import Action, Subject, can
from challenge.web import places
from challenge.web.minitrack import mini_track


def N_(text: str) -> str:  # noqa: N802 - the catalogue's mark for a word that is put into a language later
    """The word itself."""
    return text


def page_now() -> Any:
    """The database's time for this page, read once."""
    if "page_now" not in g:
        session: Session = db.session
        g.page_now = clock.now(session)
    return g.page_now


def may(action: str, subject: Subject | None = None) -> bool:
    """For templates: whether to show a button. The service asks again."""
    return can(actor(), Action(action), subject)


def addresses(app: Flask) -> Callable[..., str]:
    """`url_for` for templates: an address that is the same for everybody is put together once.

    A page's frame alone has thirty of them. Those are the ones without values, and static files.
    """
    known: dict[tuple[str, object, str], str] = {}

    def address(endpoint: str, **values: Any) -> str:
        file = values.get("filename")
        same = not values or (file is not None and len(values) == 1 and endpoint == "static")
        place = endpoint.rpartition(".")[0]
        if not same or not has_request_context() or (place or "static") in app.url_default_functions:
            return app.url_for(endpoint, **values)
        key = (endpoint, file, request.script_root)
        if key not in known:
            known[key] = app.url_for(endpoint, **values)
        return known[key]

    return address


FILTERS: dict[str, Callable[..., Any]] = {
    "when": i18n.when,
    "between": i18n.between,
    "day": i18n.day,
    "instant": dt.datetime.fromisoformat,
    "clock": i18n.clock_time,
    "left": i18n.left,
    "money": amounts.money,
    "filesize": i18n.filesize,
    "number": i18n.number,
    "markdown": texts.markdown,
    "quoted": quoted,
}


def install(app: Flask) -> None:
    """Hang filters and globals onto the app's templates."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        t=i18n.t,
        t_lang=i18n.t_lang,
        lang_of=i18n.lang_of,
        other=i18n.other,
        organization_name=i18n.organization_name,
        money_range=amounts.money_range,
        zone_name=i18n.zone_name,
        span=i18n.span,
        may=may,
        url_for=addresses(app),
        region_choices=places.region_choices,
        # In place of Flask-Babel's own, which look the catalogue up for every word.
        _=phrases.in_template,
        gettext=phrases.in_template,
        ngettext=phrases.number_in_template,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Globals, not a context processor: macros imported without context see them too.
    app.jinja_env.globals.update(
        reader=LocalProxy(i18n.reader),
        actor=LocalProxy(actor),
        now=LocalProxy(page_now),
        track_label=track_label,
        mini_track=lambda track: mini_track(track, track_label(track)),
    )


# What is open now, and what is over while the next has not begun.
_LABELS = {
    "requirements": (N_("Collecting requirements"), N_("Requirements closed")),
    "submission": (N_("Submission open"), N_("Submission closed")),
    "judging": (N_("Judging"), N_("Judging closed")),
    "award": (N_("Award"), N_("Award")),
    "cancelled": (N_("Cancelled"),) * 2,
    "closed": (N_("Closed"),) * 2,
    "draft": (N_("Draft"),) * 2,
}


def track_label(track: Track) -> str:
    """One line for a list: what is open now, or what comes next."""
    is_open = any(each.stage == track.stage and each.state == "now" for each in track.stages)
    return phrases.gettext(_LABELS[track.stage][0 if is_open else 1])
