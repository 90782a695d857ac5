"""The team behind a submission: named by its owner, joined by accepting the invitation that was mailed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses, invitations
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.holding import Held, hold
from challenge.submissions.material import Member
from challenge.submissions.models import Submission, TeamMember
from challenge.tasks import queue

MOST_MEMBERS = 20
LONGEST_NAME = 100


def invite(session: Session, actor: Actor, ref: str, email: str, name: str, affiliation: str = "") -> None:
    """Name a person for the team and mail the invitation; an address that is named already stays as it is.

    Whether the address has an account makes no difference that anyone could see. Raises `Invalid`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.TEAM_MANAGE)
    address = addresses.normal("email", email)
    if any(addresses.same(each.email, address) for each in held.material.members):
        return
    if len(held.material.members) >= MOST_MEMBERS:
        raise Invalid("email", "team_full", most=MOST_MEMBERS)
    submission = held.submission
    member = TeamMember(submission_id=submission.id, email=address, name=name, affiliation=affiliation)
    session.add(member)
    session.flush()
    about = {"submission_id": submission.id, "round_id": submission.round_id}
    queue.announce(
        session, "team.invited", f"submission:{submission.id}", mark=member.id, at=held.now, **about
    )
    _record(session, actor, held, "team.invited", member.id)
    invitations.create(
        session,
        actor,
        email=address,
        role="team",
        scope="submission",
        scope_id=submission.id,
        subject=held.subject,
    )


def describe(session: Session, actor: Actor, ref: str, member_id: int, name: str, affiliation: str) -> None:
    """Correct how a member is named in what is submitted."""
    held = hold(session, ref)
    held.permit(actor, Action.TEAM_MANAGE)
    member = session.get_one(TeamMember, _member(held, member_id).id)
    member.name, member.affiliation = name, affiliation
    session.flush()


def remove(session: Session, actor: Actor, ref: str, member_id: int) -> None:
    """Take a person off the team, and back the invitation that was not accepted. Gone twice is gone."""
    held = hold(session, ref)
    held.permit(actor, Action.TEAM_MANAGE)
    known = next((each for each in held.material.members if each.id == member_id), None)
    if known is None:
        return
    if known.user_id == held.submission.owner_id:
        raise WrongState("owner_stays")
    _take_off(session, held, known)
    _record(session, actor, held, "team.removed", known.id)
    if known.user_id is None:
        for waiting in invitations.of_thing(session, "team", "submission", held.submission.id):
            if addresses.same(waiting.email, known.email):
                invitations.revoke(session, actor, waiting.id, held.subject)


def leave(session: Session, actor: Actor, ref: str) -> None:
    """Leave a team oneself. The owner cannot: a submission always has one who answers for it."""
    held = hold(session, ref)
    held.permit(actor, Action.TEAM_LEAVE)
    mine = next(each for each in held.material.members if each.user_id == actor.user_id)
    _take_off(session, held, mine)
    _record(session, actor, held, "team.left", mine.id)


def join(session: Session, actor: Actor, submission_id: int) -> Submission:
    """Take up an invitation that was just accepted (by `accounts.invitations`). Joined twice is joined.

    Raises `TooLate` after the close: a team that was submitted stays as it was; and `NotFound`, `WrongState`.
    """
    require(actor, Action.INVITATION_ACCEPT)
    ref = session.scalar(sa.select(Submission.ref).where(Submission.id == submission_id))
    if ref is None:
        raise NotFound
    held = hold(session, ref)
    if actor.user_id in held.material.team:
        return held.submission
    held.check_open()
    person = session.get_one(User, actor.user_id)
    waiting = [each for each in held.material.members if each.user_id is None]
    named = next((each for each in waiting if addresses.same(each.email, person.email)), None)
    if named is None:
        raise WrongState("not_named_any_more")
    member = session.get_one(TeamMember, named.id)
    member.user_id = person.id
    member.name = member.name or person.name
    member.affiliation = member.affiliation or person.affiliation
    session.flush()
    _record(session, actor, held, "team.joined", member.id)
    return held.submission


def _member(held: Held, member_id: int) -> Member:
    for each in held.material.members:
        if each.id == member_id:
            return each
    raise NotFound


def _take_off(session: Session, held: Held, member: Member) -> None:
    mine = sa.and_(TeamMember.id == member.id, TeamMember.submission_id == held.submission.id)
    session.execute(sa.delete(TeamMember).where(mine).execution_options(synchronize_session=False))


def _record(session: Session, actor: Actor, held: Held, action: str, member_id: int) -> None:
    submission = held.submission
    chain.record(
        session,
        actor,
        action,
        f"submission:{submission.id}",
        chain=chain.round_chain(submission.round_id),
        at=held.now,
        member=member_id,
    )
