"""The end of the notice that nobody can doubt: the gate first, then the database's clock, half-open."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.awards import objecting
from challenge.awards.objection_models import Objection
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.rounds import gate
from challenge.rules.errors import TooLate
from tests.awards.objection_stories import on_notice
from tests.judging.test_at_once import together
from tests.submissions.test_gate import PATIENCE, SOON, await_waiting, wait_until


def test_the_last_moment_counts_and_the_end_itself_does_not(db: Session) -> None:
    made = on_notice(db)
    notice = made.notice
    objecting.check_runs(notice, notice.ends_at - dt.timedelta(microseconds=1))
    with pytest.raises(TooLate, match="objections_over"):
        objecting.check_runs(notice, notice.ends_at)


def test_an_objection_that_waits_for_the_lock_across_the_end_is_too_late(app: Flask, db: Session) -> None:
    made = on_notice(db)
    round_id, actor, claim = made.round.id, made.as_filer, made.claim()
    ends_at = clock.now(db) + SOON
    made.notice.ends_at = ends_at
    db.commit()
    held = threading.Event()

    def hold_across_the_end(session: Session) -> str:
        gate.hold(session, round_id, exclusive=True)
        held.set()
        await_waiting(session)
        wait_until(session, ends_at)
        return "held"

    def object_in_time(session: Session) -> str:
        held.wait(PATIENCE)
        objecting.file(session, actor, round_id, claim)
        return "in"

    assert together(app, [hold_across_the_end, object_in_time]) == ["held", "objections_over"]
    assert db.scalars(sa.select(Objection)).all() == []


def test_what_is_filed_before_the_end_keeps_the_results_from_being_published(app: Flask, db: Session) -> None:
    made = on_notice(db)
    round_id, actor, claim = made.round.id, made.as_filer, made.claim()
    ends_at = clock.now(db) + SOON
    made.notice.ends_at = ends_at
    db.commit()
    filed = threading.Event()

    def object_slowly(session: Session) -> str:
        objecting.file(session, actor, round_id, claim)
        filed.set()
        wait_until(session, ends_at)
        return "in"

    def publish_at_the_end(session: Session) -> str:
        """As whatever publishes asks it, behind the same gate."""
        filed.wait(PATIENCE)
        with fresh_session() as other:
            wait_until(other, ends_at)
        gate.hold(session, round_id, exclusive=True)
        if (refusal := objecting.against(session, round_id)) is not None:
            raise refusal
        return "published"

    assert together(app, [object_slowly, publish_at_the_end]) == ["in", "objections_open"]


def test_the_same_objection_sent_many_times_at_once_is_one(app: Flask, db: Session) -> None:
    made = on_notice(db)
    round_id, actor, claim = made.round.id, made.as_filer, made.claim()
    db.commit()
    came = together(app, [lambda s: objecting.file(s, actor, round_id, claim).ref] * 6)
    assert len(set(came)) == 1
    assert db.scalar(sa.select(sa.func.count()).select_from(Objection)) == 1
