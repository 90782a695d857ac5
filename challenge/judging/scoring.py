"""A judge scores: drafts while the window is open, then the lock, which nothing opens again."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts, scorecards, standing
from challenge.judging.models import Assignment, Scorecard
from challenge.judging.scorecards import Desk, Entered, Saved
from challenge.rounds import gate
from challenge.rules import phases, stages
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.lifecycles import ASSIGNMENT
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.tasks import queue


def save(session: Session, actor: Actor, ref: str, entered: Entered) -> Saved:
    """Keep a draft. Partial is fine; what is off its scale or step is refused whole, with every fault.

    Raises NotFound, NotAllowed, TooLate, WrongState("scorecard_locked"), InvalidMany by field (`score-7`).
    """
    domain = conflicts.domain_of(session, actor)
    held = scorecards.hold(session, ref)
    desk = scorecards.at_hand(session, ref, domain, held)
    require(actor, Action.SCORE_SAVE, desk.subject(held))
    _check_open(desk, held)
    return scorecards.keep(session, desk, entered, held.now)


def lock(session: Session, actor: Actor, ref: str, entered: Entered | None = None) -> Saved:
    """Lock the scorecard with what was typed last: from then on it counts, and nothing changes it.

    Locking a locked card again has no effect and the same answer. Raises as `save` does, and InvalidMany
    naming each criterion that has no score.
    """
    held, desk, saved = _ready(session, actor, ref, entered)
    if desk.state == "completed":
        return saved
    _complete(session, desk, held.now)
    standing.recompute(session, desk.phase_id, desk.submission_id)
    subject = f"assignment:{desk.assignment_id}"
    queue.announce(
        session,
        "scorecard.locked",
        subject,
        at=held.now,
        round_id=held.round.id,
        assignment_id=desk.assignment_id,
        submission_id=desk.submission_id,
    )
    chain.record(
        session,
        actor,
        "scorecard.locked",
        subject,
        chain=chain.round_chain(held.round.id),
        at=held.now,
        submission=desk.submission_id,
        total=str(saved.total),
    )
    return saved


def rehearse(session: Session, actor: Actor, ref: str, entered: Entered | None = None) -> Saved:
    """Keep the draft and refuse what `lock` would refuse, without locking: what comes before the question."""
    return _ready(session, actor, ref, entered)[2]


def _ready(
    session: Session, actor: Actor, ref: str, entered: Entered | None
) -> tuple[gate.Gate, Desk, Saved]:
    """The card with all its scores, its row held; one that is locked already as it is."""
    domain = conflicts.domain_of(session, actor)
    held = scorecards.hold(session, ref)
    # The card's lock first, in a statement of its own: what is read after it is what will be locked.
    session.execute(sa.select(Assignment.id).where(Assignment.ref == ref).with_for_update())
    desk = scorecards.at_hand(session, ref, domain, held)
    require(actor, Action.SCORE_LOCK, desk.subject(held))
    if desk.state == "completed":
        return held, desk, _as_stored(desk, held.now)
    _check_open(desk, held)
    saved = scorecards.keep(session, desk, entered or Entered(), held.now)
    given = entered.scores if entered else {}
    missing = [cell for cell in desk.cells if scorecards.score_in(cell, given) is None]
    if missing:
        raise InvalidMany([Invalid(f"score-{cell.id}", "score_missing") for cell in missing])
    return held, desk, saved


def _check_open(desk: Desk, held: gate.Gate) -> None:
    """Raise unless the card may still change: not locked, its entry still stands, the window is open."""
    if desk.way != "scores":
        raise WrongState("not_by_scores")
    if desk.state == "completed":
        raise WrongState("scorecard_locked")
    if desk.entry_state not in scorecards.JUDGED:
        raise WrongState("entry_not_judged")
    if held.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    judging = held.windows.get(Stage.JUDGING)
    stages.check_open(judging and phases.window_of(desk.own, judging), held.now)


def _as_stored(desk: Desk, now: dt.datetime) -> Saved:
    values = [(cell.value, cell.scale.weight) for cell in desk.cells]
    return Saved(now, sum(value is not None for value, _ in values), len(values), scorecards.weighted(values))


def _complete(session: Session, desk: Desk, now: dt.datetime) -> None:
    """Card and assignment reach their last state."""
    plain = {"synchronize_session": False}
    card = sa.update(Scorecard).where(Scorecard.assignment_id == desk.assignment_id)
    session.execute(card.values(state="locked", locked_at=now), execution_options=plain)
    done = ASSIGNMENT.step(desk.state, "complete")
    mine = sa.update(Assignment).where(Assignment.id == desk.assignment_id)
    session.execute(mine.values(state=done), execution_options=plain)
