"""The track of a submission whose round has no requirements: chosen as it begins, free until the close."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import themes
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor
from challenge.submissions.holding import hold
from challenge.submissions.models import Submission


def chosen(session: Session, round_id: int, theme_ref: str | None) -> int | None:
    """The id of the track that is named; None where the round has none. One or two statements.

    Raises `Invalid("theme", "choose_a_track")` where there are tracks and none of them is named.
    """
    if theme_ref:
        return themes.by_ref(session, round_id, theme_ref).id
    if themes.themes_of(session, round_id):
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
