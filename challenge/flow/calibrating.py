"""When a calibration runs: beside every ranking that is fixed, and now and then beside the standings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import fresh_session, one_view
from challenge.judging import calibrating, ranking, verifying
from challenge.judging.models import Assignment, Ranking
from challenge.judging.ranking import Computed
from challenge.rules.calibration import Answer, Problem, Refusal
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

Reckon = Callable[[Problem], Answer | str]
EVERY = dt.timedelta(minutes=10)  # the standings of a phase are calibrated at most this often


def of_ranking(_session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """The calibration of a ranking that was fixed."""
    return [work_of(int(facts["ranking_id"]))]


def work_of(ranking_id: int) -> Work:
    """The row of work that calibrates a ranking."""
    return Work("calibrate", f"calibrate/ranking/{ranking_id}", {"ranking_id": ranking_id})


def of_lock(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """That of the standings, at the end of the ten minutes that a scorecard was locked in."""
    assignment = sa.select(Assignment.phase_id).where(Assignment.id == facts["assignment_id"])
    phase_id = session.scalar(assignment)
    now = clock.now(session)
    number = int(now.timestamp() // EVERY.total_seconds())
    end = dt.datetime.fromtimestamp((number + 1) * EVERY.total_seconds(), dt.UTC)
    key = f"calibrate/phase/{phase_id}/{number}"
    return [Work("calibrate", key, {"phase_id": phase_id}, end - now)] if phase_id is not None else []


def run(task: Leased, reckon: Reckon) -> None:
    """Read, reckon in a child process with no transaction open, keep: the task ends with what it keeps."""
    with fresh_session() as session:
        one_view(session)
        fixed, computed = _subject(session, task.payload)
        # What was counted from ballots or comparisons has no scores to calibrate.
        if computed is None or computed.working is not None:
            return
        asked = calibrating.question(session, computed)
    changed = fixed is not None and fixed.input_digest != computed.digest
    answer = "inputs_changed" if changed else _answer(asked, reckon)
    with fresh_session() as session:
        if fixed is None or session.get(Ranking, fixed.id) is not None:
            calibrating.keep(session, computed, fixed, asked, answer)
        queue.finish(session, task)


def _subject(session: Session, payload: Mapping[str, Any]) -> tuple[Ranking | None, Computed | None]:
    """The ranking that is calibrated and its inputs; the standings' inputs; nothing where it is gone."""
    if "ranking_id" not in payload:
        found = ranking.compute(session, [payload["phase_id"]])
        return None, found[0] if found else None
    fixed = session.get(Ranking, payload["ranking_id"])
    return fixed, None if fixed is None else verifying.recomputed(session, fixed)


def _answer(asked: Problem | Refusal, reckon: Reckon) -> Answer | str:
    return asked.reason if isinstance(asked, Refusal) else reckon(asked)
