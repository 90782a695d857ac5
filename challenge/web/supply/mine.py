"""What I have on offer: the list, and where a new achievement begins."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import queries as people
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.rules.supply import STALE_DAYS
from challenge.supply import achievements, experts, reads
from challenge.supply.achievements import Owner
from challenge.web.context import page_now
from challenge.web.supply.forms import NewForm
from challenge.web.supply.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "mine": {"GET": Action.ACCOUNT_USE},
    "new": {"GET": Action.ACCOUNT_USE, "POST": Action.ACHIEVEMENT_CREATE},
    "confirm": {"POST": Action.ACHIEVEMENT_EDIT},
}
MYSELF = "me"


def stale(confirmed_at: dt.datetime) -> bool:
    """Whether its owner is to say anew that it is right."""
    return bool(confirmed_at < page_now() - dt.timedelta(days=STALE_DAYS))


@blueprint.get("", strict_slashes=False)
def mine() -> ResponseReturnValue:
    """My achievements and those of my organizations, and how my profile stands."""
    require(actor(), Action.ACCOUNT_USE)
    return render_template(
        "supply/mine.html",
        rows=reads.mine(db.session, actor()),
        profile=experts.profile_of(db.session, actor().user_id or 0),
        stale=stale,
    )


@blueprint.route("/achievements/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Say whose it is; the form comes next."""
    require(actor(), Action.ACCOUNT_USE)
    mine = people.seats_of(db.session, actor().user_id or 0)
    seats = [seat.organization for seat in mine if seat.representative]
    form = NewForm()
    named = [(each.ref, i18n.organization_name(each)) for each in seats]
    form.owner.choices = [(MYSELF, _("Mine, as a person")), *named]
    if request.method == "GET":
        form.ref.data, form.owner.data = new_ref(), seats[0].ref if seats else MYSELF
    else:
        require(actor(), Action.ACHIEVEMENT_CREATE, reads.owner_subject(None, actor().user_id))
    if form.validate_on_submit():
        organization = next((each.id for each in seats if each.ref == form.owner.data), None)
        owner = Owner(organization, None if organization else actor().user_id)
        with writing() as session:
            ref = achievements.create(session, actor(), owner, ref=form.ref.data).ref
        return redirect(url_for("supply.edit", ref=ref))
    return render_template("supply/new.html", form=form), 422 if form.errors else 200


@blueprint.post("/achievements/<ref>/confirm")
def confirm(ref: str) -> ResponseReturnValue:
    """Say that it is still right."""
    with writing() as session:
        achievements.confirm(session, actor(), ref)
    flash(_("Confirmed today."))
    return redirect(url_for("supply.mine"))
