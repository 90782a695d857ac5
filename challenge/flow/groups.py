"""Messages of organizers to a group: confirmed to an exact number, held back a while, then a letter to each.

Whom it goes to is fixed when it is confirmed, in the same transaction: who was shown is who is written to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.flow import segments
from challenge.flow.segments import Segment
from challenge.messages import letters
from challenge.messages.group_models import GroupMessage, GroupReader
from challenge.rounds import gate
from challenge.rounds.queries import subject_of
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.segments import BODY, CONFIRMED_ANEW, DELAYS, SUBJECT
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

BATCH = 500
_PLAIN = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Words:
    """A message as written, in one language or both."""

    subject_zh: str = ""
    subject_en: str = ""
    body_zh: str = ""
    body_en: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was seen before it was sent: the form's own name, who was counted, and the number typed anew."""

    ref: str
    digest: str
    typed: int | None
    minutes: int = DELAYS[0]


def check(words: Words) -> Words:
    """The words without spaces around them; raises `InvalidMany` with every fault at its field."""
    said = replace(words, **{name: getattr(words, name).strip() for name in Words.__dataclass_fields__})
    faults = []
    for lang in ("zh", "en"):
        pair = {f"subject_{lang}": SUBJECT, f"body_{lang}": BODY}
        written = [name for name in pair if getattr(said, name)]
        if len(written) == 1:
            faults.append(Invalid(next(name for name in pair if name not in written), "required"))
        faults += [
            Invalid(name, "too_long", maximum=most)
            for name, most in pair.items()
            if len(getattr(said, name)) > most
        ]
    if said == Words():
        faults.append(Invalid("subject_zh", "one_language_needed"))
    if faults:
        raise InvalidMany(faults)
    return said


def confirm(
    session: Session, actor: Actor, wanted: Segment, words: Words, confirmed: Confirmed
) -> GroupMessage:
    """Let it go after its delay to exactly those who were counted; the same form twice is one message.

    Raises Invalid: for nobody, where others are in the segment by now, and above two hundred where their
    number was not typed once more; `WrongState` before the launch.
    """
    held = gate.hold(session, wanted.round_id)
    require(actor, Action.GROUP_WRITE, subject_of(held.round, held.now))
    if held.round.launched_at is None:
        raise WrongState("not_launched")
    said = check(words)
    if confirmed.minutes not in DELAYS:
        raise Invalid("minutes", "not_a_choice")
    known = session.scalar(sa.select(GroupMessage).where(GroupMessage.ref == confirmed.ref))
    if known is not None:
        if (known.round_id, known.author_id) != (wanted.round_id, actor.user_id):
            raise NotFound
        return known
    found = _counted(session, wanted, confirmed)
    message = GroupMessage(
        ref=confirmed.ref,
        round_id=wanted.round_id,
        author_id=actor.user_id,
        parts=list(wanted.parts),
        phase_number=wanted.phase,
        count=found.count,
        goes_at=held.now + dt.timedelta(minutes=confirmed.minutes),
        created_at=held.now,
        **{name: getattr(said, name) or None for name in Words.__dataclass_fields__},
    )
    session.add(message)
    session.flush()
    _keep_readers(session, message, wanted)
    queue.put(session, _work(message.id, 0), at=message.goes_at)
    facts = {"count": found.count, "parts": message.parts, "phase": wanted.phase}
    _record(session, actor, "group_message.confirmed", message, held.now, **facts)
    return message


def _keep_readers(session: Session, message: GroupMessage, wanted: Segment) -> None:
    people = segments.readers(wanted).subquery()
    rows = sa.select(sa.literal(message.id), people.c[0])
    session.execute(sa.insert(GroupReader).from_select(["message_id", "user_id"], rows))


def _counted(session: Session, wanted: Segment, confirmed: Confirmed) -> segments.Reached:
    found = segments.reached(session, wanted)
    if found.count == 0:
        raise Invalid("parts", "segment_nobody")
    if found.digest != confirmed.digest:
        raise Invalid("parts", "segment_changed", count=found.count)
    if found.count > CONFIRMED_ANEW and confirmed.typed != found.count:
        raise Invalid("typed", "count_not_typed", count=found.count)
    return found


def _record(
    session: Session, actor: Actor, action: str, message: GroupMessage, at: dt.datetime, **facts: object
) -> None:
    subject, where = f"group_message:{message.id}", chain.round_chain(message.round_id)
    chain.record(session, actor, action, subject, chain=where, at=at, **facts)


def stop(session: Session, actor: Actor, round_id: int, ref: str) -> GroupMessage:
    """Send it to nobody; twice is once. Raises `WrongState` where it has gone."""
    held = gate.hold(session, round_id)
    require(actor, Action.GROUP_WRITE, subject_of(held.round, held.now))
    this = sa.and_(GroupMessage.round_id == round_id, GroupMessage.ref == ref)
    values = {"state": "stopped", "ended_at": held.now, "stopped_by": actor.user_id}
    change = sa.update(GroupMessage).where(this, GroupMessage.state == "waiting").values(**values)
    stopped = session.execute(change.execution_options(**_PLAIN)).rowcount  # type: ignore[attr-defined]
    message = session.scalars(sa.select(GroupMessage).where(this).execution_options(populate_existing=True))
    found = message.one_or_none()
    if found is None:
        raise NotFound
    if not stopped and found.state == "sent":
        raise WrongState("group_gone")
    if stopped:
        _record(session, actor, "group_message.stopped", found, held.now, count=found.count)
    return found


def messages(session: Session, round_id: int, limit: int = 50) -> Sequence[GroupMessage]:
    """What was sent, waits, or was stopped in a round, newest first (one statement)."""
    query = sa.select(GroupMessage).where(GroupMessage.round_id == round_id)
    return session.scalars(query.order_by(GroupMessage.id.desc()).limit(limit)).all()


def _work(message_id: int, after: int) -> Work:
    return Work("group", f"group/{message_id}/{after}", {"message_id": message_id, "after": after})


def run(task: Leased) -> None:
    """The letters of the next five hundred, and the row of work for those after them, in one transaction."""
    message_id, after = task.payload["message_id"], task.payload["after"]
    with fresh_session() as session:
        this = sa.and_(GroupMessage.id == message_id, GroupMessage.state == "waiting")
        gone = sa.update(GroupMessage).where(this).values(state="sent", ended_at=clock.now(session))
        session.execute(gone.execution_options(**_PLAIN))
        message = session.get(GroupMessage, message_id)
        if message is not None and message.state == "sent":
            mine = sa.select(GroupReader.user_id).where(GroupReader.message_id == message_id)
            next_ones = mine.where(GroupReader.user_id > after).order_by(GroupReader.user_id).limit(BATCH)
            ids = session.scalars(next_ones).all()
            about = {"group_message_id": message_id, "round_id": message.round_id}
            cause = f"group/{message_id}"
            works = [letters.mail(cause, "group_message", user_id=each, **about) for each in ids]
            if len(ids) == BATCH:
                works.append(_work(message_id, ids[-1]))
            queue.put(session, *works)
        queue.finish(session, task)
