"""Which track of its round a submission is in: its requirement's, or the one chosen when it began.

One that answers no requirement may change it until the close.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.requirements.models import Requirement
from challenge.rounds import themes as tracks
from challenge.rounds.models import Theme
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor
from challenge.submissions.holding import hold
from challenge.submissions.models import Submission


def of_submission() -> sa.ColumnElement[int | None]:
    """The track's id, as an expression for a query over `Submission`; NULL where it is in none.

    It is asked for each time and stored nowhere, so that a requirement that moves takes its entries along.
    """
    asked = sa.orm.aliased(Requirement)
    mine = sa.select(asked.theme_id).where(asked.id == Submission.requirement_id).scalar_subquery()
    return sa.func.coalesce(mine, Submission.theme_id)


def theme_of(session: Session, submission_id: int) -> Theme | None:
    """The track of one submission (one statement)."""
    query = sa.select(Theme).join(Submission, Theme.id == of_submission())
    return session.scalars(query.where(Submission.id == submission_id)).one_or_none()


def chosen(session: Session, round_id: int, theme_ref: str | None) -> int | None:
    """The id of the track that is named; None where the round has none. One or two statements.

    Raises `Invalid("theme", "choose_a_track")` where there are tracks and none of them is named.
    """
    if theme_ref:
        return tracks.by_ref(session, round_id, theme_ref).id
    if tracks.themes_of(session, round_id):
        raise Invalid("theme", "choose_a_track")
    return None


def choose(session: Session, actor: Actor, ref: str, theme_ref: str) -> Submission:
    """Put a submission into another track until the close. Raises `Invalid("theme", ...)`, `TooLate`.

    A submission for a requirement is in its requirement's track: `WrongState("track_by_requirement")`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_EDIT)
    submission = held.submission
    if submission.requirement_id is not None:
        raise WrongState("track_by_requirement")
    theme_id = chosen(session, submission.round_id, theme_ref)
    if theme_id == submission.theme_id:
        return submission
    submission.theme_id = theme_id
    session.flush()
    where = chain.round_chain(submission.round_id)
    subject = f"submission:{submission.id}"
    chain.record(session, actor, "submission.track_chosen", subject, chain=where, at=held.now, track=theme_id)
    return submission
