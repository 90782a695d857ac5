"""Privacy for administrators: who is to be erased, by two keys; legal holds with reason and last day."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from challenge.accounts import people
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.privacy import erasing, holding
from challenge.privacy.foreseeing import foresee
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import Action, require
from challenge.web import forms, privacy_words, words
from challenge.web.admin.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "privacy": {"GET": Action.ERASURE_DECIDE},
    "person_privacy": {"GET": Action.ERASURE_DECIDE},
    "prepare_erasure": {"POST": Action.ERASURE_DECIDE},
    "decide_erasure": {"POST": Action.ERASURE_DECIDE},
    "set_hold": {"POST": Action.HOLD_SET},
    "lift_hold": {"POST": Action.HOLD_SET},
}


class ReasonForm(FlaskForm):
    """Why."""

    reason = TextAreaField(_l("Reason"), render_kw={"maxlength": holding.REASON, "rows": 3})


class HoldForm(ReasonForm):
    """Why, and until when."""

    reason = TextAreaField(_l("Reason"), id="hold-reason", render_kw={"maxlength": holding.REASON, "rows": 3})
    until = StringField(_l("Last day"), render_kw={"type": "date"})

    def day(self) -> dt.date | None:
        """What was typed; None where it is no day."""
        try:
            return dt.date.fromisoformat((self.until.data or "").strip())
        except ValueError:
            return None


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """Everybody who is to be erased, and who was."""
    require(actor(), Action.ERASURE_DECIDE)
    return render_template(
        "admin/privacy.html", erasures=erasing.listed(db.session), words=privacy_words, now=page_now()
    )


@blueprint.get("/people/<ref>/privacy")
def person_privacy(ref: str) -> ResponseReturnValue:
    """One person: what erasing would do, and the holds."""
    require(actor(), Action.ERASURE_DECIDE)
    return _page(ref, ReasonForm(), HoldForm())


@blueprint.post("/people/<ref>/erase")
def prepare_erasure(ref: str) -> ResponseReturnValue:
    """The first key."""
    require(actor(), Action.ERASURE_DECIDE)
    person, form = people.by_ref(db.session, ref), ReasonForm()
    try:
        with writing() as session:
            erasing.prepare(session, actor(), person, form.reason.data or "")
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(ref, form, HoldForm(None)), 422
    except Refused as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Prepared. A second administrator has to approve it."))
    return redirect(url_for("admin.person_privacy", ref=ref))


@blueprint.post("/erasures/<ref>/<any(approve, cancel):verb>")
def decide_erasure(ref: str, verb: str) -> ResponseReturnValue:
    """The second key, or none."""
    require(actor(), Action.ERASURE_DECIDE)
    found = erasing.by_ref(db.session, ref)
    try:
        with writing() as session:
            (erasing.approve if verb == "approve" else erasing.cancel)(session, actor(), ref)
    except Refused as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Approved. It is done within minutes.") if verb == "approve" else _("Taken back."))
    return redirect(url_for("admin.person_privacy", ref=found.user.ref))


@blueprint.post("/people/<ref>/holds")
def set_hold(ref: str) -> ResponseReturnValue:
    """Keep everything of a person until a day."""
    require(actor(), Action.HOLD_SET)
    person, form = people.by_ref(db.session, ref), HoldForm()
    try:
        with writing() as session:
            holding.set_hold(session, actor(), person, form.reason.data or "", form.day())
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(ref, ReasonForm(None), form), 422
    flash(_("The hold stands."))
    return redirect(url_for("admin.person_privacy", ref=ref))


@blueprint.post("/holds/<ref>/lift")
def lift_hold(ref: str) -> ResponseReturnValue:
    """Let go before the day."""
    require(actor(), Action.HOLD_SET)
    try:
        with writing() as session:
            hold = holding.lift(session, actor(), ref, request.form.get("reason", ""))
            back = hold.user.ref
    except Invalid as refusal:
        flash(words.say(refusal), "error")
        return redirect(url_for("admin.privacy"))
    flash(_("The hold was lifted."))
    return redirect(url_for("admin.person_privacy", ref=back))


def _page(ref: str, form: ReasonForm, hold_form: HoldForm) -> str:
    person = people.by_ref(db.session, ref)
    today = page_now().date()
    return render_template(
        "admin/person_privacy.html",
        person=person,
        seen=foresee(db.session, person, today),
        going_on=erasing.going_on(db.session, person.id),
        holds=holding.of_person(db.session, person.id),
        form=form,
        hold_form=hold_form,
        today=today,
        words=privacy_words,
    )
