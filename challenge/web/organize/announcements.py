"""Announcements of a round: what was said, and a new one."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import previews
from challenge.rounds import announcing, queries
from challenge.rounds.announcing import BODY, Words
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import forms
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.organize.wording import told_words
from challenge.web.public.lists import number_key

PAGE = 20
COLUMNS = files.columns("title body created_at")
ROUTES: dict[str, dict[str, Action]] = {
    "announcements": {"GET": Action.ROUND_CONTROL, "POST": Action.ANNOUNCEMENT_POST},
}


class AnnouncementForm(FlaskForm):
    """Title and text, in one language or both."""

    title_zh = StringField(lazy_gettext("Title in Chinese"), render_kw={"maxlength": 100})
    body_zh = TextAreaField(lazy_gettext("Text in Chinese"), render_kw={"maxlength": BODY})
    title_en = StringField(lazy_gettext("Title in English"), render_kw={"maxlength": 100})
    body_en = TextAreaField(lazy_gettext("Text in English"), render_kw={"maxlength": BODY})

    def words(self) -> Words:
        """What was typed."""
        return Words(**{name: self[name].data or "" for name in Words.__dataclass_fields__})


@blueprint.route("/rounds/<slug>/announcements", methods=["GET", "POST"])
def announcements(slug: str) -> ResponseReturnValue:
    """Read what was announced, post a new word."""
    round_ = enter(slug, Action.ANNOUNCEMENT_POST if request.method == "POST" else Action.ROUND_CONTROL)
    round_id = round_.id
    file = files.taken(
        f"announcements-{slug}",
        COLUMNS,
        lambda session, after, limit: announcing.announcements(session, round_id, before=after, limit=limit),
        round_=round_,
    )
    if file is not None:
        return file
    form = AnnouncementForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                announcing.post(session, actor(), round_.id, form.words())
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ANNOUNCEMENT_POST)
        else:
            flash(_("Announced."))
            return redirect(url_for("organize.announcements", slug=slug))
    rows = announcing.announcements(
        db.session, round_.id, before=number_key(request.args.get("before")), limit=PAGE + 1
    )
    page = draw(
        "organize/announcements.html",
        round_,
        here="announcements",
        form=form,
        rows=rows[:PAGE],
        older=url_for("organize.announcements", slug=slug, before=rows[PAGE - 1].id) if rows[PAGE:] else None,
        announces=can(actor(), Action.ANNOUNCEMENT_POST, queries.subject_of(round_, page_now())),
        told=told_words(previews.told(db.session, "announcement.posted", round_.id)),
    )
    return page, 422 if form.errors else 200
