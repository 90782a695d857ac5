"""The public discussion for its organizers: what was reported; hiding, closing, pinning."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.forum import moderating, reads
from challenge.forum.posting import REASON
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action
from challenge.web import forms
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "forum": {"GET": Action.FORUM_MODERATE},
    "forum_thread": {"POST": Action.FORUM_MODERATE},
    "forum_hide": {"GET": Action.FORUM_MODERATE, "POST": Action.FORUM_MODERATE},
    "forum_show": {"POST": Action.FORUM_MODERATE},
}
VERBS = {
    "pin": {"pinned": True},
    "unpin": {"pinned": False},
    "close": {"closed": True},
    "reopen": {"closed": False},
}


class HideForm(FlaskForm):
    """Why a post is hidden."""

    reason = TextAreaField(_l("Reason"), render_kw={"maxlength": REASON, "rows": 3})


@blueprint.get("/rounds/<slug>/forum")
def forum(slug: str) -> ResponseReturnValue:
    """What was reported and waits, and the way to the threads."""
    round_ = enter(slug, Action.FORUM_MODERATE)
    rows = reads.reports(db.session, round_.id)
    return draw("organize/forum.html", round_, here="forum", rows=rows)


@blueprint.post("/rounds/<slug>/forum/threads/<ref>/<any(pin, unpin, close, reopen):verb>")
def forum_thread(slug: str, ref: str, verb: str) -> ResponseReturnValue:
    """Pin or close a thread, or undo it."""
    round_ = enter(slug, Action.FORUM_MODERATE)
    with writing() as session:
        moderating.set_thread(session, actor(), round_.id, ref, **VERBS[verb])
    flash(_("Saved."))
    return redirect(url_for("public.forum_thread", slug=slug, ref=ref))


@blueprint.route("/rounds/<slug>/forum/posts/<ref>/hide", methods=["GET", "POST"])
def forum_hide(slug: str, ref: str) -> ResponseReturnValue:
    """Hide a post, with the reason that everyone reads."""
    round_ = enter(slug, Action.FORUM_MODERATE)
    post, thread = reads.post_of(db.session, round_.id, ref, actor().user_id)
    form = HideForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                moderating.hide(session, actor(), round_.id, ref, form.reason.data or "")
        except Invalid as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.FORUM_MODERATE)
        else:
            flash(_("Hidden. Its author was told."))
            return redirect(url_for("public.forum_thread", slug=slug, ref=thread))
    page = draw("organize/forum_hide.html", round_, here="forum", form=form, post=post, thread_ref=thread)
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/forum/posts/<ref>/show")
def forum_show(slug: str, ref: str) -> ResponseReturnValue:
    """Leave a reported post as it is, or show a hidden one again."""
    round_ = enter(slug, Action.FORUM_MODERATE)
    with writing() as session:
        moderating.show(session, actor(), round_.id, ref)
    flash(_("It is shown."))
    return redirect(url_for("organize.forum", slug=slug))
