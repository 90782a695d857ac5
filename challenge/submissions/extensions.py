"""One submission may be handed in later than the others: its organizer says until when, and why.

It may be given after the close, to whom a broken line kept out; the round's close stays for everybody else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds.overrides import clean_reason
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.submissions import facts
from challenge.submissions.holding import Held, hold
from challenge.submissions.models import Extension, Submission
from challenge.tasks import queue


def ref_of(session: Session, round_id: int, code: str) -> str:
    """The submission of a round under this pseudonym; raises NotFound."""
    ref = session.scalar(
        sa.select(Submission.ref).where(Submission.round_id == round_id, Submission.code == code)
    )
    if ref is None:
        raise NotFound
    return ref


def extend(session: Session, actor: Actor, ref: str, until: dt.datetime, reason: str) -> Submission:
    """Let this one be handed in until then; its team is told, with the reason. Sent twice it is one.

    Each keeps its reason, for the organizers, the team and the record. Later again, or shorter, but never
    below now. Raises `Invalid("until", ...)` where it ends before it could begin, past judging, or (in a
    sealed round) past the release of the key.
    """
    held = hold(session, ref)
    require(actor, Action.SUBMISSION_EXTEND, held.subject)
    reason = clean_reason(reason)
    submission, before = held.submission, held.submission.extended_to
    if (before, submission.extension_reason) == (until, reason):
        return submission
    check(held, until)
    submission.extended_to, submission.extension_reason = until, reason
    submission.extended_at = held.now
    if submission.submit_at_close:
        submission.enter_at = held.ends_at
    given = Extension(
        submission_id=submission.id,
        before_at=before,
        until_at=until,
        reason=reason,
        author_id=actor.user_id,
        created_at=held.now,
    )
    session.add(given)
    session.flush()
    _say(session, actor, submission, given)
    return submission


def of(session: Session, submission: Submission) -> Sequence[Extension]:
    """All that it was given, the one in force first; one that was given none costs no statement."""
    if submission.extended_to is None:
        return ()
    mine = sa.select(Extension).where(Extension.submission_id == submission.id)
    return session.scalars(mine.order_by(Extension.id.desc())).all()


@dataclass(frozen=True, slots=True)
class Given:
    """An extension as the record names it."""

    code: str
    until_at: dt.datetime
    reason: str


def named(session: Session, ids: Collection[int]) -> dict[int, Given]:
    """Extensions by id, with the code of their submission; one statement, none for none."""
    if not ids:
        return {}
    query = (
        sa.select(Extension.id, Submission.code, Extension.until_at, Extension.reason)
        .join(Submission, Submission.id == Extension.submission_id)
        .where(Extension.id.in_(list(ids)))
    )
    return {key: Given(code, until, why) for key, code, until, why in session.execute(query)}


def _say(session: Session, actor: Actor, submission: Submission, given: Extension) -> None:
    """The event, and into the record; the reason stays in its own row, which can forget a person."""
    subject, at, before = f"submission:{submission.id}", given.created_at, given.before_at
    about = {"submission_id": submission.id, "round_id": submission.round_id, "extension_id": given.id}
    queue.announce(session, "submission.extended", subject, mark=given.id, at=at, **about)
    chain.record(
        session,
        actor,
        "submission.extended",
        subject,
        chain=chain.round_chain(submission.round_id),
        at=at,
        extension_id=given.id,
        before=chain.instant_text(before) if before else None,
        until=chain.instant_text(given.until_at),
    )


def check(held: Held, until: dt.datetime) -> None:
    """Raise `Invalid("until", ...)` where the extension would be none."""
    windows, zone = held.gate.windows, held.gate.round.zone
    usual = facts.ends_at(windows, held.requirement)
    if until <= held.now:
        raise Invalid("until", "in_the_past", now=held.now, zone=zone)
    if usual is None or until <= usual:
        raise Invalid("until", "not_later", at=usual or held.now, zone=zone)
    window, judging = windows.get(Stage.SUBMISSION), windows.get(Stage.JUDGING)
    release = window.ends_at if window is not None and held.gate.round.sealed else None
    if release is not None and ((window is not None and window.closed) or until > release):
        raise Invalid("until", "extension_past_release", at=release, zone=zone)
    if judging is not None and judging.ends_at is not None and until > judging.ends_at:
        raise Invalid("until", "extension_past_judging", at=judging.ends_at, zone=zone)
