"""What an upheld objection does to scorecards: opened again to their judges, or left out of the result.

The window of judging is over by then: a card that is opened again has a time of its own. Who may answer the
objection was asked by its service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import ranking, reopening, scorecards, standing
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.judging.scorecards import Desk
from challenge.rounds.gate import Gate
from challenge.rules.errors import Invalid
from challenge.rules.lifecycles import ASSIGNMENT
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Counted:
    """A locked card that a result follows from: its assignment, and how others see its judge."""

    ref: str
    judge_id: int
    label: str


def counted(session: Session, round_id: int, submission_id: int) -> list[Counted]:
    """The locked cards of an entry that stands, in the last phase: from them the awards follow."""
    query = (
        sa.select(Assignment.ref, Assignment.judge_id, PanelJudge.label)
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Assignment.submission_id == submission_id, Assignment.state == "completed")
        .where(Submission.state.in_(scorecards.JUDGED))
        .where(Scorecard.state == "locked", Phase.round_id == round_id, Phase.number == _last(round_id))
        .order_by(Assignment.judge_id)
    )
    return [Counted(*row) for row in session.execute(query)]


def waiting(session: Session, round_id: int, now: dt.datetime) -> int:
    """How many cards of the round are open again, and their time for it is not over (one statement)."""
    query = (
        sa.select(sa.func.count())
        .select_from(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Phase.round_id == round_id, Scorecard.open_until > now, Assignment.state == "accepted")
        .where(Submission.state.in_(scorecards.JUDGED))
    )
    return session.scalar(query) or 0


def behind(session: Session, round_id: int) -> bool:
    """Whether the ranking in force of the last phase no longer follows from its locked cards."""
    phase_id = session.scalar(
        sa.select(Phase.id).where(Phase.round_id == round_id, Phase.number == _last(round_id))
    )
    if phase_id is None:
        return False
    (computed,) = ranking.compute(session, [phase_id])
    known = ranking.in_force(session, phase_id)
    return known is None or (known.input_digest, known.method) != (computed.digest, computed.told)


def reopen(
    session: Session, actor: Actor, held: Gate, refs: Collection[str], reason: str, until: dt.datetime
) -> int:
    """Open these locked cards (assignments) again to their judges until then; how many.

    Each is a draft that does not count until it is locked again; the card as it was is kept.
    """
    return _open(session, actor, held, refs, reason, "scorecard.reopened", until)


def leave_out(session: Session, actor: Actor, held: Gate, refs: Collection[str], reason: str) -> int:
    """Leave these locked cards out of the result: their judges count as having stepped back; how many."""
    return _open(session, actor, held, refs, reason, "scorecard.left_out", None)


def _open(
    session: Session,
    actor: Actor,
    held: Gate,
    refs: Collection[str],
    reason: str,
    event: str,
    until: dt.datetime | None,
) -> int:
    scorecards.take(session, Assignment.ref.in_(refs))
    desks = [scorecards.at_hand(session, ref, "", held) for ref in sorted(set(refs))]
    if not desks or any(desk.state != "completed" for desk in desks):
        raise Invalid("cards", "choose_card")
    entries = [_one(session, actor, held, desk, reason, event, until) for desk in desks]
    session.flush()
    standing.recompute_many(session, desks[0].phase_id, [desk.submission_id for desk in desks])
    chain.record_many(session, entries, at=held.now)
    return len(desks)


def _one(
    session: Session,
    actor: Actor,
    held: Gate,
    desk: Desk,
    reason: str,
    event: str,
    until: dt.datetime | None,
) -> chain.Entry:
    """Take one card out of the count and say so; its entry of the record."""
    number = reopening.last_revision(session, desk) + 1
    total = reopening.open_locked(session, actor, held, desk, number, reason)
    if until is None:
        assignment = session.get_one(Assignment, desk.assignment_id)
        assignment.state = ASSIGNMENT.step(assignment.state, "recuse")
        assignment.reason, assignment.declared_at = reason, held.now
    else:
        card = sa.update(Scorecard).where(Scorecard.assignment_id == desk.assignment_id)
        session.execute(card.values(open_until=until))
    about = f"assignment:{desk.assignment_id}"
    ids = {"assignment_id": desk.assignment_id, "submission_id": desk.submission_id}
    said = {"reason": reason, **({"until_at": until.isoformat()} if until else {})}
    name, mark = f"{event}_for_objection" if until else event, held.now.isoformat()
    queue.announce(session, name, about, mark=mark, at=held.now, round_id=held.round.id, **ids, **said)
    told = {"total": str(total), "revision": number, "submission": desk.submission_id}
    return chain.Entry(chain.round_chain(held.round.id), actor, event, about, told)


def _last(round_id: int) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.max(Phase.number)).where(Phase.round_id == round_id).scalar_subquery()
