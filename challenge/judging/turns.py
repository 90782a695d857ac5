"""Whose turn it is among the phases of a round: each one's window within the round's judging."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from challenge.judging.models import Phase
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules import phases as rules
from challenge.rules.permissions import Subject
from challenge.rules.stages import Stage, Window


def window_of(phase: Phase, windows: Mapping[Stage, Window]) -> Window | None:
    """When the phase is open, within the round's judging window; None where that has no row."""
    judging = windows.get(Stage.JUDGING)
    return None if judging is None else rules.window_of(own_of(phase), judging)


def own_of(phase: Phase) -> rules.Own:
    """The phase's own time, as the rules know it."""
    return rules.Own(phase.opens_at, phase.closes_at, phase.closed_at is not None)


def state_of(phase: Phase, windows: Mapping[Stage, Window], now: dt.datetime) -> rules.State:
    """Where the phase stands."""
    window = window_of(phase, windows) or Window(Stage.JUDGING, None, None)
    return rules.state_of(window, now, begun=phase.begun)


def subject_of(round_: Round, phase: Phase | None, now: dt.datetime) -> Subject:
    """The facts of a phase for the permission table; of a round without any, those of the round."""
    if phase is None:
        return rounds.subject_of(round_, now)
    return rounds.subject_of(round_, now, kind="phase", state=state_of(phase, windows_of(round_), now))
