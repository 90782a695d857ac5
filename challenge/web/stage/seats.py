"""A judge's seat in the hall: what is on stage now, and the way to its scorecard."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import conflicts, stage_reads
from challenge.judging.stage_reads import Seat
from challenge.rules.permissions import Action, require
from challenge.web.stage.room import answer, blueprint, tag_of

ROUTES: dict[str, dict[str, Action]] = {"seat": {"GET": Action.ACCOUNT_USE}}


@blueprint.get("/judge/stage/<int:phase_id>")
def seat(phase_id: int) -> ResponseReturnValue:
    """Now on stage, for a judge of the panel: score it, or why one sits this one out."""
    require(actor(), Action.ACCOUNT_USE)
    mine = stage_reads.seat(db.session, actor().user_id, phase_id)
    tag = tag_of("seat", mine.tag)
    return answer(tag, lambda: render_template("stage/seat.html", seat=mine, tied=_tied(mine), tag=tag))


def _tied(mine: Seat) -> bool:
    """Whether a conflict keeps the judge from what is on stage; with whom is not told."""
    if mine.submission_id is None:
        return False
    return mine.state == "recused" or (
        conflicts.one(db.session, mine.judge_id, mine.submission_id) is not None
    )
