"""Two keys and a delay: results are prepared by one person, approved by another, and go out by themselves.

Until they are out anybody who organizes the round can stop them. See docs/adr/0025.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import facts, publishing, releases
from challenge.awards.foresight import Foreseen, Letters, foresee
from challenge.awards.release_models import ResultRelease
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules.errors import Invalid, NotFound, Refused, WrongState
from challenge.rules.lifecycles import RELEASE
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.tasks import queue

USUAL_DELAY, LEAST_DELAY, MOST_DELAY = 30, 5, 7 * 24 * 60  # minutes
REASON_LENGTH = 2000


def prepare(
    session: Session, actor: Actor, round_id: int, letters: Letters, delay: int = USUAL_DELAY
) -> ResultRelease:
    """Lay the results down as they are now, for somebody else to approve.

    Prepared again unchanged it has no effect; where something changed, the new takes the place of the old.
    Raises WrongState or TooLate while they cannot go out, Invalid at `delay`.
    """
    held = gate.hold(session, round_id, exclusive=True)
    _allow(session, actor, Action.AWARD_PREPARE, held)
    if not LEAST_DELAY <= delay <= MOST_DELAY:
        raise Invalid("delay", "out_of_range", minimum=LEAST_DELAY, maximum=MOST_DELAY)
    publishing.check(session, round_id, held.now)
    foreseen = foresee(session, round_id, held.now, letters)
    known = releases.unstopped(session, round_id)
    if known is not None and (known.digest, known.delay_minutes) == (foreseen.digest, delay):
        return known  # sent twice, or by two at once
    if known is not None and known.state == "approved":
        raise WrongState("release_approved")
    if known is not None:
        _end(known, "prepared_anew", held.now)
        session.flush()
    release = _laid_down(session, actor, round_id, foreseen, delay, held.now)
    _tell(session, actor, "release.prepared", release, held.now)
    return release


def approve(session: Session, actor: Actor, ref: str, digest: str, letters: Letters) -> ResultRelease:
    """Turn the second key: what was prepared, and looked at (`digest`), goes out after its delay.

    Raises WrongState where it was prepared by the same person, was stopped, or is not as it was any more.
    """
    release, held = _held(session, actor, ref, Action.AWARD_APPROVE)
    if release.state in ("approved", "published"):
        return release  # sent twice, or by two at once
    if release.state == "stopped":
        raise WrongState("release_stopped")
    if actor.user_id is None or actor.user_id == release.prepared_by:
        raise WrongState("second_person_needed")
    publishing.check(session, release.round_id, held.now)
    foreseen = foresee(session, release.round_id, held.now, letters)
    if not release.digest == digest == foreseen.digest:
        raise WrongState("release_changed")
    release.state = RELEASE.step(release.state, "approve")
    release.approved_at, release.approved_by = held.now, actor.user_id
    release.due_at = held.now + dt.timedelta(minutes=release.delay_minutes)
    session.flush()
    _tell(session, actor, "release.approved", release, held.now, due_at=release.due_at.isoformat())
    return release


def stop(session: Session, actor: Actor, ref: str, reason: str) -> ResultRelease:
    """Hold the results back, with a reason; stopped twice has one effect. What is out cannot be stopped."""
    release, held = _held(session, actor, ref, Action.AWARD_STOP)
    if release.state == "stopped":
        return release  # sent twice, by two at once, or it stopped itself
    if release.state == "published":
        raise WrongState("already_published")
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "stop_reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid("reason", "too_long", length=len(reason), most=REASON_LENGTH)
    release.stopped_by, release.reason = actor.user_id, reason
    _stop(session, actor, release, "by_hand", held.now)
    return release


def carry_out(session: Session, actor: Actor, round_id: int, letters: Letters) -> ResultRelease | None:
    """Publish the round's approved results if they are due, or stop them where something stands against it.

    One transaction: whoever else tries at the same time finds it done. None where nothing is due.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_PUBLISH, rounds.subject_of(held.round, held.now))
    release = releases.unstopped(session, round_id)
    if release is None or not releases.is_due(release, held.now):
        return None
    against = _against(session, release, held, letters)
    if against is not None:
        _stop(session, actor, release, against, held.now)
        return release
    publishing.publish(session, actor, round_id)
    return releases.unstopped(session, round_id)


def _against(session: Session, release: ResultRelease, held: Gate, letters: Letters) -> str | None:
    """The code of what stands against publishing now, if anything does."""
    round_ = held.round
    if rounds.stage_of(round_, held.windows, held.now) not in (Stage.AWARD, Stage.CLOSED):
        return "stage_left"
    try:
        publishing.check(session, release.round_id, held.now)
    except Refused as refusal:
        return refusal.code
    changed = foresee(session, release.round_id, held.now, letters).differs(release.parts)
    return None if changed is None else f"{changed}_changed"


def _allow(session: Session, actor: Actor, action: Action, held: Gate) -> None:
    conflicted = facts.with_a_stake(session, actor, held.round.id)
    require(actor, action, rounds.subject_of(held.round, held.now, conflicted=conflicted))


def _held(session: Session, actor: Actor, ref: str, action: Action) -> tuple[ResultRelease, Gate]:
    """The release behind its round's gate, once the actor may do `action` with it."""
    found = sa.select(ResultRelease.round_id).where(ResultRelease.ref == ref)
    round_id = session.scalar(found)
    if round_id is None:
        raise NotFound
    held = gate.hold(session, round_id, exclusive=True)
    release = session.scalars(sa.select(ResultRelease).where(ResultRelease.ref == ref)).one()
    _allow(session, actor, action, held)
    return release, held


def _laid_down(
    session: Session, actor: Actor, round_id: int, foreseen: Foreseen, delay: int, now: dt.datetime
) -> ResultRelease:
    release = ResultRelease(
        round_id=round_id,
        delay_minutes=delay,
        digest=foreseen.digest,
        parts=dict(foreseen.parts),
        counts=dict(foreseen.counts),
        prepared_at=now,
        prepared_by=actor.user_id,
    )
    session.add(release)
    session.flush()
    return release


def _end(release: ResultRelease, code: str, now: dt.datetime) -> None:
    release.state = RELEASE.step(release.state, "stop")
    release.stop_code, release.ended_at = code, now


def _stop(session: Session, actor: Actor, release: ResultRelease, code: str, now: dt.datetime) -> None:
    _end(release, code, now)
    session.flush()
    _tell(session, actor, "release.stopped", release, now, stop_code=code, said=release.reason)


def _tell(
    session: Session, actor: Actor, event: str, release: ResultRelease, now: dt.datetime, **detail: object
) -> None:
    """The event with what its letters say; the record holds the digest, and no words that somebody wrote."""
    queue.announce(
        session,
        event,
        f"round:{release.round_id}",
        mark=release.ref,
        at=now,
        round_id=release.round_id,
        release_id=release.id,
        user_id=actor.user_id,
        delay=release.delay_minutes,
        **detail,
    )
    said = detail.pop("said", None)
    chain.record(
        session,
        actor,
        event,
        f"round:{release.round_id}",
        chain=chain.round_chain(release.round_id),
        at=now,
        release=release.ref,
        digest=release.digest,
        **detail,
        **({"reason_digest": chain.entry_hash({"reason": said})} if said else {}),
    )
