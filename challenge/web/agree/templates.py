"""A programme's own texts of agreements."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import templates
from challenge.agreements.templates import Template
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.agreement_texts import FIELDS
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import agreement_words as words
from challenge.web import forms
from challenge.web.agree.forms import TemplateForm, seen_of
from challenge.web.agree.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "texts": {"GET": Action.AGREEMENT_TEMPLATE},
    "text": {"GET": Action.AGREEMENT_TEMPLATE, "POST": Action.AGREEMENT_TEMPLATE},
    "restore_text": {"POST": Action.AGREEMENT_TEMPLATE},
}


def enter(slug: str) -> Programme:
    """A programme, to its organizers."""
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.AGREEMENT_TEMPLATE, templates.subject_of(programme))
    return programme


@blueprint.get("/texts/<slug>")
def texts(slug: str) -> ResponseReturnValue:
    """All kinds in both languages, and which of them are the programme's own."""
    programme = enter(slug)
    rows = templates.all_of(db.session, programme.id)
    return render_template("agree/texts.html", programme=programme, rows=rows, words=words)


@blueprint.route("/texts/<slug>/<kind>/<lang>", methods=["GET", "POST"])
def text(slug: str, kind: str, lang: str) -> ResponseReturnValue:
    """One text, changed for this programme alone."""
    programme = enter(slug)
    known = templates.of(db.session, programme.id, kind, lang)
    if request.method == "GET":
        form = TemplateForm(None, data={"text": known.text, "seen": str(known.version)})
        return _page(form, programme, known)
    form = TemplateForm()
    try:
        with writing() as session:
            found = programmes.by_slug(session, slug)
            templates.save(session, actor(), found, kind, lang, form.text.data or "", seen_of(form))
    except (Invalid, InvalidMany, WrongState) as refusal:
        forms.show(form, refusal)
        return _page(form, programmes.by_slug(db.session, slug), known)
    flash(_("Saved. New agreements begin with it; those that there are keep what they say."))
    return redirect(url_for("agree.texts", slug=slug))


@blueprint.post("/texts/<slug>/<kind>/<lang>/restore")
def restore_text(slug: str, kind: str, lang: str) -> ResponseReturnValue:
    """The shipped text again."""
    with writing() as session:
        templates.restore(session, actor(), programmes.by_slug(session, slug), kind, lang)
    flash(_("The usual text is in force again."))
    return redirect(url_for("agree.texts", slug=slug))


def _page(form: TemplateForm, programme: Programme, known: Template) -> ResponseReturnValue:
    page = render_template(
        "agree/text.html", form=form, programme=programme, known=known, fields=FIELDS, words=words
    )
    return page, 422 if form.errors or form.form_errors else 200
