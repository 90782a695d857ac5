"""Agreements not to disclose: of a round, and of one requirement instead of it, each version readable."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import ndas, queries
from challenge.requirements.face_models import Nda
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import InvalidMany, NotFound
from challenge.rules.permissions import Action, can, require
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "nda": {"GET": Action.ROUND_CONTROL},
    "write_nda": {"POST": Action.NDA_EDIT},
    "own_nda": {"GET": Action.NDA_EDIT},
    "write_own_nda": {"POST": Action.NDA_EDIT},
}


class NdaForm(FlaskForm):
    """The agreement in both languages."""

    text_zh = TextAreaField(_l("Agreement in Chinese"), render_kw={"rows": 12, "maxlength": ndas.TEXT})
    text_en = TextAreaField(_l("Agreement in English"), render_kw={"rows": 12, "maxlength": ndas.TEXT})
    again = BooleanField(
        _l("Ask everyone again"),
        description=_l(
            "Whoever accepted an earlier version reads nothing before they have accepted this one."
        ),
    )


@blueprint.get("/rounds/<slug>/agreement")
def nda(slug: str) -> ResponseReturnValue:
    """The round's agreement, and its earlier versions."""
    return _page(enter(slug, Action.ROUND_CONTROL))


@blueprint.post("/rounds/<slug>/agreement")
def write_nda(slug: str) -> ResponseReturnValue:
    """Put another one in force."""
    round_ = enter(slug, Action.NDA_EDIT)
    form = NdaForm()
    try:
        with writing() as session:
            texts = form.text_zh.data or "", form.text_en.data or ""
            ndas.write(session, actor(), round_.id, *texts, again=bool(form.again.data))
    except InvalidMany as refusal:
        forms.show(form, refusal)
        return _page(enter(slug, Action.NDA_EDIT), form=form)
    flash(_("Saved."))
    return redirect(url_for("organize.nda", slug=slug))


@blueprint.get("/rounds/<slug>/requirements/<ref>/agreement")
def own_nda(slug: str, ref: str) -> ResponseReturnValue:
    """The agreement of one requirement instead of its round's."""
    return _page(*_entered(slug, ref))


@blueprint.post("/rounds/<slug>/requirements/<ref>/agreement")
def write_own_nda(slug: str, ref: str) -> ResponseReturnValue:
    """Put another one in force, or give way to the round's again."""
    _entered(slug, ref)
    form = NdaForm()
    try:
        with writing() as session:
            texts = form.text_zh.data or "", form.text_en.data or ""
            ndas.write_own(session, actor(), ref, *texts, again=bool(form.again.data))
    except InvalidMany as refusal:
        forms.show(form, refusal)
        return _page(*_entered(slug, ref), form=form)
    flash(_("Saved."))
    return redirect(url_for("organize.own_nda", slug=slug, ref=ref))


def _entered(slug: str, ref: str) -> tuple[Round, Requirement]:
    found = queries.without_seeker(db.session, ref)
    if found.round.slug != slug:
        raise NotFound
    require(actor(), Action.NDA_EDIT, rounds.subject_of(found.round, page_now()))
    return found.round, found


def _page(
    round_: Round, requirement: Requirement | None = None, *, form: NdaForm | None = None
) -> ResponseReturnValue:
    known: Sequence[Nda] = ndas.versions(db.session, round_.id, requirement.id if requirement else None)
    newest = known[0] if known else None
    if form is None:
        texts = {name: getattr(newest, name) for name in ("text_zh", "text_en")} if newest else {}
        form = NdaForm(formdata=None, data=texts)
    page = draw(
        "organize/nda.html",
        round_,
        here="nda",
        form=form,
        requirement=requirement,
        title=title_of(requirement) if requirement else None,
        versions=known,
        words=ndas.accepted_by(db.session, [each.id for each in known]),
        editable=can(actor(), Action.NDA_EDIT, rounds.subject_of(round_, page_now())),
    )
    return page, 422 if form.errors else 200
