"""Looking on as somebody: an administrator sees a person's pages, announced, logged, read-only, for a while.

It never lifts blindness or a conflict: with a part in a round that the person has a part in as well, nobody
looks on as them at all, for pages are made for one reader and not for two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts import branches, grants, wishes
from challenge.accounts.models import Membership, RoleGrant, User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.judging.models import PanelJudge, Phase
from challenge.reports.look_models import LookedAt, LookOn
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import Invalid, NotFound, Refused
from challenge.rules.looking import MINUTES, REASON
from challenge.rules.permissions import SYSTEM, Action, Actor, require
from challenge.submissions.models import Submission, TeamMember
from challenge.tasks import queue

PATH = 500


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks on as whom, and until when at most."""

    id: int
    ref: str
    person_id: int
    person: str
    until_at: dt.datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class Past:
    """One look in a list: by whom, why, when, and how many pages were seen."""

    ref: str
    looker: str
    reason: str
    begun_at: dt.datetime
    ended_at: dt.datetime
    over: bool
    pages: int


def begin(session: Session, actor: Actor, person: User, reason: str, minutes: int) -> LookOn:
    """Look on as this person from now on. They get a letter that says who does it, why and how long.

    Raises `Invalid` at a field, and `Refused` for oneself, for another administrator, for a closed account
    and where both have a part in one round.
    """
    require(actor, Action.LOOK_ON)
    begin_write(session)
    _check(session, actor, person, reason, minutes)
    now = clock.now(session)
    for open_ in session.scalars(_open(now).where(LookOn.looker_id == actor.user_id)):
        _end(session, actor, open_, now)
    until = now + dt.timedelta(minutes=minutes)
    look = LookOn(
        looker_id=actor.user_id, person_id=person.id, reason=reason.strip(), begun_at=now, until_at=until
    )
    session.add(look)
    session.flush()
    facts: dict[str, Any] = {"look_id": look.id, "user_id": person.id}
    queue.announce(session, "look.begun", f"user:{person.id}", mark=look.id, at=now, **facts)
    chain.record(session, actor, "look.begun", f"user:{person.id}", look_id=look.id, minutes=minutes)
    return look


def _check(session: Session, actor: Actor, person: User, reason: str, minutes: int) -> None:
    if not reason.strip():
        raise Invalid("reason", "required")
    if len(reason.strip()) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(reason.strip()))
    if minutes not in MINUTES or minutes > wishes.get(session, "look_minutes")["look_minutes"]:
        raise Invalid("minutes", "not_a_choice")
    if person.id == actor.user_id or person.admin:
        raise Refused("look_at_administrator")
    if not person.active:
        raise Refused("account_closed")
    if share_a_round(session, actor.user_id or 0, person.id):
        raise Refused("look_shared")


def resume(session: Session, user: User, ref: str) -> Look | None:
    """The look that this administrator has begun, with what they may see; None once it is over.

    Asked anew for each page: who gets a part in the same round meanwhile sees nothing more.
    """
    now = clock.now(session)
    row = session.execute(
        sa.select(LookOn, User)
        .join(User, User.id == LookOn.person_id)
        .where(LookOn.ref == ref, LookOn.looker_id == user.id)
        .where(LookOn.ended_at.is_(None), LookOn.until_at > now)
    ).one_or_none()
    if row is None or not user.admin or row.User.admin or not row.User.active:
        return None
    person: User = row.User
    if share_a_round(session, user.id, person.id):
        return None
    theirs = replace(grants.actor_of(session, person), seen_by=user.id)
    return Look(row.LookOn.id, ref, person.id, person.name or person.email, row.LookOn.until_at, theirs)


def end(session: Session, looker_id: int, ref: str) -> None:
    """Stop looking on; said twice it is done once."""
    now = clock.now(session)
    look = session.scalar(_open(now).where(LookOn.ref == ref, LookOn.looker_id == looker_id))
    if look is not None:
        _end(session, Actor(user_id=looker_id, admin=True), look, now)


def end_due(session: Session) -> int:
    """Note the end of looks whose time is over; how many."""
    begin_write(session)
    now = clock.now(session)
    due = sa.select(LookOn).where(LookOn.ended_at.is_(None), LookOn.until_at <= now).with_for_update()
    found = session.scalars(due).all()
    for look in found:
        _end(session, SYSTEM, look, look.until_at)
    return len(found)


def note(session: Session, look_id: int, path: str) -> None:
    """This page is about to be shown."""
    session.add(LookedAt(look_on_id=look_id, at=clock.now(session), path=path[:PATH]))
    session.flush()


def refused(session: Session, actor: Actor, person: User, code: str) -> None:
    """An administrator wanted to look on and was not let: that is on record too."""
    require(actor, Action.LOOK_ON)
    chain.record(session, actor, "look.refused", f"user:{person.id}", code=code)


