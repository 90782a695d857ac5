"""The panel of a phase: judges come by invitation or by their account, and have a label (J1, J2 ...)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses, grants, invitations
from challenge.accounts.models import Invitation, RoleGrant, User
from challenge.audit import chain
from challenge.judging import rubric
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotAllowed, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.supply.models import Expert
from challenge.tasks import queue

ROLE, SCOPE = "judge", "phase"
MOST_CAPACITY = 10_000


def invite(
    session: Session,
    actor: Actor,
    round_id: int,
    email: str,
    number: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> str:
    """Mail an invitation to the panel; the token of its link. Raises `Invalid("email", ...)`.

    Whoever holds the link and owns the address joins, with an account that is there or one made for it.
    `facts` (see guests) say what is known of the person: what they have not said themselves, it fills in.
    """
    held = gate.hold(session, round_id, exclusive=True)
    subject = rounds.subject_of(held.round, held.now)
    require(actor, Action.JUDGE_INVITE, subject)
    phase = rubric.ensure_phase(session, round_id, number)
    address = addresses.normal("email", email)
    if _on_panel(session, phase.id, address):
        raise Invalid("email", "on_panel_already")
    return invitations.create(
        session,
        actor,
        email=address,
        role=ROLE,
        scope=SCOPE,
        scope_id=phase.id,
        subject=subject,
        facts=facts,
    )


def join(session: Session, actor: Actor, phase_id: int) -> PanelJudge:
    """Take the seat that an accepted invitation gave; twice is once. Raises NotAllowed without the role."""
    require(actor, Action.INVITATION_ACCEPT)
    phase = session.get(Phase, phase_id)
    if phase is None:
        raise NotFound
    held = gate.hold(session, phase.round_id, exclusive=True)
    given = sa.select(RoleGrant.id).where(
        RoleGrant.user_id == actor.user_id,
        RoleGrant.role == ROLE,
        RoleGrant.scope == SCOPE,
        RoleGrant.scope_id == phase_id,
    )
    if actor.user_id is None or session.scalar(given) is None:
        raise NotAllowed(action=Action.INVITATION_ACCEPT.value)
    judge = _seat(session, actor, phase_id, held.round.id, actor.user_id, held.now)
    _take_facts(session, judge, held.now)
    return judge


def _take_facts(session: Session, judge: PanelJudge, at: dt.datetime) -> None:
    """What the invitation says of the person, where they have not said it themselves."""
    query = sa.select(Invitation.facts).where(
        Invitation.accepted_by == judge.user_id,
        Invitation.role == ROLE,
        Invitation.scope == SCOPE,
        Invitation.scope_id == judge.phase_id,
    )
    facts = session.scalar(query.order_by(Invitation.id.desc()).limit(1)) or {}
    judge.capacity = judge.capacity or facts.get("capacity")
    person = session.get_one(User, judge.user_id)
    person.name = person.name or facts.get("name", "")
    said = {name: facts.get(name) or [] for name in ("keywords", "languages")}
    if any(said.values()) and session.get(Expert, person.id) is None:
        session.add(Expert(user_id=person.id, updated_at=at, **said))
    session.flush()


def offer_capacity(session: Session, actor: Actor, phase_id: int, text: str) -> None:
    """How many entries at most I read in this phase, as I say when I join; '' leaves it as it is.

    Raises `Invalid("capacity", ...)`.
    """
    require(actor, Action.INVITATION_ACCEPT)
    held = gate.hold_of(session, sa.select(Phase.round_id).where(Phase.id == phase_id).scalar_subquery())
    seat = sa.and_(PanelJudge.phase_id == phase_id, PanelJudge.user_id == actor.user_id)
    judge = session.scalar(sa.select(PanelJudge).where(seat))
    if judge is None:
        raise NotFound
    if text.strip():
        _give_capacity(session, actor, judge, read_capacity(text), held)


def set_capacity(session: Session, actor: Actor, round_id: int, judge_id: int, text: str) -> None:
    """How many entries at most a judge is given in this phase; '' is no limit of their own."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_INVITE, rounds.subject_of(held.round, held.now))
    judge = _of_round(session, round_id, judge_id)
    if judge is None:
        raise NotFound
    _give_capacity(session, actor, judge, read_capacity(text) if text.strip() else None, held)


def _give_capacity(
    session: Session, actor: Actor, judge: PanelJudge, capacity: int | None, held: gate.Gate
) -> None:
    if judge.capacity == capacity:
        return
    judge.capacity = capacity
    session.flush()
    _record(session, actor, "judge.capacity_set", judge.id, held.round.id, held.now, capacity=capacity)


