"""Storms around a close: who was in time is decided by the database's clock after the lock, never else."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import time_machine
from flask import Flask

from bench.crowds import app_of, database_now, due_rounds, ready_drafts
from bench.rows import Row
from challenge.base.db import fresh_session
from challenge.flow import closing
from challenge.rounds import gate
from challenge.rules.errors import TooLate
from challenge.rules.permissions import Actor
from challenge.submissions import submitting
from challenge.submissions.models import Version

CROWD = 1000
THREADS = 24
AROUND = 2.0  # seconds before and after the close
HELD = 0.4  # the lock is held this long across the close


@dataclass(frozen=True, slots=True)
class Answer:
    """One submit: the database's time just before and just after it, and what was said."""

    before: dt.datetime
    after: dt.datetime
    accepted: bool


def none_alive(name: str, url: str, data: Path, _seed: int) -> list[Row]:
    """With no `flask work` alive nothing records the close, and still nobody is admitted."""
    with app_of(url, data) as app:
        closes_at = database_now() + dt.timedelta(seconds=1)
        (round_id,) = due_rounds(1, closes_at)
        drafts = ready_drafts(round_id, 20)
        _sleep_until(closes_at, 0.2)
        answers = [_submit(app, ref, user) for ref, user in drafts]
        late = sum(answer.accepted for answer in answers)
        return [Row(f"{name}: late submits admitted while no `flask work` runs", late, "of 20", 0, "eq")]


def crowd(name: str, url: str, data: Path, seed: int) -> list[Row]:
    """1,000 submits within two seconds of the close, the lock held across it, Python's clock an hour off."""
    wrong, accepted = 0, 0
    with app_of(url, data) as app:
        for share, hours in ((334, 0), (333, 1), (333, -1)):
            one = _one_close(app, share, hours, random.Random(seed + hours))
            wrong += one[0]
            accepted += one[1]
        with fresh_session() as session:
            versions = session.scalar(sa.select(sa.func.count()).select_from(Version)) or 0
    job = f"{name}: {CROWD:,} submits around a close with the lock held across it"
    return [
        Row(f"{job}: wrong decisions", wrong, "of 1000", 0, "eq"),
        Row(f"{job}: acknowledged and lost", accepted - versions, "versions", 0, "eq"),
        Row(f"{job}: accepted in time", accepted, "of 1000", 1, "ge"),
    ]


def _one_close(app: Flask, count: int, hours: int, lot: random.Random) -> tuple[int, int]:
    closes_at = database_now() + dt.timedelta(seconds=AROUND + 2 + count / 400)
    (round_id,) = due_rounds(1, closes_at)
    drafts = ready_drafts(round_id, count)
    start = time.perf_counter() + (closes_at - database_now()).total_seconds()
    moments = [start + lot.uniform(-AROUND, AROUND) for _ in drafts]
    holder = threading.Thread(target=_hold_across, args=(app, round_id, start))
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours), tick=True):
        holder.start()
        with ThreadPoolExecutor(THREADS) as pool:
            jobs = [
                pool.submit(_at, moment, _submit, app, ref, user)
                for moment, (ref, user) in sorted(zip(moments, drafts, strict=True))
            ]
            answers = [job.result() for job in jobs]
        holder.join()
    return sum(_is_wrong(answer, closes_at) for answer in answers), sum(each.accepted for each in answers)


def _is_wrong(answer: Answer, closes_at: dt.datetime) -> bool:
    """Asked at or after the close and admitted, or answered before it and refused; between, the gate says."""
    if answer.accepted:
        return answer.before >= closes_at
    return answer.after < closes_at


def _at(moment: float, job: Callable[..., Answer], *args: object) -> Answer:
    time.sleep(max(0.0, moment - time.perf_counter()))
    return job(*args)


def _submit(app: Flask, ref: str, user_id: int) -> Answer:
    with app.app_context():
        before = database_now()
        try:
            with fresh_session() as session:
                version = submitting.submit(session, Actor(user_id=user_id), ref)
                stamped = version.submitted_at
            accepted = True
        except TooLate:
            stamped, accepted = before, False
        after = database_now()
        # The receipt's own time must lie where the gate says it does.
        return Answer(max(before, stamped), after, accepted) if accepted else Answer(before, after, accepted)


def _hold_across(app: Flask, round_id: int, start: float) -> None:
    """Take the exclusive lock before the close, keep it across, then record the close."""
    time.sleep(max(0.0, start - HELD / 2 - time.perf_counter()))
    with app.app_context():
        with fresh_session() as session:
            gate.hold(session, round_id, exclusive=True)
            time.sleep(HELD)
        closing.close_due()


def _sleep_until(instant: dt.datetime, more: float) -> None:
    time.sleep(max(0.0, (instant - database_now()).total_seconds()) + more)
