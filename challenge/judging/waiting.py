"""Which assignments wait for the stage: of a final on site nothing is scored before it was presented."""

from __future__ import annotations

import sqlalchemy as sa

from challenge.judging.models import Assignment
from challenge.judging.on_site_models import OnSite, StageTurn


def on_site() -> sa.ColumnElement[bool]:
    """For queries of assignments: the phase is held on site."""
    return sa.exists().where(OnSite.phase_id == Assignment.phase_id).correlate(Assignment)


def waits() -> sa.ColumnElement[bool]:
    """For queries of assignments: the phase is held on site, and the entry has not come on stage yet."""
    seen = sa.exists().where(
        StageTurn.phase_id == Assignment.phase_id,
        StageTurn.submission_id == Assignment.submission_id,
        StageTurn.on_stage_at.is_not(None),
    )
    return sa.and_(on_site(), sa.not_(seen.correlate(Assignment)))
