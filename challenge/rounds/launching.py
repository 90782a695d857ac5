"""The launch: a draft becomes public, its windows are announced, and the scheduler takes over."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate, sealing
from challenge.rounds.drafting import touch
from challenge.rounds.models import Round, RoundWindow
from challenge.rounds.queries import subject_of
from challenge.rounds.tracks import stage_of, windows_of
from challenge.rules import stages
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import WINDOWED, Window
from challenge.tasks import queue


def faults_of_launch(round_: Round, now: dt.datetime) -> list[Invalid]:
    """What keeps the round from being launched now, at the fields of its settings; its windows are loaded."""
    known = windows_of(round_)
    windows = [known.get(stage) or Window(stage, None, None) for stage in WINDOWED]
    faults = stages.check_windows(windows, rolling=round_.rolling)
    faults += [
        Invalid(f"{window.stage.value}_closes", "in_the_past", now=now, zone=round_.zone)
        for window in windows
        if window.closes_at is not None and window.closes_at <= now
    ]
    return faults


def launch(session: Session, actor: Actor, round_id: int) -> Round:
    """Make a draft public under the exclusive lock: complete windows, none of them past. Twice is once.

    Raises `InvalidMany` with the faults of its windows.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ROUND_LAUNCH, subject_of(round_, held.now))
    if round_.launched_at is not None:
        return round_
    faults = faults_of_launch(round_, held.now)
    if faults:
        raise InvalidMany(faults)
    round_.launched_at = held.now
    round_.public = True
    round_.stage = stage_of(round_, held.windows, held.now).value
    touch(round_, held.windows, held.now)
    for row in round_.windows:
        row.live = True
        row.first_closes_at = row.closes_at
    sealing.make(session, round_, held.now)
    session.flush()
    subject = f"round:{round_id}"
    queue.announce(session, "round.launched", subject, at=held.now, round_id=round_id)
    chain.record(session, actor, "round.launched", subject, chain=chain.round_chain(round_id), at=held.now)
    return round_


def retire_windows(session: Session, round_id: int) -> None:
    """Take a round's windows out of the scheduler's indexes: nothing of it opens or closes any more."""
    rows = sa.update(RoundWindow).where(RoundWindow.round_id == round_id).values(live=False)
    session.execute(rows.execution_options(synchronize_session="fetch"))