def read_capacity(text: str) -> int:
    """A number of entries as it was typed; raises `Invalid("capacity", "capacity_range")`."""
    text = text.strip()
    if not (text.isdecimal() and len(text) < 6 and 0 < int(text) <= MOST_CAPACITY):
        raise Invalid("capacity", "capacity_range", most=MOST_CAPACITY)
    return int(text)


def add(session: Session, actor: Actor, round_id: int, email: str, number: int | None = None) -> PanelJudge:
    """Put a person with an account onto the panel; raises `Invalid("email", "no_account")` without one."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_INVITE, rounds.subject_of(held.round, held.now))
    phase = rubric.ensure_phase(session, round_id, number)
    address = addresses.normal("email", email)
    person = session.execute(
        sa.select(User.id, User.active).where(sa.func.lower(User.email) == address.lower())
    ).one_or_none()
    if person is None or not person.active:
        raise Invalid("email", "no_account")
    if _on_panel(session, phase.id, address):
        raise Invalid("email", "on_panel_already")
    grants.give(session, person.id, ROLE, SCOPE, phase.id)
    judge = _seat(session, actor, phase.id, round_id, person.id, held.now)
    queue.announce(
        session,
        "judge.invited",
        f"judge:{judge.id}",
        mark=held.now.isoformat(),  # a seat's number may be given again after a judge was taken off
        at=held.now,
        round_id=round_id,
        judge_id=judge.id,
        user_id=person.id,
    )
    return judge


def remove(session: Session, actor: Actor, round_id: int, judge_id: int) -> None:
    """Take a judge who has never been assigned off the panel; the role for this phase ends with it."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_INVITE, rounds.subject_of(held.round, held.now))
    judge = _of_round(session, round_id, judge_id)
    if judge is None:
        return  # the same form once more
    assigned = sa.select(Assignment.id).where(Assignment.judge_id == judge.id).limit(1)
    if session.scalar(assigned) is not None:
        raise WrongState("judge_assigned")
    if judge.user_id is not None:
        grants.take(session, judge.user_id, ROLE, SCOPE, judge.phase_id)
    session.delete(judge)
    session.flush()
    _record(session, actor, "judge.removed", judge.id, round_id, held.now)


def _seat(
    session: Session, actor: Actor, phase_id: int, round_id: int, user_id: int, at: dt.datetime
) -> PanelJudge:
    """The person's seat with the next free label; the gate is held, so labels are given one at a time."""
    query = sa.select(PanelJudge).where(PanelJudge.phase_id == phase_id)
    judges = session.scalars(query.order_by(PanelJudge.id)).all()
    for judge in judges:
        if judge.user_id == user_id:
            return judge
    numbers = [int(judge.label[1:]) for judge in judges if judge.label[1:].isdecimal()]
    judge = PanelJudge(phase_id=phase_id, user_id=user_id, label=f"J{max(numbers, default=0) + 1}")
    session.add(judge)
    session.flush()
    queue.announce(
        session,
        "judge.joined",
        f"judge:{judge.id}",
        mark=at.isoformat(),
        at=at,
        round_id=round_id,
        phase_id=phase_id,
        judge_id=judge.id,
    )
    _record(session, actor, "judge.joined", judge.id, round_id, at)
    return judge


def _of_round(session: Session, round_id: int, judge_id: int) -> PanelJudge | None:
    query = sa.select(PanelJudge).join(Phase, Phase.id == PanelJudge.phase_id)
    return session.scalar(query.where(PanelJudge.id == judge_id, Phase.round_id == round_id))


def addresses_of(session: Session, phase_id: int) -> set[str]:
    """The mail addresses of the phase's judges, in lower case (one statement)."""
    query = sa.select(sa.func.lower(User.email)).join(PanelJudge, PanelJudge.user_id == User.id)
    return set(session.scalars(query.where(PanelJudge.phase_id == phase_id)))


def _on_panel(session: Session, phase_id: int, address: str) -> bool:
    query = (
        sa.select(PanelJudge.id)
        .join(User, User.id == PanelJudge.user_id)
        .where(PanelJudge.phase_id == phase_id, sa.func.lower(User.email) == address.lower())
    )
    return session.scalar(query) is not None


def _record(
    session: Session, actor: Actor, action: str, judge_id: int, round_id: int, at: dt.datetime, **facts: Any
) -> None:
    where = chain.round_chain(round_id)
    chain.record(session, actor, action, f"judge:{judge_id}", chain=where, at=at, **facts)
