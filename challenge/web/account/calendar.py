"""My calendar: the secret address by which a calendar program reads my dates."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import calendar_links
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.messages import links
from challenge.rules.permissions import Action, require
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "calendar": {"GET": Action.ACCOUNT_USE},
    "calendar_make": {"POST": Action.ACCOUNT_USE},
    "calendar_end": {"POST": Action.ACCOUNT_USE},
}
_NEW = "calendar_address"


@blueprint.get("/profile/calendar")
def calendar() -> ResponseReturnValue:
    """Whether there is an address; a new one is shown once."""
    require(actor(), Action.ACCOUNT_USE)
    link = calendar_links.of_person(db.session, actor().user_id or 0)
    token = cookie.pop(_NEW, None)
    address = links.link("public.own_calendar", token=token) if token and link else None
    page = render_template("account/calendar.html", link=link, address=address)
    return page, 200, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@blueprint.post("/profile/calendar")
def calendar_make() -> ResponseReturnValue:
    """A new address; the one before ends."""
    with writing() as session:
        cookie[_NEW] = calendar_links.make(session, actor())
    flash(_("The address is there. Copy it now: it is shown once."))
    return redirect(url_for("account.calendar"))


@blueprint.post("/profile/calendar/end")
def calendar_end() -> ResponseReturnValue:
    """The address ends."""
    with writing() as session:
        calendar_links.end(session, actor())
    flash(_("The address opens nothing any more."))
    return redirect(url_for("account.calendar"))
