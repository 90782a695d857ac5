"""The first-round wizard: choose a ready-made competition, say when it begins; the draft is then yours."""

from __future__ import annotations

import datetime as dt

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import first_rounds
from challenge.flow.first_rounds import Wanted
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.first_rounds import MOST_DAYS, TEMPLATES, Template
from challenge.rules.permissions import Action, Subject, require
from challenge.rules.stages import WINDOWED, Stage
from challenge.web import forms, phase_words
from challenge.web.context import page_now
from challenge.web.moments import local
from challenge.web.organize.forms import STAGE_WORDS
from challenge.web.organize.room import blueprint
from challenge.web.places import OFFERED

ROUTES: dict[str, dict[str, Action]] = {
    "first_round": {"GET": Action.ROUND_EDIT},
    "first_round_of": {"GET": Action.ROUND_EDIT, "POST": Action.ROUND_EDIT},
}
AHEAD = dt.timedelta(days=7)


class FirstRoundForm(FlaskForm):
    """The few questions that a template leaves open."""

    title_zh = StringField(lazy_gettext("Title in Chinese"), render_kw={"maxlength": 100})
    title_en = StringField(lazy_gettext("Title in English"), render_kw={"maxlength": 100})
    zone = SelectField(lazy_gettext("Time zone of the round"))
    first_day = DateField(lazy_gettext("First day"), [Optional()])
    requirements_days = IntegerField(STAGE_WORDS["requirements"], [Optional()])
    submission_days = IntegerField(STAGE_WORDS["submission"], [Optional()])
    judging_days = IntegerField(STAGE_WORDS["judging"], [Optional()])
    award_days = IntegerField(STAGE_WORDS["award"], [Optional()])

    def wanted(self) -> Wanted:
        """What was typed."""
        return Wanted(
            title_zh=(self.title_zh.data or "").strip(),
            title_en=(self.title_en.data or "").strip(),
            zone=self.zone.data,
            first_day=self.first_day.data,
            days={stage: self[f"{stage.value}_days"].data for stage in WINDOWED},
        )


@blueprint.get("/programmes/<slug>/rounds/first")
def first_round(slug: str) -> ResponseReturnValue:
    """The ready-made competitions to choose from, each with what it brings."""
    programme = _entered(slug)
    return render_template(
        "organize/first_round.html",
        programme=programme,
        templates=TEMPLATES,
        stages=_stages(),
        wording=phase_words,
    )


@blueprint.route("/programmes/<slug>/rounds/first/<code>", methods=["GET", "POST"])
def first_round_of(slug: str, code: str) -> ResponseReturnValue:
    """Draft a round from one of them."""
    programme = _entered(slug)
    template = TEMPLATES.get(code)
    if template is None:
        raise NotFound
    form = _form(template)
    if form.validate_on_submit():
        try:
            with writing() as session:
                drafted = first_rounds.begin(session, actor(), programme.id, code, form.wanted()).slug
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            programme = _entered(slug)
        else:
            flash(_("The draft is ready. Look over what it brings, change what you like, then launch it."))
            return redirect(url_for("organize.control", slug=drafted))
    page = render_template(
        "organize/first_round_of.html",
        form=form,
        programme=programme,
        template=template,
        stages=_stages(),
        most=MOST_DAYS,
    )
    return page, 422 if form.errors else 200


def _entered(slug: str) -> Programme:
    programme = programmes.by_slug(db.session, slug)
    where = Subject(
        kind="round", stage=Stage.DRAFT, programme_id=programme.id, host_id=programme.host_id, state="draft"
    )
    require(actor(), Action.ROUND_EDIT, where)
    return programme


def _form(template: Template) -> FirstRoundForm:
    zone, now = current_app.config["SETTINGS"].default_zone, page_now()
    usual = {f"{stage.value}_days": template.days[stage] for stage in WINDOWED}
    soon = local(now + AHEAD, zone)
    form = FirstRoundForm(data={"zone": zone, "first_day": soon.date() if soon else None, **usual})
    form.zone.choices = [(key, i18n.zone_name(now, key)) for key in dict.fromkeys([zone, *OFFERED])]
    return form


def _stages() -> list[tuple[Stage, str]]:
    return [(stage, str(STAGE_WORDS[stage.value])) for stage in WINDOWED]
