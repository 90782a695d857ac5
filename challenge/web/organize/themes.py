"""The tracks of a round as rows, a requirement's track, and the tracks of a judge."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import themes as judging
from challenge.requirements import placing, queries
from challenge.rounds import themes as round_themes
from challenge.rounds.themes import MOST_THEMES, ThemeFacts
from challenge.rounds.windows import has_opened
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "themes": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_EDIT},
    "place_requirement": {"POST": Action.REQUIREMENT_PLACE},
    "judge_themes": {"POST": Action.JUDGE_INVITE},
}
_TEXTS = ("name_zh", "name_en", "summary_zh", "summary_en")


class ThemeRow(Form):
    """One track."""

    name_zh = StringField(lazy_gettext("Track in Chinese"), render_kw={"maxlength": 100})
    name_en = StringField(lazy_gettext("Track in English"), render_kw={"maxlength": 100})
    summary_zh = TextAreaField(
        lazy_gettext("What it is about, in Chinese"), render_kw={"rows": 2, "lang": "zh-CN"}
    )
    summary_en = TextAreaField(
        lazy_gettext("What it is about, in English"), render_kw={"rows": 2, "lang": "en"}
    )
    key = HiddenField()

    def facts(self) -> ThemeFacts:
        """What was typed."""
        key = self.key.data or ""
        return ThemeFacts(
            int(key) if key.isdecimal() else None,
            **{name: (self[name].data or "").strip() for name in _TEXTS},
        )


class ThemesForm(FlaskForm):
    """The tracks in their order."""

    themes = FieldList(FormField(ThemeRow), lazy_gettext("Tracks"), max_entries=MOST_THEMES + 5)

    def turn_rows(self, add: str | None, remove: str | None) -> bool:
        """The buttons of the rows, without JavaScript: one row more, or without that one."""
        if add is not None and len(self.themes.entries) < MOST_THEMES:
            self.themes.append_entry()
        elif remove is not None:
            self.themes.entries = [each for each in self.themes.entries if each.name != remove]
        return add is not None or remove is not None


@blueprint.route("/rounds/<slug>/tracks", methods=["GET", "POST"])
def themes(slug: str) -> ResponseReturnValue:
    """Name the tracks, until judging opens."""
    round_ = enter(slug, Action.ROUND_EDIT if request.method == "POST" else Action.ROUND_CONTROL)
    rows = round_themes.themes_of(db.session, round_.id)
    fixed = any(row.stage == Stage.JUDGING.value and has_opened(row, page_now()) for row in round_.windows)
    data = [{"key": str(row.id), **{name: getattr(row, name) for name in _TEXTS}} for row in rows]
    form = ThemesForm(data={"themes": data})
    turned = form.is_submitted() and form.turn_rows(request.form.get("add"), request.form.get("remove"))
    if not turned and form.validate_on_submit():
        try:
            with writing() as session:
                wanted = [entry.form.facts() for entry in form.themes]
                round_themes.replace(session, actor(), round_.id, wanted)
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_EDIT)
            rows = round_themes.themes_of(db.session, round_.id)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.themes", slug=slug))
    page = draw("organize/themes.html", round_, here="themes", form=form, rows=rows, fixed=fixed)
    return page, 422 if form.errors else 200


@blueprint.post("/rounds/<slug>/requirements/<ref>/track")
def place_requirement(slug: str, ref: str) -> ResponseReturnValue:
    """Put a requirement into a track."""
    if queries.slug_of(db.session, ref) != slug:
        raise NotFound
    with writing() as session:
        placing.place(session, actor(), ref, request.form.get("theme", ""))
    flash(_("Saved."))
    return redirect(url_for("organize.screen", slug=slug, ref=ref))


@blueprint.post("/rounds/<slug>/panel/<int:judge_id>/tracks")
def judge_themes(slug: str, judge_id: int) -> ResponseReturnValue:
    """Which tracks a judge reads; none ticked, all of them."""
    round_ = enter(slug, Action.JUDGE_INVITE)
    with writing() as session:
        judging.give(session, actor(), round_.id, judge_id, request.form.getlist("themes"))
    flash(_("Saved."))
    return redirect(url_for("organize.panel", slug=slug))
