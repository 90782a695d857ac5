"""An open window closes later: planned, previewed, then stored with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate
from challenge.rounds.drafting import moved_detail, touch
from challenge.rounds.models import Override, Round, RoundWindow
from challenge.rounds.overrides import clean_reason, latest, open_row, write
from challenge.rounds.queries import subject_of
from challenge.rounds.tracks import windows_of
from challenge.rounds.windows import has_opened
from challenge.rules import localtime, stages
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import WINDOWED, Stage, Window
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Extension:
    """What an extension would do: the windows as they would stand, and the later stages that move along."""

    stage: Stage
    before_at: dt.datetime
    after_at: dt.datetime
    windows: Mapping[Stage, Window]
    moved: tuple[Stage, ...]


def plan(
    round_: Round, stage: Stage, closes_at: dt.datetime, now: dt.datetime, *, move_later: bool
) -> Extension:
    """The windows after an extension, checked but not stored; the round's windows are loaded.

    With `move_later` the stages that have not opened move along by the same time on the wall clock. Raises
    `TooLate` once the window closed, `WrongState` before it opened, `Invalid("closes_at", ...)` otherwise.
    """
    row = open_row(round_, stage, now)
    before_at = row.closes_at
    if before_at is None or closes_at <= before_at:
        raise Invalid("closes_at", "not_later", at=before_at, zone=round_.zone)
    if closes_at <= now:  # extended within the grace, but not far enough to be a deadline again
        raise Invalid("closes_at", "in_the_past", now=now, zone=round_.zone)
    after = dict(windows_of(round_))
    after[stage] = replace(after[stage], closes_at=closes_at)
    moved: list[Stage] = []
    for other in round_.windows if move_later else ():
        later = Stage(other.stage)
        if WINDOWED.index(later) > WINDOWED.index(stage) and not has_opened(other, now):
            zone = ZoneInfo(round_.zone)
            opens_at = other.opens_at and along(other.opens_at, before_at, closes_at, zone)
            ends_at = other.closes_at and along(other.closes_at, before_at, closes_at, zone)
            after[later] = replace(after[later], opens_at=opens_at, closes_at=ends_at)
            moved.append(later)
    known = [after[each] for each in WINDOWED if each in after and after[each].opens_at is not None]
    if stages.check_windows(known, rolling=round_.rolling):
        # Whatever does not fit any more has one cause: the new close.
        raise Invalid("closes_at", "extension_overlaps")
    return Extension(stage, before_at, closes_at, after, tuple(moved))


def along(at: dt.datetime, before_at: dt.datetime, after_at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """`at` moved as the close moved, by the round's wall clock: seven days later, 18:00 is still 18:00.

    By plain time where the local hour would not exist or be told twice.
    """
    before, after, local = (each.astimezone(zone).replace(tzinfo=None) for each in (before_at, after_at, at))
    try:
        return localtime.to_instant("closes_at", local + (after - before), zone)
    except Invalid:
        return at + (after_at - before_at)


def extend(
    session: Session,
    actor: Actor,
    round_id: int,
    stage: Stage,
    closes_at: dt.datetime,
    reason: str,
    *,
    move_later: bool = False,
) -> Override:
    """Let an open window close later, under the exclusive lock; sent twice it is extended once.

    A window that closed stays closed: against a concurrent close the lock decides, once. Raises as `plan`,
    and `Invalid("reason", ...)`.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ROUND_EXTEND, subject_of(round_, held.now))
    reason = clean_reason(reason)
    known = latest(session, round_id, "extend", stage)
    if known is not None and known.after_at == closes_at == _close_of(round_, stage):
        return known
    planned = plan(round_, stage, closes_at, held.now, move_later=move_later)
    for row in round_.windows:
        _move(row, planned)
    touch(round_, planned.windows, held.now)
    override = write(
        session, actor, round_id, "extend", reason, (stage, planned.before_at, closes_at), held.now
    )
    _tell(session, actor, override, planned, held.now)
    return override


def _close_of(round_: Round, stage: Stage) -> dt.datetime | None:
    return next((row.closes_at for row in round_.windows if row.stage == stage.value), None)


def _move(row: RoundWindow, planned: Extension) -> None:
    stage = Stage(row.stage)
    if stage is not planned.stage and stage not in planned.moved:
        return
    window = planned.windows[stage]
    if stage in planned.moved and window.closes_at and row.closes_at and row.first_closes_at:
        # A stage that only moved along was not extended: what was announced moves with it.
        row.first_closes_at += window.closes_at - row.closes_at
    row.opens_at, row.closes_at = window.opens_at, window.closes_at


def _tell(session: Session, actor: Actor, override: Override, planned: Extension, now: dt.datetime) -> None:
    round_id, subject = override.round_id, f"round:{override.round_id}"
    moved = [each.value for each in planned.moved]
    facts = {"stage": planned.stage.value, "override_id": override.id, "moved": moved}
    queue.announce(session, "round.extended", subject, mark=override.id, at=now, round_id=round_id, **facts)
    windows = moved_detail(planned.windows, [planned.stage.value, *moved])
    detail = {**facts, "before": chain.instant_text(planned.before_at), "windows": windows}
    where = chain.round_chain(round_id)
    chain.record(session, actor, "round.extended", subject, chain=where, at=now, **detail)
