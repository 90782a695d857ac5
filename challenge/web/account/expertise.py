"""What I say for judging: keywords, languages, texts of my own, and what ties me to others."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import blindness
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, require
from challenge.supply import experts
from challenge.ties import services as ties
from challenge.web import forms, words
from challenge.web.account.expertise_forms import KINDS, DocumentForm, ExpertiseForm, TieForm
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "expertise": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "add_document": {"POST": Action.ACCOUNT_USE},
    "remove_document": {"POST": Action.ACCOUNT_USE},
    "tell_tie": {"POST": Action.ACCOUNT_USE},
    "take_back_tie": {"POST": Action.ACCOUNT_USE},
}


@blueprint.route("/profile/judging", methods=["GET", "POST"])
def expertise() -> ResponseReturnValue:
    """My profile for judging; sent, it keeps keywords and languages."""
    require(actor(), Action.ACCOUNT_USE)
    form = ExpertiseForm()

    def save(session: Session) -> None:
        experts.save(session, actor(), form.keywords.data or "", form.languages.data or [])

    return _kept(form, save, _l("Saved.")) or _page(form=form)


@blueprint.post("/profile/judging/documents")
def add_document() -> ResponseReturnValue:
    """Add a text of mine."""
    form = DocumentForm()

    def add(session: Session) -> None:
        experts.add_document(session, actor(), form.title.data or "", form.text.data or "")

    return _kept(form, add, _l("Text added."), "documents") or _page(document=form)


@blueprint.post("/profile/judging/documents/<ref>/remove")
def remove_document(ref: str) -> ResponseReturnValue:
    """Take a text of mine away."""
    with writing() as session:
        experts.remove_document(session, actor(), ref)
    flash(_("Removed."))
    return redirect(url_for("account.expertise", _anchor="documents"))


@blueprint.post("/profile/judging/ties")
def tell_tie() -> ResponseReturnValue:
    """Tell a tie of mine."""
    form = TieForm()

    def tell(session: Session) -> None:
        ties.tell(session, actor(), form.told())

    said = _l("Noted. Where you judge or take part, it is looked at.")
    return _kept(form, tell, said, "ties") or _page(tie=form)


@blueprint.post("/profile/judging/ties/<ref>/remove")
def take_back_tie(ref: str) -> ResponseReturnValue:
    """Take a tie back that I told."""
    try:
        with writing() as session:
            blind = blindness.judges_blind(session, actor().user_id)
            ties.take_back(session, actor(), ref, judges_blind=blind)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Removed."))
    return redirect(url_for("account.expertise", _anchor="ties"))


def _kept(
    form: FlaskForm, act: Callable[[Session], None], said: LazyString, part: str | None = None
) -> ResponseReturnValue | None:
    """What was typed is kept: back to that part of the page; None where something is wrong with it."""
    if not form.validate_on_submit():
        return None
    try:
        with writing() as session:
            act(session)
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return None
    flash(str(said))
    return redirect(url_for("account.expertise", _anchor=part))


def _page(
    form: ExpertiseForm | None = None, document: DocumentForm | None = None, tie: TieForm | None = None
) -> ResponseReturnValue:
    require(actor(), Action.ACCOUNT_USE)
    mine = experts.of_person(db.session, actor().user_id or 0)
    if form is None or not form.is_submitted():
        form = ExpertiseForm(formdata=None)
        form.keywords.data, form.languages.data = ", ".join(mine.keywords), list(mine.languages)
    document, tie = document or DocumentForm(formdata=None), tie or TieForm(formdata=None)
    page = render_template(
        "account/expertise.html",
        form=form,
        document=document,
        tie=tie,
        mine=mine,
        ties=ties.mine(db.session, actor().user_id or 0),
        kinds={code: str(text) for code, text in KINDS},
    )
    return page, 422 if form.errors or document.errors or tie.errors else 200
