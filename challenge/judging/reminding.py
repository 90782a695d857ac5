"""Reminders to judges with open scorecards: by the organizer's hand, and before the phase closes.

Nobody is reminded twice within a day, whoever asks for it; whoever has locked everything is left in peace.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.judging import rubric
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.judging.reminder_models import JudgeReminder
from challenge.judging.scorecards import JUDGED
from challenge.judging.turns import state_of, subject_of, window_of
from challenge.rounds import gate
from challenge.rules.errors import WrongState
from challenge.rules.lifecycles import UNLOCKED
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue

PAUSE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lagging:
    """A judge who can be written to and still has cards to lock; `reminded_at` is the last reminder."""

    judge_id: int
    user_id: int
    label: str
    name: str
    open_cards: int
    reminded_at: dt.datetime | None

    def due(self, now: dt.datetime) -> bool:
        """Whether a reminder may go out: the last one is a day old."""
        return self.reminded_at is None or self.reminded_at <= now - PAUSE


def lagging(session: Session, phase_id: int) -> list[Lagging]:
    """Who lags in a phase, by label (one statement)."""
    last = (
        sa.select(sa.func.max(JudgeReminder.sent_at))
        .where(JudgeReminder.judge_id == PanelJudge.id)
        .correlate(PanelJudge)
        .scalar_subquery()
    )
    query = (
        sa.select(PanelJudge.id, User.id, PanelJudge.label, User.name, sa.func.count(Assignment.id), last)
        .join(User, User.id == PanelJudge.user_id)
        .join(Assignment, Assignment.judge_id == PanelJudge.id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(PanelJudge.phase_id == phase_id, User.active.is_(True), User.confirmed_at.is_not(None))
        .where(Assignment.state.in_(UNLOCKED), Submission.state.in_(JUDGED))
        .group_by(PanelJudge.id, User.id)
        .order_by(PanelJudge.id)
    )
    return [Lagging(*row) for row in session.execute(query)]


def remind(
    session: Session,
    actor: Actor,
    round_id: int,
    number: int | None = None,
    *,
    days: int | None = None,
    closes_at: dt.datetime | None = None,
) -> int:
    """Remind everyone who lags in the phase and was not reminded within a day; how many.

    `days` before `closes_at` where the product does it by itself: of a close that has moved since nothing is
    said, the new one has its own days. Raises WrongState("phase_not_open").
    """
    held = gate.hold(session, round_id, exclusive=True)  # two at once take turns: the second finds it done
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.JUDGE_REMIND, subject_of(held.round, phase, held.now))
    window = window_of(phase, held.windows)
    closes = window.closes_at if window is not None else None
    if closes_at is not None and closes != closes_at:
        return 0
    if state_of(phase, held.windows, held.now) != "open":
        raise WrongState("phase_not_open")
    told = [each for each in lagging(session, phase.id) if each.due(held.now)]
    if told:
        mark = f"{days}d/{closes.isoformat()}" if days and closes else f"hand/{held.now.isoformat()}"
        rows = [
            {"judge_id": each.judge_id, "mark": mark, "open_cards": each.open_cards, "sent_at": held.now}
            for each in told
        ]
        session.execute(sa.insert(JudgeReminder), rows)
        queue.put(session, *(_letter(each, mark, phase, closes) for each in told), at=held.now)
        facts = {"judges": [each.label for each in told], "days": days}
        where = chain.round_chain(round_id)
        chain.record(
            session, actor, "judges.reminded", f"phase:{phase.id}", chain=where, at=held.now, **facts
        )
    return len(told)


def _letter(each: Lagging, mark: str, phase: Phase, closes: dt.datetime | None) -> queue.Work:
    event, subject = "judge.reminded", f"judge:{each.judge_id}"
    facts = {
        "event": event,
        "subject": subject,
        "round_id": phase.round_id,
        "phase_id": phase.id,
        "user_id": each.user_id,
        "open_cards": each.open_cards,
        "until_at": closes.isoformat() if closes else None,
    }
    return queue.Work("event", f"event/{event}/{subject}/{mark}", facts)
