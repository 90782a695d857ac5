"""The panel of a phase: judges come by invitation or by their account, and have a label (J1, J2 ...)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses, grants, invitations
from challenge.accounts.models import RoleGrant, User
from challenge.audit import chain
from challenge.judging import rubric
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotAllowed, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

ROLE, SCOPE = "judge", "phase"


def invite(session: Session, actor: Actor, round_id: int, email: str, number: int | None = None) -> str:
    """Mail an invitation to the panel; the token of its link. Raises `Invalid("email", ...)`.

    Whoever holds the link and owns the address joins, with an account that is there or one made for it.
    """
    held = gate.hold(session, round_id, exclusive=True)
    subject = rounds.subject_of(held.round, held.now)
    require(actor, Action.JUDGE_INVITE, subject)
    phase = rubric.ensure_phase(session, round_id, number)
    address = addresses.normal("email", email)
    if _on_panel(session, phase.id, address):
        raise Invalid("email", "on_panel_already")
    return invitations.create(
        session, actor, email=address, role=ROLE, scope=SCOPE, scope_id=phase.id, subject=subject
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
    return _seat(session, actor, phase_id, held.round.id, actor.user_id, held.now)


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
    judge = session.scalar(
        sa.select(PanelJudge)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(PanelJudge.id == judge_id, Phase.round_id == round_id)
    )
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
    _record(session, actor, "judge.joined", judge.id, round_id, at)
    return judge


def _on_panel(session: Session, phase_id: int, address: str) -> bool:
    query = (
        sa.select(PanelJudge.id)
        .join(User, User.id == PanelJudge.user_id)
        .where(PanelJudge.phase_id == phase_id, sa.func.lower(User.email) == address.lower())
    )
    return session.scalar(query) is not None


def _record(
    session: Session, actor: Actor, action: str, judge_id: int, round_id: int, at: dt.datetime
) -> None:
    chain.record(session, actor, action, f"judge:{judge_id}", chain=chain.round_chain(round_id), at=at)
