"""People: who has an account, what each may do, and what an administrator does to an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from challenge.accounts import acting, people, queries, resets
from challenge.accounts.models import ROLES, User
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.messages import queries as messages
from challenge.reports import holders
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import Action, require
from challenge.web import listing, words
from challenge.web.admin.room import blueprint
from challenge.web.listing import Column, List

ROUTES: dict[str, dict[str, Action]] = {
    "people": {"GET": Action.USER_MANAGE},
    "person": {"GET": Action.USER_MANAGE},
    "open_or_close": {"POST": Action.USER_MANAGE},
    "send_link": {"POST": Action.USER_MANAGE},
    "set_administrator": {"POST": Action.ROLE_MANAGE},
}
PAGE = 50
ROLE_WORDS: Mapping[str, LazyString] = {
    "organizer": lazy_gettext("Organizer"),
    "manager": lazy_gettext("Branch manager"),
    "judge": lazy_gettext("Judge"),
    "auditor": lazy_gettext("Auditor"),
    "representative": lazy_gettext("Representative"),
    "broker": lazy_gettext("Broker"),
}
ACT_WORDS: Mapping[str, LazyString] = {
    "suspended": lazy_gettext("Account closed"),
    "reopened": lazy_gettext("Account opened again"),
    "confirmed": lazy_gettext("Address vouched for"),
    "administrator_made": lazy_gettext("Made an administrator"),
    "administrator_ended": lazy_gettext("No administrator any more"),
    **{f"{role}_given": lazy_gettext("Role given: %(role)s", role=said) for role, said in ROLE_WORDS.items()},
    **{
        f"{role}_withdrawn": lazy_gettext("Role withdrawn: %(role)s", role=said)
        for role, said in ROLE_WORDS.items()
    },
}
DONE: Mapping[str, LazyString] = {
    "close": lazy_gettext("Account closed."),
    "reopen": lazy_gettext("Account open again."),
    "confirm": lazy_gettext("The address is confirmed."),
}
CHANGES: Mapping[str, Any] = {"close": acting.suspend, "reopen": acting.reopen, "confirm": acting.confirm}
SENT: Mapping[str, LazyString] = {
    "account_reset": lazy_gettext("The link for a new password is on its way."),
    "account_confirm": lazy_gettext("The link that confirms the address is on its way."),
}


@blueprint.get("/people", endpoint="people")
def list_people() -> ResponseReturnValue:
    """Everyone with an account, newest first; by name, state and role."""
    require(actor(), Action.USER_MANAGE)
    text = request.args.get("q", "").strip()
    state, role = request.args.get("state", ""), request.args.get("role", "")
    after = request.args.get("after", type=int)
    role = role if role in ROLES else ""
    if form := listing.asked():
        return listing.file(form, _list(text, state, role))
    rows = queries.people(db.session, text, after, PAGE + 1, state=state, role=role)
    here: dict[str, Any] = {"q": text or None, "state": state or None, "role": role or None}
    older = url_for("admin.people", **here, after=rows[PAGE - 1].id) if rows[PAGE:] else None
    return render_template(
        "admin/people.html",
        people=rows[:PAGE],
        older=older,
        newest=url_for("admin.people", **here) if after else None,
        text=text,
        state=state,
        role=role,
        role_words=ROLE_WORDS,
    )


COLUMNS: tuple[Column[User], ...] = (
    Column("ref", lazy_gettext("Reference"), lambda row: row.ref),
    Column("name", lazy_gettext("Name"), lambda row: row.name),
    Column("email", lazy_gettext("Mail address"), lambda row: row.email),
    Column("affiliation", lazy_gettext("Affiliation"), lambda row: row.affiliation),
    Column("active", lazy_gettext("Account open"), lambda row: int(row.active)),
    Column("admin", lazy_gettext("Administrator"), lambda row: int(row.admin)),
    Column("created_at", lazy_gettext("Since"), lambda row: row.created_at),
)


def _list(text: str, state: str, role: str) -> List[User]:
    """Everyone whom the page would show, page after page."""
    return List(
        name="people",
        columns=COLUMNS,
        batch=lambda session, after, limit: queries.people(
            session, text, after, limit, state=state, role=role
        ),
        after=lambda row: row.id,
        personal=True,
    )


@blueprint.get("/people/<ref>")
def person(ref: str) -> ResponseReturnValue:
    """One person: organizations, roles, letters, and what was done to the account."""
    require(actor(), Action.USER_MANAGE)
    found = people.by_ref(db.session, ref)
    return render_template(
        "admin/person.html",
        person=found,
        seats=queries.seats_of(db.session, found.id),
        roles=holders.of_person(db.session, found.id),
        post=messages.post_of(db.session, found),
        acts=acting.of_user(db.session, found.id),
        role_words=ROLE_WORDS,
        act_words=ACT_WORDS,
        longest=acting.REASON,
        reset=resets.waiting(db.session, found.id),
    )


@blueprint.post("/people/<ref>/<any(close, reopen, confirm):verb>")
def open_or_close(ref: str, verb: str) -> ResponseReturnValue:
    """Close an account, open it again, or vouch for its address; each with a reason."""
    found = people.by_ref(db.session, ref)
    try:
        with writing() as session:
            CHANGES[verb](session, actor(), found, request.form.get("reason", ""))
    except Invalid as refusal:
        return _back(found, refusal)
    flash(str(DONE[verb]))
    return redirect(url_for("admin.person", ref=ref))


@blueprint.post("/people/<ref>/link")
def send_link(ref: str) -> ResponseReturnValue:
    """Mail the link that sets a new password, or confirms the address."""
    found = people.by_ref(db.session, ref)
    with writing() as session:
        template = acting.send_link(session, actor(), found)
    flash(str(SENT[template]))
    return redirect(url_for("admin.person", ref=ref))


@blueprint.post("/people/<ref>/administrator/<any(make, end):verb>")
def set_administrator(ref: str, verb: str) -> ResponseReturnValue:
    """Make somebody an administrator, or end that."""
    found = people.by_ref(db.session, ref)
    reason = request.form.get("reason", "")
    try:
        with writing() as session:
            acting.set_administrator(session, actor(), found, reason, admin=verb == "make")
    except Invalid as refusal:
        return _back(found, refusal)
    flash(_("Saved."))
    if found.id == actor().user_id:
        return redirect(url_for("security.login"))
    return redirect(url_for("admin.person", ref=ref))


def _back(found: User, refusal: Refused) -> ResponseReturnValue:
    said = words.say(refusal)
    flash(_("Reason: %(what)s", what=said), "error")
    return redirect(url_for("admin.person", ref=found.ref))
