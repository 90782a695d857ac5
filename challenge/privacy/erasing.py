"""Erasing a person, from asking to done. The number stays, and leads to nobody.

Asked by the person it takes their password and a delay in which they can take it back; by an administrator, a
reason and a second administrator. Either way it waits for whatever is in the way and for every hold. The
record is not touched: it holds numbers and digests, and verifies as before.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.identity import Confirmed
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, fresh_session
from challenge.privacy import entries, scrubbing
from challenge.privacy.foreseeing import Foreseen, foresee
from challenge.privacy.holding import plain, stands
from challenge.privacy.models import Erasure
from challenge.rules.erasure import ERASURE, GOES_ON, SECOND_THOUGHTS
from challenge.rules.errors import NotFound, Refused, WrongState
from challenge.rules.permissions import SYSTEM, Action, Actor, require
from challenge.tasks import queue
from challenge.tasks.queue import Work

KIND = "erase"


def ask(session: Session, actor: Actor, confirmed: Confirmed) -> Erasure:
    """Ask to be erased oneself; twice is once. Raises `WrongState` while something is in the way."""
    require(actor, Action.ERASURE_ASK)
    confirmed.check(actor)
    known = going_on(session, confirmed.user_id)
    if known is not None and known.state != "prepared":
        return known
    now = clock.now(session)
    person = session.get_one(User, confirmed.user_id)
    _free(foresee(session, person, now.date()))
    made = known or Erasure(user_id=person.id, created_at=now)
    made.state, made.origin, made.due_at = "waiting", "person", now + SECOND_THOUGHTS
    session.add(made)
    session.flush()
    _announce(session, "erasure.asked", made)
    chain.record(session, actor, "erasure.asked", f"user:{person.id}", at=now, erasure_id=made.id)
    return made


def prepare(session: Session, actor: Actor, person: User, reason: str) -> Erasure:
    """The first of two keys, by an administrator, with a reason; twice is once."""
    require(actor, Action.ERASURE_DECIDE)
    if person.id == actor.user_id:
        raise Refused("erase_not_oneself")
    known = going_on(session, person.id)
    if known is not None:
        return known
    now = clock.now(session)
    made = Erasure(
        user_id=person.id,
        state="prepared",
        origin="office",
        reason=plain("reason", reason),
        prepared_by=actor.user_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    chain.record(session, actor, "erasure.prepared", f"user:{person.id}", at=now, erasure_id=made.id)
    return made


def approve(session: Session, actor: Actor, ref: str) -> Erasure:
    """The second key, by another administrator: it is done at the next tick. Twice is once."""
    require(actor, Action.ERASURE_DECIDE)
    found = by_ref(session, ref)
    if found.state == "waiting":
        return found
    if actor.user_id in (found.prepared_by, found.user_id):
        raise Refused("second_key")
    now = clock.now(session)
    approved = ERASURE.step(found.state, "approve")
    _free(foresee(session, found.user, now.date()))
    found.state, found.approved_by, found.due_at = approved, actor.user_id, now
    session.flush()
    chain.record(session, actor, "erasure.approved", f"user:{found.user_id}", at=now, erasure_id=found.id)
    return found


def cancel(session: Session, actor: Actor, ref: str) -> Erasure:
    """Take it back: the person while it waits, an administrator what the office began."""
    found = by_ref(session, ref)
    mine = found.user_id == actor.user_id and found.origin == "person"
    require(actor, Action.ERASURE_ASK if mine else Action.ERASURE_DECIDE)
    if found.state == "cancelled":
        return found
    now = clock.now(session)
    found.state, found.ended_at = ERASURE.step(found.state, "cancel"), now
    session.flush()
    if found.origin == "person":
        _announce(session, "erasure.cancelled", found)
    chain.record(session, actor, "erasure.cancelled", f"user:{found.user_id}", erasure_id=found.id)
    return found


def due(session: Session) -> list[Work]:
    """The work of what has waited long enough; once an hour while something is in its way."""
    now = clock.now(session)
    open_ = Erasure.state.in_(("waiting", "doing"))
    waiting = sa.select(Erasure.id).where(open_, Erasure.due_at <= now)
    hour = f"{now:%Y-%m-%dT%H}"
    return [
        Work(KIND, f"{KIND}/{number}/{hour}", {"erasure_id": number}) for number in session.scalars(waiting)
    ]


def run(erasure_id: int) -> bool:
    """Do it: their rows, then the texts of each table in a transaction of its own, then the account.

    Killed anywhere, the next try goes on. False while it is held or something is in the way.
    """
    with fresh_session() as session:
        found = _locked(session, erasure_id)
        if found.state == "waiting" and _ready(session, found):
            _begin(session, found)
        if found.state != "doing":
            return False
        person = found.user
        address, name, mark = person.email, person.name, scrubbing.pseudonym_of(person)
    for table in scrubbing.tables():
        with fresh_session() as session:
            scrubbing.sweep(session, table, address, name, mark)
    with fresh_session() as session:
        found = _locked(session, erasure_id)
        if found.state == "doing":
            _finish(session, found)
    return True


def _begin(session: Session, found: Erasure) -> None:
    """What is theirs goes or loses their name; from here on nobody signs in with this account."""
    now = clock.now(session)
    person = found.user
    seen = foresee(session, person, now.date())
    found.kept = [{**asdict(each), "until": each.until.isoformat()} for each in seen.kept]
    found.state = ERASURE.step(found.state, "begin")
    person.active, person.fs_uniquifier = False, f"erased-{person.id}"
    session.flush()
    entries.leave(session, person.id, seen.entries)
    scrubbing.carry_out(session, person.id, person.email, scrubbing.pseudonym_of(person))


def _finish(session: Session, found: Erasure) -> None:
    """The account last, the record of it, and the work that removes the files that nobody names any more."""
    kept, user_id = len(found.kept), found.user_id
    now = clock.now(session)
    found.state, found.ended_at = ERASURE.step(found.state, "finish"), now
    session.flush()
    scrubbing.empty_account(session, found.user)
    queue.put(session, Work("collect", f"collect/erasure/{found.id}", {}))
    chain.record(session, SYSTEM, "person.erased", f"user:{user_id}", erasure_id=found.id, kept=kept)


def _locked(session: Session, erasure_id: int) -> Erasure:
    begin_write(session)
    query = sa.select(Erasure).where(Erasure.id == erasure_id).with_for_update(of=Erasure)
    return session.scalars(query.options(joinedload(Erasure.user, innerjoin=True))).one()


def _ready(session: Session, found: Erasure) -> bool:
    now = clock.now(session)
    if found.due_at is None or found.due_at > now or stands(session, found.user_id, now.date()):
        return False
    return not foresee(session, found.user, now.date()).first


def _free(seen: Foreseen) -> None:
    if seen.first:
        raise WrongState("erase_first", count=len(seen.first))


def going_on(session: Session, user_id: int) -> Erasure | None:
    """The one that is prepared or waits."""
    mine = sa.select(Erasure).where(Erasure.user_id == user_id, Erasure.state.in_(GOES_ON))
    return session.scalar(mine)


def by_ref(session: Session, ref: str) -> Erasure:
    """One, with its person; raises NotFound."""
    query = sa.select(Erasure).where(Erasure.ref == ref).options(joinedload(Erasure.user))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def listed(session: Session) -> list[Erasure]:
    """All that go on, and the last that ended."""
    query = sa.select(Erasure).options(joinedload(Erasure.user))
    order = (Erasure.ended_at.is_not(None), Erasure.id.desc())
    return list(session.scalars(query.order_by(*order).limit(100)))


def _announce(session: Session, event: str, found: Erasure) -> None:
    now = clock.now(session)
    facts: dict[str, Any] = {"user_id": found.user_id}
    if found.due_at is not None:
        facts["erase_at"] = found.due_at.isoformat()
    queue.announce(session, event, f"erasure:{found.id}", mark=now.isoformat(), at=now, **facts)
