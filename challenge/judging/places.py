"""Where an assignment stands in time: its round, the windows that matter to judges, the database's clock."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from challenge.base.clock import db_now
from challenge.judging import waiting
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.judging.views import Place
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules import stages
from challenge.rules.permissions import Subject
from challenge.rules.phases import Own, window_of
from challenge.rules.stages import Stage, Window
from challenge.submissions.models import Submission, Version

Row = sa.Row[*tuple[Any, ...]]
Columns = sa.Select[*tuple[Any, ...]]
_judging, _submission = aliased(RoundWindow), aliased(RoundWindow)


def _place_columns() -> list[Any]:
    return [
        Round.id.label("round_id"),
        Round.slug,
        Round.title_zh.label("round_zh"),
        Round.title_en.label("round_en"),
        Round.zone,
        Round.launched_at,
        Round.cancelled_at,
        Round.stage,
        sa.and_(Round.sealed, Round.unsealed_at.is_(None)).label("sealed"),
        Programme.id.label("programme_id"),
        Programme.host_id,
        Programme.hue,
        _judging.opens_at.label("judging_opens"),
        _judging.ends_at.label("judging_closes"),
        _judging.closed_at.label("judging_closed"),
        Phase.opens_at.label("phase_opens"),
        Phase.closes_at.label("phase_closes"),
        Phase.closed_at.label("phase_closed"),
        _submission.opens_at.label("submission_opens"),
        _submission.ends_at.label("submission_closes"),  # a grace is over before anyone reads
        _submission.closed_at.label("submission_closed"),
        db_now().label("now"),
        sa.case((waiting.on_site(), Phase.id)).label("stage_phase"),
        waiting.waits().label("stage_waits"),
        _open_until(),
    ]


def _open_until() -> sa.Label[Any]:
    """Until when the card is open again for an objection; none where it is not."""
    mine = sa.select(Scorecard.open_until).where(Scorecard.assignment_id == Assignment.id)
    return mine.correlate(Assignment).scalar_subquery().label("open_until")


def in_place(query: Columns) -> Columns:
    """The query of assignments with the columns that `place_of` reads."""

    def window(alias: Any, stage: Stage) -> sa.ColumnElement[bool]:
        return sa.and_(alias.round_id == Round.id, alias.stage == stage.value)

    return (
        query.add_columns(*_place_columns())
        .select_from(Assignment)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(Round, Round.id == Phase.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .outerjoin(_judging, window(_judging, Stage.JUDGING))
        .outerjoin(_submission, window(_submission, Stage.SUBMISSION))
    )


def place_of(row: Row) -> Place:
    """The round of a row, as judges see it."""
    return Place(
        row.round_id,
        row.slug,
        row.round_zh,
        row.round_en,
        row.zone,
        row.hue,
        _judging_window(row),
        row.now,
        row.stage_phase,
        bool(row.stage_waits),
    )


def _judging_window(row: Row) -> Window:
    """The window of the phase within that of the round."""
    if row.open_until is not None:
        return Window(Stage.JUDGING, row.judging_opens, row.open_until)
    own = Own(row.phase_opens, row.phase_closes, row.phase_closed is not None)
    return window_of(own, _window(row, Stage.JUDGING))


def _window(row: Row, stage: Stage) -> Window:
    opens, closes, closed = (getattr(row, f"{stage.value}_{end}") for end in ("opens", "closes", "closed"))
    return Window(stage, opens, closes, closed is not None)


def subject_of(row: Row, *, conflict: bool) -> Subject:
    """The facts of an assignment for the permission table, from the two windows that matter here."""
    windows = {stage: _window(row, stage) for stage in (Stage.SUBMISSION, Stage.JUDGING)}
    launched, cancelled = row.launched_at is not None, row.cancelled_at is not None
    known = any(window.opens_at for window in windows.values())
    stage = (
        stages.current(windows, row.now, launched=launched, cancelled=cancelled)
        if known
        else Stage(row.stage)
    )
    return Subject(
        kind="assignment",
        state=row.state,
        stage=stage,
        open=stages.open_stages(windows, row.now) if launched and not cancelled else frozenset(),
        judge_id=row.user_id,
        conflicted=frozenset({row.user_id}) if conflict and row.user_id is not None else frozenset(),
        programme_id=row.programme_id,
        host_id=row.host_id,
        sealed=row.sealed,
    )
