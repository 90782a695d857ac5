"""Whether an entry that was not selected may be offered to similar needs: its owner's word."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField

from challenge.accounts.models import User
from challenge.awards import anew as offers
from challenge.awards import anew_reads
from challenge.awards.anew import Consent
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action
from challenge.web import forms, outcome_words
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "anew": {"GET": Action.ANEW_CONSENT, "POST": Action.ANEW_CONSENT},
}


class ConsentForm(FlaskForm):
    """What seekers of similar needs may be shown."""

    part = RadioField(lazy_gettext("They may be shown"), validate_choice=False)
    named = BooleanField(lazy_gettext("Name our team beside it"))

    def offer(self) -> None:
        """The choices in the reader's words; nothing is the first."""
        parts = [(code, str(text)) for code, text in outcome_words.PARTS.items()]
        self.part.choices = [("nothing", _("nothing: it is offered to nobody")), *parts]

    def consent(self) -> Consent | None:
        """What was chosen."""
        if self.part.data not in ("nothing", *outcome_words.PARTS):
            raise Invalid("part", "required")
        return None if self.part.data == "nothing" else Consent(self.part.data, bool(self.named.data))


@blueprint.route("/<ref>/anew", methods=["GET", "POST"])
def anew(ref: str) -> ResponseReturnValue:
    """Decide, or change one's mind."""
    form = ConsentForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with writing() as session:
                given = form.consent()
                offers.consent(session, actor(), ref, given)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved. The organizers may offer it.") if given else _("Saved. It is offered to nobody."))
            return redirect(url_for("solve.anew", ref=ref))
    shown = enter(ref, Action.ANEW_CONSENT)
    known = anew_reads.consent_of(db.session, shown.submission.id)
    if not form.is_submitted():
        form.part.data = known.part if known is not None else "nothing"
        form.named.data = known is not None and known.named
    rows = anew_reads.of_entry(db.session, shown.submission.id)
    person = db.session.get_one(User, actor().user_id or 0)
    page = draw("solve/anew.html", shown, form=form, known=known, rows=rows, actor_name=person.name)
    return page, 422 if form.errors or form.form_errors else 200
