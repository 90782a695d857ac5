"""The facts of a submission that the permission table asks for, and the one question of its deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules import stages
from challenge.rules.errors import TooLate
from challenge.rules.permissions import Action, Actor, Subject, can, require
from challenge.rules.stages import Stage, Window
from challenge.submissions.models import Submission


def subject_of(
    submission: Submission,
    requirement: Requirement | None,
    round_: Round,
    now: dt.datetime,
    team: Iterable[int | None],
) -> Subject:
    """The facts of a submission; its round has programme and windows loaded, `team` holds account ids."""
    subject = rounds.subject_of(
        round_,
        now,
        kind="submission",
        state=submission.state,
        owner_id=submission.owner_id,
        team=frozenset(each for each in team if each is not None),
        seeker_id=requirement.seeker_id if requirement else None,
    )
    return within_own_close(subject, requirement, now)


def within_own_close(subject: Subject, requirement: Requirement | None, now: dt.datetime) -> Subject:
    """A requirement may close earlier than its round: then the window is not open for it any more."""
    if requirement is not None and requirement.closes_at is not None and requirement.closes_at <= now:
        return replace(subject, open=subject.open - {Stage.SUBMISSION})
    return subject


def closes_at(windows: Mapping[Stage, Window], requirement: Requirement | None) -> dt.datetime | None:
    """When it stops taking solutions: the requirement's own close or the round's, whichever is earlier."""
    window = windows.get(Stage.SUBMISSION)
    ends = [window.closes_at if window else None, requirement.closes_at if requirement else None]
    return min((end for end in ends if end is not None), default=None)


def check_open(
    round_: Round, windows: Mapping[Stage, Window], requirement: Requirement | None, now: dt.datetime
) -> None:
    """Raise `TooLate` unless the round takes this requirement's solutions at `now`, the gate's time."""
    if round_.cancelled_at is not None or round_.launched_at is None:
        raise TooLate("round_not_running")
    own = requirement.closes_at if requirement else None
    stages.check_open(windows.get(Stage.SUBMISSION), now, own)


def permit(
    actor: Actor,
    action: Action,
    subject: Subject,
    round_: Round,
    windows: Mapping[Stage, Window],
    requirement: Requirement | None,
    now: dt.datetime,
) -> None:
    """Require the action; where nothing but the time is wrong, `TooLate` says the time, not a bare no."""
    in_time = replace(subject, open=subject.open | {Stage.SUBMISSION})
    if not can(actor, action, subject) and can(actor, action, in_time):
        actor.asked.add(action)
        check_open(round_, windows, requirement, now)
    require(actor, action, subject)
