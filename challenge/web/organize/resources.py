"""Resources of a round for its organizer: links, files, terms, who accepted and who opened."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.sniffing import ACCEPT
from challenge.rounds import queries, resources, terms
from challenge.rounds.models import Round
from challenge.rounds.resources import NOTE, URL, ResourceFacts
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, can
from challenge.web import forms, uploads
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "resources": {"GET": Action.ROUND_CONTROL},
    "add_link": {"POST": Action.RESOURCE_EDIT},
    "add_resource_file": {"POST": Action.RESOURCE_EDIT},
    "remove_resource": {"POST": Action.RESOURCE_EDIT},
    "write_terms": {"POST": Action.RESOURCE_EDIT},
}


class DescribedForm(FlaskForm):
    """What a resource is."""

    title_zh = StringField(_l("Title in Chinese"), render_kw={"maxlength": 100})
    title_en = StringField(_l("Title in English"), render_kw={"maxlength": 100})
    note_zh = StringField(_l("A sentence on it, in Chinese"), render_kw={"maxlength": NOTE})
    note_en = StringField(_l("A sentence on it, in English"), render_kw={"maxlength": NOTE})
    gated = BooleanField(_l("Opens only to those who have accepted the terms"))

    def facts(self) -> ResourceFacts:
        """What was typed."""
        texts = {name: self[name].data or "" for name in ("title_zh", "title_en", "note_zh", "note_en")}
        return ResourceFacts(gated=bool(self.gated.data), **texts)


class LinkForm(DescribedForm):
    """A link."""

    url = StringField(_l("Address"), render_kw={"maxlength": URL, "inputmode": "url"})


class FileForm(DescribedForm):
    """A file."""

    files = FileField(_l("File"))


class TermsForm(FlaskForm):
    """The terms in both languages."""

    text_zh = TextAreaField(_l("Terms in Chinese"), render_kw={"rows": 8, "maxlength": terms.TEXT})
    text_en = TextAreaField(_l("Terms in English"), render_kw={"rows": 8, "maxlength": terms.TEXT})


@blueprint.get("/rounds/<slug>/resources", endpoint="resources")
def resources_page(slug: str) -> ResponseReturnValue:
    """What solvers get, and who opened it."""
    return _page(enter(slug, Action.ROUND_CONTROL))


@blueprint.post("/rounds/<slug>/resources/links")
def add_link(slug: str) -> ResponseReturnValue:
    """One link more."""
    round_ = enter(slug, Action.RESOURCE_EDIT)
    form = LinkForm(prefix="link-")
    if form.validate_on_submit():
        try:
            with writing() as session:
                resources.add_link(session, actor(), round_.id, form.facts(), form.url.data or "")
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            return _done(slug, _("Added."))
    return _page(enter(slug, Action.RESOURCE_EDIT), link=form), 422


@blueprint.post("/rounds/<slug>/resources/files")
@uploads.reads_its_body(blueprint)
def add_resource_file(slug: str) -> ResponseReturnValue:
    """One file more."""
    round_ = enter(slug, Action.RESOURCE_EDIT)
    allowed = uploads.limits(present=0, most=1, file_bytes=round_.max_file_bytes)
    with uploads.receive_form(allowed) as received:
        form = FileForm(formdata=received.fields, prefix="file-")
        try:
            if received.fault is not None:
                raise received.fault
            if not received.count:
                raise Invalid("files", "no_file")
            (kept,) = received.keep()
            with writing() as session:
                resources.add_file(session, actor(), round_.id, form.facts(), kept)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            return _done(slug, _("Added."))
    return _page(enter(slug, Action.RESOURCE_EDIT), file=form), 422


@blueprint.post("/rounds/<slug>/resources/<ref>/remove")
def remove_resource(slug: str, ref: str) -> ResponseReturnValue:
    """Take one off the page."""
    round_ = enter(slug, Action.RESOURCE_EDIT)
    with writing() as session:
        resources.remove(session, actor(), round_.id, ref)
    return _done(slug, _("Removed."))


@blueprint.post("/rounds/<slug>/resources/terms")
def write_terms(slug: str) -> ResponseReturnValue:
    """Put terms in force."""
    round_ = enter(slug, Action.RESOURCE_EDIT)
    form = TermsForm(prefix="terms-")
    if form.validate_on_submit():
        try:
            with writing() as session:
                texts = form.text_zh.data or "", form.text_en.data or ""
                terms.write(session, actor(), round_.id, *texts)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            return _done(slug, _("Saved."))
    return _page(enter(slug, Action.RESOURCE_EDIT), written=form), 422


def _done(slug: str, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("organize.resources", slug=slug))


def _page(round_: Round, **given: Any) -> str:
    known = terms.in_force(db.session, round_.id)
    texts = {name: getattr(known, name) for name in ("text_zh", "text_en")} if known else {}
    return draw(
        "organize/resources.html",
        round_,
        here="resources",
        rows=resources.listed(db.session, round_.id),
        known=known,
        link=given.get("link") or LinkForm(formdata=None, prefix="link-"),
        file=given.get("file") or FileForm(formdata=None, prefix="file-"),
        written=given.get("written") or TermsForm(formdata=None, prefix="terms-", data=texts),
        words=terms.words(db.session, round_.id) if known else [],
        openings=resources.openings(db.session, round_.id),
        editable=can(actor(), Action.RESOURCE_EDIT, queries.subject_of(round_, page_now())),
        accept=ACCEPT,
        limit=round_.max_file_bytes,
    )
