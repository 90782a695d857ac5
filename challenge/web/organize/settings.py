"""A round's settings: drafted anew in a programme, changed until the round is over."""

from __future__ import annotations

import datetime as dt

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import drafting, programmes
from challenge.rounds.models import Round
from challenge.rounds.windows import has_opened
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Subject, require
from challenge.rules.stages import WINDOWED, Stage
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize.forms import STAGE_WORDS, RoundForm, data_of
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "round_new": {"GET": Action.ROUND_EDIT, "POST": Action.ROUND_EDIT},
    "settings": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_EDIT},
}


@blueprint.route("/programmes/<slug>/rounds/new", methods=["GET", "POST"])
def round_new(slug: str) -> ResponseReturnValue:
    """Draft a round of a programme."""
    programme = programmes.by_slug(db.session, slug)
    where = Subject(
        kind="round", stage=Stage.DRAFT, programme_id=programme.id, host_id=programme.host_id, state="draft"
    )
    require(actor(), Action.ROUND_EDIT, where)
    zone = current_app.config["SETTINGS"].default_zone
    form = RoundForm(now=page_now(), zone=zone, data={"zone": zone})
    if form.validate_on_submit():
        try:
            with writing() as session:
                drafted = _create(session, programme.id, form, zone)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("The draft is kept. Only you and your fellow organizers see it."))
            return redirect(url_for("organize.control", slug=drafted))
    page = render_template(
        "organize/round_new.html", form=form, programme=programme, stages=_stages(None, page_now())
    )
    return page, 422 if form.errors else 200


def _create(session: Session, programme_id: int, form: RoundForm, zone: str) -> str:
    faults: list[Invalid] = []
    facts, windows = form.facts(faults), form.windows(zone)
    _refuse(faults)
    return drafting.create(session, actor(), programme_id, facts, windows).slug


@blueprint.route("/rounds/<slug>/settings", methods=["GET", "POST"])
def settings(slug: str) -> ResponseReturnValue:
    """Change a round: everything while it is a draft, what has not opened yet afterwards."""
    round_ = enter(slug, ROUTES["settings"][request.method if request.method == "POST" else "GET"])
    now = page_now()
    form = RoundForm(now=now, zone=round_.zone, round_=round_, data=data_of(round_))
    if form.validate_on_submit():
        try:
            with writing() as session:
                faults: list[Invalid] = []
                facts, windows = form.facts(faults, round_), form.windows(round_.zone)
                _refuse(faults)
                slug = drafting.edit(session, actor(), round_.id, facts, windows).slug
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_EDIT)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.settings", slug=slug))
    page = draw("organize/settings.html", round_, here="settings", form=form, stages=_stages(round_, now))
    return page, 422 if form.errors else 200


def _stages(round_: Round | None, now: dt.datetime) -> list[tuple[str, str, bool]]:
    """Each stage with its word, and whether its window opened already."""
    opened = {
        row.stage
        for row in (round_.windows if round_ is not None and round_.launched_at is not None else ())
        if has_opened(row, now)
    }
    return [(stage.value, str(STAGE_WORDS[stage.value]), stage.value in opened) for stage in WINDOWED]


def _refuse(faults: list[Invalid]) -> None:
    if faults:
        raise InvalidMany(faults)
