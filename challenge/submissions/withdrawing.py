"""Take an entry out of the round, and let its last version stand again as it was. Both until the close."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rules.errors import WrongState
from challenge.rules.lifecycles import SUBMISSION
from challenge.rules.permissions import Action, Actor
from challenge.submissions import entering
from challenge.submissions.holding import hold
from challenge.submissions.models import Submission, Version
from challenge.submissions.submitting import count, put_aside, say


def withdraw(session: Session, actor: Actor, ref: str) -> Submission:
    """Take it out of the round, until the close; everything of it is kept. Asked twice, the same answer."""
    held = hold(session, ref)
    submission = held.submission
    if submission.state == "withdrawn":
        held.permit(actor, Action.SUBMISSION_WITHDRAW, state="submitted")
        return submission
    held.permit(actor, Action.SUBMISSION_WITHDRAW)
    held.check_open()
    submission.state = SUBMISSION.step(submission.state, "withdraw")
    # Whoever takes it out does not want it entered at the close; they may ask for that anew.
    submission.submit_at_close, submission.enter_at = False, None
    last = held.material.last
    if last is not None and last.current:
        put_aside(session, last.id)
    count(session, submission, -1)
    session.flush()
    say(session, actor, held, "submission.withdrawn", version=last.number if last else 0)
    return submission


def reinstate(session: Session, actor: Actor, ref: str) -> Submission:
    """Let the last version stand again, as it was and under its own receipt: no new version, no new time.

    What was written in the draft since stays in the draft. Raises `TooLate`, `NotEligible`, and `WrongState`
    where the round or the requirement takes it no more. Asked twice, the same answer.
    """
    held = hold(session, ref)
    submission, last = held.submission, held.material.last
    if submission.state == "submitted" and last is not None and last.current:
        held.permit(actor, Action.SUBMISSION_REINSTATE, state="withdrawn")
        return submission
    held.permit(actor, Action.SUBMISSION_REINSTATE)
    held.check_open()
    if last is None:
        raise WrongState("wrong_state", thing="submission", state=submission.state, verb="reinstate")
    requirement = held.requirement
    if requirement is not None and requirement.state != "published":
        raise WrongState("requirement_not_open", state=requirement.state)
    entering.at_reinstating(session, held.gate.round, submission, held.material, held.now)
    submission.state = SUBMISSION.step(submission.state, "reinstate")
    again = sa.update(Version).where(Version.id == last.id).values(current=True)
    session.execute(again.execution_options(synchronize_session=False))
    count(session, submission, +1)
    session.flush()
    say(session, actor, held, "submission.reinstated", version=last.number)
    return submission
