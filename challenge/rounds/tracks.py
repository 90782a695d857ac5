"""The stage track of a round: where each of its four windows stands at one instant. No database is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from challenge.rules import stages
from challenge.rules.stages import Stage, Window

DAY_SECONDS = 86400


class WindowFacts(Protocol):
    """What the track reads of a window: a loaded row or one of a list."""

    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def opens_at(self) -> dt.datetime | None: ...  # noqa: D102
    @property
    def closes_at(self) -> dt.datetime | None: ...  # noqa: D102
    @property
    def first_closes_at(self) -> dt.datetime | None: ...  # noqa: D102
    @property
    def closed_at(self) -> dt.datetime | None: ...  # noqa: D102
    @property
    def grace_seconds(self) -> int: ...  # noqa: D102


class RoundFacts(Protocol):
    """What the track reads of a round; its windows are loaded."""

    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102
    @property
    def launched_at(self) -> dt.datetime | None: ...  # noqa: D102
    @property
    def cancelled_at(self) -> dt.datetime | None: ...  # noqa: D102
    @property
    def cancel_reason(self) -> str | None: ...  # noqa: D102
    @property
    def windows(self) -> Sequence[WindowFacts]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class TrackStage:
    """One stage on the track: its window, how it stands, how far it is, and by how much it was extended."""

    stage: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    state: str
    percent: int
    extended_days: int
    note: str | None = None
    early: bool = False
    grace_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    """The stage track of a round as pages and mail show it."""

    zone: str
    stages: tuple[TrackStage, ...]
    position: int
    stage: str
    cancelled_reason: str | None

    @property
    def now(self) -> TrackStage | None:
        """The stage that is open now (the latest of them in a rolling round)."""
        return next((each for each in reversed(self.stages) if each.state == "now"), None)

    @property
    def upcoming(self) -> TrackStage | None:
        """The next stage to open."""
        return next((each for each in self.stages if each.state == "next" and each.opens_at), None)


def windows_of(round_: RoundFacts) -> dict[Stage, Window]:
    """The round's windows as plain values, in the order of the stages."""
    return {
        Stage(row.stage): Window(
            Stage(row.stage), row.opens_at, row.closes_at, row.closed_at is not None, row.grace_seconds
        )
        for row in round_.windows
    }


def stage_of(round_: RoundFacts, windows: Mapping[Stage, Window], now: dt.datetime) -> Stage:
    """Where the round stands at `now`: its windows decide; without any known window, what was recorded."""
    if not any(window.opens_at or window.closes_at for window in windows.values()):
        return Stage(round_.stage)
    return stages.current(
        windows, now, launched=round_.launched_at is not None, cancelled=round_.cancelled_at is not None
    )


def track(round_: RoundFacts, now: dt.datetime) -> Track:
    """The track at `now`; needs the round's windows loaded."""
    rows = [_track_stage(row, now, round_.launched_at is not None) for row in round_.windows]
    known = {row.stage: row for row in rows}
    full = tuple(
        known.get(stage.value) or TrackStage(stage.value, None, None, "none", 0, 0)
        for stage in stages.WINDOWED
    )
    stage = stage_of(round_, windows_of(round_), now)
    order = [each.value for each in stages.WINDOWED]
    position = order.index(stage.value) + 1 if stage.value in order else (4 if stage is Stage.CLOSED else 1)
    return Track(round_.zone, full, position, stage.value, round_.cancel_reason)


def _track_stage(row: WindowFacts, now: dt.datetime, launched: bool) -> TrackStage:
    if row.opens_at is None or row.closes_at is None:
        return TrackStage(row.stage, row.opens_at, row.closes_at, "none", 0, 0)
    later = (row.closes_at - (row.first_closes_at or row.closes_at)).total_seconds()
    grace = dt.timedelta(seconds=row.grace_seconds)
    if row.closed_at is not None or (launched and now >= row.closes_at + grace):
        state, percent = "done", 100
    elif not launched or now < row.opens_at:
        state, percent = "next", 0
    else:
        gone = (now - row.opens_at) / (row.closes_at - row.opens_at)
        state, percent = "now", min(int(100 * gone), 100)
    days = -(-max(int(later), 0) // DAY_SECONDS)
    return TrackStage(
        row.stage,
        row.opens_at,
        row.closes_at,
        state,
        percent,
        days,
        early=launched and later < 0,
        grace_seconds=row.grace_seconds,
    )


def next_moment(windows: Sequence[Window], now: dt.datetime, otherwise: dt.datetime) -> dt.datetime:
    """When the next thing happens to a round (a close or an opening), else when the last one did."""
    ends = [(window.closes_at, window.ends_at, window.opens_at) for window in windows]
    moments = [at for each in ends for at in each if at is not None]
    coming = [at for at in moments if at > now]
    return min(coming) if coming else max(moments, default=otherwise)
