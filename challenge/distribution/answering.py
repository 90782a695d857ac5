"""What a recipient does with a message: look at it, say yes or no to each need, pass it on.

The link's mark proves who answers; whoever has an inbox answers there as well. GET never answers, and opens
for browsers alone: programs that read mail follow every link.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts import addresses
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.distribution import planning, sending
from challenge.distribution.models import Dispatch, DispatchAttempt, Posting, Sending
from challenge.distribution.recipients import Address, ensure
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.errors import Invalid, NotAllowed, NotFound, Refused, WrongState
from challenge.rules.lifecycles import DISPATCH, SILENT
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

REASON_LENGTH = 500
REASONS = ("no_fit", "no_capacity", "terms", "too_early", "other")
MOST_FORWARDS = 5  # of one need by one recipient


def posting_of(session: Session, ref: str) -> Posting:
    """A message with its recipient and sending (one statement); raises NotFound."""
    options = (joinedload(Posting.recipient, innerjoin=True), joinedload(Posting.sending, innerjoin=True))
    found = session.scalar(sa.select(Posting).where(Posting.ref == ref).options(*options))
    if found is None:
        raise NotFound("link_altered")
    return found


def posting_of_id(session: Session, posting_id: int) -> Posting:
    """The same by its number, for the letter that it becomes."""
    options = (joinedload(Posting.recipient, innerjoin=True), joinedload(Posting.sending, innerjoin=True))
    return session.get_one(Posting, posting_id, options=list(options))


def dispatches_of(session: Session, posting_id: int) -> list[Dispatch]:
    """What a message carried, in its order (one statement)."""
    query = (
        sa.select(Dispatch)
        .join(DispatchAttempt, DispatchAttempt.dispatch_id == Dispatch.id)
        .where(DispatchAttempt.posting_id == posting_id)
        .options(joinedload(Dispatch.requirement, innerjoin=True))
        .order_by(DispatchAttempt.id)
    )
    return list(session.scalars(query))


def unopened(session: Session, posting_id: int) -> bool:
    """Whether something in a message was not opened yet (one statement)."""
    mine = sa.select(DispatchAttempt.dispatch_id).where(DispatchAttempt.posting_id == posting_id)
    query = sa.select(sa.exists().where(Dispatch.id.in_(mine), Dispatch.state == "sent"))
    return bool(session.scalar(query))


def opened(session: Session, actor: Actor, posting: Posting) -> None:
    """The page of the message has been shown in a browser; this answers nothing."""
    require(actor, Action.DISPATCH_ANSWER)
    now = clock.now(session)
    mine = sa.select(DispatchAttempt.dispatch_id).where(DispatchAttempt.posting_id == posting.id)
    unread = sa.and_(Dispatch.id.in_(mine), Dispatch.state == "sent", Dispatch.expires_at > now)
    state = DISPATCH.step("sent", "open")
    session.execute(
        sa.update(Dispatch)
        .where(unread)
        .values(state=state, opened_at=sa.func.coalesce(Dispatch.opened_at, now), moved_at=now)
        .execution_options(synchronize_session=False)
    )


def interest(session: Session, actor: Actor, posting: Posting, ref: str, note: str = "") -> Dispatch:
    """Yes: whoever looks after the requirement is told, and may plan a meeting."""
    dispatch, now, fresh = _held(session, actor, posting, ref, "interest", "interested")
    if not fresh:
        return dispatch
    if len(note) > REASON_LENGTH:
        raise Invalid("note", "too_long", most=REASON_LENGTH, length=len(note))
    return _answered(session, actor, dispatch, "interest", now, note=note.strip(), reason=None)


def decline(
    session: Session, actor: Actor, posting: Posting, ref: str, reason: str, words: str = ""
) -> Dispatch:
    """No, and why: one of the reasons, with words of one's own where it is another."""
    dispatch, now, fresh = _held(session, actor, posting, ref, "decline", "declined")
    if not fresh:
        return dispatch
    if reason not in REASONS:
        raise Invalid("reason", "not_a_choice")
    if reason == "other" and not words.strip():
        raise Invalid("words", "required")
    if len(words) > REASON_LENGTH:
        raise Invalid("words", "too_long", most=REASON_LENGTH, length=len(words))
    return _answered(session, actor, dispatch, "decline", now, note=words.strip(), reason=reason)


