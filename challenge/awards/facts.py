"""The facts of a seeker's decision that the permission table asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.awards.models import Decision
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.permissions import Actor, Subject
from challenge.submissions.models import Submission, TeamMember

STANDING = ("submitted", "selected", "not_selected")


def subject_of(
    decision: Decision, requirement: Requirement, round_: Round, now: dt.datetime, conflicted: frozenset[int]
) -> Subject:
    """A decision; the round has programme and windows loaded, `conflicted` comes from here too."""
    return rounds.subject_of(
        round_,
        now,
        kind="decision",
        state=decision.verdict,
        seeker_id=requirement.seeker_id,
        conflicted=conflicted,
    )


def behind(actor: Actor, which: sa.ColumnElement[Any]) -> sa.Exists:
    """Whether the actor is on the team of one of these entries that stand: nobody chooses themselves."""
    return (
        sa.exists()
        .where(TeamMember.submission_id == Submission.id, TeamMember.user_id == actor.user_id)
        .where(which, Submission.state == "submitted")
    )


def with_a_stake(session: Session, actor: Actor, round_id: int) -> frozenset[int]:
    """The actor's own id where something of theirs is at stake in the round (one statement).

    They are on the team of an entry that stands, or a member of the organization behind one.
    """
    if actor.user_id is None:
        return frozenset()
    tied = session.scalar(sa.select(with_a_stake_in(round_id, sa.literal(actor.user_id))))
    return frozenset({actor.user_id}) if tied else frozenset()


def with_a_stake_in(round_id: int, user_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The same of whoever has this id, as an expression."""
    here = sa.and_(Submission.round_id == round_id, Submission.state.in_(STANDING))
    on_team = sa.exists().where(
        TeamMember.submission_id == Submission.id, TeamMember.user_id == user_id, here
    )
    of_body = sa.exists().where(
        Membership.organization_id == Submission.organization_id, Membership.user_id == user_id, here
    )
    return sa.or_(on_team, of_body)


def conflicted(session: Session, actor: Actor, which: sa.ColumnElement[Any]) -> frozenset[int]:
    """The actor's own id where that is so (one statement)."""
    if actor.user_id is None or not session.scalar(sa.select(behind(actor, which))):
        return frozenset()
    return frozenset({actor.user_id})
