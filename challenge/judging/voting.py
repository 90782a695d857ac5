"""The public vote of a phase: which entries stand in it, a vote for each account, the result after the close.

It never enters the jury's ranking. Before the close nobody learns a count, neither here nor in the office:
the reads below give figures of a phase that is over, and of an open one only how many have voted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.db import insert_into
from challenge.judging import entries, rubric, turns
from challenge.judging.models import Phase
from challenge.judging.scorecards import JUDGED
from challenge.judging.ways_models import PublicVote, VoteEntry
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules import stages
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Window
from challenge.submissions.models import Submission, TeamMember, Version


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry before the public: its title and summary as they were judged, never its team."""

    ref: str
    submission_id: int
    code: str
    title: str
    summary: str
    own: bool  # the reader belongs to its team
    chosen: bool  # the reader's vote
    votes: int | None  # none before the close


@dataclass(frozen=True, slots=True)
class Poll:
    """A phase's public vote as a page shows it."""

    phase: Phase
    window: Window | None
    state: str
    voters: int | None  # how many have voted; none while it is open
    candidates: tuple[Candidate, ...]


def put_up(session: Session, actor: Actor, round_id: int, number: int, refs: Collection[str]) -> int:
    """Choose which entries stand in the vote, with their teams' consent; how many.

    An entry that is taken out loses its votes' standing, not the votes. Raises NotFound for what this phase
    does not judge, WrongState("no_public_vote", "phase_over").
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.PHASE_EDIT, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    if phase.public_vote == "none":
        raise WrongState("no_public_vote")
    if turns.state_of(phase, held.windows, held.now) == "over":
        raise WrongState("phase_over")
    query = sa.select(Submission.ref, Submission.id).where(entries.of_phase(phase))
    known = {row[0]: row[1] for row in session.execute(query)}
    if not set(refs) <= known.keys():
        raise NotFound
    wanted = {known[ref] for ref in refs}
    there = set(session.scalars(sa.select(VoteEntry.submission_id).where(VoteEntry.phase_id == phase.id)))
    if wanted == there:
        return len(wanted)
    gone = sa.delete(VoteEntry).where(VoteEntry.phase_id == phase.id)
    session.execute(gone.where(VoteEntry.submission_id.in_(there - wanted)))
    session.add_all(VoteEntry(phase_id=phase.id, submission_id=each) for each in sorted(wanted - there))
    held.round.version += 1
    session.flush()
    where = chain.round_chain(round_id)
    facts = {"entries": len(wanted), "added": len(wanted - there), "taken_out": len(there - wanted)}
    chain.record(session, actor, "vote.put_up", f"phase:{phase.id}", chain=where, at=held.now, **facts)
    return len(wanted)


def cast(session: Session, actor: Actor, round_id: int, ref: str) -> None:
    """Vote for an entry: one vote an account, changed while the phase says so; the same again, no effect.

    Raises NotFound, NotAllowed, TooLate, WrongState ("no_public_vote", "not_in_vote", "own_entry",
    "voted_already", "round_cancelled").
    """
    held = gate.hold(session, round_id)
    phase = _polled(session, round_id)
    require(actor, Action.VOTE_CAST, rounds.subject_of(held.round, held.now))
    if phase is None:
        raise WrongState("no_public_vote")
    if held.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    stages.check_open(turns.window_of(phase, held.windows), held.now)
    entry = session.scalar(
        sa.select(Submission.id)
        .join(VoteEntry, VoteEntry.submission_id == Submission.id)
        .where(VoteEntry.phase_id == phase.id, Submission.ref == ref, Submission.state.in_(JUDGED))
    )
    if entry is None:
        raise WrongState("not_in_vote")
    if session.scalar(sa.select(_own(actor.user_id)).where(Submission.id == entry)):
        raise WrongState("own_entry")
    _put(session, phase, actor, entry, held.now)


def _put(session: Session, phase: Phase, actor: Actor, entry: int, now: dt.datetime) -> None:
    """One statement decides between two presses at once; what it did not change was there before."""
    vote = {"submission_id": entry, "voted_at": now}
    put = insert_into(session, PublicVote).values(phase_id=phase.id, user_id=actor.user_id, **vote)
    key = ["phase_id", "user_id"]
    if phase.public_vote == "changeable":
        differs = PublicVote.submission_id != entry
        session.execute(put.on_conflict_do_update(index_elements=key, set_=vote, where=differs))
        return
    session.execute(put.on_conflict_do_nothing(index_elements=key))
    mine = sa.select(PublicVote.submission_id).where(
        PublicVote.phase_id == phase.id, PublicVote.user_id == actor.user_id
    )
    if session.scalar(mine) != entry:
        raise WrongState("voted_already")


def poll(session: Session, actor: Actor, round_: Round, now: dt.datetime) -> Poll:
    """The round's public vote for everyone (two statements). Raises NotFound where there is none."""
    phase = _polled(session, round_.id)
    if phase is None:
        raise NotFound
    return _poll(session, phase, round_, now, actor.user_id)


