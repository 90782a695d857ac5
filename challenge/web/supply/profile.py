"""My profile as an expert: what I know about, what I consent to, and my publications."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.exchange import bibliography
from challenge.files.receiving import Size
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, require
from challenge.supply import experts, publications
from challenge.supply.models import Expert
from challenge.web import forms
from challenge.web.supply.forms import ExpertForm, PublicationsForm
from challenge.web.supply.mine import stale
from challenge.web.supply.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "expert": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "confirm_expert": {"POST": Action.ACCOUNT_USE},
    "take_publications": {"POST": Action.ACCOUNT_USE},
    "remove_publication": {"POST": Action.ACCOUNT_USE},
}
SAME = (
    "field",
    "region",
    "about_zh",
    "about_en",
    "availability",
    "listed",
    "matched",
    "mailed",
    "weekly_letters",
)


@blueprint.route("/expert", methods=["GET", "POST"])
def expert() -> ResponseReturnValue:
    """My profile and my consents."""
    require(actor(), Action.ACCOUNT_USE)
    form = ExpertForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                experts.save_profile(session, actor(), form.profile())
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved."))
            return redirect(url_for("supply.expert"))
    return _page(form=form)


@blueprint.post("/expert/confirm")
def confirm_expert() -> ResponseReturnValue:
    """Say that my profile is still right."""
    with writing() as session:
        experts.confirm(session, actor())
    flash(_("Confirmed today."))
    return redirect(url_for("supply.mine"))


@blueprint.post("/expert/publications")
def take_publications() -> ResponseReturnValue:
    """Take a list of publications in; the file is read before the transaction."""
    require(actor(), Action.ACCOUNT_USE)
    form = PublicationsForm()
    try:
        works = bibliography.read(_sent())
        with writing() as session:
            taken = publications.take_in(session, actor(), works)
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(sent=form)
    flash(ngettext("%(num)d publication added.", "%(num)d publications added.", taken.added))
    if taken.known:
        flash(_("%(count)s were there already and stay as they are.", count=taken.known))
    return redirect(url_for("supply.expert", _anchor="publications"))


def _sent() -> bytes:
    sent = request.files.get("file")
    data = b""
    if sent is not None:
        with sent.stream as stream:
            data = stream.read(bibliography.MOST_BYTES + 1)
    if not data:
        raise Invalid("file", "choose_file")
    if len(data) > bibliography.MOST_BYTES:
        raise Invalid("file", "book_too_heavy", limit=Size(bibliography.MOST_BYTES))
    return data


@blueprint.post("/expert/publications/<ref>/remove")
def remove_publication(ref: str) -> ResponseReturnValue:
    """Take a publication away."""
    with writing() as session:
        experts.remove_document(session, actor(), ref)
    flash(_("Removed."))
    return redirect(url_for("supply.expert", _anchor="publications"))


def _page(form: ExpertForm | None = None, sent: PublicationsForm | None = None) -> ResponseReturnValue:
    me = actor().user_id or 0
    profile = experts.profile_of(db.session, me)
    if form is None or not form.is_submitted():
        form = ExpertForm(formdata=None, data=_stored(profile))
    sent = sent or PublicationsForm(formdata=None)
    page = render_template(
        "supply/expert.html",
        form=form,
        sent=sent,
        profile=profile,
        stale=stale,
        works=publications.of_person(db.session, me),
        texts=len(experts.of_person(db.session, me).documents),
    )
    return page, 422 if form.errors or sent.errors else 200


def _stored(profile: Expert | None) -> dict[str, object]:
    if profile is None:
        return {}
    values = {name: getattr(profile, name) for name in SAME}
    return {**values, "keywords": ", ".join(profile.keywords), "languages": list(profile.languages)}
