"""A judge's word before reading: no conflict, a conflict, no time; stepping back or abstaining later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts, scorecards, turns
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound, TooLate, WrongState
from challenge.rules.lifecycles import ASSIGNMENT
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission
from challenge.tasks import queue

MOST_REASON = 1000


@dataclass(frozen=True, slots=True)
class _Turn:
    """An assignment whose row is locked, and what a declaration asks of it."""

    assignment: Assignment
    judge_user_id: int | None
    conflict: bool
    entry_state: str
    subject: Subject


def accept(session: Session, actor: Actor, ref: str) -> Assignment:
    """The judge declares to have no conflict, and may read from here on. Twice is once."""
    held, turn = _turn(session, actor, ref, Action.ASSIGNMENT_DECLARE, done="accepted")
    if turn.assignment.state == "accepted":
        return turn.assignment
    if turn.conflict:
        # What the data say outweighs a declaration: the judge steps back, or the organizer corrects the data.
        raise WrongState("conflict_known")
    _step(session, actor, turn, held, "accept", None)
    return turn.assignment


def decline(session: Session, actor: Actor, ref: str, reason: str) -> Assignment:
    """The judge turns the assignment down (no time, another field); the organizer finds another."""
    held, turn = _turn(session, actor, ref, Action.ASSIGNMENT_DECLARE, done="declined")
    if turn.assignment.state != "declined":
        _step(session, actor, turn, held, "decline", reason_of(reason))
    return turn.assignment


def abstain(session: Session, actor: Actor, ref: str, reason: str) -> Assignment:
    """The judge gives no scorecard for this entry, without a conflict; it counts as absent, never as zero."""
    held, turn = _turn(session, actor, ref, Action.ASSIGNMENT_ABSTAIN, done="abstained")
    if turn.assignment.state != "abstained":
        _step(session, actor, turn, held, "abstain", reason_of(reason))
    return turn.assignment


def recuse(
    session: Session, actor: Actor, ref: str, reason: str, *, action: Action = Action.ASSIGNMENT_RECUSE
) -> Assignment:
    """The judge declares a conflict, before reading or later; a draft then counts for nothing."""
    held, turn = _turn(session, actor, ref, action, done="recused")
    if turn.assignment.state != "recused":
        _step(session, actor, turn, held, "recuse", reason_of(reason))
    return turn.assignment


def _turn(session: Session, actor: Actor, ref: str, action: Action, *, done: str) -> tuple[gate.Gate, _Turn]:
    """Hold the gate, lock the assignment, ask the table; `done` is where a second press finds it."""
    domain = conflicts.domain_of(session, actor)
    held = scorecards.hold(session, ref)
    query = (
        sa.select(Assignment, PanelJudge.user_id, conflicts.of_assignment(), Submission.state, Phase)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Assignment.ref == sa.bindparam("ref"))
        .with_for_update(of=Assignment)
    )
    row = session.execute(query, {"ref": ref, "domain": domain}).one_or_none()
    if row is None:
        raise NotFound
    assignment, user_id, ties, entry_state, phase = row
    subject = rounds.subject_of(
        held.round, held.now, kind="assignment", state=assignment.state, judge_id=user_id
    )
    turn = _Turn(assignment, user_id, bool(ties), entry_state, subject)
    actor.asked.add(action)
    if assignment.state == done and actor.user_id is not None and actor.user_id == user_id:
        return held, turn
    require(actor, action, subject)
    if entry_state not in scorecards.JUDGED:
        raise WrongState("entry_not_judged")
    _check_not_over(held, phase)
    return held, turn


def _check_not_over(held: gate.Gate, phase: Phase) -> None:
    """Declaring ends when judging does; it may begin before."""
    window = turns.window_of(phase, held.windows)
    if held.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    over = window is not None and window.closes_at is not None and held.now >= window.closes_at
    if window is not None and (over or window.closed):
        raise TooLate("window_closed", stage=Stage.JUDGING.value, at=window.closes_at)


def reason_of(text: str, *, needed: bool = True) -> str:
    """A reason as it is kept; raises `Invalid("reason", "required" | "too_long")`."""
    text = text.strip()
    if needed and not text:
        raise Invalid("reason", "required")
    if len(text) > MOST_REASON:
        raise Invalid("reason", "too_long", length=len(text), most=MOST_REASON)
    return text


def _step(
    session: Session, actor: Actor, turn: _Turn, held: gate.Gate, verb: str, reason: str | None
) -> None:
    assignment = turn.assignment
    assignment.state = ASSIGNMENT.step(assignment.state, verb)
    assignment.reason = reason
    assignment.declared_at = held.now
    session.flush()
    say(session, actor, assignment, held.round.id, held.now, user_id=turn.judge_user_id)


def say(
    session: Session,
    actor: Actor,
    assignment: Assignment,
    round_id: int,
    at: dt.datetime,
    *,
    user_id: int | None,
) -> None:
    """Announce and record where an assignment stands now."""
    subject = f"assignment:{assignment.id}"
    event = f"assignment.{assignment.state}"
    queue.announce(
        session, event, subject, at=at, round_id=round_id, assignment_id=assignment.id, user_id=user_id
    )
    chain.record(
        session,
        actor,
        event,
        subject,
        chain=chain.round_chain(round_id),
        at=at,
        judge=assignment.judge_id,
        submission=assignment.submission_id,
    )
