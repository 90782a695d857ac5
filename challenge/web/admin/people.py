"""People: who has an account, what each may do, and closing an account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import people, queries
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.web.admin.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "people": {"GET": Action.USER_MANAGE},
    "person": {"GET": Action.USER_MANAGE},
    "open_or_close": {"POST": Action.USER_MANAGE},
}
PAGE = 50


@blueprint.get("/people", endpoint="people")
def list_people() -> ResponseReturnValue:
    """Everyone with an account, newest first."""
    require(actor(), Action.USER_MANAGE)
    text = request.args.get("q", "").strip()
    after = request.args.get("after", type=int)
    rows = queries.people(db.session, text, after, PAGE + 1)
    older = rows[PAGE - 1].id if len(rows) > PAGE else None
    return render_template("admin/people.html", people=rows[:PAGE], older=older, text=text, after=after)


@blueprint.get("/people/<ref>")
def person(ref: str) -> ResponseReturnValue:
    """One person: organizations, roles, state."""
    require(actor(), Action.USER_MANAGE)
    found = people.by_ref(db.session, ref)
    return render_template(
        "admin/person.html",
        person=found,
        seats=queries.seats_of(db.session, found.id),
        roles=queries.roles_of(db.session, found.id),
    )


@blueprint.post("/people/<ref>/<any(close, reopen):verb>")
def open_or_close(ref: str, verb: str) -> ResponseReturnValue:
    """Close an account, or open it again."""
    found = people.by_ref(db.session, ref)
    change = people.deactivate if verb == "close" else people.reactivate
    with writing() as session:
        change(session, actor(), found)
    flash(_("Account closed.") if verb == "close" else _("Account open again."))
    return redirect(url_for("admin.person", ref=ref))
