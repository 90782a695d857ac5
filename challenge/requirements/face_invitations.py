"""Invitations to accept an agreement, each for one address; and links that tell whose they are."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import invitations
from challenge.accounts.models import Invitation
from challenge.base import ids
from challenge.requirements import faces, facts, opening, queries
from challenge.requirements.face_models import Access
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.errors import NotFound, Refused, WrongState
from challenge.rules.permissions import Action, Actor, can, require

ROLE, SCOPE, PASS = "confidential", "face", "face"


def invite(session: Session, actor: Actor, ref: str, email: str, *, broker_id: int | None = None) -> str:
    """Mail whoever owns this address a link to accept the agreement; the token of it.

    The word of a broker who only looks after it is a request, which the seeker decides on. `broker_id`: who
    looks after it. Raises WrongState, `Invalid("email", ...)`.
    """
    held = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = replace(facts.screening_subject(session, requirement, held.now), broker_id=broker_id)
    require(actor, Action.FACE_INVITE, subject)
    known = opening.standing(session, None, requirement)
    if known.opening == "closed":
        raise WrongState("face_closed")
    if known.nda is None:
        raise WrongState("nda_missing")
    if not opening.holds(session, requirement.id):
        raise WrongState("face_empty")
    return invitations.create(
        session,
        actor,
        email=email,
        role=ROLE,
        scope=SCOPE,
        scope_id=requirement.id,
        subject=subject,
        facts={"granted": can(actor, Action.FACE_DECIDE, subject)},
    )


def take_back(session: Session, actor: Actor, ref: str, invitation_id: int) -> None:
    """Take an invitation back that nobody has accepted."""
    held = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.screening_subject(session, requirement, held.now)
    require(actor, Action.FACE_INVITE, subject)
    mine = {each.id for each in invitations.of_thing(session, ROLE, SCOPE, requirement.id)}
    if invitation_id in mine:
        invitations.revoke(session, actor, invitation_id, subject)


def join(session: Session, actor: Actor, requirement_id: int) -> None:
    """What the accepted invitation brings: the person may accept the agreement, or waits for the seeker."""
    require(actor, Action.INVITATION_ACCEPT)
    requirement = session.get_one(Requirement, requirement_id)
    held = gates.hold(session, requirement.round_id)
    requirement = queries.held(session, requirement.ref)
    known = opening.standing(session, None, requirement)
    if requirement.state != "published" or known.opening == "closed":
        raise Refused("face_over")
    access, vouched_at = (
        faces.mine_of(session, actor, requirement.id),
        _vouched(session, actor, requirement.id),
    )
    if access is None and vouched_at is None and known.opening != "accept":
        faces.asked(session, actor, requirement, held.now, origin="invited")
        return
    if access is None:
        access = faces.new(session, actor, requirement.id, "invited", held.now)
    no_at = access.decided_at if access.state in ("refused", "revoked") else None
    # An invitation that is older than a no does not undo it.
    welcome = vouched_at is not None or known.opening == "accept"
    if (access.state == "asked" and welcome) or (no_at and vouched_at and vouched_at > no_at):
        access.state, access.reason, access.decided_at = "granted", None, held.now
    session.flush()


def _vouched(session: Session, actor: Actor, requirement_id: int) -> dt.datetime | None:
    """When they were invited by somebody who may decide who reads it; None where a broker asks for them."""
    mine = sa.and_(Invitation.role == ROLE, Invitation.scope == SCOPE, Invitation.scope_id == requirement_id)
    taken = sa.select(Invitation).where(mine, Invitation.accepted_by == actor.user_id)
    newest = session.scalar(taken.order_by(Invitation.accepted_at.desc(), Invitation.id.desc()).limit(1))
    return newest.created_at if newest is not None and newest.facts.get("granted") else None


def pass_of(access_ref: str) -> str:
    """The secret part of the link in a person's letter: it tells whose link it is, and opens nothing."""
    return f"{access_ref}.{ids.sealed(PASS, access_ref)}"


def way_in(session: Session, access_id: int) -> dict[str, str]:
    """For a letter: the `token` of the link that tells whose it is."""
    return {"token": pass_of(session.get_one(Access, access_id).ref)}


def holder_of(session: Session, requirement_id: int, token: str) -> int:
    """Whose link it is; raises NotFound `link_altered` where the mark on it is not ours."""
    ref, _, mark = token.partition(".")
    if not hmac.compare_digest(mark.encode(), ids.sealed(PASS, ref).encode()):
        raise NotFound("link_altered")
    mine = sa.and_(Access.ref == ref, Access.requirement_id == requirement_id)
    user_id = session.scalar(sa.select(Access.user_id).where(mine))
    if user_id is None:
        raise NotFound("link_altered")
    return user_id
