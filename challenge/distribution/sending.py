"""Send requirements out, and again to the silent: one transaction, then rows of work."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.ids import new_ref
from challenge.distribution import facts, planning
from challenge.distribution.models import Dispatch, DispatchAttempt, Posting, Sending
from challenge.distribution.planning import Message, Plan
from challenge.distribution.recipients import Choice, batches, of_choice
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules import distribution as rules
from challenge.rules.errors import Invalid, NotFound, Refused, WrongState
from challenge.rules.lifecycles import DISPATCH, SILENT
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.tasks import queue

NOTE_LENGTH = 1000
MOST_AT_ONCE = 20  # requirements in one digest
MOST_RECIPIENTS = 20_000
_REF = re.compile(r"[2-9a-z]{12}")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent to whom: references of requirements of one round, and channels."""

    requirements: tuple[str, ...]
    choice: Choice
    channels: tuple[str, ...] = ("mail",)
    note: str = ""
    again: bool = False  # once more to those who were silent, and to nobody else
    ref: str | None = None  # proposed by the page: the same page sent twice is one sending


def preview(session: Session, actor: Actor, round_id: int, order: Order) -> Plan:
    """What `send` would do now. It writes nothing but recipients that had no row, which nobody sees."""
    return _planned(session, actor, gates.hold(session, round_id), order)[1]


def send(session: Session, actor: Actor, round_id: int, order: Order) -> Sending:
    """Put every message of the order on its way. Raises Refused `nobody_to_send`, `Invalid`, `WrongState`."""
    gate = gates.hold(session, round_id)
    twin = _twin(session, order.ref, round_id, actor)
    if twin is not None:
        require(actor, Action.DISTRIBUTION_READ, rounds.subject_of(gate.round, gate.now))
        return twin
    requirements, plan = _planned(session, actor, gate, order)
    if not plan.messages:
        twin = _twin(session, order.ref, round_id, actor)  # of the same moment: it held the recipients first
        if twin is None:
            raise Refused("nobody_to_send")
        return twin
    sending = Sending(
        ref=order.ref if _REF.fullmatch(order.ref or "") else new_ref(),
        round_id=round_id,
        author_id=actor.user_id,
        again=order.again,
        note=order.note.strip(),
        count=len(plan.messages),
        created_at=gate.now,
    )
    put(session, sending, plan.messages, requirements, gate)
    codes = {"requirements": [each.id for each in requirements], "count": str(sending.count)}
    chain.record(
        session,
        actor,
        "distribution.sent_again" if order.again else "distribution.sent",
        f"sending:{sending.id}",
        chain=chain.round_chain(round_id),
        at=gate.now,
        **codes,
    )
    return sending


def put(
    session: Session,
    sending: Sending,
    messages: Sequence[Message],
    requirements: Sequence[Requirement],
    gate: Gate,
) -> None:
    """Write a sending with its postings, dispatches and attempts, and say downward that it was made."""
    session.add(sending)
    session.flush()
    window = gate.windows.get(Stage.SUBMISSION)
    close = window.closes_at if window is not None else None
    ends = {each.id: rules.expires_at(gate.now, _sooner(each.closes_at, close)) for each in requirements}
    for part in batches(messages):
        _write(session, sending, part, ends, gate.now)
    event = "sending.made"
    queue.announce(session, event, f"sending:{sending.id}", at=gate.now, sending_id=sending.id)


def _sooner(own: dt.datetime | None, of_round: dt.datetime | None) -> dt.datetime | None:
    return min((each for each in (own, of_round) if each is not None), default=None)


def _planned(session: Session, actor: Actor, gate: Gate, order: Order) -> tuple[list[Requirement], Plan]:
    requirements = _requirements(session, gate, order.requirements)
    for requirement in requirements:
        subject = facts.subject_of(session, requirement, gate.now)
        require(actor, Action.DISTRIBUTION_SEND, subject)
        if not subject.public:
            raise WrongState("not_public")
    _check(order)
    if order.again:
        chosen = _silent(session, requirements)
    else:
        chosen = of_choice(session, order.choice, gate.round.programme_id)
    if len(chosen) > MOST_RECIPIENTS:
        raise Invalid("recipients", "too_many_recipients", most=MOST_RECIPIENTS, count=len(chosen))
    made = planning.plan(session, requirements, chosen, order.channels, gate.now, again=order.again)
    return requirements, made


def _check(order: Order) -> None:
    if not order.channels or set(order.channels) - set(rules.CHANNELS):
        raise Invalid("channels", "choose_one")
    if len(order.note) > NOTE_LENGTH:
        raise Invalid("note", "too_long", most=NOTE_LENGTH, length=len(order.note))


