"""A lock is opened again: its judge asks, an organizer does it, each with a reason, and the first is kept."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts, declaring, scorecards, scoring, standing
from challenge.judging.discussion_models import ScorecardRevision
from challenge.judging.models import Assignment, Scorecard
from challenge.judging.scorecards import Desk
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import NotFound, TooLate, WrongState
from challenge.rules.lifecycles import ASSIGNMENT
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.scales import plain
from challenge.tasks import queue

MOST_REASON = declaring.MOST_REASON


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands of a judge's wish to change a locked card."""

    reason: str
    done: bool


def ask(session: Session, actor: Actor, ref: str, reason: str) -> Asked:
    """The judge asks for the own locked card to be opened; asked already, nothing happens again.

    Raises NotFound, NotAllowed, TooLate("closed_for_reopening"), WrongState and Invalid("reason", ...).
    """
    domain = conflicts.domain_of(session, actor)
    held = scorecards.hold(session, ref)
    scorecards.take(session, Assignment.ref == ref)
    desk = scorecards.at_hand(session, ref, domain, held)
    require(actor, Action.SCORE_ASK, desk.subject(held))
    _check_open(desk, held)
    card = _card(session, desk)
    if card.reopen_asked_at is not None:
        return Asked(card.reopen_reason or "", done=False)
    card.reopen_asked_at, card.reopen_reason = held.now, declaring.reason_of(reason)
    session.flush()
    _tell(session, actor, held, desk, "scorecard.reopen_asked")
    return Asked(card.reopen_reason, done=True)


def reopen(session: Session, actor: Actor, ref: str, reason: str, *, round_id: int) -> int:
    """An organizer opens a locked card: it is a draft again, counts no more, and the first is kept.

    Returns the number of the revision that is kept; open already, the last one. Raises NotFound, NotAllowed,
    TooLate("closed_for_reopening") once the phase is over, WrongState("not_locked"), Invalid("reason", ...).
    """
    held = scorecards.hold(session, ref)
    scorecards.take(session, Assignment.ref == ref)
    desk = scorecards.at_hand(session, ref, "", held)
    if held.round.id != round_id:
        raise NotFound
    tied = conflicts.of_person(session, actor.user_id, desk.submission_id) is not None
    conflicted = frozenset({actor.user_id}) if tied and actor.user_id is not None else frozenset()
    subject = rounds.subject_of(
        held.round, held.now, kind="assignment", state=desk.state, conflicted=conflicted
    )
    require(actor, Action.SCORE_REOPEN, subject)
    last = last_revision(session, desk)
    if desk.state == "accepted" and last:
        return last
    if desk.state != "completed":
        raise WrongState("not_locked")
    _check_open(desk, held)
    why = declaring.reason_of(reason)
    total = open_locked(session, actor, held, desk, last + 1, why)
    standing.recompute(session, desk.phase_id, desk.submission_id)
    _tell(session, actor, held, desk, "scorecard.reopened", reason=why, total=str(total), revision=last + 1)
    return last + 1


def open_locked(
    session: Session, actor: Actor, held: gate.Gate, desk: Desk, number: int, reason: str
) -> Decimal | None:
    """Make a locked card (its row taken) a draft that counts no more; the total of the first, which is kept.

    For services that have asked the permission; they reckon the standing and tell of it.
    """
    card = _card(session, desk)
    session.add(_kept(desk, card, number, reason, actor, held))
    total = card.total
    card.state, card.locked_at, card.reopen_asked_at, card.reopen_reason = "draft", None, None, None
    assignment = session.get_one(Assignment, desk.assignment_id)
    assignment.state = ASSIGNMENT.step(assignment.state, "reopen")
    session.flush()
    return total


def _check_open(desk: Desk, held: gate.Gate) -> None:
    """What is decided after a phase rests on its cards as they were: none is opened once it has closed."""
    try:
        scoring.check_stands_open(desk, held)
    except TooLate as refusal:
        if refusal.code != "window_closed":
            raise
        raise TooLate("closed_for_reopening", at=refusal.params["at"], zone=held.round.zone) from None


def _card(session: Session, desk: Desk) -> Scorecard:
    query = sa.select(Scorecard).where(Scorecard.assignment_id == desk.assignment_id)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def last_revision(session: Session, desk: Desk) -> int:
    """The number of the last card that was kept; 0 where it was never opened again."""
    query = sa.select(sa.func.max(ScorecardRevision.number)).join(
        Scorecard, Scorecard.id == ScorecardRevision.scorecard_id
    )
    found: int | None = session.scalar(query.where(Scorecard.assignment_id == desk.assignment_id))
    return found or 0


def _kept(
    desk: Desk, card: Scorecard, number: int, reason: str, actor: Actor, held: gate.Gate
) -> ScorecardRevision:
    return ScorecardRevision(
        scorecard_id=card.id,
        number=number,
        total=card.total,
        scores={str(cell.id): {"value": _text(cell.value), "comment": cell.comment} for cell in desk.cells},
        comment_organizer=card.comment_organizer,
        comment_solver=card.comment_solver,
        locked_at=card.locked_at or held.now,
        reason=reason,
        author_id=actor.user_id,
        at=held.now,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _tell(session: Session, actor: Actor, held: gate.Gate, desk: Desk, event: str, **detail: Any) -> None:
    subject = f"assignment:{desk.assignment_id}"
    about = {"assignment_id": desk.assignment_id, "submission_id": desk.submission_id}
    said = {"reason": detail["reason"]} if "reason" in detail else {}
    queue.announce(session, event, subject, at=held.now, round_id=held.round.id, **about, **said)
    where = chain.round_chain(held.round.id)
    chain.record(
        session, actor, event, subject, chain=where, at=held.now, submission=desk.submission_id, **detail
    )
