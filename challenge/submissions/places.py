"""Places in a team by link: made by its owner, shown once, taken by whoever opens the link first."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.accounts.models import User
from challenge.base import ids
from challenge.rules.errors import NotFound, Refused
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions import team
from challenge.submissions.holding import Held, hold
from challenge.submissions.limits import EntryRefused
from challenge.submissions.models import Submission, TeamLink, TeamMember

VALID_FOR = dt.timedelta(days=14)


def offer(session: Session, actor: Actor, ref: str, key: str, name: str = "") -> str:
    """Keep a place, for somebody named or for anybody; the token of its link, which no row keeps.

    `key` is a secret of the form: sent twice, one place with the same token. Raises `Invalid` where the team
    is full.
    """
    held = hold(session, ref)
    held.permit(actor, Action.TEAM_MANAGE)
    token = token_of(held.submission.id, actor.user_id, key)
    if session.scalar(sa.select(TeamLink.id).where(TeamLink.token_digest == ids.digest(token))):
        return token
    team.check_room(session, held, field="name")
    link = TeamLink(
        submission_id=held.submission.id,
        token_digest=ids.digest(token),
        name=name,
        created_by=actor.user_id,
        created_at=held.now,
        expires_at=held.now + VALID_FOR,
    )
    session.add(link)
    session.flush()
    team.record(session, actor, held, "team.link_made", link=link.id)
    return token


def token_of(submission_id: int, user_id: int | None, key: str) -> str:
    """The token of a place that this person offered by this key: a letter can write it again."""
    return ids.sealed("team-link", f"{submission_id}|{user_id}|{key}")


def revoke(session: Session, actor: Actor, ref: str, link_id: int) -> None:
    """Take a place back; its link then says so. One that was taken stays taken."""
    held = hold(session, ref)
    held.permit(actor, Action.TEAM_MANAGE)
    link = session.get(TeamLink, link_id, populate_existing=True)
    if link is None or link.submission_id != held.submission.id:
        raise NotFound
    if link.revoked_at is not None:
        return
    if link.accepted_at is not None:
        raise Refused("invitation_used")
    link.revoked_at = held.now
    session.flush()
    team.record(session, actor, held, "team.link_revoked", link=link.id)


def take(session: Session, actor: Actor, token: str, name: str, affiliation: str) -> Submission:
    """Join by a link, under this name. The same person twice is one place and the same answer.

    Raises NotFound; `Refused` (`invitation_used`, `_revoked`, `_expired`); `TooLate` after the close;
    `WrongState` where the round takes no more entries of this person, or no larger team.
    """
    require(actor, Action.INVITATION_ACCEPT)
    held = hold(session, _ref_of(session, token))
    link = session.scalars(
        sa.select(TeamLink).where(TeamLink.token_digest == ids.digest(token)).with_for_update()
    ).one()
    if actor.user_id in held.material.team:
        return held.submission
    state = state_of(link, held.now)
    if state != "open":
        raise Refused(f"invitation_{state}")
    person = session.get_one(User, actor.user_id)
    member = _member(session, held, person)
    member.user_id, member.name, member.affiliation = person.id, name or person.name, affiliation
    team.check_joining(session, held, person)
    link.accepted_at, link.accepted_by = held.now, person.id
    session.flush()
    team.changed(session, held, member.id)
    team.record(session, actor, held, "team.joined", member=member.id, link=link.id)
    return held.submission


def _member(session: Session, held: Held, person: User) -> TeamMember:
    """The row that waits under the person's own address, or a new one."""
    waiting = [each for each in held.material.members if each.user_id is None]
    named = next((each for each in waiting if addresses.same(each.email, person.email)), None)
    if named is not None:
        return session.get_one(TeamMember, named.id)
    most = held.gate.round.max_members
    if len(held.material.members) >= most:  # there was room when the place was offered
        raise EntryRefused("team_full", most=most)
    member = TeamMember(submission_id=held.submission.id, email=person.email, name="")
    session.add(member)
    return member


def by_token(session: Session, token: str) -> TeamLink:
    """The place behind a link; raises NotFound for a token that never was."""
    found = session.scalar(sa.select(TeamLink).where(TeamLink.token_digest == ids.digest(token)))
    if found is None:
        raise NotFound("invitation_unknown")
    return found


def _ref_of(session: Session, token: str) -> str:
    query = sa.select(Submission.ref).join(TeamLink, TeamLink.submission_id == Submission.id)
    ref = session.scalar(query.where(TeamLink.token_digest == ids.digest(token)))
    if ref is None:
        raise NotFound("invitation_unknown")
    return ref


def state_of(link: TeamLink, now: dt.datetime) -> str:
    """`used`, `revoked`, `expired` or `open`."""
    if link.accepted_at is not None:
        return "used"
    if link.revoked_at is not None:
        return "revoked"
    return "open" if now < link.expires_at else "expired"
