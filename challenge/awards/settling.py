"""What publication does to a round's rows: the one function that makes results final, and nothing else."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.models import Award, Decision, Notice
from challenge.awards.standing import LEFT
from challenge.requirements.models import Requirement
from challenge.rules import lifecycles
from challenge.submissions.models import Submission


def settle(session: Session, round_id: int, now: dt.datetime) -> None:
    """Make the awards, entries and requirements of the round final as of `now`; its notice is over."""
    out = sa.update(Notice).where(Notice.round_id == round_id).values(published_at=now)
    session.execute(out.execution_options(synchronize_session=False))
    _awards(session, round_id, now)
    _submissions(session, round_id)
    _requirements(session, round_id, now)
    session.expire_all()


def _awards(session: Session, round_id: int, now: dt.datetime) -> None:
    """Awards become final; one whose entry left during the notice is withdrawn, and its slot stays open."""
    on_notice = sa.and_(Award.round_id == round_id, Award.state == "on_notice")
    left = sa.select(Submission.id).where(Submission.round_id == round_id, Submission.state.in_(LEFT))
    withdrawn = lifecycles.AWARD.step("on_notice", "withdraw")
    confirmed = lifecycles.AWARD.step("on_notice", "confirm")
    change = sa.update(Award).execution_options(synchronize_session=False)
    session.execute(change.where(on_notice, Award.submission_id.in_(left)).values(state=withdrawn))
    session.execute(change.where(on_notice).values(state=confirmed, confirmed_at=now))


def _submissions(session: Session, round_id: int) -> None:
    """Chosen by a seeker or awarded: selected. Every other entry that stood: not selected."""
    chosen = sa.select(Decision.chosen_id).where(
        Decision.round_id == round_id, Decision.chosen_id.is_not(None)
    )
    awarded = sa.select(Award.submission_id).where(Award.round_id == round_id, Award.state == "confirmed")
    ids = set(session.scalars(sa.union(chosen, awarded)))
    standing = sa.and_(Submission.round_id == round_id, Submission.state == "submitted")
    select = lifecycles.SUBMISSION.step("submitted", "select")
    pass_over = lifecycles.SUBMISSION.step("submitted", "pass_over")
    change = sa.update(Submission).execution_options(synchronize_session=False)
    session.execute(change.where(standing, Submission.id.in_(ids)).values(state=select))
    session.execute(change.where(standing).values(state=pass_over))


def _requirements(session: Session, round_id: int, now: dt.datetime) -> None:
    """A need with a chosen solver is selected; one that nobody solved ends as failed, never silently."""
    solved = (
        sa.select(Decision.requirement_id)
        .join(Submission, Submission.id == Decision.chosen_id)
        .where(Decision.round_id == round_id, Submission.state == "selected")
    )
    open_ = sa.and_(Requirement.round_id == round_id, Requirement.state == "published")
    select = lifecycles.REQUIREMENT.step("published", "select")
    fail = lifecycles.REQUIREMENT.step("published", "fail")
    change = sa.update(Requirement).execution_options(synchronize_session=False)
    session.execute(change.where(open_, Requirement.id.in_(solved)).values(state=select, updated_at=now))
    session.execute(change.where(open_).values(state=fail, updated_at=now))