def of_person(session: Session, person_id: int, limit: int = 50) -> list[Past]:
    """Who looked on as this person, newest first; one statement."""
    pages = (
        sa.select(sa.func.count()).where(LookedAt.look_on_id == LookOn.id).correlate(LookOn).scalar_subquery()
    )
    looker = aliased(User)
    now = clock.now(session)
    query = (
        sa.select(LookOn, sa.func.coalesce(sa.func.nullif(looker.name, ""), looker.email, ""), pages)
        .outerjoin(looker, looker.id == LookOn.looker_id)
        .where(LookOn.person_id == person_id)
        .order_by(LookOn.id.desc())
        .limit(limit)
    )
    return [_past(look, name, count, now) for look, name, count in session.execute(query)]


def find(session: Session, person_id: int, ref: str) -> Past:
    """One of them; raises NotFound."""
    for each in of_person(session, person_id, 1000):
        if each.ref == ref:
            return each
    raise NotFound


def pages(session: Session, ref: str, after: int, limit: int) -> Sequence[LookedAt]:
    """What was seen in one look, in order, behind the page with this number."""
    query = sa.select(LookedAt).join(LookOn, LookOn.id == LookedAt.look_on_id).where(LookOn.ref == ref)
    return session.scalars(query.where(LookedAt.id > after).order_by(LookedAt.id).limit(limit)).all()


def share_a_round(session: Session, one: int, other: int) -> bool:
    """Whether two people have parts in the same round; two statements."""
    mine = set(session.scalars(_rounds_of(one, kin=True)))
    return not mine.isdisjoint(session.scalars(_rounds_of(other)))


def taking_part(session: Session, user_id: int) -> set[int]:
    """Rounds that somebody judges, enters or seeks in, whatever they run; one statement."""
    return set(session.scalars(sa.union(*_taken(user_id))))


def _rounds_of(user_id: int, *, kin: bool = False) -> sa.CompoundSelect[Any]:
    """Rounds that somebody judges, enters, seeks in or runs; with `kin` also those their colleagues enter."""
    mine = sa.select(Membership.organization_id).where(Membership.user_id == user_id)
    run = sa.select(RoleGrant.scope_id).where(RoleGrant.user_id == user_id)
    hosts = branches.below(run.where(RoleGrant.scope == "organization"))
    held = sa.select(Round.id.label("round_id")).join(Programme, Programme.id == Round.programme_id)
    parts = [
        held.where(Round.programme_id.in_(run.where(RoleGrant.scope == "programme"))),
        held.where(Programme.host_id.in_(sa.select(hosts.c.id))),
        *_taken(user_id),
    ]
    if kin:
        colleagues = sa.select(Membership.user_id).where(Membership.organization_id.in_(mine))
        parts.append(_entered(TeamMember.user_id.in_(colleagues)))
    return sa.union(*parts)


def _taken(user_id: int) -> list[sa.Select[Any]]:
    """Rounds that somebody judges, seeks in or enters."""
    mine = sa.select(Membership.organization_id).where(Membership.user_id == user_id)
    judging = (RoleGrant.scope == "phase", RoleGrant.user_id == user_id)
    on_panel = sa.select(Phase.round_id).join(PanelJudge, PanelJudge.phase_id == Phase.id)
    sought = sa.or_(Requirement.seeker_id.in_(mine), Requirement.author_id == user_id)
    return [
        sa.select(Phase.round_id).join(RoleGrant, RoleGrant.scope_id == Phase.id).where(*judging),
        on_panel.where(PanelJudge.user_id == user_id),
        sa.select(Requirement.round_id).where(sought),
        _entered(TeamMember.user_id == user_id),
    ]


def _entered(by: sa.ColumnElement[bool]) -> sa.Select[Any]:
    joined = sa.select(Submission.round_id).join(TeamMember, TeamMember.submission_id == Submission.id)
    return joined.where(by)


def _open(now: dt.datetime) -> sa.Select[Any]:
    return sa.select(LookOn).where(LookOn.ended_at.is_(None), LookOn.until_at > now).with_for_update()


def _end(session: Session, actor: Actor, look: LookOn, at: dt.datetime) -> None:
    look.ended_at = at
    session.flush()
    seen = sa.select(sa.func.count()).where(LookedAt.look_on_id == look.id)
    facts: dict[str, Any] = {"look_id": look.id, "pages": session.scalar(seen) or 0}
    chain.record(session, actor, "look.ended", f"user:{look.person_id}", **facts)


def _past(look: LookOn, name: str, count: int, now: dt.datetime) -> Past:
    ended = look.ended_at or look.until_at
    return Past(look.ref, name, look.reason, look.begun_at, ended, ended <= now, count)
