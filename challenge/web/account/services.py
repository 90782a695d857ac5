"""Panels of services: what I am to do or to hand on, and what was asked for me."""

from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.rules.permissions import Actor
from challenge.services import requests
from challenge.services.requests import RequestRow
from challenge.web.account.panel_parts import MOST, Line, Panel


def serving(session: Session, actor: Actor, now: dt.datetime) -> Panel | None:
    """What is assigned to me, and what waits where I run services; what lies still says so."""
    lines = [_line(row, _to_do(row, now)) for row in requests.to_do(session, actor, MOST)]
    run = bool(requests.run_by(actor))
    if not (lines or run):
        return None
    empty = _("Nobody waits for a service of yours.")
    return Panel(
        _("Services to give"), lines, empty, url_for("services.desks") if run else None, _("The desk")
    )


def _to_do(row: RequestRow, now: dt.datetime) -> str:
    who = i18n.t(row, "asker")
    if row.overdue(now):
        return _("%(who)s · its day has passed", who=who)
    if row.quiet(now):
        return _("%(who)s · nothing happens here", who=who)
    return who if row.due is None else _("%(who)s · by %(day)s", who=who, day=i18n.day(row.due))


def asked(session: Session, actor: Actor, _now: dt.datetime) -> Panel | None:
    """What my organizations asked for and is not over: what is done waits for their rating."""
    rows = requests.asked_by(session, actor, open_only=True, limit=MOST)
    lines = [
        _line(row, _("Say how it was") if row.state == "done" else i18n.t(row, "centre"))
        for row in sorted(rows, key=lambda row: row.state != "done")
    ]
    if not lines:
        return None
    return Panel(_("Services asked for"), lines, "", url_for("services.mine"), _("All requests"))


def _line(row: RequestRow, note: str) -> Line:
    href = url_for("services.request", ref=row.ref)
    return Line(href, i18n.t(row, "service"), "service_request", row.state, note)
