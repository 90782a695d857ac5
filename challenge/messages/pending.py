"""Whether a reminder is still due when it is written: the close has not moved, and something is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, User
from challenge.base import clock
from challenge.requirements.models import Requirement
from challenge.rounds.models import RoundWindow
from challenge.rules.lifecycles import ENTERED
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission, TeamMember

UNSENT = ("draft", "returned")  # a need on which its seeker has something to do yet


def still(session: Session, person: User | None, about: Mapping[str, Any]) -> bool:
    """False for a reminder of what is done, over, or has another close by now; True for all other letters."""
    found = CHECKS.get(about.get("event", ""))
    if found is None or person is None:
        return True
    stage, is_open = found
    this = (RoundWindow.round_id == about["round_id"], RoundWindow.stage == stage.value)
    closes = session.scalar(sa.select(RoundWindow.closes_at).where(*this))
    if closes != dt.datetime.fromisoformat(about["until_at"]) or closes <= clock.now(session):
        return False
    return is_open(session, person.id, about["round_id"])


def _draft(session: Session, user_id: int, round_id: int) -> bool:
    mine = sa.select(Submission.state, Submission.submit_at_close).join(
        TeamMember, TeamMember.submission_id == Submission.id
    )
    rows = session.execute(mine.where(TeamMember.user_id == user_id, Submission.round_id == round_id)).all()
    entered = any(row.state in ENTERED for row in rows)
    return not entered and any(row.state == "draft" and not row.submit_at_close for row in rows)


def _need(session: Session, user_id: int, round_id: int) -> bool:
    speaks = sa.select(Membership.organization_id).where(
        Membership.user_id == user_id, Membership.representative.is_(True)
    )
    mine = sa.or_(Requirement.author_id == user_id, Requirement.seeker_id.in_(speaks))
    query = sa.select(Requirement.id).where(Requirement.round_id == round_id, Requirement.state.in_(UNSENT))
    return session.scalar(sa.select(query.where(mine).exists())) or False


CHECKS: Mapping[str, tuple[Stage, Callable[[Session, int, int], bool]]] = {
    "submission.due": (Stage.SUBMISSION, _draft),
    "requirements.due": (Stage.REQUIREMENTS, _need),
}
