"""The chair's verbs: who comes on stage, and the clock that everybody sees. Each twice has one effect."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import on_site
from challenge.judging.on_site import Held
from challenge.judging.on_site_models import OnSite, StageTurn
from challenge.judging.scorecards import JUDGED
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.timing import Part, Timer
from challenge.submissions.models import Submission


def timer_of(site: OnSite, part: str | None = None) -> Timer:
    """The clock as it stands."""
    questions = (part or site.part) == "questions"
    seconds = site.question_seconds if questions else site.presentation_seconds
    return Timer(seconds, site.spent_ms, site.running_since)


def call(session: Session, actor: Actor, round_id: int, number: int | None, code: str) -> None:
    """Bring an entry on stage: its judges may score it from now on, the clock stands at its beginning.

    What was on stage goes, and so does a total that was shown of it. Raises NotFound for an entry that is not
    in the running order, WrongState("draw_not_made", "entry_gone").
    """
    held = on_site.hold_drawn(session, actor, round_id, number)
    site = held.site
    row = session.execute(
        sa.select(StageTurn, Submission.state)
        .join(Submission, Submission.id == StageTurn.submission_id)
        .where(StageTurn.phase_id == site.phase_id, Submission.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    turn, state = row
    if state not in JUDGED:
        raise WrongState("entry_gone")
    if site.current_id == turn.submission_id:
        return
    site.current_id, site.part, site.running_since, site.spent_ms = (
        turn.submission_id,
        "presentation",
        None,
        0,
    )
    turn.on_stage_at = turn.on_stage_at or held.gate.now
    if site.reveal in ("total", "ranking"):
        site.reveal, site.board = "hidden", []
    _moved(session, held)
    where = chain.round_chain(round_id)
    subject = f"phase:{site.phase_id}"
    chain.record(session, actor, "stage.called", subject, chain=where, at=held.gate.now, entry=code)


def run(session: Session, actor: Actor, round_id: int, number: int | None) -> None:
    """Let the clock run; one that runs goes on running. Raises WrongState("nobody_on_stage")."""
    held = _with_somebody(session, actor, round_id, number)
    if held.site.running_since is None:
        held.site.running_since = held.gate.now
        _moved(session, held)


def pause(session: Session, actor: Actor, round_id: int, number: int | None) -> None:
    """Let the clock stand still; one that stands goes on standing."""
    held = _with_somebody(session, actor, round_id, number)
    if held.site.running_since is not None:
        held.site.spent_ms = timer_of(held.site).spent(held.gate.now)
        held.site.running_since = None
        _moved(session, held)


def go_to(session: Session, actor: Actor, round_id: int, number: int | None, part: Part) -> None:
    """To the questions, or back to the presentation: a clock from its beginning, running as it was."""
    held = _with_somebody(session, actor, round_id, number)
    site = held.site
    if site.part != part:
        site.part, site.spent_ms = part, 0
        site.running_since = held.gate.now if site.running_since is not None else None
        _moved(session, held)


def clear(session: Session, actor: Actor, round_id: int, number: int | None) -> None:
    """Nobody is on stage any more: a break, or the end."""
    held = on_site.hold_drawn(session, actor, round_id, number)
    if held.site.current_id is not None:
        held.site.current_id, held.site.running_since, held.site.spent_ms = None, None, 0
        held.site.part = "presentation"
        _moved(session, held)


def _with_somebody(session: Session, actor: Actor, round_id: int, number: int | None) -> Held:
    held = on_site.hold_drawn(session, actor, round_id, number)
    if held.site.current_id is None:
        raise WrongState("nobody_on_stage")
    return held


def _moved(session: Session, held: Held) -> None:
    held.site.version += 1
    session.flush()
