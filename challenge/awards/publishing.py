"""The dated public notice, and the publication of winners after it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import blocking, limits, queries, releases, settling
from challenge.awards.models import Award, Notice
from challenge.awards.standing import current_ranking, outdated, plan_for, standing_of
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import lifecycles
from challenge.rules.errors import Invalid, TooLate, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue


def start_notice(session: Session, actor: Actor, round_id: int, ends_at: dt.datetime | None = None) -> Notice:
    """Show the proposed winners to the public until `ends_at` (at least the round's promised days).

    Raises WrongState while a seeker's word is missing or the proposal does not follow from the ranking in
    force (any more), Invalid("ends_at") for a notice that is too short.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_NOTICE, rounds.subject_of(held.round, held.now))
    known = queries.notice(session, round_id)
    if known is not None:
        return known  # sent twice
    ranking_id = _settled(session, round_id)
    ends_at = _end(ends_at, held.now, held.round.notice_days)
    notice = Notice(
        round_id=round_id,
        ranking_id=ranking_id,
        starts_at=held.now,
        ends_at=ends_at,
        author_id=actor.user_id,
    )
    session.add(notice)
    step = lifecycles.AWARD.step("proposed", "notify")
    session.execute(
        sa.update(Award).where(Award.round_id == round_id, Award.state == "proposed").values(state=step)
    )
    held.round.version += 1
    session.flush()
    _tell(session, actor, "notice.started", round_id, held.now, ends_at=ends_at.isoformat())
    return notice


def _settled(session: Session, round_id: int) -> int:
    """The ranking that everything proposed follows from; raises WrongState while something is open."""
    standing = standing_of(session, round_id)
    if not standing.awards and not standing.decisions:
        raise WrongState("nothing_proposed")
    waiting = sum(decision.verdict == "pending" for decision in standing.decisions.values())
    if waiting:
        raise WrongState("decisions_pending", count=waiting)
    ranking = current_ranking(session, round_id)
    if outdated(plan_for(session, round_id, ranking), ranking.id, standing):
        raise WrongState("proposal_outdated")
    limits.check(session, round_id)
    return ranking.id


def _end(ends_at: dt.datetime | None, now: dt.datetime, days: int) -> dt.datetime:
    earliest = now + dt.timedelta(days=days)
    ends_at = ends_at or earliest
    if ends_at <= now:
        raise Invalid("ends_at", "ends_before_start")
    if ends_at < earliest:
        raise Invalid("ends_at", "notice_too_short", days=days)
    return ends_at


def check(session: Session, round_id: int, now: dt.datetime) -> Notice:
    """The notice whose awards may go out now.

    Raises what stands against it: `notice_missing`, `already_published`, `notice_running`, and whatever
    `blocking` finds.
    """
    notice = queries.notice(session, round_id)
    if notice is None:
        raise WrongState("notice_missing")
    if notice.published_at is not None:
        raise WrongState("already_published")
    if now < notice.ends_at:
        raise TooLate("notice_running", at=notice.ends_at)
    for refusal in blocking.reasons(session, round_id):
        raise refusal
    return notice


def publish(session: Session, actor: Actor, round_id: int) -> Notice:
    """Make the results final: all rows, the event that all letters follow from, the record, or nothing.

    Only what two people have approved, and whose delay is over by the database's clock: else WrongState.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_PUBLISH, rounds.subject_of(held.round, held.now))
    release = releases.unstopped(session, round_id)
    if release is not None and release.state == "published":
        return _noticed(session, round_id)  # sent twice
    if release is None or not releases.is_due(release, held.now):
        raise WrongState("release_missing")
    check(session, round_id, held.now)
    release.state = lifecycles.RELEASE.step(release.state, "publish")
    release.ended_at = held.now
    held.round.version += 1
    session.flush()
    settling.settle(session, round_id, held.now)
    _tell(session, actor, "awards.published", round_id, held.now)
    return _noticed(session, round_id)


def _noticed(session: Session, round_id: int) -> Notice:
    return session.get_one(Notice, round_id)


def _tell(
    session: Session, actor: Actor, event: str, round_id: int, now: dt.datetime, **detail: object
) -> None:
    queue.announce(session, event, f"round:{round_id}", at=now, round_id=round_id, **detail)
    chain.record(
        session, actor, event, f"round:{round_id}", chain=chain.round_chain(round_id), at=now, **detail
    )
