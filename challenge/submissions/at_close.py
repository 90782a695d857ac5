"""Submit my last complete draft at the close: chosen by its owner, done after the close as of the close.

Nothing can be written any more once its time is over, so the draft that is found then is the draft as of the
close, however late it is looked at. The round's exclusive lock waits for whoever was let in in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.rounds import gate as gates
from challenge.rounds.gate import Gate
from challenge.rules.errors import Invalid, InvalidMany, Refused
from challenge.rules.lifecycles import CHANGEABLE
from challenge.rules.permissions import SYSTEM, Action, Actor, require
from challenge.submissions import content, submitting
from challenge.submissions.facts import Admitted
from challenge.submissions.holding import Held, held_of, hold
from challenge.submissions.models import Submission
from challenge.tasks import queue

PAUSE = dt.timedelta(minutes=5)
log = structlog.get_logger()


def choose(session: Session, actor: Actor, ref: str, *, wanted: bool) -> Submission:
    """Ask for it, or take it back, until the close. Asked twice, the same answer. Raises `TooLate`."""
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_OPT_IN)
    held.check_open()
    submission = held.submission
    if submission.submit_at_close == wanted:
        return submission
    submission.submit_at_close = wanted
    submission.enter_at = held.ends_at if wanted else None
    session.flush()
    chain.record(
        session,
        actor,
        "submission.opted_in" if wanted else "submission.opted_out",
        f"submission:{submission.id}",
        chain=chain.round_chain(submission.round_id),
        at=held.now,
    )
    return submission


def due(session: Session, limit: int) -> tuple[int, list[int]] | None:
    """The round whose turn it is, with its submissions to look at now; None where none is due."""
    now = clock.now(session)
    query = (
        sa.select(Submission.round_id, Submission.id)
        .where(sa.text("enter_at IS NOT NULL"), Submission.enter_at <= now)
        .order_by(Submission.enter_at, Submission.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    first = rows[0][0]
    return first, [key for round_id, key in rows if round_id == first]


def hasten(session: Session, round_id: int) -> None:
    """Look at those of a round soon, whatever their close was thought to be."""
    now = clock.now(session)
    waiting = sa.and_(Submission.round_id == round_id, Submission.enter_at > now)
    session.execute(
        sa.update(Submission).where(waiting).values(enter_at=now).execution_options(synchronize_session=False)
    )


def settle(session: Session, round_id: int, ids: Sequence[int]) -> None:
    """Enter what is complete, say what was missing where it is not; each once, whoever else does the same."""
    gate = gates.hold(session, round_id, exclusive=True)
    for key in ids:
        try:
            with session.begin_nested():
                _settle(session, gate, key)
        except DBAPIError:
            raise
        except Exception as error:  # a sealing key that is not here, or a fault: the others do not wait
            log.warning("a draft could not be entered at the close", id=key, exc_info=error)
            later = sa.update(Submission).where(Submission.id == key)
            again = later.values(enter_at=gate.now + PAUSE).execution_options(synchronize_session=False)
            session.execute(again)


def _settle(session: Session, gate: Gate, key: int) -> None:
    held = held_of(session, gate, Submission.id == key)
    submission, end = held.submission, held.ends_at
    if submission.enter_at is None:
        return
    if end is not None and gate.now < end:
        submission.enter_at = end  # it was extended meanwhile
        session.flush()
        return
    submission.enter_at = None
    stands = held.material.last is not None and held.material.last.current
    if gate.round.cancelled_at is not None or submission.state not in CHANGEABLE or end is None:
        return
    require(SYSTEM, Action.SUBMISSION_ENTER, held.subject)
    frozen = held.freeze()
    answered = content.as_answered(frozen, submission)
    if stands and held.material.last is not None and held.material.last.digest == answered.digest:
        return
    try:
        submitting.check_complete(held)
        submitting.enter(session, SYSTEM, held, frozen, Admitted.OPT_IN, end)
    except InvalidMany as refusal:
        _say_why_not(session, held, refusal.code, refusal.faults)
    except Refused as refusal:
        _say_why_not(session, held, refusal.code, ())


def _say_why_not(session: Session, held: Held, code: str, faults: Sequence[Invalid]) -> None:
    """The team is told what kept it out; the draft is as it was."""
    submission = held.submission
    subject, about = f"submission:{submission.id}", {"submission_id": submission.id}
    missing = [_named(held, fault) for fault in faults]
    queue.announce(
        session,
        "submission.not_entered",
        subject,
        mark=chain.instant_text(held.now),
        at=held.now,
        round_id=submission.round_id,
        why=code,
        missing=missing,
        **about,
    )
    chain.record(
        session,
        SYSTEM,
        "submission.not_entered",
        subject,
        chain=chain.round_chain(submission.round_id),
        at=held.now,
        code=code,
        missing=[fault.field for fault in faults],
    )


def _named(held: Held, fault: Invalid) -> dict[str, Any]:
    """A missing part as a letter names it: by the label that the form gives it."""
    field = held.form.spec.get(fault.field)
    label = {"label_zh": field.label.zh, "label_en": field.label.en} if field else {}
    return {"field": fault.field, "code": fault.code, **label}
