"""One achievement of mine: written, published, opened to somebody, retired."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, can, require
from challenge.supply import achievements, reads
from challenge.supply.content import read
from challenge.supply.models import Achievement
from challenge.web import forms
from challenge.web.supply.forms import AchievementForm, OpenForm, form_of
from challenge.web.supply.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "edit": {"GET": Action.ACHIEVEMENT_EDIT, "POST": Action.ACHIEVEMENT_EDIT},
    "publish": {"POST": Action.ACHIEVEMENT_PUBLISH},
    "retire": {"POST": Action.ACHIEVEMENT_RETIRE},
    "open_to": {"POST": Action.ACHIEVEMENT_EDIT},
    "close_to": {"POST": Action.ACHIEVEMENT_EDIT},
}


@blueprint.route("/achievements/<ref>", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Write it; save it as it is, or save and publish."""
    achievement = _mine(ref)
    if request.method == "GET":
        return _page(achievement)
    form = AchievementForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                achievements.edit(session, actor(), ref, form.content(), seen=forms.seen(form))
            if request.form.get("next") == "publish":
                return _published(ref, form)
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved."))
            return redirect(url_for("supply.edit", ref=ref))
    return _page(_mine(ref), form)


def _published(ref: str, form: AchievementForm) -> ResponseReturnValue:
    """What was saved goes before everyone, or the form says what is missing."""
    try:
        with writing() as session:
            achievements.publish(session, actor(), ref)
    except (Invalid, InvalidMany) as refusal:
        saved = _mine(ref)
        form.seen.data = saved.updated_at.isoformat()
        forms.show(form, refusal)
        return _page(saved, form, kept=_("It is saved, and not published yet."))
    flash(_("Published."))
    return redirect(url_for("public.achievement", ref=ref))


@blueprint.post("/achievements/<ref>/publish")
def publish(ref: str) -> ResponseReturnValue:
    """Put its public part before everyone."""
    achievement = _mine(ref, Action.ACHIEVEMENT_PUBLISH)
    content = read(achievement, reads.detail(db.session, achievement.id))
    return _published(ref, form_of(content, achievement.updated_at.isoformat()))


@blueprint.post("/achievements/<ref>/retire")
def retire(ref: str) -> ResponseReturnValue:
    """Take it off the public pages."""
    with writing() as session:
        achievement = achievements.retire(session, actor(), ref)
    flash(_("Taken off the public pages."))
    if can(actor(), Action.ACHIEVEMENT_EDIT, reads.subject_of(achievement)):
        return redirect(url_for("supply.edit", ref=ref))
    return redirect(url_for("public.achievements"))


@blueprint.post("/achievements/<ref>/readers")
def open_to(ref: str) -> ResponseReturnValue:
    """Let one more address read the confidential part."""
    form = OpenForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                achievements.open_to(session, actor(), ref, form.email.data or "")
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Opened. Whoever signs in with that address reads it."))
            return redirect(url_for("supply.edit", ref=ref, _anchor="readers"))
    return _page(_mine(ref), opening=form)


@blueprint.post("/achievements/<ref>/readers/remove")
def close_to(ref: str) -> ResponseReturnValue:
    """Take that back."""
    with writing() as session:
        achievements.close_to(session, actor(), ref, request.form.get("email", ""))
    flash(_("Taken back."))
    return redirect(url_for("supply.edit", ref=ref, _anchor="readers"))


def _mine(ref: str, action: Action = Action.ACHIEVEMENT_EDIT) -> Achievement:
    achievement = reads.by_ref(db.session, ref)
    require(actor(), action, reads.subject_of(achievement))
    return achievement


def _page(
    achievement: Achievement,
    form: AchievementForm | None = None,
    opening: OpenForm | None = None,
    kept: str | None = None,
) -> ResponseReturnValue:
    if form is None:
        content = read(achievement, reads.detail(db.session, achievement.id))
        form = form_of(content, achievement.updated_at.isoformat())
    opening = opening or OpenForm(formdata=None)
    page = render_template(
        "supply/edit.html",
        achievement=achievement,
        form=form,
        opening=opening,
        openings=reads.openings(db.session, achievement.id),
        kept=kept,
    )
    return page, 422 if form.errors or opening.errors else 200