def forward(session: Session, actor: Actor, posting: Posting, ref: str, to: str) -> Dispatch:
    """Pass it on to another address, which gets a letter and a link of its own, unless it wants none."""
    address = addresses.normal("to", to)
    gate = gates.hold_of(session, _round_of(ref))
    dispatch, now, fresh = _held(session, actor, posting, ref, "forward", "forwarded")
    if addresses.same(address, posting.recipient.address):
        raise Invalid("to", "own_address")
    children = sa.select(sa.func.count()).where(Dispatch.parent_id == dispatch.id)
    if (session.scalar(children) or 0) >= MOST_FORWARDS:
        raise Refused("forwarded_enough", most=MOST_FORWARDS)
    recipient_id = ensure(session, [Address(address, locale=posting.recipient.locale)])[0]
    plan = planning.plan(session, [dispatch.requirement], [recipient_id], ["mail"], gate.now)
    if plan.messages:  # whoever wants no letters gets none; the sender is not told which
        made = Sending(round_id=gate.round.id, origin="forward", count=1, created_at=gate.now)
        sending.put(session, made, plan.messages, [dispatch.requirement], gate)
        child = sa.and_(
            Dispatch.requirement_id == dispatch.requirement_id, Dispatch.recipient_id == recipient_id
        )
        session.execute(sa.update(Dispatch).where(child).values(parent_id=dispatch.id))
    if not fresh:
        return dispatch
    return _answered(session, actor, dispatch, "forward", now, note="", reason=None)


def _held(
    session: Session, actor: Actor, posting: Posting, ref: str, verb: str, target: str
) -> tuple[Dispatch, dt.datetime, bool]:
    """The dispatch to be answered, its row locked; False where this very answer was given before.

    Raises NotAllowed to a signed-in person at another's inbox, Refused `dispatch_expired`, `dispatch_over`
    (the requirement takes no answers any more), `dispatch_answered`.
    """
    require(actor, Action.DISPATCH_ANSWER)
    begin_write(session)
    if posting.channel == "inbox" and posting.recipient.user_id != actor.user_id:
        raise NotAllowed
    known = {each.ref for each in dispatches_of(session, posting.id)}
    if ref not in known:
        raise NotFound
    query = (
        sa.select(Dispatch)
        .where(Dispatch.ref == ref)
        .options(joinedload(Dispatch.requirement, innerjoin=True))
        .with_for_update(of=Dispatch)
        .execution_options(populate_existing=True)
    )
    dispatch, now = session.scalars(query).one(), clock.now(session)
    if dispatch.state == target:
        return dispatch, now, False
    if dispatch.state == "expired" or (dispatch.state in (*SILENT, "bounced") and dispatch.expires_at <= now):
        raise Refused("dispatch_expired", at=dispatch.expires_at)
    if dispatch.requirement.state not in PUBLIC_STATES:
        raise Refused("dispatch_over")
    if dispatch.state == "queued":  # the answer came in by another way before our note that it left
        dispatch.state, dispatch.sent_at = DISPATCH.step("queued", "send"), now
    if not DISPATCH.allows(dispatch.state, verb):
        raise WrongState("dispatch_answered", at=dispatch.answered_at)
    return dispatch, now, True


def _answered(
    session: Session,
    actor: Actor,
    dispatch: Dispatch,
    verb: str,
    now: dt.datetime,
    *,
    note: str,
    reason: str | None,
) -> Dispatch:
    dispatch.state = DISPATCH.step(dispatch.state, verb)
    dispatch.note, dispatch.reason = note, reason
    dispatch.answered_at = dispatch.moved_at = now
    dispatch.opened_at = dispatch.opened_at or now
    session.flush()
    event = f"dispatch.{dispatch.state}"
    facts = {"requirement_id": dispatch.requirement_id, "round_id": dispatch.requirement.round_id}
    subject = f"dispatch:{dispatch.id}"
    queue.announce(session, event, subject, mark=now.isoformat(), at=now, dispatch_id=dispatch.id, **facts)
    of_round = chain.round_chain(dispatch.requirement.round_id)
    chain.record(session, actor, event, subject, chain=of_round, at=now)
    return dispatch


def _round_of(ref: str) -> sa.ScalarSelect[int]:
    query = sa.select(Requirement.round_id).join(Dispatch, Dispatch.requirement_id == Requirement.id)
    return query.where(Dispatch.ref == ref).scalar_subquery()
