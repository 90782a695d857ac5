"""The long texts of a round, in both languages side by side."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import texts as round_texts
from challenge.rounds.models import PAGE_KINDS
from challenge.rules.errors import InvalidMany
from challenge.rules.permissions import Action
from challenge.web import forms
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "texts": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_EDIT},
}
KIND_WORDS: Mapping[str, tuple[LazyString, LazyString]] = {
    "about": (lazy_gettext("About"), lazy_gettext("What the round is for and who may take part.")),
    "rules": (
        lazy_gettext("Rules"),
        lazy_gettext("Eligibility, conflicts of interest, how decisions are made."),
    ),
    "prizes": (
        lazy_gettext("Prizes"),
        lazy_gettext("What stands beside the table of prizes: payment, support."),
    ),
    "judging": (
        lazy_gettext("Judging"),
        lazy_gettext("How solutions are judged. The rubric is shown beside it."),
    ),
    "entry": (lazy_gettext("How to enter"), lazy_gettext("What to hand in, step by step, and whom to ask.")),
}
LANGUAGE_WORDS: Mapping[str, LazyString] = {
    "zh": lazy_gettext("In Chinese"),
    "en": lazy_gettext("In English"),
}


class TextsForm(FlaskForm):
    """A text area for each kind and language."""


for _kind in PAGE_KINDS:
    for _lang, _word in LANGUAGE_WORDS.items():
        setattr(
            TextsForm, f"{_kind}_{_lang}", TextAreaField(_word, render_kw={"maxlength": round_texts.MOST})
        )


@blueprint.route("/rounds/<slug>/texts", methods=["GET", "POST"])
def texts(slug: str) -> ResponseReturnValue:
    """Write the round's texts."""
    round_ = enter(slug, Action.ROUND_EDIT if request.method == "POST" else Action.ROUND_CONTROL)
    pages = round_texts.pages_of(db.session, round_.id)
    form = TextsForm(data={f"{page.kind}_{page.lang}": page.source for page in pages})
    if form.validate_on_submit():
        written = {
            (kind, lang): form[f"{kind}_{lang}"].data or "" for kind in PAGE_KINDS for lang in LANGUAGE_WORDS
        }
        try:
            with writing() as session:
                round_texts.save(session, actor(), round_.id, written)
        except InvalidMany as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_EDIT)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.texts", slug=slug))
    page = draw("organize/texts.html", round_, here="texts", form=form, kinds=KIND_WORDS)
    return page, 422 if form.errors else 200
