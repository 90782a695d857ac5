"""The organizer's ranking board: standings while judging runs, then the ranking that was fixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import ranking, rubric, standings, turns
from challenge.judging.ranking_models import BY_PEOPLE, Calibration
from challenge.judging.standings import Opening, RankLine, RankPage
from challenge.rounds import themes
from challenge.rounds.models import Round, Theme
from challenge.rules.calibration import is_toss
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import forms
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.organize import intervals
from challenge.web.organize.judging_forms import TIES, FixForm
from challenge.web.organize.room import blueprint, draw, enter, enter_phase, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "ranking": {"GET": Action.RANKING_READ},
    "fix_ranking": {"POST": Action.RANKING_FIX},
}

COLUMNS = files.columns(
    "place code title requirement state total scorecards calibrated",
    calibrated=lambda row: row.estimate.value if row.estimate is not None else None,
)


@blueprint.get("/rounds/<slug>/ranking", endpoint="ranking")
def ranking_page(slug: str) -> ResponseReturnValue:
    """Places and totals, fifty at a time."""
    round_ = enter(slug, Action.RANKING_READ)
    if files.asked():
        opened = standings.opening(db.session, round_.id, phase_number())
        theme_id = _tracks(round_)[1] if opened is not None and opened.tracks else None
        lines = list(_whole(db.session, opened, theme_id))
        file = files.taken(
            f"ranking-{slug}",
            COLUMNS,
            lambda _session, after, limit: lines[after or 0 :][:limit],
            after=None,
            personal=True,
            round_=round_,
        )
        if file is not None:
            return file
    return _page(round_, FixForm(formdata=None))


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


def _read(
    session: Session, opened: Opening | None, theme_id: int | None, cursor: str, limit: int = standings.PAGE
) -> tuple[RankPage, bool, bool]:
    """A page of what the address asks for; whether it is of the standings now, and whether calibrated."""
    if opened is None:
        return RankPage((), None), True, False
    view, official = request.args.get("view", ""), opened.official
    if official is None or view == "live":
        page = standings.live(session, opened.phase.id, cursor, limit, theme_id=theme_id, now=opened.now)
        return page, True, False
    calibrated, beside = view == "calibrated", opened.beside
    page = standings.fixed(
        session, official, cursor, limit, theme_id=theme_id, beside=beside, calibrated=calibrated
    )
    return page, False, calibrated


def _whole(session: Session, opened: Opening | None, theme_id: int | None) -> Iterator[RankLine]:
    """Every line, page after page."""
    cursor: str | None = ""
    while cursor is not None:
        page, _live, _calibrated = _read(session, opened, theme_id, cursor, files.BATCH)
        yield from page.lines
        cursor = page.after


def _page(round_: Round, form: FixForm) -> str:
    opened = standings.opening(db.session, round_.id, phase_number())
    phase, official, divided, beside, now = opened if opened is not None else (None, None, False, None, None)
    tracks, theme_id, track_ref = _tracks(round_) if divided else ((), None, None)
    cursor = request.args.get("after", "")
    page, show_live, calibrated = _read(db.session, opened, theme_id, cursor)
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
