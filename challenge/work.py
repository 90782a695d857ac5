"""`flask work`: ticks once a second, closes what is due, leases rows of work. Any number may run.

APScheduler keeps the beat in memory: no job store, because the deadline in the row is the truth and nothing
may be run twice or lost with a process. Leadership is not needed: every update is conditional.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import socket
import threading
import time
from collections.abc import Collection
from types import FrameType

import click
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from challenge.accounts import role_giving
from challenge.base.db import fresh_session
from challenge.flow import (
    announcing,
    closing,
    collecting,
    daily,
    deadlines,
    digests,
    distributing,
    freezing,
    reminding,
    training_letters,
)
from challenge.flow.errands import drain, work_once
from challenge.flow.handlers import HEAVY
from challenge.privacy import erasing
from challenge.reports import looking
from challenge.tasks import health, queue

log = structlog.get_logger()
TICK_SECONDS = 1
BEAT_SECONDS = 10
TIDY_SECONDS = 300


class Worker:
    """One `flask work` process: a beat for closings, a beat for tasks, and an end without loose ends."""

    def __init__(self, app: Flask, *, tasks: bool = True) -> None:
        self.app = app
        self.ending = threading.Event()
        self.beaten = -math.inf  # when this process last said that it is there
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.scheduler = BackgroundScheduler(timezone="UTC")
        # A beat that is left out because the last one still works is no news; a job that failed is.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        beat = {"trigger": "interval", "seconds": TICK_SECONDS, "coalesce": True, "misfire_grace_time": None}
        self.scheduler.add_job(self.close, max_instances=1, **beat)
        self.scheduler.add_job(self.enter, max_instances=1, **beat)
        if tasks:
            self.scheduler.add_job(self.work, max_instances=1, **beat)
            self.scheduler.add_job(self.toil, max_instances=1, **beat)
        self.scheduler.add_job(self.beat, max_instances=1, **beat)
        self.scheduler.add_job(self.tidy, max_instances=1, **{**beat, "seconds": TIDY_SECONDS})

    def run(self) -> None:
        """Work until told to stop."""
        self.beat()
        self.scheduler.start()
        log.info("work started")
        self.ending.wait()
        self.scheduler.shutdown(wait=True)
        self.beat(last=True)
        log.info("work stopped")

    def close(self) -> None:
        """One tick: record every opening and closing that is due."""
        with self.app.app_context():
            try:
                count = closing.close_due() + closing.close_phases() + announcing.release_due()
            except DBAPIError as error:
                log.warning("the database is away; the next tick tries again", error=str(error.orig))
                return
            if count:
                log.info("transitions recorded", count=count)

    def enter(self) -> None:
        """One tick: enter the drafts whose owners asked for it at their close."""
        with self.app.app_context():
            try:
                count = freezing.enter_due()
            except DBAPIError as error:
                log.warning("the database is away; the next tick tries again", error=str(error.orig))
                return
            if count:
                log.info("drafts looked at, at their close", count=count)

    def beat(self, *, last: bool = False) -> None:
        """Say now and then that this process is there, or with its last beat that it ended in order."""
        if not last and time.monotonic() - self.beaten < BEAT_SECONDS:
            return
        with self.app.app_context():
            try:
                with fresh_session() as session:
                    (health.rest if last else health.beat)(session, self.name)
            except DBAPIError as error:
                log.warning("the database is away; the next tick beats", error=str(error.orig))
                return
        self.beaten = time.monotonic()

    def tidy(self) -> None:
        """Ask for what is due by the hour or the day: collecting, reminders. Whichever process asks first."""
        with self.app.app_context():
            try:
                with fresh_session() as session:
                    works: tuple[queue.Work, ...] = (
                        collecting.hourly(session),
                        *daily.due(session),
                        *reminding.due(session),
                    )
                    works += (*training_letters.due(session), *digests.due(session), *erasing.due(session))
                    works += tuple(deadlines.due(session))
                    queue.put(session, *works)
                with fresh_session() as session:
                    looking.end_due(session)
                    role_giving.end_due(session)
                distributing.expire_due()
            except DBAPIError as error:
                log.warning("the database is away; nothing is collected or reminded", error=str(error.orig))

    def work(self) -> None:
        """Lease and do what is light (letters, what follows from a close) until none is due."""
        self._all_due(20, but=HEAVY)

    def toil(self) -> None:
        """Beside it, what takes long, one after the other: a letter waits for no engine."""
        self._all_due(1, kinds=HEAVY)

    def _all_due(self, limit: int, kinds: Collection[str] = (), but: Collection[str] = ()) -> None:
        with self.app.app_context():
            try:
                while not self.ending.is_set() and work_once(limit, kinds, but, self.ending.is_set):
                    pass
            except DBAPIError as error:
                log.warning("the database is away; the next tick tries again", error=str(error.orig))


@click.command("work")
@click.option("--once", is_flag=True, help="Close what is due, do what is due, and end.")
def command(once: bool) -> None:
    """Close rounds on time and do the work that follows; run any number of these."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        closing.close_due()
        closing.close_phases()
        announcing.release_due()
        freezing.enter_due()
        drain()
        freezing.enter_due()
        return
    worker = Worker(app)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.ending.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.run()
