"""Links into a team: made by the owner, shown once; the page behind one, where somebody joins."""

from __future__ import annotations

import secrets

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from challenge.accounts.models import User
from challenge.base.db import db, writing
from challenge.base.session import COME_BACK, actor
from challenge.messages import scenes
from challenge.messages.links import link as public_link
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, require
from challenge.submissions import places
from challenge.submissions.team import LONGEST_NAME
from challenge.web.context import page_now
from challenge.web.entry_lines import refusal_lines
from challenge.web.solve.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "offer_place": {"POST": Action.TEAM_MANAGE},
    "revoke_place": {"POST": Action.TEAM_MANAGE},
    "join": {"GET": Action.ACCOUNT_ENTER, "POST": Action.INVITATION_ACCEPT},
}
# The link that was just made waits here for the one page that shows it.
SHOWN_ONCE = "team_link"


class PlaceForm(FlaskForm):
    """A place for somebody named, or for anybody; `key` makes the same form one place, sent twice or not."""

    key = HiddenField()
    place_name = StringField(
        lazy_gettext("For whom"),
        [Length(max=LONGEST_NAME)],
        description=lazy_gettext("Left empty, the place is open to whoever has the link first."),
    )


class JoinForm(FlaskForm):
    """How somebody who joins is named in what is submitted."""

    name = StringField(
        lazy_gettext("Name"), [DataRequired(lazy_gettext("Fill this in.")), Length(max=LONGEST_NAME)]
    )
    affiliation = StringField(lazy_gettext("Organization or school"), [Length(max=LONGEST_NAME)])

    def typed(self) -> tuple[str, str]:
        """Name and affiliation."""
        return str(self.name.data).strip(), str(self.affiliation.data or "").strip()


def new_form() -> PlaceForm:
    """An empty form with a fresh key."""
    return PlaceForm(formdata=None, data={"key": secrets.token_urlsafe(16)})


def shown_once(ref: str) -> str | None:
    """The address that was just made for this team; it is forgotten with the page that shows it."""
    made = session.pop(SHOWN_ONCE, None)
    return made["url"] if made and made.get("ref") == ref else None


@blueprint.post("/<ref>/team/links")
def offer_place(ref: str) -> ResponseReturnValue:
    """Keep a place in the team; the next page shows its link, once."""
    form = PlaceForm()
    name = str(form.place_name.data or "").strip()
    try:
        with writing() as transaction:
            token = places.offer(transaction, actor(), ref, str(form.key.data or ""), name[:LONGEST_NAME])
    except Invalid as refusal:
        flash(refusal_lines([refusal])[0], "error")
    else:
        session[SHOWN_ONCE] = {"ref": ref, "url": public_link("solve.join", token=token)}
    return redirect(url_for("solve.team", ref=ref, _anchor="links"))


@blueprint.post("/<ref>/team/links/<int:link_id>/revoke")
def revoke_place(ref: str, link_id: int) -> ResponseReturnValue:
    """Take a place back."""
    with writing() as transaction:
        places.revoke(transaction, actor(), ref, link_id)
    flash(_("The link does not work any more."))
    return redirect(url_for("solve.team", ref=ref, _anchor="links"))


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def join(token: str) -> ResponseReturnValue:
    """What the link offers; posted, the signed-in reader joins with name and affiliation."""
    form = JoinForm()
    if form.is_submitted():
        require(actor(), Action.INVITATION_ACCEPT)
    if form.validate_on_submit():
        try:
            with writing() as transaction:
                submission = places.take(transaction, actor(), token, *form.typed())
        except WrongState as refusal:
            for line in refusal_lines([refusal]):
                flash(line, "error")
            return redirect(url_for("solve.join", token=token))
        flash(_("You have joined the team."))
        return redirect(url_for("solve.show", ref=submission.ref))
    return _page(token, form)


def _page(token: str, form: JoinForm) -> ResponseReturnValue:
    require(actor(), Action.ACCOUNT_ENTER)
    place = places.by_token(db.session, token)
    state = places.state_of(place, page_now())
    person = db.session.get(User, actor().user_id) if actor().user_id is not None else None
    if state == "used" and person is not None and place.accepted_by == person.id:
        state = "mine"
    elif state == "open" and person is None:
        session[COME_BACK] = url_for("solve.join", token=token)
        state = "sign_in"
    elif person is not None and not form.is_submitted():
        form = JoinForm(
            formdata=None, data={"name": place.name or person.name, "affiliation": person.affiliation}
        )
    page = render_template(
        "solve/join.html",
        form=form,
        state=state,
        inviter=db.session.get(User, place.created_by) if place.created_by is not None else None,
        link=place,
        token=token,
        **scenes.place_of(db.session, "submission", place.submission_id),
    )
    if form.errors:
        return page, 422
    return page, 200 if state in ("open", "sign_in", "mine") else 410
