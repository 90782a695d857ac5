"""The seeker's word: what my organizations were asked, and the ranked entries side by side to answer it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField

from challenge.awards import deciding, dossier
from challenge.awards.deciding import REASON_LENGTH
from challenge.awards.dossier import Dossier
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, require
from challenge.web import access, forms
from challenge.web.context import page_now
from challenge.web.entries import entry_label
from challenge.web.seek.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "decisions": {"GET": Action.ACCOUNT_USE},
    "decision": {"GET": Action.AWARD_CONFIRM, "POST": Action.AWARD_CONFIRM},
}


class DecisionForm(FlaskForm):
    """Confirm the proposal, choose another entry, or nobody; the latter two with a reason."""

    verdict = RadioField(lazy_gettext("Your word"), validate_choice=False)
    chosen = SelectField(lazy_gettext("Which entry"), validate_choice=False)
    reason = TextAreaField(
        lazy_gettext("Reason"),
        description=lazy_gettext(
            "Needed for another entry and for nobody. It is published with the decision; name no secrets."
        ),
        render_kw={"rows": 4, "maxlength": REASON_LENGTH},
    )

    def offer(self, about: Dossier) -> None:
        """What can be said about these entries; with one entry there is no other to choose."""
        proposed = about.proposed
        others = [each for each in about.options if each.stands and each != proposed]
        first = (
            _("Confirm %(entry)s", entry=proposed.code)
            if proposed is not None
            else _("One of the entries that share the first place")
        )
        nobody = _("Nobody: no entry solves the need")
        words = {"confirmed": first, "differs": _("Another entry"), "nobody": nobody}
        self.verdict.choices = [(code, text) for code, text in words.items() if others or code != "differs"]
        entries = [(each.ref, entry_label(each)) for each in others]
        self.chosen.choices = [("", _("Choose an entry")), *entries]
        if not others:
            del self.chosen

    def show(self, about: Dossier) -> None:
        """The word as it was given so far."""
        if about.decision.verdict in deciding.VERDICTS:
            self.verdict.data = about.decision.verdict
            self.reason.data = about.decision.reason
            if "chosen" in self and about.chosen is not None and about.chosen != about.proposed:
                self.chosen.data = about.chosen.ref


@blueprint.get("/decisions")
def decisions() -> ResponseReturnValue:
    """What my organizations were asked, open questions first."""
    require(actor(), Action.ACCOUNT_USE)
    rows = dossier.asked(db.session, actor())
    waiting = [row for row in rows if row.verdict == "pending"]
    given = [row for row in rows if row.verdict != "pending"]
    return render_template("seek/decisions.html", waiting=waiting, given=given)


@blueprint.route("/decisions/<ref>", methods=["GET", "POST"])
def decision(ref: str) -> ResponseReturnValue:
    """The ranked entries for one requirement, and my word on them."""
    about = dossier.dossier(db.session, actor(), ref, page_now())
    form = DecisionForm()
    form.offer(about)
    if form.validate_on_submit():
        try:
            with writing() as session:
                chosen = form.chosen.data if "chosen" in form else None
                reason = form.reason.data or ""
                deciding.decide(session, actor(), ref, form.verdict.data or "", chosen, reason)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            about = dossier.dossier(db.session, actor(), ref, page_now())
        else:
            flash(_("Your word is kept. You may change it until the public notice starts."))
            return redirect(url_for("seek.decision", ref=ref))
    if not form.is_submitted():
        form.show(about)
    access.note_entries("seeker", [each.id for each in about.options])
    page = render_template("seek/decision.html", about=about, round=about.round, form=form)
    return page, 422 if form.errors else 200
