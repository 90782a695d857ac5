"""Hand in and replace: from a submit on, its receipt speaks for it. Later ones make versions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.hidden import Hidden
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import InvalidMany, TooLate, WrongState
from challenge.rules.lifecycles import SUBMISSION
from challenge.rules.permissions import Action, Actor
from challenge.submissions import content, entering, facts, queries, receipts, sealing
from challenge.submissions.content import Frozen
from challenge.submissions.facts import Admitted
from challenge.submissions.holding import Held, hold
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.tasks import queue


def submit(session: Session, actor: Actor, ref: str, seen: str | None = None) -> Version:
    """Hand the submission in; from here on its receipt speaks for it.

    The same again is the same version, even after the close: what was entered in time stays entered.
    `seen` is the digest of what the page showed: `WrongState("changed_since_review")` where it differs now.
    Raises `TooLate` (with `arrived_at`, the gate's time), `InvalidMany` naming all that is missing,
    `WrongState` where the requirement takes no solutions or the round no more of these, `NotEligible`,
    `NotAllowed`, `NotFound`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_SUBMIT)
    frozen = held.freeze()
    last, submission = held.material.last, held.submission
    if last is not None and last.current and submission.state == "submitted" and last.digest == frozen.digest:
        # Before the question of the time: whose answer was lost on its way learns that they are in.
        return session.get_one(Version, last.id)
    try:
        admitted = held.check_open()
    except TooLate as late:
        raise TooLate(late.code, **late.params, arrived_at=held.now) from None
    if seen and seen != frozen.digest:
        raise WrongState("changed_since_review")  # nobody hands in what a teammate wrote meanwhile, unread
    check_complete(held)
    return enter(session, actor, held, frozen, admitted, held.now)


def enter(
    session: Session, actor: Actor, held: Held, frozen: Frozen, admitted: Admitted, at: dt.datetime
) -> Version:
    """Make a version of what is complete and in time stand, as of `at`; raises what the limits refuse."""
    last, submission = held.material.last, held.submission
    entering.at_submit(session, held.gate.round, submission, held.material, held.now)
    is_new = submission.state != "submitted"
    submission.state = SUBMISSION.step(submission.state, "submit")
    submission.submitted_at = at
    submission.title = "" if sealing.shut(held.gate.round) else submission.heading
    if last is not None and last.current:
        put_aside(session, last.id)
    submission.entered_organization_id = submission.organization_id
    if held.requirement is not None:
        submission.requirement_version = held.requirement.version
    if is_new:
        count(session, submission, +1)
    session.flush()
    entry = Entry(last.number + 1 if last else 1, admitted, at)
    return _make(session, actor, held, frozen, entry)


@dataclass(frozen=True, slots=True)
class Entry:
    """A version that is made: its number, by what it was in time, and as of when."""

    number: int
    admitted: Admitted
    at: dt.datetime


def check_complete(held: Held) -> None:
    """Raise `InvalidMany` naming all that is missing, `WrongState` where nothing is taken for it."""
    requirement = held.requirement
    if requirement is not None and requirement.state != "published":
        raise WrongState("requirement_not_open", state=requirement.state)
    faults = content.missing(held.submission, held.form, held.material)
    if faults:
        raise InvalidMany(faults)


def _make(session: Session, actor: Actor, held: Held, frozen: Frozen, entry: Entry) -> Version:
    """The event, the record, and last the version with its receipt, which quotes the record."""
    submission, round_, now, number = held.submission, held.gate.round, held.now, entry.number
    unusual = _unusual(held, entry.admitted)
    subject = f"submission:{submission.id}"
    ids = {"submission_id": submission.id, "round_id": round_.id}
    queue.announce(session, "submission.submitted", subject, mark=number, at=now, version=number, **ids)
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
        **({"admitted": entry.admitted.value} if unusual else {}),
    )
    about = (frozen, number, entry.at, head, unusual)
    receipt = receipts.issue(submission, held.requirement, round_, *about)
    version = Version(
        submission_id=submission.id,
        number=number,
        current=True,
        digest=frozen.digest,
        submitted_at=entry.at,
        submitted_by=submission.owner_id if entry.admitted is Admitted.OPT_IN else actor.user_id,
        receipt=Hidden(receipt) if sealing.shut(round_) else receipt,
        admitted=entry.admitted.value,
        **sealing.columns(round_, submission, number, frozen),
    )
    session.add(version)
    session.flush()
    return version


def _unusual(held: Held, admitted: Admitted) -> dict[str, str]:
    """What the receipt says where something else than the announced close let it in."""
    close, end = facts.closes_at(held.gate.windows, held.requirement), held.ends_at
    if admitted is Admitted.IN_TIME or close is None or end is None:
        return {}
    times = {"closes_at": chain.instant_text(close), "until": chain.instant_text(end)}
    return {"by": admitted.value, **times}


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
    subject = f"submission:{submission.id}"
    for known in queries.late_arrivals(session, submission.id):
        said = known.refusal["statement"]
        if said["content_sha256"] == frozen.content_sha256 and said["manifest"] == frozen.manifest:
            return known
    head = chain.record(
        session,
        actor,
        "submission.refused_late",
        subject,
        chain=chain.round_chain(round_.id),
        at=held.now,
        digest=frozen.digest,
        arrived_at=chain.instant_text(arrived_at),
        closed_at=chain.instant_text(closed_at),
    )
    document = receipts.refuse(submission, held.requirement, round_, frozen, arrived_at, closed_at, head)
    arrival = LateArrival(
        submission_id=submission.id,
        user_id=actor.user_id,
        arrived_at=arrived_at,
        manifest=[] if submission.sealed else frozen.manifest,  # there the hidden refusal alone names files
        refusal=Hidden(document) if submission.sealed else document,
    )
    session.add(arrival)
    session.flush()
    about = {"submission_id": submission.id, "round_id": round_.id, "late_id": arrival.id}
    queue.announce(session, "submission.refused_late", subject, mark=arrival.id, at=held.now, **about)
    return arrival


def say(session: Session, actor: Actor, held: Held, event: str, *, version: int) -> None:
    """Announce and record; the same may happen to one version several times, each is an event of its own."""
    submission, round_ = held.submission, held.gate.round
    subject, mark = f"submission:{submission.id}", f"{version}-{held.now.isoformat()}"
    about = {"submission_id": submission.id, "round_id": round_.id}
    queue.announce(session, event, subject, mark=mark, at=held.now, **about)
    where = chain.round_chain(round_.id)
    chain.record(session, actor, event, subject, chain=where, at=held.now, version=version)


def put_aside(session: Session, version_id: int) -> None:
    """No version of it stands from here on; the receipt of this one keeps its worth as proof."""
    aside = sa.update(Version).where(Version.id == version_id).values(current=False)
    session.execute(aside.execution_options(synchronize_session=False))


def count(session: Session, submission: Submission, by: int) -> None:
    """Keep the public counts, so that no page counts rows. Requirement before round, as everywhere."""
    plain = {"synchronize_session": False}
    if submission.requirement_id is not None:
        asked = sa.update(Requirement).where(Requirement.id == submission.requirement_id)
        fields = {"submission_count": Requirement.submission_count + by}
        session.execute(asked.values(**fields), execution_options=plain)
    more = {"submission_count": Round.submission_count + by, "version": Round.version + 1}
    mine = sa.update(Round).where(Round.id == submission.round_id)
    session.execute(mine.values(**more), execution_options=plain)
