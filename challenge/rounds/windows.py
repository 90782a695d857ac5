"""The four windows of a round as people type them, and what may still be changed about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from challenge.rounds.models import Round, RoundWindow
from challenge.rules import localtime, stages
from challenge.rules.errors import Invalid
from challenge.rules.stages import WINDOWED, Stage, Window

ENDS = ("opens", "closes")
ZONES = frozenset(available_timezones())


@dataclass(frozen=True, slots=True)
class Typed:
    """Windows as they were meant, and what could not be read: a fault at its field (`submission_closes`)."""

    windows: Mapping[Stage, Window]
    faults: tuple[Invalid, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """Windows of a round after a change, with every fault that keeps them from being stored."""

    windows: Mapping[Stage, Window]
    faults: list[Invalid] = field(default_factory=list)


def typed(zone: str, texts: Mapping[str, str | None]) -> Typed:
    """Read `<stage>_opens` and `<stage>_closes` in the round's zone; an empty text is an end not known yet.

    Stages without a key in `texts` are left out, so that a form may show only what can be changed.
    """
    if zone not in ZONES:
        return Typed({}, (Invalid("zone", "not_a_zone"),))
    faults: list[Invalid] = []
    found: dict[Stage, Window] = {}
    for stage in WINDOWED:
        names = [f"{stage.value}_{end}" for end in ENDS]
        if any(name in texts for name in names):
            opens_at, closes_at = (_instant(name, texts.get(name), ZoneInfo(zone), faults) for name in names)
            found[stage] = Window(stage, opens_at, closes_at)
    return Typed(found, tuple(faults))


def _instant(name: str, text: str | None, zone: ZoneInfo, faults: list[Invalid]) -> dt.datetime | None:
    if not text or not text.strip():
        return None
    try:
        return localtime.instant(name, text, zone)
    except Invalid as fault:
        faults.append(fault)
        return None


def settle(
    existing: Iterable[RoundWindow],
    change: Typed,
    now: dt.datetime,
    *,
    rolling: bool,
    launched: bool,
    zone: str = "UTC",
    grace_seconds: int | None = None,
) -> Settled:
    """The round's windows with the change laid over them, and every fault at its field.

    A window that opened is left alone: lengthening it is an extension, shortening it a close before its time,
    both on record with a reason. A draft may lack a window; once launched none may be emptied again.
    `grace_seconds` is that of the submission window, left out where it stays as it is.
    """
    before = {Stage(row.stage): row for row in existing}
    unread = {fault.field for fault in change.faults}
    faults = list(change.faults)
    after: dict[Stage, Window] = {}
    for stage in WINDOWED:
        row, wanted = before.get(stage), change.windows.get(stage)
        old = _as_it_stands(stage, row)
        after[stage] = _exact(wanted, old) if wanted else old
        if launched and row is not None and wanted is not None and after[stage] != old:
            faults += _late_change(row, after[stage], now, zone)
    if grace_seconds is not None:
        after[Stage.SUBMISSION] = replace(after[Stage.SUBMISSION], grace_seconds=grace_seconds)
    named = {fault.field for fault in faults}
    checked = stages.check_windows(after.values(), rolling=rolling)
    faults += [
        fault
        for fault in checked
        if fault.field not in named | unread
        and not (fault.code == "required" and _may_lack(fault, after, before, launched))
    ]
    return Settled(after, faults)


def _exact(wanted: Window, old: Window) -> Window:
    """What was typed; an end typed as the page showed it (without fractions of a second) did not change."""
    opens_at, closes_at = (
        was if was is not None and is_ is not None and was.replace(microsecond=0) == is_ else is_
        for was, is_ in ((old.opens_at, wanted.opens_at), (old.closes_at, wanted.closes_at))
    )
    return replace(old, opens_at=opens_at, closes_at=closes_at)


def _as_it_stands(stage: Stage, row: RoundWindow | None) -> Window:
    if row is None:
        return Window(stage, None, None)
    return Window(stage, row.opens_at, row.closes_at, grace_seconds=row.grace_seconds)


def has_opened(row: RoundWindow, now: dt.datetime) -> bool:
    """Whether the window opened already, by record or by the clock."""
    return row.opened_at is not None or (row.opens_at is not None and row.opens_at <= now)


def _late_change(row: RoundWindow, wanted: Window, now: dt.datetime, zone: str) -> list[Invalid]:
    name = wanted.stage.value
    if has_opened(row, now):
        which = "opens" if wanted.opens_at != row.opens_at else "closes"
        return [Invalid(f"{name}_{which}", "window_opened")]
    moved = [
        (f"{name}_opens", wanted.opens_at, row.opens_at),
        (f"{name}_closes", wanted.closes_at, row.closes_at),
    ]
    return [
        Invalid(key, "in_the_past", now=now, zone=zone)
        for key, at, was in moved
        if at != was and at is not None and at < now
    ]


def _may_lack(
    fault: Invalid, after: Mapping[Stage, Window], before: Mapping[Stage, RoundWindow], launched: bool
) -> bool:
    """An end may be missing where the whole window is, and (after launch) was before the change."""
    stage = Stage(fault.field.rsplit("_", 1)[0])
    window, row = after[stage], before.get(stage)
    if window.opens_at is not None or window.closes_at is not None:
        return False
    return not launched or row is None or (row.opens_at is None and row.closes_at is None)


def lay_out(session: Session, round_: Round, windows: Mapping[Stage, Window], *, launched: bool) -> list[str]:
    """Write the windows to the round's rows; the stages whose ends changed. The round's windows are loaded.

    What was announced moves along: only an extension of an open window shows as one.
    """
    rows = {Stage(row.stage): row for row in round_.windows}
    changed: list[str] = []
    for position, stage in enumerate(WINDOWED, start=1):
        window, row = windows[stage], rows.get(stage)
        if row is None:
            row = RoundWindow(stage=stage.value, position=position, live=launched)
            round_.windows.append(row)
        elif _stands(row, window):
            continue
        row.grace_seconds = window.grace_seconds
        row.opens_at, row.closes_at, row.first_closes_at = window.opens_at, window.closes_at, window.closes_at
        changed.append(stage.value)
    session.flush()
    return changed


def _stands(row: RoundWindow, window: Window) -> bool:
    now = (row.opens_at, row.closes_at, row.grace_seconds)
    return now == (window.opens_at, window.closes_at, window.grace_seconds)


def grace_of(round_: Round) -> int:
    """The grace of its submission window in seconds; its windows are loaded."""
    return next((row.grace_seconds for row in round_.windows if row.stage == Stage.SUBMISSION), 0)
