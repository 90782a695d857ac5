"""Judges to submissions: by hand, by a balanced proposal, and a replacement where a judge drops out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.ids import new_ref
from challenge.judging import conflicts, declaring, entries, rubric, themes
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import assignment as rules
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.lifecycles import ASSIGNMENT, GIVEN_BACK
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue

READING = ("invited", "accepted", "completed")  # assignments that still promise a scorecard


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An entry that would stay short of judges, and what stands in the way: reason -> judges."""

    submission_id: int
    code: str
    lacking: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Pairs (panel judge, submission) to add, entries that stay short, and a digest that names just this."""

    pairs: tuple[rules.Pair, ...]
    uncovered: tuple[Uncovered, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class _World:
    """What a proposal depends on."""

    entries: Mapping[int, str]
    judges: Mapping[int, int | None]
    states: Mapping[rules.Pair, str]
    obstacles: Mapping[rules.Pair, str]  # conflicts of interest, and entries of other tracks


def propose(session: Session, phase: Phase) -> Proposal:
    """Who would read what: `per_entry` judges each, loads level, never in conflict or of another track."""
    world = _world(session, phase)
    fixed = [pair for pair, state in world.states.items() if state in READING]
    plan = rules.propose(
        list(world.entries),
        list(world.judges),
        phase.per_entry,
        fixed=fixed,
        forbidden=world.obstacles.keys() | world.states.keys(),
    )
    uncovered = tuple(
        Uncovered(entry, world.entries[entry], lacking, _obstacles(world, entry))
        for entry, lacking in plan.short.items()
    )
    text = f"{phase.id}:{plan.pairs}"
    return Proposal(plan.pairs, uncovered, hashlib.sha256(text.encode()).hexdigest()[:16])


def apply(session: Session, actor: Actor, round_id: int, digest: str, number: int | None = None) -> int:
    """Assign what the proposal of this digest says; how many. Raises WrongState where it is outdated."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    proposal = propose(session, phase)
    if not proposal.pairs:
        return 0  # the same form once more: everything it asked for is assigned
    if proposal.digest != digest:
        raise WrongState("assignment_outdated")
    _make(session, actor, held, phase, proposal.pairs)
    return len(proposal.pairs)


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
    _make(session, actor, held, phase, [(judge_id, entry.id)])
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
        _end(session, actor, held, old, reason)
    _check_pair(session, phase, judge_id, old.submission_id, there)
    _make(session, actor, held, phase, [(judge_id, old.submission_id)])
    return _existing_or_404(session, judge_id, old.submission_id)


def _end(session: Session, actor: Actor, held: gate.Gate, old: Assignment, reason: str) -> None:
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > declaring.MOST_REASON:
        raise Invalid("reason", "too_long", length=len(reason), most=declaring.MOST_REASON)
    if old.state == "completed":
        raise WrongState("scorecard_locked")
    old.state = ASSIGNMENT.step(old.state, "replace")
    old.reason = reason
    session.flush()
    user_id = session.scalar(sa.select(PanelJudge.user_id).where(PanelJudge.id == old.judge_id))
    declaring.say(session, actor, old, held.round.id, held.now, user_id=user_id)


def _world(session: Session, phase: Phase) -> _World:
    wanted = entries.of_phase(phase)
    judged = session.execute(sa.select(Submission.id, Submission.code).where(wanted).order_by(Submission.id))
    judges = session.execute(
        sa.select(PanelJudge.id, PanelJudge.user_id)
        .where(PanelJudge.phase_id == phase.id)
        .order_by(PanelJudge.id)
    )
    states = session.execute(
        sa.select(Assignment.judge_id, Assignment.submission_id, Assignment.state).where(
            Assignment.phase_id == phase.id
        )
    )
    return _World(
        dict(judged.all()),
        dict(judges.all()),
        {(judge, entry): state for judge, entry, state in states},
        {**themes.outside(session, phase.id, wanted), **conflicts.hard(session, phase.id, wanted)},
    )


def _obstacles(world: _World, entry: int) -> dict[str, int]:
    """Why each judge who does not read the entry cannot; "panel" where simply nobody is left."""
    counts: Counter[str] = Counter()
    for judge in world.judges:
        pair = (judge, entry)
        state = world.states.get(pair)
        if pair in world.obstacles:
            counts[world.obstacles[pair]] += 1
        elif state is not None and state not in READING:
            counts[state] += 1
    return dict(counts) or {"panel": 0}


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


def _make(session: Session, actor: Actor, held: gate.Gate, phase: Phase, pairs: Sequence[rules.Pair]) -> None:
    """Store assignments, tell each judge once, and record every one, in a fixed number of statements."""
    rows = [
        {
            "ref": new_ref(),
            "phase_id": phase.id,
            "judge_id": judge,
            "submission_id": entry,
            "state": ASSIGNMENT.start,
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
