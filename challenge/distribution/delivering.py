"""What becomes of a posting on the way out: whether it is still to go, that it left, that it never will."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.distribution.models import Dispatch, DispatchAttempt, Posting, Recipient
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.lifecycles import DISPATCH, SILENT

_PLAIN = {"synchronize_session": False}


def wanted(session: Session, posting_id: int) -> bool:
    """Whether the message is to leave now. Its recipient may have left, its needs may be withdrawn since."""
    posting = session.get_one(Posting, posting_id, options=[joinedload(Posting.recipient)])
    if posting.held is not None:
        return False
    recipient = posting.recipient
    if recipient.unsubscribed_at is not None:
        posting.held = "unsubscribed"
    elif posting.channel == "mail" and recipient.failed_at is not None:
        refuse(session, posting_id, recipient.failed_at)
    elif not needs_of(session, posting_id):
        posting.held = "not_public"
    session.flush()
    return posting.held is None


def needs_of(session: Session, posting_id: int) -> list[int]:
    """The requirements of a message that everyone may read now, in the order they were chosen."""
    query = (
        sa.select(Dispatch.requirement_id)
        .join(DispatchAttempt, DispatchAttempt.dispatch_id == Dispatch.id)
        .join(Requirement, Requirement.id == Dispatch.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(DispatchAttempt.posting_id == posting_id)
        .where(Requirement.state.in_(PUBLIC_STATES), Round.public)
        .order_by(DispatchAttempt.id)
    )
    return list(session.scalars(query))


def sent(session: Session, posting_id: int, at: dt.datetime) -> None:
    """It left. Said twice (a sender that was killed said it once more) it is noted once."""
    first = sa.update(Posting).where(Posting.id == posting_id, Posting.sent_at.is_(None))
    session.execute(first.values(sent_at=at).execution_options(**_PLAIN))
    mine = sa.select(DispatchAttempt.dispatch_id).where(DispatchAttempt.posting_id == posting_id)
    step = sa.update(Dispatch).where(Dispatch.id.in_(mine), Dispatch.state == "queued")
    state = DISPATCH.step("queued", "send")
    session.execute(step.values(state=state, sent_at=at, moved_at=at).execution_options(**_PLAIN))
    again = sa.update(Dispatch).where(Dispatch.id.in_(mine), Dispatch.sent_at < at)
    session.execute(again.values(sent_at=at).execution_options(**_PLAIN))


def failed(session: Session, posting_id: int, reason: str, at: dt.datetime) -> None:
    """The address was refused for good: it is marked, and nothing more goes to it until somebody mends it."""
    mark(session, refuse(session, posting_id, at), reason, at)


def refuse(session: Session, posting_id: int, at: dt.datetime) -> int:
    """The message did not arrive, and never will: its unanswered dispatches bounced. Whose it was."""
    posting = session.get_one(Posting, posting_id)
    posting.held = "failed"
    session.flush()
    mine = sa.select(DispatchAttempt.dispatch_id).where(DispatchAttempt.posting_id == posting_id)
    waiting = ("queued", *SILENT)
    state = {DISPATCH.step(each, "bounce") for each in waiting}.pop()
    step = sa.update(Dispatch).where(Dispatch.id.in_(mine), Dispatch.state.in_(waiting))
    session.execute(step.values(state=state, moved_at=at).execution_options(**_PLAIN))
    return posting.recipient_id


def mark(session: Session, recipient_id: int, reason: str | None, at: dt.datetime | None) -> None:
    """Mark an address as failing for good with what the server said, or (without a time) as working again."""
    this = sa.update(Recipient).where(Recipient.id == recipient_id)
    failure = reason[:500] if reason else None
    session.execute(this.values(failed_at=at, failure=failure).execution_options(**_PLAIN))
