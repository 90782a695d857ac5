"""Roles: who holds what, for what and until when; given and withdrawn with a reason."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from challenge.accounts import acting, queries, role_giving
from challenge.accounts.models import ROLES
from challenge.accounts.role_giving import GIVEN, WITHDRAWN, Office
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.reports import holders
from challenge.rounds import programmes
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, require
from challenge.web import forms, words
from challenge.web import listing as files
from challenge.web.account.forms import FILL_IN, at_most
from challenge.web.admin.people import ROLE_WORDS
from challenge.web.admin.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "roles": {"GET": Action.ROLE_MANAGE},
    "give_role": {"GET": Action.ROLE_MANAGE, "POST": Action.ROLE_MANAGE},
    "withdraw_role": {"POST": Action.ROLE_MANAGE},
}
PAGE = 50
CHOICES = [
    ("organizer/programme", lazy_gettext("Organizer of a programme")),
    ("organizer/organization", lazy_gettext("Organizer for an organization")),
    ("manager/organization", lazy_gettext("Manager of an organization and its branches")),
    ("broker/programme", lazy_gettext("Broker of a programme")),
]


class RoleForm(FlaskForm):
    """Who gets which role, for what, until when, and why."""

    email = EmailField(lazy_gettext("Mail address"), [InputRequired(FILL_IN), at_most(255)])
    role = SelectField(lazy_gettext("Role"))
    thing = StringField(
        lazy_gettext("For"),
        [InputRequired(FILL_IN), at_most(200)],
        description=lazy_gettext(
            "The last part of the programme's address, or an organization's registered name or code."
        ),
    )
    until = DateField(
        lazy_gettext("Last day"),
        [Optional()],
        description=lazy_gettext("Empty: until it is withdrawn. Otherwise it ends by itself with that day."),
    )
    reason = TextAreaField(
        lazy_gettext("Reason"),
        [InputRequired(FILL_IN), at_most(acting.REASON)],
        render_kw={"maxlength": acting.REASON, "rows": 2},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(code, str(said)) for code, said in CHOICES]


COLUMNS = files.columns(
    "ref name email role thing until_at created_at", thing=lambda row: i18n.t(row.thing, "name")
)


@blueprint.get("/roles")
def roles() -> ResponseReturnValue:
    """Who holds what, newest first; by role and person. And the administrators."""
    require(actor(), Action.ROLE_MANAGE)
    role, text = request.args.get("role", ""), request.args.get("q", "").strip()
    role = role if role in ROLES else ""
    file = files.taken(
        "roles",
        COLUMNS,
        lambda session, after, limit: holders.held(session, role, text, after, limit),
        personal=True,
    )
    if file is not None:
        return file
    after = request.args.get("after", type=int)
    rows = holders.held(db.session, role, text, after, PAGE + 1)
    here: dict[str, Any] = {"role": role or None, "q": text or None}
    return render_template(
        "admin/roles.html",
        rows=rows[:PAGE],
        older=url_for("admin.roles", **here, after=rows[PAGE - 1].id) if rows[PAGE:] else None,
        newest=url_for("admin.roles", **here) if after else None,
        role=role,
        text=text,
        administrators=holders.administrators(db.session),
        role_words=ROLE_WORDS,
        withdrawn=WITHDRAWN,
        longest=acting.REASON,
    )


@blueprint.route("/roles/give", methods=["GET", "POST"])
def give_role() -> ResponseReturnValue:
    """Give somebody a role."""
    require(actor(), Action.ROLE_MANAGE)
    form = RoleForm(data={"email": request.args.get("email", "")} if request.method == "GET" else None)
    if form.validate_on_submit():
        role, _slash, scope = str(form.role.data).partition("/")
        try:
            with writing() as session:
                office = Office(role, scope, _thing(scope, form.thing.data or ""))
                until = _end_of(form.until.data)
                reason = form.reason.data or ""
                role_giving.give(session, actor(), form.email.data or "", office, reason, until)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("The role is given."))
            return redirect(url_for("admin.roles", role=role))
    page = render_template("admin/give_role.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/roles/<int:number>/withdraw")
def withdraw_role(number: int) -> ResponseReturnValue:
    """End a role."""
    require(actor(), Action.ROLE_MANAGE)
    try:
        with writing() as session:
            role_giving.withdraw(session, actor(), number, request.form.get("reason", ""))
    except Invalid as refusal:
        flash(_("Reason: %(what)s", what=words.say(refusal)), "error")
    else:
        flash(_("The role is withdrawn."))
    return redirect(url_for("admin.roles"))


def _thing(scope: str, named: str) -> int:
    if scope not in {each for scopes in GIVEN.values() for each in scopes}:
        raise Invalid("role", "not_a_choice")
    if scope == "programme":
        try:
            return programmes.by_slug(db.session, named.strip().rstrip("/").rpartition("/")[2]).id
        except NotFound:
            raise Invalid("thing", "programme_unknown") from None
    found = queries.organization_named(db.session, named)
    if found is None:
        raise Invalid("thing", "organization_unknown")
    return found


def _end_of(day: dt.date | None) -> dt.datetime | None:
    """The first moment after this day, where the administrator reads the clock."""
    if day is None:
        return None
    zone = i18n.reader().zone or str(current_app.config["SETTINGS"].default_zone)
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