def _requirements(session: Session, gate: Gate, refs: Sequence[str]) -> list[Requirement]:
    """The requirements of the order, in its order; raises NotFound for one of another round."""
    unique = list(dict.fromkeys(refs))
    if not unique or len(unique) > MOST_AT_ONCE:
        raise Invalid("requirements", "too_many_rows" if unique else "choose_one", most=MOST_AT_ONCE)
    query = sa.select(Requirement).where(Requirement.ref.in_(unique), Requirement.round_id == gate.round.id)
    found = {each.ref: each for each in session.scalars(query.with_for_update(read=True))}
    if len(found) != len(unique):
        raise NotFound
    return [found[ref] for ref in unique]


def _silent(session: Session, requirements: Sequence[Requirement]) -> list[int]:
    ids = [each.id for each in requirements]
    query = (
        sa.select(Dispatch.recipient_id)
        .distinct()
        .where(Dispatch.requirement_id.in_(ids), Dispatch.state.in_(SILENT))
    )
    return list(session.scalars(query))


def _twin(session: Session, ref: str | None, round_id: int, actor: Actor) -> Sending | None:
    if not _REF.fullmatch(ref or ""):
        return None
    same = (Sending.ref == ref, Sending.round_id == round_id, Sending.author_id == actor.user_id)
    return session.scalar(sa.select(Sending).where(*same))


def _write(
    session: Session,
    sending: Sending,
    part: Sequence[Message],
    ends: dict[int, dt.datetime],
    now: dt.datetime,
) -> None:
    postings = _postings(session, sending, part, ends, now)
    known = _existing(session, part)
    new = [
        _dispatch(sending, each, requirement_id, ends[requirement_id], now)
        for each in part
        for requirement_id in each.requirement_ids
        if (requirement_id, each.recipient_id, each.channel) not in known
    ]
    if new:
        keys = (Dispatch.requirement_id, Dispatch.recipient_id, Dispatch.channel, Dispatch.id)
        for row in session.execute(sa.insert(Dispatch).returning(*keys), new):
            known[(row[0], row[1], row[2])] = (row[3], 0)
    tries = [
        {
            "dispatch_id": dispatch_id,
            "number": attempts + 1,
            "posting_id": postings[each.recipient_id, each.channel],
        }
        for each in part
        for key in each.requirement_ids
        for dispatch_id, attempts in (known[key, each.recipient_id, each.channel],)
    ]
    session.execute(sa.insert(DispatchAttempt), tries)
    _counted(session, [each["dispatch_id"] for each in tries], ends, now)


def _postings(
    session: Session,
    sending: Sending,
    part: Sequence[Message],
    ends: dict[int, dt.datetime],
    now: dt.datetime,
) -> dict[tuple[int, str], int]:
    """One message each: (recipient, channel) -> its id."""
    rows = [
        {
            "sending_id": sending.id,
            "recipient_id": each.recipient_id,
            "channel": each.channel,
            "expires_at": max(ends[key] for key in each.requirement_ids),
            "sent_at": now if each.channel == "inbox" else None,  # it lies there at once
            "created_at": now,
        }
        for each in part
    ]
    of = (Posting.recipient_id, Posting.channel, Posting.id)
    return {(row[0], row[1]): row[2] for row in session.execute(sa.insert(Posting).returning(*of), rows)}


def _dispatch(
    sending: Sending, message: Message, requirement_id: int, end: dt.datetime, now: dt.datetime
) -> dict[str, object]:
    inbox = message.channel == "inbox"
    return {
        "requirement_id": requirement_id,
        "recipient_id": message.recipient_id,
        "channel": message.channel,
        "origin": sending.origin,
        "state": "sent" if inbox else "queued",
        "expires_at": end,
        "created_at": now,
        "sent_at": now if inbox else None,
        "moved_at": now,
    }


def _existing(session: Session, part: Sequence[Message]) -> dict[tuple[int, int, str], tuple[int, int]]:
    requirement_ids = {key for each in part for key in each.requirement_ids}
    query = sa.select(
        *(Dispatch.requirement_id, Dispatch.recipient_id, Dispatch.channel, Dispatch.id, Dispatch.attempts)
    ).where(
        Dispatch.requirement_id.in_(requirement_ids),
        Dispatch.recipient_id.in_([each.recipient_id for each in part]),
    )
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in session.execute(query)}


def _counted(
    session: Session, dispatch_ids: Sequence[int], ends: dict[int, dt.datetime], now: dt.datetime
) -> None:
    """One more attempt of each; what is asked again waits for its answer anew."""
    anew = DISPATCH.step("bounced", "send_anew")
    state = sa.case((Dispatch.state == "bounced", anew), else_=Dispatch.state)
    for requirement_id, end in ends.items():
        mine = sa.and_(Dispatch.id.in_(dispatch_ids), Dispatch.requirement_id == requirement_id)
        session.execute(
            sa.update(Dispatch)
            .where(mine)
            .values(state=state, attempts=Dispatch.attempts + 1, expires_at=end, moved_at=now)
            .execution_options(synchronize_session=False)
        )
