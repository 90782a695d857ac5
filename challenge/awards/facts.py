"""The facts of a seeker's decision that the permission table asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.models import Decision
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.permissions import Subject
from challenge.submissions.models import Submission, TeamMember


def subject_of(
    session: Session, decision: Decision, requirement: Requirement, round_: Round, now: dt.datetime
) -> Subject:
    """Whoever is behind one of the entries has a conflict: nobody chooses themselves (one statement)."""
    behind = people_behind(session, Submission.requirement_id == requirement.id)
    return rounds.subject_of(
        round_,
        now,
        kind="decision",
        state=decision.verdict,
        seeker_id=requirement.seeker_id,
        conflicted=behind,
    )


def people_behind(session: Session, which: sa.ColumnElement[Any]) -> frozenset[int]:
    """Ids of the people on the teams of these entries, as far as they stand (one statement)."""
    members = sa.select(TeamMember.user_id).join(Submission, Submission.id == TeamMember.submission_id)
    standing = sa.and_(which, Submission.state == "submitted", TeamMember.user_id.is_not(None))
    return frozenset(each for each in session.scalars(members.where(standing)) if each is not None)
