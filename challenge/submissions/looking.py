"""A team has looked at what changed in the need that it answers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.rules.permissions import Action, Actor
from challenge.submissions.holding import hold
from challenge.submissions.models import Submission


def look(session: Session, actor: Actor, ref: str, version: int) -> Submission:
    """Note that somebody of its team has looked at the need up to this version."""
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_LOOK)
    submission, requirement = held.submission, held.requirement
    if requirement is not None:
        newest = min(version, requirement.version)
        submission.requirement_seen = max(newest, submission.requirement_seen or 0)
        session.flush()
    return submission
