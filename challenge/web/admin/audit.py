"""The whole audit trail: by person, thing, action, chain and time; checked on request."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import people
from challenge.audit import anchors, statements, trail
from challenge.audit.keys import keyring
from challenge.audit.statements import MOST_BYTES, Verdict
from challenge.audit.trail import Asked
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import disposition
from challenge.reports import checks, looking
from challenge.rules.errors import Refused
from challenge.rules.permissions import Action, require
from challenge.web import admin_words, words
from challenge.web import listing as files
from challenge.web.admin.room import blueprint
from challenge.web.organize.audit import ACTIONS, shown
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {
    "audit": {"GET": Action.AUDIT_VERIFY},
    "audit_check": {"POST": Action.AUDIT_VERIFY},
    "audit_anchor": {"GET": Action.AUDIT_VERIFY},
}
PAGE = 50
COLUMNS = files.columns("seq at who action subject chain hash", who="actor")
FIELDS = ("who", "thing", "action", "chain", "since", "until")


@blueprint.get("/audit")
def audit() -> ResponseReturnValue:
    """Entries of every chain, newest first, and the last checks.

    Chains of rounds in which the administrator has a part of their own (judge, team, seeker) are left out.
    """
    require(actor(), Action.AUDIT_VERIFY)
    given = {name: request.args.get(name, "").strip() for name in FIELDS}
    before = number_key(request.args.get("before"))
    barred = looking.taking_part(db.session, actor().user_id or 0)
    asked = _asked(given)
    file = files.taken(
        "audit",
        COLUMNS,
        lambda session, after, limit: trail.find(session, asked, barred, after, limit),
        zone=_zone(),
        personal=True,
    )
    if file is not None:
        return file
    lines = trail.find(db.session, asked, barred, before, PAGE + 1)
    here: dict[str, Any] = {name: value for name, value in given.items() if value}
    zone = _zone()
    return render_template(
        "admin/audit.html",
        lines=shown(lines[:PAGE], zone),
        given=given,
        filtered=bool(here),
        barred=len(barred),
        older=url_for("admin.audit", **here, before=lines[PAGE - 1].id) if lines[PAGE:] else None,
        newest=url_for("admin.audit", **here) if before else None,
        zone=zone,
        actions=sorted(((code, str(each[2])) for code, each in ACTIONS.items()), key=lambda pair: pair[1]),
        checks=checks.newest(db.session),
        faults=admin_words.FAULTS,
    )


@blueprint.post("/audit/check")
def audit_check() -> ResponseReturnValue:
    """Have all chains walked; with a file, compared with what was signed and kept elsewhere."""
    require(actor(), Action.AUDIT_VERIFY)
    sent = request.files.get("anchor")
    data = sent.stream.read(MOST_BYTES + 1) if sent is not None and sent.filename else b""
    try:
        statement = None
        if data:
            examined = statements.examine(keyring(), data, anchors.ANCHORS)
            if examined.verdict is not Verdict.VALID or examined.statement is None:
                raise Refused("no_anchor")
            statement = examined.statement
        name = (sent.filename or "") if sent is not None and data else ""
        with writing() as session:
            checks.ask(session, actor(), anchor=statement, name=name)
    except Refused as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("The check has been asked for."))
    return redirect(url_for("admin.audit", _anchor="checks"))


@blueprint.get("/audit/anchor.json")
def audit_anchor() -> ResponseReturnValue:
    """Where every chain ends now, signed, to be kept elsewhere."""
    require(actor(), Action.AUDIT_VERIFY)
    said = anchors.of_now(db.session)
    text = json.dumps(statements.sign(keyring(), said), indent=2, ensure_ascii=False)
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(f"anchor-{said['read_at'][:10]}.json")
    return response


def _asked(given: dict[str, str]) -> Asked:
    return Asked(
        actor=_actor_name(given["who"]),
        subject=given["thing"],
        action=given["action"],
        chain=given["chain"],
        since=_day(given["since"]),
        until=_day(given["until"], after=1),
    )


def _actor_name(who: str) -> str:
    """An address or a number as the chain has it; "system" is the product. Who is unknown finds none."""
    if not who or who in ("system", "anonymous"):
        return who
    if who.isdecimal():
        return f"user:{int(who)}"
    person = people.by_email(db.session, who)
    return f"user:{person.id}" if person is not None else f"?{who}"


def _day(text: str, after: int = 0) -> dt.datetime | None:
    """The beginning of a day where the reader reads the clock, or of one some days later."""
    try:
        day = dt.date.fromisoformat(text)
        return dt.datetime.combine(day + dt.timedelta(days=after), dt.time(), ZoneInfo(_zone()))
    except (ValueError, OverflowError):
        return None


def _zone() -> str:
    return i18n.reader().zone or str(current_app.config["SETTINGS"].default_zone)
