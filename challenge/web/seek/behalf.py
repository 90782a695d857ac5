"""For a firm without an account: its facts and contact here, its need in the usual form, then the link."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.requirements import on_behalf
from challenge.requirements.content import Closed
from challenge.requirements.on_behalf import RoundRow
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Subject, require
from challenge.web import forms, words
from challenge.web.account.forms import FILL_IN, OrganizationForm
from challenge.web.account.organizations import said
from challenge.web.context import page_now
from challenge.web.seek.room import blueprint, enter

ROUTES: dict[str, dict[str, Action]] = {
    "behalf": {"GET": Action.ACCOUNT_USE, "POST": Action.REQUIREMENT_ENTER},
    "offer": {"POST": Action.REQUIREMENT_OFFER},
    "confirm": {"POST": Action.REQUIREMENT_CONFIRM},
}


class BehalfForm(OrganizationForm):
    """A firm, whom to ask there, and the round that its need goes to."""

    ref = HiddenField()
    round = SelectField(_l("Round"))
    contact_name = StringField(_l("Contact"))
    contact_phone = StringField(_l("Telephone"))
    contact_email = StringField(
        _l("Mail address"), [InputRequired(FILL_IN)], description=_l("The link to confirm goes there.")
    )

    def offer(self, open_rounds: list[RoundRow]) -> BehalfForm:
        """The rounds that may be chosen."""
        self.round.choices = [(each.slug, i18n.t(each, "title")) for each in open_rounds]
        if request.method == "GET":
            self.ref.data, self.round.data = new_ref(), request.args.get("round")
        return self


@blueprint.route("/behalf", methods=["GET", "POST"])
def behalf() -> ResponseReturnValue:
    """Write a firm down; the form of its need comes next."""
    require(actor(), Action.ACCOUNT_USE)
    open_rounds = on_behalf.rounds_for(db.session, actor())
    form = BehalfForm().offer(open_rounds)
    if request.method == "POST":
        _require(form.round.data)
    if form.validate_on_submit():
        contact = Closed(
            "", *(getattr(form, f"contact_{each}").data or "" for each in ("name", "phone", "email"))
        )
        try:
            with writing() as session:
                round_ = rounds.by_slug(session, form.round.data)
                made = on_behalf.enter(
                    session, actor(), round_.id, said(form), contact, form.ref.data or None
                )
                ref = made.ref
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Kept. Write the need, attach the stamped scan, then send the link to the firm."))
            return redirect(url_for("seek.edit", ref=ref))
    page = render_template("seek/behalf.html", form=form, rounds=on_behalf.rounds_for(db.session, actor()))
    return page, 422 if form.errors else 200


def _require(slug: Any) -> None:
    """Whether this person may enter anything in that round; a round that is not there has no row."""
    try:
        round_ = rounds.by_slug(db.session, str(slug or ""))
    except NotFound:
        require(actor(), Action.REQUIREMENT_ENTER, Subject())
    else:
        require(actor(), Action.REQUIREMENT_ENTER, rounds.subject_of(round_, page_now()))


@blueprint.post("/requirements/<ref>/offer")
def offer(ref: str) -> ResponseReturnValue:
    """Mail the firm its link, or the same once more."""
    enter(ref, Action.REQUIREMENT_OFFER)
    try:
        with writing() as session:
            on_behalf.offer(session, actor(), ref)
    except (Invalid, WrongState) as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("The link is on its way. You get a letter when the firm has confirmed."))
    return redirect(url_for("seek.requirement", ref=ref))


@blueprint.post("/requirements/<ref>/confirm")
def confirm(ref: str) -> ResponseReturnValue:
    """The firm's word that it stands as it should."""
    enter(ref, Action.REQUIREMENT_CONFIRM)
    with writing() as session:
        on_behalf.confirm(session, actor(), ref)
    flash(_("Confirmed. It can be handed in now."))
    return redirect(url_for("seek.requirement", ref=ref))
