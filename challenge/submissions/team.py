"""The team behind a submission: named by its owner, joined by accepting; one of it owns the submission.

Whenever it changes, `team.changed` is said: judges who were assigned already may have a conflict now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses, invitations
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.lifecycles import SUBMISSION
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions import entering
from challenge.submissions.holding import Held, hold
from challenge.submissions.material import Member
from challenge.submissions.models import Submission, TeamLink, TeamMember
from challenge.tasks import queue

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
    check_room(session, held, field="email")
    submission = held.submission
    member = TeamMember(submission_id=submission.id, email=address, name=name, affiliation=affiliation)
    session.add(member)
    session.flush()
    about = {"submission_id": submission.id, "round_id": submission.round_id}
    queue.announce(
        session, "team.invited", f"submission:{submission.id}", mark=member.id, at=held.now, **about
    )
    changed(session, held, member.id)
    record(session, actor, held, "team.invited", member=member.id)
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
    """Correct how a member is named in what is submitted: the owner anybody, each member themselves."""
    held = hold(session, ref)
    own = any(each.id == member_id and each.user_id == actor.user_id for each in held.material.members)
    held.permit(actor, Action.TEAM_DESCRIBE if own else Action.TEAM_MANAGE)
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
    changed(session, held, known.id)
    record(session, actor, held, "team.removed", member=known.id)
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
    changed(session, held, mine.id)
    record(session, actor, held, "team.left", member=mine.id)


def hand_over(session: Session, actor: Actor, ref: str, member_id: int) -> Submission:
    """Make a member who joined the owner; whoever was stays as a member. Sent twice, the same answer.

    Raises `Invalid("member", ...)` for somebody who has not joined, `NotEligible` where the new owner could
    not answer for an entry of this round.
    """
    held = hold(session, ref)
    known = next((each for each in held.material.members if each.id == member_id), None)
    if known is not None and known.user_id is not None and known.user_id == held.submission.owner_id:
        held.permit(actor, Action.TEAM_DESCRIBE)  # done already: whoever did it is a member now
        return held.submission
    held.permit(actor, Action.TEAM_MANAGE)
    if known is None or known.user_id is None:
        raise Invalid("member", "not_joined")
    entering.owner_unmet(held.gate.round, session.get_one(User, known.user_id), held.now)
    submission = held.submission
    submission.owner_id = known.user_id
    session.flush()
    about = {"submission_id": submission.id, "round_id": submission.round_id}
    mark = held.now.isoformat()
    queue.announce(
        session, "team.handed_over", f"submission:{submission.id}", mark=mark, at=held.now, **about
    )
    changed(session, held, known.id)
    record(session, actor, held, "team.handed_over", member=known.id)
    return submission


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
    person = session.get_one(User, actor.user_id)
    check_joining(session, held, person)
    waiting = [each for each in held.material.members if each.user_id is None]
    named = next((each for each in waiting if addresses.same(each.email, person.email)), None)
    if named is None:
        raise WrongState("not_named_any_more")
    member = session.get_one(TeamMember, named.id)
    member.user_id = person.id
    member.name = member.name or person.name
    member.affiliation = member.affiliation or person.affiliation
    session.flush()
    changed(session, held, member.id)
    record(session, actor, held, "team.joined", member=member.id)
    return held.submission


def check_joining(session: Session, held: Held, person: User) -> None:
    """Raise unless somebody may join it now: in time, while it can be changed, and within the limits."""
    held.check_open()
    if not SUBMISSION.allows(held.submission.state, "submit"):
        raise WrongState("wrong_state", thing="submission", state=held.submission.state, verb="join")
    entering.at_join(session, held.gate.round, held.submission, person)


def places(session: Session, submission_id: int, now: dt.datetime) -> Sequence[TeamLink]:
    """The places that nobody took yet and whose links still work, oldest first."""
    query = sa.select(TeamLink).where(
        TeamLink.submission_id == submission_id,
        TeamLink.accepted_at.is_(None),
        TeamLink.revoked_at.is_(None),
        TeamLink.expires_at > now,
    )
    return session.scalars(query.order_by(TeamLink.id)).all()


def check_room(session: Session, held: Held, *, field: str) -> None:
    """Raise `Invalid(field, "team_full")` unless one more fits beside members and places that wait."""
    most = held.gate.round.max_members
    if len(held.material.members) + len(places(session, held.submission.id, held.now)) >= most:
        raise Invalid(field, "team_full", most=most)


def changed(session: Session, held: Held, member_id: int) -> None:
    """Say that it is another team now."""
    say_changed(session, held.submission, held.now, f"{member_id}/{held.now.isoformat()}")


def say_changed(session: Session, submission: Submission, at: dt.datetime, mark: str) -> None:
    """Say that a submission has other people, another owner or another organization behind it."""
    about = {"submission_id": submission.id, "round_id": submission.round_id}
    queue.announce(session, "team.changed", f"submission:{submission.id}", mark=mark, at=at, **about)


def _member(held: Held, member_id: int) -> Member:
    for each in held.material.members:
        if each.id == member_id:
            return each
    raise NotFound


def _take_off(session: Session, held: Held, member: Member) -> None:
    mine = sa.and_(TeamMember.id == member.id, TeamMember.submission_id == held.submission.id)
    session.execute(sa.delete(TeamMember).where(mine).execution_options(synchronize_session=False))


def record(session: Session, actor: Actor, held: Held, action: str, **detail: int) -> None:
    """Into the round's chain; `detail` holds ids alone."""
    submission = held.submission
    subject, where = f"submission:{submission.id}", chain.round_chain(submission.round_id)
    chain.record(session, actor, action, subject, chain=where, at=held.now, **detail)
