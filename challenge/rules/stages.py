"""The ONE stage table of a round, and the one answer to "is this window open?".

A round goes draft -> requirements -> submission -> judging -> award -> closed. Each middle stage has a
half-open window (`opens_at <= t < closes_at`). Where a round stands is a function of its windows and the
database's clock; guards ask the window, never the stage's name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from challenge.rules.errors import Invalid, TooLate


class Stage(StrEnum):
    """Where a round stands."""

    DRAFT = "draft"
    REQUIREMENTS = "requirements"
    SUBMISSION = "submission"
    JUDGING = "judging"
    AWARD = "award"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StageRow:
    """One row of the stage table: the events its window gives, and which verbs the open window admits."""

    stage: Stage
    opened: str
    closed: str
    admits: frozenset[str]


TABLE: Mapping[Stage, StageRow] = {
    row.stage: row
    for row in (
        StageRow(
            Stage.REQUIREMENTS,
            "round.requirements_opened",
            "round.requirements_closed",
            frozenset({"requirement:submit"}),
        ),
        StageRow(
            Stage.SUBMISSION,
            "round.submission_opened",
            "round.submission_closed",
            frozenset({"submission:submit", "submission:withdraw", "question:ask"}),
        ),
        StageRow(
            Stage.JUDGING,
            "round.judging_opened",
            "round.judging_closed",
            frozenset({"score:save", "score:lock"}),
        ),
        StageRow(
            Stage.AWARD,
            "round.award_opened",
            "round.award_closed",
            frozenset({"award:confirm", "award:notice", "award:publish"}),
        ),
    )
}
WINDOWED: tuple[Stage, ...] = tuple(TABLE)


@dataclass(frozen=True, slots=True)
class Window:
    """When one stage is open. Either end may be unknown (imported rounds); an unknown window is never open.

    `closed` says that its close was recorded: from then on it stays closed, even if the clock steps back.
    `closes_at` is the deadline that is announced; with a grace, what comes in before `ends_at` still counts.
    """

    stage: Stage
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    closed: bool = False
    grace_seconds: int = 0

    @property
    def grace(self) -> dt.timedelta:
        """How long after an announced close things are still taken; usually nothing."""
        return dt.timedelta(seconds=self.grace_seconds)

    @property
    def ends_at(self) -> dt.datetime | None:
        """When it really ends: the announced close and the grace."""
        return None if self.closes_at is None else self.closes_at + self.grace


def is_open(window: Window | None, now: dt.datetime) -> bool:
    """Whether the half-open window contains `now` (the database's time)."""
    if window is None or window.opens_at is None or window.ends_at is None or window.closed:
        return False
    return window.opens_at <= now < window.ends_at


def check_open(window: Window | None, now: dt.datetime, closes_at: dt.datetime | None = None) -> None:
    """Raise `TooLate` unless the window is open; `closes_at` is an earlier close of one thing within it.

    The grace counts from either close. The refusal names the close that was announced.
    """
    if window is None or window.opens_at is None or window.closes_at is None:
        raise TooLate("window_unknown")
    if now < window.opens_at and not window.closed:
        raise TooLate("window_not_open_yet", stage=window.stage.value, at=window.opens_at)
    end = min(window.closes_at, closes_at) if closes_at else window.closes_at
    if window.closed or now >= end + window.grace:
        raise TooLate("window_closed", stage=window.stage.value, at=end)


def open_stages(windows: Mapping[Stage, Window], now: dt.datetime) -> frozenset[Stage]:
    """The stages whose windows are open now; a rolling round may have several."""
    return frozenset(stage for stage, window in windows.items() if is_open(window, now))


def current(
    windows: Mapping[Stage, Window], now: dt.datetime, *, launched: bool = True, cancelled: bool = False
) -> Stage:
    """Where the round stands: the latest stage that has opened, `closed` once every window has closed."""
    if cancelled:
        return Stage.CANCELLED
    if not launched:
        return Stage.DRAFT
    known = [windows[stage] for stage in WINDOWED if stage in windows]
    closes = [window.ends_at for window in known if window.ends_at is not None]
    over = all(window.closed for window in known if window.closes_at is not None)
    if closes and (over or max(closes) <= now):
        return Stage.CLOSED
    stage = Stage.DRAFT
    for window in known:
        if window.closed or (window.opens_at is not None and window.opens_at <= now):
            stage = window.stage
    # A launched round before its first window stands at that window: it is announced, not hidden.
    return stage if stage is not Stage.DRAFT or not known else known[0].stage


def check_windows(windows: Iterable[Window], *, rolling: bool) -> list[Invalid]:
    """Every fault of a set of windows, by field: missing ends, end before start, wrong order, overlap.

    A rolling round's submission window may overlap its call for requirements, nothing else may.
    """
    faults: list[Invalid] = []
    previous: Window | None = None
    for window in windows:
        name = window.stage.value
        if window.opens_at is None or window.closes_at is None:
            ends = (("opens", window.opens_at), ("closes", window.closes_at))
            faults += [Invalid(f"{name}_{end}", "required") for end, at in ends if at is None]
            continue
        if window.closes_at <= window.opens_at:
            faults.append(Invalid(f"{name}_closes", "ends_before_start"))
            continue  # where it stands among the others is unclear until it is corrected
        if previous is not None and previous.closes_at is not None and previous.opens_at is not None:
            may_overlap = rolling and window.stage is Stage.SUBMISSION
            if window.opens_at < previous.opens_at or window.closes_at < previous.closes_at:
                faults.append(Invalid(f"{name}_opens", "out_of_order", previous=previous.stage.value))
            elif window.opens_at < previous.closes_at + previous.grace and not may_overlap:
                faults.append(Invalid(f"{name}_opens", "overlaps", previous=previous.stage.value))
        previous = window
    return faults
