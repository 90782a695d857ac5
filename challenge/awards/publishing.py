"""The dated public notice, and the publication of winners after it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import objecting, queries
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.standing import LEFT, current_ranking, outdated, plan_for, standing_of
from challenge.requirements.models import Requirement
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import lifecycles
from challenge.rules.errors import Invalid, TooLate, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
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
    return ranking.id


def _end(ends_at: dt.datetime | None, now: dt.datetime, days: int) -> dt.datetime:
    earliest = now + dt.timedelta(days=days)
    ends_at = ends_at or earliest
    if ends_at <= now:
        raise Invalid("ends_at", "ends_before_start")
    if ends_at < earliest:
        raise Invalid("ends_at", "notice_too_short", days=days)
    return ends_at


def publish(session: Session, actor: Actor, round_id: int) -> Notice:
    """Make the results final, once the notice has run its time by the database's clock."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_PUBLISH, rounds.subject_of(held.round, held.now))
    notice = queries.notice(session, round_id)
    if notice is None:
        raise WrongState("notice_missing")
    if notice.published_at is not None:
        return notice  # sent twice
    if held.now < notice.ends_at:
        raise TooLate("notice_running", at=notice.ends_at)
    if (refusal := objecting.against(session, round_id)) is not None:
        raise refusal
    notice.published_at = held.now
    _settle_awards(session, round_id, held.now)
    _settle_submissions(session, round_id)
    _settle_requirements(session, round_id, held.now)
    held.round.version += 1
    session.flush()
    _tell(session, actor, "awards.published", round_id, held.now)
    return notice


def _settle_awards(session: Session, round_id: int, now: dt.datetime) -> None:
    """Awards become final; one whose entry left during the notice is withdrawn, and its slot stays open."""
    on_notice = sa.and_(Award.round_id == round_id, Award.state == "on_notice")
    left = sa.select(Submission.id).where(Submission.round_id == round_id, Submission.state.in_(LEFT))
    withdrawn = lifecycles.AWARD.step("on_notice", "withdraw")
    confirmed = lifecycles.AWARD.step("on_notice", "confirm")
    change = sa.update(Award).execution_options(synchronize_session=False)
    session.execute(change.where(on_notice, Award.submission_id.in_(left)).values(state=withdrawn))
    session.execute(change.where(on_notice).values(state=confirmed, confirmed_at=now))


def _settle_submissions(session: Session, round_id: int) -> None:
    """Chosen by a seeker or awarded: selected. Every other entry that stood: not selected."""
    chosen = sa.select(Decision.chosen_id).where(
        Decision.round_id == round_id, Decision.chosen_id.is_not(None)
    )
    awarded = sa.select(Award.submission_id).where(Award.round_id == round_id, Award.state == "confirmed")
    ids = set(session.scalars(sa.union(chosen, awarded)))
    standing = sa.and_(Submission.round_id == round_id, Submission.state == "submitted")
    select = lifecycles.SUBMISSION.step("submitted", "select")
    pass_over = lifecycles.SUBMISSION.step("submitted", "pass_over")
    session.execute(sa.update(Submission).where(standing, Submission.id.in_(ids)).values(state=select))
    session.execute(sa.update(Submission).where(standing).values(state=pass_over))


def _settle_requirements(session: Session, round_id: int, now: dt.datetime) -> None:
    """A need with a chosen solver is selected; one that nobody solved ends as failed, never silently."""
    solved = (
        sa.select(Decision.requirement_id)
        .join(Submission, Submission.id == Decision.chosen_id)
        .where(Decision.round_id == round_id, Submission.state == "selected")
    )
    open_ = sa.and_(Requirement.round_id == round_id, Requirement.state == "published")
    select = lifecycles.REQUIREMENT.step("published", "select")
    fail = lifecycles.REQUIREMENT.step("published", "fail")
    change = sa.update(Requirement).execution_options(synchronize_session=False)
    session.execute(
        change.where(open_, Requirement.id.in_(solved)).values(
            state=select, updated_at=now, version=Requirement.version + 1
        )
    )
    session.execute(change.where(open_).values(state=fail, updated_at=now, version=Requirement.version + 1))


def _tell(
    session: Session, actor: Actor, event: str, round_id: int, now: dt.datetime, **detail: object
) -> None:
    queue.announce(session, event, f"round:{round_id}", at=now, round_id=round_id, **detail)
    chain.record(
        session, actor, event, f"round:{round_id}", chain=chain.round_chain(round_id), at=now, **detail
    )
