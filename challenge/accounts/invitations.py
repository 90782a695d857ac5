"""Invitation links: whoever proves to own the address receives the role. They show by GET and answer by POST.

The services that invite live where the thing is known (a panel, a team): they hand in its facts as a
`Subject`, and take up what an accepted invitation brings (`judging.panel.join`, `submissions.team.join`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses, grants
from challenge.accounts.models import Invitation, User
from challenge.audit import chain
from challenge.base import clock, ids
from challenge.base.db import begin_write
from challenge.rules.errors import Invalid, NotAllowed, NotFound, Refused
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue

VALID_FOR = dt.timedelta(days=30)
MOST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be invited to: the scopes of a role, and the action that inviting asks for."""

    action: Action
    scopes: frozenset[str]


KINDS: Mapping[str, Kind] = {
    "organizer": Kind(Action.ORGANIZER_APPOINT, frozenset({"organization", "programme"})),
    "manager": Kind(Action.MANAGER_APPOINT, frozenset({"organization"})),
    "representative": Kind(Action.ORGANIZATION_EDIT, frozenset({"organization"})),
    "judge": Kind(Action.JUDGE_INVITE, frozenset({"phase"})),
    "broker": Kind(Action.BROKER_APPOINT, frozenset({"programme"})),
    "claim": Kind(Action.REQUIREMENT_OFFER, frozenset({"requirement"})),
    "confidential": Kind(Action.FACE_INVITE, frozenset({"face"})),
    "team": Kind(Action.TEAM_MANAGE, frozenset({"submission"})),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an accepted invitation gave; `first` is False where the same person had accepted before."""

    id: int
    role: str
    scope: str
    scope_id: int
    first: bool


def create(
    session: Session,
    actor: Actor,
    *,
    email: str,
    role: str,
    scope: str,
    scope_id: int,
    subject: Subject,
    facts: Mapping[str, Any] | None = None,
) -> str:
    """Invite an address; the token of its link, which no row keeps. `facts` wait with it for the acceptance.

    An open invitation of the address to the same thing is left as it is, and its token given again.
    Raises `Invalid("email", "not_an_address")`.
    """
    kind = KINDS[role]
    require(actor, kind.action, subject)
    if scope not in kind.scopes:
        raise ValueError(f"nobody is {role} of a {scope}")
    address = addresses.normal("email", email)
    begin_write(session)
    now = clock.now(session)
    known = session.scalar(_open(now).where(_about(role, scope, scope_id), _to(address)))
    if known is not None:
        return token_of(known)
    invitation = Invitation(role=role, scope=scope, scope_id=scope_id, email=address, created_at=now)
    invitation.invited_by, invitation.facts = actor.user_id, dict(facts or {})
    invitation.expires_at = now + VALID_FOR
    token = token_of(invitation)
    invitation.token_digest = ids.digest(token)
    session.add(invitation)
    session.flush()
    _announce(session, "invitation.created", invitation)
    _record(session, actor, "invitation.created", invitation)
    return token


def token_of(invitation: Invitation) -> str:
    """The secret of the invitation's link, written anew from its row and the installation's key."""
    about = (invitation.email, invitation.role, invitation.scope, invitation.scope_id)
    return ids.sealed("invitation", "|".join(map(str, (*about, chain.instant_text(invitation.created_at)))))


def send_again(session: Session, actor: Actor, invitation_id: int, subject: Subject) -> None:
    """Mail the same link once more, valid for a full term from now."""
    invitation = _found(session.get(Invitation, invitation_id))
    require(actor, KINDS[invitation.role].action, subject)
    now = clock.now(session)
    if state_of(invitation, now) not in ("open", "expired"):
        raise Refused(f"invitation_{state_of(invitation, now)}")
    invitation.expires_at = now + VALID_FOR
    session.flush()
    _announce(session, "invitation.created", invitation, mark=now.isoformat())
    _record(session, actor, "invitation.sent_again", invitation)


def revoke(session: Session, actor: Actor, invitation_id: int, subject: Subject) -> None:
    """Take an invitation back; its link then says so. One that was accepted stays accepted."""
    invitation = _found(session.get(Invitation, invitation_id))
    require(actor, KINDS[invitation.role].action, subject)
    if invitation.revoked_at is not None:
        return
    if invitation.accepted_at is not None:
        raise Refused("invitation_used")
    invitation.revoked_at = clock.now(session)
    session.flush()
    _record(session, actor, "invitation.revoked", invitation)


def by_token(session: Session, token: str) -> Invitation:
    """The invitation of a link; raises NotFound for a token that never was."""
    return _found(session.scalar(sa.select(Invitation).where(Invitation.token_digest == ids.digest(token))))


def state_of(invitation: Invitation, now: dt.datetime) -> str:
    """`used`, `declined`, `revoked`, `expired` or `open`."""
    if invitation.accepted_at is not None:
        return "used"
    if invitation.declined_at is not None:
        return "declined"
    if invitation.revoked_at is not None:
        return "revoked"
    return "open" if now < invitation.expires_at else "expired"


Join = Callable[[Session, Actor, int], object]


def accept(
    session: Session, actor: Actor, token: str, joins: Mapping[str, Join] = MappingProxyType({})
) -> Accepted:
    """Answer a link: it is used up and its role given. Asked twice, the same person gets the same answer.

    `joins` names by role what the thing itself does then (a panel, a team), in the same transaction; it comes
    before this chain is written, because those who invite hold the thing's own chain first.
    Raises NotFound, or Refused: `invitation_used`, `invitation_declined`, `invitation_revoked`,
    `invitation_expired`, and NotAllowed `invitation_other_address` where the signed-in person's address is
    not the invited one.
    """
    require(actor, Action.INVITATION_ACCEPT)
    begin_write(session)
    query = sa.select(Invitation).where(Invitation.token_digest == ids.digest(token)).with_for_update()
    invitation = _found(session.scalar(query))
    now = clock.now(session)
    state = state_of(invitation, now)
    if state == "used" and invitation.accepted_by == actor.user_id:
        return _accepted(invitation, first=False)
    if state != "open":
        raise Refused(f"invitation_{state}")
    person = session.get_one(User, actor.user_id)
    if not addresses.same(person.email, invitation.email):
        raise NotAllowed("invitation_other_address", address=person.email)
    invitation.accepted_at, invitation.accepted_by = now, person.id
    _give(session, invitation, person.id)
    session.flush()
    if invitation.role in joins:
        joins[invitation.role](session, actor, invitation.scope_id)
    _announce(session, "invitation.accepted", invitation, user_id=person.id)
    _record(session, actor, "invitation.accepted", invitation)
    return _accepted(invitation, first=True)


def decline(session: Session, actor: Actor, token: str, reason: str) -> Invitation:
    """Say no to an invitation, with a reason for whoever invites; its link proves whose word it is.

    Said twice it is said once. Raises as `accept` does, and `Invalid("reason", ...)`.
    """
    require(actor, Action.INVITATION_DECLINE)
    begin_write(session)
    query = sa.select(Invitation).where(Invitation.token_digest == ids.digest(token)).with_for_update()
    invitation = _found(session.scalar(query))
    now = clock.now(session)
    state = state_of(invitation, now)
    if state == "declined":
        return invitation
    if state != "open":
        raise Refused(f"invitation_{state}")
    person = session.get(User, actor.user_id) if actor.user_id is not None else None
    if person is not None and not addresses.same(person.email, invitation.email):
        raise NotAllowed("invitation_other_address", address=person.email)
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > MOST_REASON:
        raise Invalid("reason", "too_long", length=len(reason), most=MOST_REASON)
    invitation.declined_at, invitation.decline_reason = now, reason
    session.flush()
    _announce(session, "invitation.declined", invitation)
    _record(session, actor, "invitation.declined", invitation)
    return invitation


def _give(session: Session, invitation: Invitation, user_id: int) -> None:
    # Membership of a team is the team's own row, a claim a seat that its own room gives, a confidential part
    # is opened where it lies; all others are here.
    if invitation.role == "representative":
        grants.seat(session, user_id, invitation.scope_id, representative=True)
    elif invitation.role not in ("team", "claim", "confidential"):
        grants.give(session, user_id, invitation.role, invitation.scope, invitation.scope_id)


def waiting_for(session: Session, email: str) -> Sequence[Invitation]:
    """The open invitations of an address, newest first."""
    query = _open(clock.now(session)).where(_to(email)).order_by(Invitation.id.desc())
    return session.scalars(query).all()


def of_thing(session: Session, role: str, scope: str, scope_id: int) -> Sequence[Invitation]:
    """Every invitation to one thing that was not answered and not revoked, newest first."""
    asked = sa.and_(
        Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.declined_at.is_(None)
    )
    query = sa.select(Invitation).where(_about(role, scope, scope_id), asked)
    return session.scalars(query.order_by(Invitation.id.desc())).all()


def unaccepted(
    session: Session, role: str, scope: str, scope_id: int
) -> tuple[list[Invitation], list[Invitation]]:
    """Those of `of_thing` that wait, and those that were declined with a reason, newest first."""
    asked = sa.and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    query = sa.select(Invitation).where(_about(role, scope, scope_id), asked)
    found = session.scalars(query.order_by(Invitation.id.desc())).all()
    waiting = [each for each in found if each.declined_at is None]
    return waiting, [each for each in found if each.declined_at is not None]


def _open(now: dt.datetime) -> sa.Select[Invitation]:
    return sa.select(Invitation).where(
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.expires_at > now,
    )


def _about(role: str, scope: str, scope_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(Invitation.role == role, Invitation.scope == scope, Invitation.scope_id == scope_id)


def _to(address: str) -> sa.ColumnElement[bool]:
    return Invitation.email == address.lower()


def _found(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise NotFound("invitation_unknown")
    return invitation


def _accepted(invitation: Invitation, *, first: bool) -> Accepted:
    return Accepted(invitation.id, invitation.role, invitation.scope, invitation.scope_id, first)


def _facts(invitation: Invitation) -> dict[str, Any]:
    return {"role": invitation.role, "scope": invitation.scope, "scope_id": invitation.scope_id}


def _announce(
    session: Session, event: str, invitation: Invitation, *, mark: object = "", **data: Any
) -> None:
    facts = {"invitation_id": invitation.id, **_facts(invitation), **data}
    queue.announce(session, event, f"invitation:{invitation.id}", mark=mark, **facts)


def _record(session: Session, actor: Actor, action: str, invitation: Invitation) -> None:
    chain.record(session, actor, action, f"invitation:{invitation.id}", **_facts(invitation))
