"""Looking on as somebody: why and how long, the way out, and what was seen."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired

from challenge.accounts import people, wishes
from challenge.accounts.models import User
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.reports import looking
from challenge.rules.errors import Invalid, Refused
from challenge.rules.looking import MINUTES, REASON
from challenge.rules.permissions import Action, require
from challenge.web import forms, words
from challenge.web import listing as files
from challenge.web.account.forms import FILL_IN, at_most
from challenge.web.admin.room import blueprint
from challenge.web.looking import COOKIE

ROUTES: dict[str, dict[str, Action]] = {
    "look_on": {"GET": Action.LOOK_ON, "POST": Action.LOOK_ON},
    "look_off": {"POST": Action.ACCOUNT_USE},
    "look": {"GET": Action.LOOK_ON},
}
PAGE = 100
COLUMNS = files.columns("at page", page="path")


class LookForm(FlaskForm):
    """Why, and for how long."""

    reason = TextAreaField(
        lazy_gettext("Reason, told to the person"),
        [InputRequired(FILL_IN), at_most(REASON)],
        render_kw={"maxlength": REASON, "rows": 3},
    )
    minutes = SelectField(lazy_gettext("For how long"), coerce=int, default=MINUTES[0])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        most = wishes.get(db.session, "look_minutes")["look_minutes"]
        self.minutes.choices = [
            (each, ngettext("%(num)s minute", "%(num)s minutes", each)) for each in MINUTES if each <= most
        ]


@blueprint.route("/people/<ref>/look-on", methods=["GET", "POST"])
def look_on(ref: str) -> ResponseReturnValue:
    """Say why; from then on their pages are shown, and they know it."""
    require(actor(), Action.LOOK_ON)
    person = people.by_ref(db.session, ref)
    form = LookForm()
    if form.validate_on_submit():
        try:
            with writing() as database:
                begun = looking.begin(
                    database, actor(), person, form.reason.data or "", form.minutes.data or 0
                )
        except Invalid as refusal:
            forms.show(form, refusal)
        except Refused as refusal:
            return _not_let(person, refusal)
        else:
            session[COOKIE] = begun.ref
            return redirect(url_for("account.work"))
    past = looking.of_person(db.session, person.id)
    page = render_template("admin/look_on.html", person=person, form=form, past=past)
    return page, 422 if form.errors else 200


def _not_let(person: User, refusal: Refused) -> ResponseReturnValue:
    with writing() as database:
        looking.refused(database, actor(), person, refusal.code)
    flash(words.say(refusal), "error")
    return redirect(url_for("admin.look_on", ref=person.ref))


@blueprint.post("/look-off")
def look_off() -> ResponseReturnValue:
    """Be oneself again; the way out stands on every page."""
    require(actor(), Action.ACCOUNT_USE)
    ref = str(session.pop(COOKIE, ""))
    seen = actor().user_id if actor().seen_by is not None else None
    with writing() as database:
        looking.end(database, current_user.id, ref)
    flash(_("You are yourself again."))
    person = db.session.get(User, seen) if seen is not None else None
    if person is None:
        return redirect(url_for("account.work"))
    return redirect(url_for("admin.look_on", ref=person.ref))


@blueprint.get("/people/<ref>/looks/<look>", endpoint="look")
def one_look(ref: str, look: str) -> ResponseReturnValue:
    """The pages that were seen in one look."""
    require(actor(), Action.LOOK_ON)
    person = people.by_ref(db.session, ref)
    found = looking.find(db.session, person.id, look)
    file = files.taken(
        f"look-{look}",
        COLUMNS,
        lambda session, after, limit: looking.pages(session, look, after or 0, limit),
        personal=True,
    )
    if file is not None:
        return file
    after = request.args.get("after", 0, type=int)
    rows = looking.pages(db.session, look, after, PAGE + 1)
    later = url_for("admin.look", ref=ref, look=look, after=rows[PAGE - 1].id) if rows[PAGE:] else None
    return render_template("admin/look.html", person=person, look=found, rows=rows[:PAGE], later=later)
