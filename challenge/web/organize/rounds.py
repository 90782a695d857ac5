"""My programmes and rounds, and the control room of one round."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.audit import chain, trail
from challenge.base.db import db
from challenge.base.session import actor
from challenge.reports import control as figures
from challenge.reports.control import Counts, Matter
from challenge.requirements.facts import PUBLIC_STATES
from challenge.rounds import programmes, queries
from challenge.rounds.launching import faults_of_launch
from challenge.rounds.models import Round
from challenge.rounds.queries import RoundRow, Track
from challenge.rules.lifecycles import READING
from challenge.rules.permissions import Action, require
from challenge.rules.stages import Stage
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.organize.audit import shown as in_words
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.organize.wording import MOMENTS, matter_words
from challenge.web.public.lists import time_key, time_text

PAGE = 50
LATEST = 5

ROUTES: dict[str, dict[str, Action]] = {
    "home": {"GET": Action.ACCOUNT_USE},
    "control": {"GET": Action.ROUND_CONTROL},
}


@dataclass(frozen=True, slots=True)
class Line:
    """A round in a list, with its track."""

    row: RoundRow
    track: Track


COLUMNS = files.columns(
    "address title programme host stage requirements submissions",
    address="slug",
    programme="programme_title",
    host="host_name",
    requirements="requirement_count",
    submissions="submission_count",
)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Every programme and round that I organize; those over are a list of their own, by pages."""
    require(actor(), Action.ACCOUNT_USE)
    session, now, me = db.session, page_now(), actor()
    over, after = request.args.get("over") == "1", time_key(request.args.get("after"))
    file = files.taken(
        "my-rounds",
        COLUMNS,
        lambda session, after, limit: queries.organized(session, me, over=over, after=after, limit=limit),
        after=lambda row: row.key,
    )
    if file is not None:
        return file
    rows = queries.organized(session, me, over=over, after=after, limit=PAGE + 1)
    older = (
        url_for("organize.home", over=int(over), after=time_text(rows[PAGE - 1].key))
        if len(rows) > PAGE
        else None
    )
    return render_template(
        "organize/home.html",
        programmes=programmes.organized(session, actor()),
        lines=[Line(row, queries.track(row, now)) for row in rows[:PAGE]],
        over=over,
        older=older,
        may_start=programmes.may_start(actor()),
        manages=actor().holds_any("manager"),
    )


@blueprint.get("/rounds/<slug>")
def control(slug: str) -> ResponseReturnValue:
    """The control room of a round: the track, the figures, and what waits for a decision."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    now = page_now()
    have = figures.counts(db.session, round_.id)
    subject = queries.subject_of(round_, now)
    missing = round_.launched_at is None and faults_of_launch(round_, now)
    matters = figures.matters(subject.stage or Stage.DRAFT, subject.open, have, dated=not missing)
    track = queries.track(round_, now)
    return draw(
        "organize/control.html",
        round_,
        here="control",
        subject=subject,
        figures=_figures(have),
        matters=[shown for each in matters if (shown := _shown(each, round_))],
        next_step=_next_step(track, now),
        lines=in_words(trail.page(db.session, chain.round_chain(round_.id), limit=LATEST), round_.zone),
    )


def _figures(have: Counts) -> list[tuple[str, str]]:
    """The four figures that an organizer looks for first."""
    locked, cards = have("scorecard", "locked"), have("assignment", *READING)
    return [
        (str(have("requirement", *PUBLIC_STATES)), _("requirements published")),
        (str(have("submission", *figures.ENTERED)), _("solutions handed in")),
        (f"{locked} / {cards}" if cards else "–", _("scorecards locked")),
        (str(have("question", "open")), _("questions open")),
    ]


@dataclass(frozen=True, slots=True)
class Shown:
    """One open matter in words, with its way."""

    text: str
    verb: str
    href: str
    urgent: bool


def _shown(matter: Matter, round_: Round) -> Shown | None:
    endpoint = f"organize.{matter.endpoint}"
    if endpoint not in current_app.view_functions:
        return None
    text, verb = matter_words(matter)
    return Shown(text, verb, url_for(endpoint, slug=round_.slug), matter.urgent)


def _next_step(track: Track, now: dt.datetime) -> tuple[str, dt.datetime] | None:
    """The next thing that the clock does, in words, and when."""
    if track.stage in ("draft", "closed", "cancelled"):
        return None
    moments = [
        (at, f"{stage.stage}_{what}")
        for stage in track.stages
        for what, at in (("opens", stage.opens_at), ("closes", stage.closes_at))
        if at is not None and at > now and stage.state != "done"
    ]
    if not moments:
        return None
    at, code = min(moments)
    return str(MOMENTS[code]), at
