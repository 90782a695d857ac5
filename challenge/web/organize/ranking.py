"""The organizer's ranking board: standings while judging runs, then the ranking that was fixed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import ranking, rubric, standings, turns
from challenge.judging.ranking_models import BY_PEOPLE, Calibration
from challenge.judging.standings import RankPage
from challenge.rounds import themes
from challenge.rounds.models import Round, Theme
from challenge.rules.calibration import is_toss
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize import intervals
from challenge.web.organize.judging_forms import TIES, FixForm
from challenge.web.organize.room import blueprint, draw, enter, enter_phase, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "ranking": {"GET": Action.RANKING_READ},
    "fix_ranking": {"POST": Action.RANKING_FIX},
}


@blueprint.get("/rounds/<slug>/ranking", endpoint="ranking")
def ranking_page(slug: str) -> ResponseReturnValue:
    """Places and totals, fifty at a time."""
    return _page(enter(slug, Action.RANKING_READ), FixForm(formdata=None))


@blueprint.post("/rounds/<slug>/ranking")
def fix_ranking(slug: str) -> ResponseReturnValue:
    """Make the ranking official, or replace it with a reason."""
    round_, _phase = enter_phase(slug, Action.RANKING_FIX)
    form = FixForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                ranking.fix(session, actor(), round_.id, form.reason.data, phase_number())
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("The ranking is fixed."))
            return redirect(url_for("organize.ranking", slug=slug))
    return _page(enter_phase(slug, Action.RANKING_FIX)[0], form), 422


def _bars(page: RankPage, calibration: Calibration | None) -> dict[str, intervals.Bar]:
    """The interval bar of each line that has an estimate."""
    if calibration is None or calibration.state != "done":
        return {}
    axis = calibration.detail["axis"]
    lines = ((line.ref, line.estimate, line.total) for line in page.lines)
    return {ref: intervals.bar(one, total, axis) for ref, one, total in lines if one is not None}


def _tracks(round_: Round) -> tuple[Sequence[Theme], int | None, str | None]:
    """The round's tracks; of the one that is asked for the key and the ref."""
    tracks = themes.themes_of(db.session, round_.id)
    for each in tracks:
        if each.ref == request.args.get("track"):
            return tracks, each.id, each.ref
    return tracks, None, None


def _page(round_: Round, form: FixForm) -> str:
    opened = standings.opening(db.session, round_.id, phase_number())
    phase, official, divided, beside, now = opened if opened is not None else (None, None, False, None, None)
    tracks, theme_id, track_ref = _tracks(round_) if divided else ((), None, None)
    view = request.args.get("view", "")
    show_live = official is None or view == "live"
    calibrated = not show_live and view == "calibrated"
    cursor = request.args.get("after", "")
    page = RankPage((), None)
    if phase is not None and show_live:
        page = standings.live(db.session, phase.id, cursor, theme_id=theme_id, now=now)
    elif official is not None:
        page = standings.fixed(
            db.session, official, cursor, theme_id=theme_id, beside=beside, calibrated=calibrated
        )
    calibration = now if show_live else beside
    method = rubric.method_of(phase) if phase is not None else None
    subject = turns.subject_of(round_, phase, page_now())
    return draw(
        "organize/ranking.html",
        round_,
        here="ranking",
        phase=phase,
        method=method,
        official=official,
        live=show_live,
        calibrated=calibrated,
        calibration=calibration,
        bars=_bars(page, calibration),
        is_toss=is_toss,
        by_people=method is not None and bool(set(method.ties) & set(BY_PEOPLE)),
        page=page,
        tracks=() if calibrated else tracks,
        track_ref=track_ref,
        first=not cursor,
        form=form,
        ties=TIES,
        reads_single=can(actor(), Action.SCORE_READ, subject),
        fixable=can(actor(), Action.RANKING_FIX, subject),
    )
