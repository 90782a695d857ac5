"""Judges to submissions: by hand, pinned, and a replacement where a judge drops out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.ids import new_ref
from challenge.judging import conflicts, declaring, entries, rubric, themes
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.assignment import Pair
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.lifecycles import ASSIGNMENT, GIVEN_BACK, READING
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue


def assign(
    session: Session,
    actor: Actor,
    round_id: int,
    judge_id: int,
    submission_ref: str,
    number: int | None = None,
) -> Assignment:
    """One judge, one submission, by hand. Assigning what is assigned already changes nothing."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    entry = session.scalar(
        sa.select(Submission).where(Submission.ref == submission_ref, entries.of_phase(phase))
    )
    if entry is None:
        raise NotFound
    there = _existing(session, judge_id, entry.id)
    if there is not None and there.state in READING:
        return there
    _check_pair(session, phase, judge_id, entry.id, there)
    make(session, actor, held, phase, [(judge_id, entry.id)])
    return _existing_or_404(session, judge_id, entry.id)


def replace(
    session: Session, actor: Actor, ref: str, judge_id: int, reason: str, *, round_id: int
) -> Assignment:
    """Another judge instead of this one: the old assignment ends with the reason, a new one is made.

    Where the judge has declined, abstained or stepped back already, that stays and only the new one is made.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.ASSIGNMENT_REPLACE, rounds.subject_of(held.round, held.now))
    old = session.scalar(sa.select(Assignment).where(Assignment.ref == ref).with_for_update())
    phase = session.get(Phase, old.phase_id) if old is not None else None
    if old is None or phase is None or phase.round_id != round_id:
        raise NotFound
    there = _existing(session, judge_id, old.submission_id)
    if old.state == "replaced" and there is not None and there.state in READING:
        return there  # the same form once more
    if old.state not in GIVEN_BACK:
        end(session, actor, held, old, reason)
    _check_pair(session, phase, judge_id, old.submission_id, there)
    make(session, actor, held, phase, [(judge_id, old.submission_id)])
    return _existing_or_404(session, judge_id, old.submission_id)


def pin(session: Session, actor: Actor, ref: str, *, pinned: bool, round_id: int) -> Assignment:
    """Keep a pair through every re-run of the assignment, or let it be moved again."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    found = session.scalar(
        sa.select(Assignment)
        .join(Phase, Phase.id == Assignment.phase_id)
        .where(Assignment.ref == ref, Phase.round_id == round_id)
    )
    if found is None:
        raise NotFound
    if found.pinned == pinned:
        return found
    if found.state not in READING:
        raise WrongState("assignment_ended")
    found.pinned = pinned
    session.flush()
    chain.record(
        session,
        actor,
        "assignment.pinned" if pinned else "assignment.unpinned",
        f"assignment:{found.id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        judge=found.judge_id,
        submission=found.submission_id,
    )
    return found


def end(session: Session, actor: Actor, held: gate.Gate, old: Assignment, reason: str) -> None:
    """End an assignment for this reason; for services that have asked their own permission."""
    reason = declaring.reason_of(reason)
    if old.state == "completed":
        raise WrongState("scorecard_locked")
    old.state = ASSIGNMENT.step(old.state, "replace")
    old.reason = reason
    session.flush()
    user_id = session.scalar(sa.select(PanelJudge.user_id).where(PanelJudge.id == old.judge_id))
    declaring.say(session, actor, old, held.round.id, held.now, user_id=user_id)


def _check_pair(
    session: Session, phase: Phase, judge_id: int, submission_id: int, there: Assignment | None
) -> None:
    """Raise unless this judge of this panel may be asked to read the entry."""
    judge = session.get(PanelJudge, judge_id)
    if judge is None or judge.phase_id != phase.id:
        raise Invalid("judge", "not_on_panel")
    if there is not None:
        raise Invalid("judge", f"judge_{there.state if there.state not in READING else 'reads_it'}")
    reason = conflicts.one(session, judge_id, submission_id)
    if reason is not None:
        raise Invalid("judge", f"conflict_{reason}")
    if (judge_id, submission_id) in themes.outside(session, phase.id, Submission.id == submission_id):
        raise Invalid("judge", "judge_other_track")


def _existing(session: Session, judge_id: int, submission_id: int) -> Assignment | None:
    query = sa.select(Assignment).where(
        Assignment.judge_id == judge_id, Assignment.submission_id == submission_id
    )
    return session.scalar(query)


def _existing_or_404(session: Session, judge_id: int, submission_id: int) -> Assignment:
    found = _existing(session, judge_id, submission_id)
    if found is None:
        raise NotFound
    return found


def make(session: Session, actor: Actor, held: gate.Gate, phase: Phase, pairs: Sequence[Pair]) -> None:
    """Store assignments, tell each judge once, and record every one, in a fixed number of statements.

    For services that have asked their own permission.
    """
    rows = [
        {
            "ref": new_ref(),
            "phase_id": phase.id,
            "judge_id": judge,
            "submission_id": entry,
            "state": ASSIGNMENT.start,
            "pinned": False,
        }
        for judge, entry in pairs
    ]
    made = session.execute(sa.insert(Assignment).returning(Assignment.id, Assignment.judge_id), rows).all()
    _tell(
        session,
        held.round.id,
        held.now,
        {judge: number for number, judge in made},
        Counter(j for j, _ in pairs),
    )
    where = chain.round_chain(held.round.id)
    made_entries = [
        chain.Entry(where, actor, "assignment.made", f"judge:{judge}", {"judge": judge, "submission": entry})
        for judge, entry in pairs
    ]
    chain.record_many(session, made_entries, at=held.now)


def _tell(
    session: Session, round_id: int, at: dt.datetime, last: Mapping[int, int], counts: Mapping[int, int]
) -> None:
    """One event for each judge, however many submissions they were given."""
    people = session.execute(
        sa.select(PanelJudge.id, PanelJudge.user_id).where(PanelJudge.id.in_(list(last)))
    )
    works = []
    for judge_id, user_id in people:
        subject = f"judge:{judge_id}"
        data = {"round_id": round_id, "judge_id": judge_id, "user_id": user_id, "count": counts[judge_id]}
        key = f"event/assignment.made/{subject}/{last[judge_id]}"
        works.append(queue.Work("event", key, {"event": "assignment.made", "subject": subject, **data}))
    queue.put(session, *works, at=at)