def of_phase(session: Session, round_: Round, phase: Phase, now: dt.datetime) -> Poll:
    """The same for the organizer of the round, of the phase they look at (one statement)."""
    if phase.public_vote == "none":
        raise NotFound
    return _poll(session, phase, round_, now, None)


def choices(session: Session, phase: Phase) -> list[tuple[str, str, str, bool]]:
    """Every entry of the phase for the organizer: ref, code, title, whether it stands in the vote."""
    up = sa.exists().where(VoteEntry.phase_id == phase.id, VoteEntry.submission_id == Submission.id)
    query = sa.select(Submission.ref, Submission.code, Submission.title, up)
    rows = session.execute(query.where(entries.of_phase(phase)).order_by(Submission.code))
    return [(ref, code, title, bool(there)) for ref, code, title, there in rows]


def _polled(session: Session, round_id: int) -> Phase | None:
    """The phase whose vote the public sees: the last with one that has begun, else the first to come."""
    query = sa.select(Phase).where(Phase.round_id == round_id, Phase.public_vote != "none")
    voted = session.scalars(query.order_by(Phase.number)).all()
    begun = [each for each in voted if each.begun]
    return next(iter([*reversed(begun), *voted]), None)


def _poll(session: Session, phase: Phase, round_: Round, now: dt.datetime, user_id: int | None) -> Poll:
    windows = windows_of(round_)
    state = turns.state_of(phase, windows, now)
    over = state == "over"
    content = Version.content
    votes = _count().where(PublicVote.submission_id == Submission.id).correlate(Submission)
    mine = sa.exists().where(PublicVote.user_id == user_id, PublicVote.submission_id == Submission.id)
    title = content["title"].as_string()
    # Before the close the counts are not even read: what is not loaded cannot leak.
    query = (
        sa.select(
            *(Submission.ref, Submission.id, Submission.code, title),
            content["values", "summary"].as_string(),
            _own(user_id),
            mine.where(PublicVote.phase_id == phase.id),
            votes.where(PublicVote.phase_id == phase.id).scalar_subquery() if over else sa.null(),
        )
        .join(VoteEntry, VoteEntry.submission_id == Submission.id)
        .join(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .where(VoteEntry.phase_id == phase.id, Submission.state.in_(JUDGED))
        .order_by(Submission.ref)
    )
    found = [
        Candidate(ref, number, code, title or "", text or "", bool(own), bool(chosen), count)
        for ref, number, code, title, text, own, chosen, count in session.execute(query)
    ]
    if over:
        found.sort(key=lambda each: (-(each.votes or 0), each.code))
    voters = sum(each.votes or 0 for each in found) if over else None
    return Poll(phase, turns.window_of(phase, windows), state, voters, tuple(found))


def turnout(session: Session, phase: Phase) -> int:
    """How many accounts have voted, for whomever (one statement)."""
    return session.scalar(_count().where(PublicVote.phase_id == phase.id)) or 0


def _count() -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(PublicVote)


def _own(user_id: int | None) -> sa.ColumnElement[bool]:
    """Whether the person owns the submission or is in its team."""
    if user_id is None:
        return sa.false()
    member = sa.exists().where(TeamMember.submission_id == Submission.id, TeamMember.user_id == user_id)
    return sa.or_(Submission.owner_id == user_id, member)
