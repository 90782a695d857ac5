"""Hand in, replace, withdraw: from a submit on, its receipt speaks for it. Later ones make versions."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, TooLate, WrongState
from challenge.rules.lifecycles import SUBMISSION
from challenge.rules.permissions import Action, Actor
from challenge.submissions import content, queries, receipts
from challenge.submissions.content import Frozen
from challenge.submissions.holding import Held, hold
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.tasks import queue


def submit(session: Session, actor: Actor, ref: str) -> Version:
    """Hand the submission in; from here on its receipt speaks for it.

    The same again is the same version, even after the close: what was entered in time stays entered.
    Raises `TooLate` (with `arrived_at`, the gate's time), `InvalidMany` naming all that is missing,
    `WrongState` where the requirement takes no solutions, `NotAllowed`, `NotFound`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_SUBMIT)
    frozen = held.freeze()
    last, submission = held.material.last, held.submission
    if last is not None and last.current and submission.state == "submitted" and last.digest == frozen.digest:
        # Before the question of the time: whose answer was lost on its way learns that they are in.
        return session.get_one(Version, last.id)
    try:
        held.check_open()
    except TooLate as late:
        raise TooLate(late.code, **late.params, arrived_at=held.now) from None
    _check_complete(held)
    entering = submission.state != "submitted"
    submission.state = SUBMISSION.step(submission.state, "submit")
    submission.submitted_at = held.now
    submission.title = submission.heading
    if last is not None and last.current:
        _put_aside(session, last.id)
    if entering:
        _count(session, submission, +1)
    session.flush()
    return _enter(session, actor, held, frozen, number=last.number + 1 if last else 1)


def _check_complete(held: Held) -> None:
    requirement = held.requirement
    if requirement is not None and requirement.state != "published":
        raise WrongState("requirement_not_open", state=requirement.state)
    faults = content.missing(held.submission, held.form, held.material)
    if faults:
        raise InvalidMany(faults)


def _enter(session: Session, actor: Actor, held: Held, frozen: Frozen, number: int) -> Version:
    """The event, the record, and last the version with its receipt, which quotes the record."""
    submission, round_, now = held.submission, held.gate.round, held.now
    subject = f"submission:{submission.id}"
    about = {"submission_id": submission.id, "round_id": round_.id}
    queue.announce(session, "submission.submitted", subject, mark=number, at=now, version=number, **about)
    head = chain.record(
        session,
        actor,
        "submission.submitted",
        subject,
        chain=chain.round_chain(round_.id),
        at=now,
        version=number,
        digest=frozen.digest,
        files=len(frozen.manifest),
    )
    version = Version(
        submission_id=submission.id,
        number=number,
        current=True,
        content=frozen.content,
        hidden=frozen.hidden,
        team=frozen.team,
        manifest=frozen.manifest,
        digest=frozen.digest,
        submitted_at=now,
        submitted_by=actor.user_id,
        receipt=receipts.issue(submission, held.requirement, round_, frozen, number, now, head),
    )
    session.add(version)
    session.flush()
    return version


def arrived_late(session: Session, actor: Actor, ref: str, refusal: TooLate) -> LateArrival:
    """Record a refused submit, in a transaction of its own: what arrived, when, and a signed refusal.

    The draft is kept as it is. The same content arriving again is the arrival that was recorded first.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_SUBMIT)
    arrived_at, closed_at = refusal.params["arrived_at"], refusal.params["at"]
    if not isinstance(arrived_at, dt.datetime) or not isinstance(closed_at, dt.datetime):
        raise TypeError("the refusal of a submit carries its times")
    submission, round_, frozen = held.submission, held.gate.round, held.freeze()
    for known in queries.late_arrivals(session, submission.id):
        said = known.refusal["statement"]
        if said["content_sha256"] == frozen.content_sha256 and said["manifest"] == frozen.manifest:
            return known
    head = chain.record(
        session,
        actor,
        "submission.refused_late",
        f"submission:{submission.id}",
        chain=chain.round_chain(round_.id),
        at=held.now,
        digest=frozen.digest,
        arrived_at=chain.instant_text(arrived_at),
        closed_at=chain.instant_text(closed_at),
    )
    arrival = LateArrival(
        submission_id=submission.id,
        user_id=actor.user_id,
        arrived_at=arrived_at,
        manifest=frozen.manifest,
        refusal=receipts.refuse(submission, held.requirement, round_, frozen, arrived_at, closed_at, head),
    )
    session.add(arrival)
    session.flush()
    return arrival


def withdraw(session: Session, actor: Actor, ref: str) -> Submission:
    """Take it out of the round, until the close; it may be handed in again. Asked twice, the same answer."""
    held = hold(session, ref)
    submission = held.submission
    if submission.state == "withdrawn":
        held.permit(actor, Action.SUBMISSION_WITHDRAW, state="submitted")
        return submission
    held.permit(actor, Action.SUBMISSION_WITHDRAW)
    held.check_open()
    submission.state = SUBMISSION.step(submission.state, "withdraw")
    last = held.material.last
    if last is not None and last.current:
        _put_aside(session, last.id)
    _count(session, submission, -1)
    session.flush()
    _say(session, actor, held, "submission.withdrawn", version=last.number if last else 0)
    return submission


def rule_out(session: Session, actor: Actor, ref: str, reason: str) -> Submission:
    """Rule a submission out as ineligible, for a reason its team will read. Asked twice, the same answer."""
    held = hold(session, ref)
    if not reason.strip():
        raise Invalid("reason", "reason_needed")
    submission = held.submission
    if submission.state == "ineligible" and submission.state_reason == reason:
        held.permit(actor, Action.SUBMISSION_RULE_OUT, state="submitted")
        return submission
    held.permit(actor, Action.SUBMISSION_RULE_OUT)
    submission.state = SUBMISSION.step(submission.state, "rule_out")
    submission.state_reason = reason
    session.flush()
    last = held.material.last
    _say(session, actor, held, "submission.ruled_out", version=last.number if last else 0)
    return submission


def _say(session: Session, actor: Actor, held: Held, event: str, *, version: int) -> None:
    submission, round_ = held.submission, held.gate.round
    subject = f"submission:{submission.id}"
    queue.announce(
        session, event, subject, mark=version, at=held.now, submission_id=submission.id, round_id=round_.id
    )
    chain.record(
        session, actor, event, subject, chain=chain.round_chain(round_.id), at=held.now, version=version
    )


def _put_aside(session: Session, version_id: int) -> None:
    """No version of it stands from here on; the receipt of this one keeps its worth as proof."""
    aside = sa.update(Version).where(Version.id == version_id).values(current=False)
    session.execute(aside.execution_options(synchronize_session=False))


def _count(session: Session, submission: Submission, by: int) -> None:
    """Keep the public counts, so that no page counts rows. Requirement before round, as everywhere."""
    plain = {"synchronize_session": False}
    if submission.requirement_id is not None:
        asked = sa.update(Requirement).where(Requirement.id == submission.requirement_id)
        count = {"submission_count": Requirement.submission_count + by}
        session.execute(asked.values(**count), execution_options=plain)
    more = {"submission_count": Round.submission_count + by, "version": Round.version + 1}
    mine = sa.update(Round).where(Round.id == submission.round_id)
    session.execute(mine.values(**more), execution_options=plain)
