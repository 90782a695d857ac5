"""The facts of a submission that the permission table asks for, and the one question of its deadline.

It is taken until the announced close (its requirement's own or the round's, whichever is earlier) and the
round's grace; where its organizer extended this one submission, until then, even though the round closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

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
    return in_own_time(subject, rounds.windows_of(round_), requirement, now, submission)


def any_of(requirement: Requirement, now: dt.datetime, conflicted: frozenset[int] = frozenset()) -> Subject:
    """Any submission that stands for this requirement (its round loaded), as the table would see it."""
    subject = rounds.subject_of(
        requirement.round,
        now,
        kind="submission",
        state="submitted",
        seeker_id=requirement.seeker_id,
        conflicted=conflicted,
    )
    return in_own_time(subject, rounds.windows_of(requirement.round), requirement, now)


class Admitted(StrEnum):
    """By what a submission was in time."""

    IN_TIME = "in_time"  # before the announced close
    GRACE = "grace"
    EXTENSION = "extension"
    OPT_IN = "opt_in"  # entered at the close, because its owner had asked for it


def in_own_time(
    subject: Subject,
    windows: Mapping[Stage, Window],
    requirement: Requirement | None,
    now: dt.datetime,
    submission: Submission | None = None,
) -> Subject:
    """Whether the window is open for this one: its requirement may close earlier, an extension be later."""
    if Stage.SUBMISSION in subject.open:
        end = _usual_end(windows, requirement)
        if end is not None and now >= end:
            subject = replace(subject, open=subject.open - {Stage.SUBMISSION})
    if subject.stage not in (Stage.DRAFT, Stage.CANCELLED) and _extended(windows, submission, now):
        return replace(subject, open=subject.open | {Stage.SUBMISSION})
    return subject


def closes_at(
    windows: Mapping[Stage, Window], requirement: Requirement | None, submission: Submission | None = None
) -> dt.datetime | None:
    """The announced close: the requirement's own or the round's; the extension where that is later."""
    window = windows.get(Stage.SUBMISSION)
    ends = [window.closes_at if window else None, requirement.closes_at if requirement else None]
    usual = min((end for end in ends if end is not None), default=None)
    longer = extension(windows, submission)
    return longer if usual is not None and longer is not None and longer > usual else usual


def ends_at(
    windows: Mapping[Stage, Window], requirement: Requirement | None, submission: Submission | None = None
) -> dt.datetime | None:
    """When it really ends: the usual close with the round's grace, or the extension where that is later."""
    usual, longer = _usual_end(windows, requirement), extension(windows, submission)
    return longer if usual is not None and longer is not None and longer > usual else usual


def _usual_end(windows: Mapping[Stage, Window], requirement: Requirement | None) -> dt.datetime | None:
    window, usual = windows.get(Stage.SUBMISSION), closes_at(windows, requirement)
    return usual + window.grace if usual is not None and window is not None else usual


def extension(windows: Mapping[Stage, Window], submission: Submission | None) -> dt.datetime | None:
    """Until when an extension of this one reaches: never past judging, in a sealed round not past its end."""
    if submission is None or submission.extended_to is None:
        return None
    judging, window = windows.get(Stage.JUDGING), windows.get(Stage.SUBMISSION)
    ends = [submission.extended_to, judging.ends_at if judging else None]
    if submission.sealed:
        ends.append(window.ends_at if window else None)
    return min(end for end in ends if end is not None)


def _extended(windows: Mapping[Stage, Window], submission: Submission | None, now: dt.datetime) -> bool:
    """Whether the extension admits it now. A recorded close of judging, or a released key, is for good."""
    until = extension(windows, submission)
    judging, window = windows.get(Stage.JUDGING), windows.get(Stage.SUBMISSION)
    if submission is None or until is None or window is None or window.opens_at is None:
        return False
    over = (judging is not None and judging.closed) or (submission.sealed and window.closed)
    return not over and window.opens_at <= now < until


def check_open(
    round_: Round,
    windows: Mapping[Stage, Window],
    requirement: Requirement | None,
    now: dt.datetime,
    submission: Submission | None = None,
) -> Admitted:
    """By what it is in time at `now`, the gate's time; raises `TooLate` with the close that was announced."""
    if round_.cancelled_at is not None or round_.launched_at is None:
        raise TooLate("round_not_running")
    window, own = windows.get(Stage.SUBMISSION), requirement.closes_at if requirement else None
    try:
        stages.check_open(window, now, own)
    except TooLate as late:
        if _extended(windows, submission, now):
            return Admitted.EXTENSION
        until = extension(windows, submission)
        if late.code == "window_closed" and until is not None and until <= now:
            raise TooLate(
                late.code, **{**late.params, "at": closes_at(windows, requirement, submission)}
            ) from None
        raise
    usual = closes_at(windows, requirement)
    return Admitted.GRACE if usual is not None and now >= usual else Admitted.IN_TIME


def permit(
    actor: Actor,
    action: Action,
    subject: Subject,
    round_: Round,
    windows: Mapping[Stage, Window],
    requirement: Requirement | None,
    now: dt.datetime,
    submission: Submission | None = None,
) -> None:
    """Require the action; where nothing but the time is wrong, `TooLate` says the time, not a bare no."""
    in_time = replace(subject, open=subject.open | {Stage.SUBMISSION})
    if not can(actor, action, subject) and can(actor, action, in_time):
        actor.asked.add(action)
        check_open(round_, windows, requirement, now, submission)
    require(actor, action, subject)
