"""The form of the terms: saved at any time while it is a draft."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import drafting, queries
from challenge.agreements.queries import Read
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.agreement_checks import MOST_ROWS
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.agreement_texts import FIELDS
from challenge.rules.errors import Invalid, InvalidMany, Refused, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import agreement_words as words
from challenge.web import forms
from challenge.web.agree.forms import TermsForm, seen_of
from challenge.web.agree.room import blueprint
from challenge.web.agree.typed import form_of, terms_of, without_blanks

ROUTES: dict[str, dict[str, Action]] = {
    "edit": {"GET": Action.AGREEMENT_EDIT, "POST": Action.AGREEMENT_EDIT},
}


@blueprint.route("/<ref>/edit", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Write the terms; save them as they are, or look them over."""
    read = queries.by_ref(db.session, actor(), ref)
    require(actor(), Action.AGREEMENT_EDIT, read.subject)
    if request.method == "GET":
        if read.agreement.state != AGREEMENT.start:
            return redirect(url_for("agree.agreement", ref=ref))
        return page(read, form_of(read.terms, read.agreement.draft_version))
    sent = TermsForm()
    add, remove = request.form.get("add"), request.form.get("remove")
    if add is not None or remove is not None:
        sent.turn_rows(add, remove)
        return page(read, sent)
    form = without_blanks(sent)
    try:
        terms = terms_of(form)
        with writing() as session:
            drafting.save(session, actor(), ref, terms, seen_of(form))
    except (Invalid, InvalidMany, WrongState) as refusal:
        forms.show(form, refusal)
        return page(queries.by_ref(db.session, actor(), ref), form)
    flash(_("Saved."))
    go_on = request.form.get("next") == "look"
    return redirect(url_for("agree.agreement" if go_on else "agree.edit", ref=ref))


def page_with_faults(ref: str, refusal: Refused) -> ResponseReturnValue:
    """The form of the stored draft, with what it lacks before it can be proposed."""
    read = queries.by_ref(db.session, actor(), ref)
    form = form_of(read.terms, read.agreement.draft_version)
    forms.show(form, refusal)
    return page(read, form)


def page(read: Read, form: TermsForm) -> ResponseReturnValue:
    """The form; with faults it is a refusal."""
    drawn = render_template(
        "agree/edit.html",
        agreement=read.agreement,
        form=form,
        terms=read.terms,
        most_rows=MOST_ROWS,
        fields=FIELDS,
        words=words,
    )
    return drawn, 422 if form.errors or form.form_errors else 200
