"""A judge scores: drafts while the window is open, then the lock, which nothing opens again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts, drafts, scorecards, standing
from challenge.judging.models import Assignment, Scorecard
from challenge.judging.scorecards import Desk, Entered, Saved
from challenge.rounds import gate
from challenge.rules import phases, stages
from challenge.rules.errors import Invalid, InvalidMany, TooLate, WrongState
from challenge.rules.lifecycles import ASSIGNMENT
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.tasks import queue


def save(session: Session, actor: Actor, ref: str, entered: Entered) -> Saved:
    """Keep a draft. Partial is fine; what is off its scale or step is refused whole, with every fault.

    A field that was changed elsewhere since its writer saw it is not written but named (`Saved.contested`).
    Raises NotFound, NotAllowed, TooLate, WrongState("scorecard_locked"), InvalidMany by field (`score-7`).
    """
    domain = conflicts.domain_of(session, actor)
    held = scorecards.hold(session, ref)
    scorecards.take(session, Assignment.ref == ref)
    desk = scorecards.at_hand(session, ref, domain, held)
    require(actor, Action.SCORE_SAVE, desk.subject(held))
    check_open(desk, held)
    return drafts.keep(session, desk, entered, held.now)


def lock(session: Session, actor: Actor, ref: str, entered: Entered | None = None) -> Saved:
    """Lock the scorecard with what was typed last: from then on it counts, and nothing changes it.

    Locking a locked card again has no effect and the same answer. Raises as `save` does, and InvalidMany
    naming each criterion that has no score.
    """
    held, desk, saved = _ready(session, actor, ref, entered)
    if desk.state == "completed":
        return saved
    complete(session, [desk], held.now)
    standing.recompute(session, desk.phase_id, desk.submission_id)
    announce_lock(session, held, desk)
    chain.record(
        session,
        actor,
        "scorecard.locked",
        f"assignment:{desk.assignment_id}",
        chain=chain.round_chain(held.round.id),
        at=held.now,
        submission=desk.submission_id,
        total=str(saved.total),
    )
    return saved


def lock_from_paper(
    session: Session, actor: Actor, held: gate.Gate, ref: str, scores: Mapping[int, str]
) -> Saved:
    """Lock a judge's card with the scores of their signed paper, marked as entered by `actor`.

    For the service that holds the gate, has asked the permission and taken the cards, and reckons standings
    and trail after it. Raises as `lock` does for the judge.
    """
    desk = scorecards.at_hand(session, ref, "", held)
    check_open(desk, held)
    saved = drafts.keep(session, desk, Entered(scores), held.now)
    if desk.state == "invited":  # the paper that they signed says that they have no conflict
        accepted = ASSIGNMENT.step(desk.state, "accept")
        mine = sa.update(Assignment).where(Assignment.id == desk.assignment_id)
        session.execute(mine.values(state=accepted, declared_at=held.now))
        desk = replace(desk, state=accepted)
    complete(session, [desk], held.now)
    card = sa.update(Scorecard).where(Scorecard.assignment_id == desk.assignment_id)
    session.execute(card.values(from_paper=True, entered_by=actor.user_id))
    announce_lock(session, held, desk)
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
    scorecards.take(session, Assignment.ref == ref)
    desk = scorecards.at_hand(session, ref, domain, held)
    require(actor, Action.SCORE_LOCK, desk.subject(held))
    if desk.state == "completed":
        return held, desk, _as_stored(desk, held.now)
    check_open(desk, held)
    entered = entered or Entered()
    saved = drafts.keep(session, desk, entered, held.now)
    if saved.contested:
        raise InvalidMany([contested(*each) for each in saved.contested.items()])
    given = scorecards.against(desk, entered)[0].scores
    missing = [cell for cell in desk.cells if scorecards.score_in(cell, given) is None]
    if missing:
        raise InvalidMany([Invalid(f"score-{cell.id}", "score_missing") for cell in missing])
    return held, desk, saved


def announce_lock(session: Session, held: gate.Gate, desk: Desk) -> None:
    """Tell that a card was locked."""
    queue.announce(
        session,
        "scorecard.locked",
        f"assignment:{desk.assignment_id}",
        at=held.now,
        round_id=held.round.id,
        assignment_id=desk.assignment_id,
        submission_id=desk.submission_id,
    )


def contested(name: str, stored: str) -> Invalid:
    """The fault of a field that was changed elsewhere meanwhile."""
    return Invalid(name, "saved_elsewhere" if stored.strip() else "emptied_elsewhere", stored=stored)


def check_open(desk: Desk, held: gate.Gate) -> None:
    """Raise unless the card may change: not locked, its entry stands and was on stage, the window is open."""
    if desk.way != "scores":
        raise WrongState("not_by_scores")
    if desk.state == "completed":
        raise WrongState("scorecard_locked")
    check_stands_open(desk, held)


def check_stands_open(desk: Desk, held: gate.Gate) -> None:
    """Raise unless the entry still stands in a round that goes on, and the phase's window is open."""
    if desk.entry_state not in scorecards.JUDGED:
        raise WrongState("entry_not_judged")
    if held.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    if desk.waits:
        raise WrongState("not_on_stage")
    if desk.open_until is not None:  # for an objection: its own time, after judging has ended
        if held.now >= desk.open_until:
            raise TooLate("window_closed", stage=Stage.JUDGING.value, at=desk.open_until)
        return
    judging = held.windows.get(Stage.JUDGING)
    stages.check_open(judging and phases.window_of(desk.own, judging), held.now)


def _as_stored(desk: Desk, now: dt.datetime) -> Saved:
    values = [(cell.value, cell.scale.weight) for cell in desk.cells]
    return Saved(now, sum(value is not None for value, _ in values), len(values), drafts.weighted(values))


def complete(session: Session, desks: Sequence[Desk], now: dt.datetime) -> None:
    """Cards of accepted assignments reach their last state, and so do these (two statements)."""
    ids = [desk.assignment_id for desk in desks]
    (done,) = {ASSIGNMENT.step(desk.state, "complete") for desk in desks}
    plain = {"synchronize_session": False}
    cards = sa.update(Scorecard).where(Scorecard.assignment_id.in_(ids))
    session.execute(cards.values(state="locked", locked_at=now, open_until=None), execution_options=plain)
    assignments = sa.update(Assignment).where(Assignment.id.in_(ids))
    session.execute(assignments.values(state=done), execution_options=plain)
