"""The facts of a requirement that the permission table asks for, and whether a step is still to be taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.permissions import Action, Actor, Subject, can, require

# States in which anyone may read the public face, in a public round.
PUBLIC_STATES = ("published", "selected", "failed", "agreed", "delivered")


def subject_of(
    requirement: Requirement, now: dt.datetime, conflicted: frozenset[int] = frozenset()
) -> Subject:
    """The facts of a requirement; its round with programme and windows must be loaded."""
    return rounds.subject_of(
        requirement.round,
        now,
        kind="requirement",
        state=requirement.state,
        public=requirement.round.public and requirement.state in PUBLIC_STATES,
        seeker_id=requirement.seeker_id,
        author_id=requirement.author_id,
        branch_id=requirement.branch_id,
        with_branch=with_branch(requirement),
        conflicted=conflicted,
    )


def with_branch(requirement: Requirement) -> bool:
    """Whether its branch has to accept it before its organizer screens it; its round must be loaded."""
    two = requirement.round.screening_steps == 2
    return two and requirement.branch_id is not None and requirement.branch_accepted_at is None


def screening_subject(session: Session, requirement: Requirement, now: dt.datetime) -> Subject:
    """The same with the people who may not judge it as organizers: members of its seeker (one statement)."""
    return subject_of(requirement, now, conflicted_with(session, requirement))


def conflicted_with(session: Session, requirement: Requirement) -> frozenset[int]:
    """Ids of the seeker's own people. A host that posts its own problem is no conflict: it decides anyway."""
    if requirement.seeker_id == requirement.round.programme.host_id:
        return frozenset()
    query = sa.select(Membership.user_id).where(Membership.organization_id == requirement.seeker_id)
    return frozenset(session.scalars(query))


def to_be_taken(actor: Actor, action: Action, subject: Subject, verb: str) -> bool:
    """Require the action for a step of the lifecycle; False where it was taken before (a form posted twice).

    Raises `NotAllowed` to whoever lacks the role, `WrongState` where the role is right and the state is not.
    """
    before = [replace(subject, state=state) for state, name, _ in REQUIREMENT.steps if name == verb]
    require(actor, action, next((each for each in before if can(actor, action, each)), subject))
    state = subject.state or REQUIREMENT.start
    target = next(to for _, name, to in REQUIREMENT.steps if name == verb)
    if state == target:
        return False
    REQUIREMENT.step(state, verb)
    return True
