"""The demo world: alive on the day it is loaded, and true in itself."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards.models import Notice
from challenge.base import clock
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round, RoundWindow
from challenge.submissions.models import Submission, Version
from challenge.tasks.models import Task


def load(command: FlaskCliRunner) -> None:
    result = command.invoke(args=["demo", "--load-only"])
    assert result.exit_code == 0, result.output


def test_the_demo_world_is_alive_and_true(command: FlaskCliRunner, db: Session) -> None:
    before = dt.datetime.now(dt.UTC)
    load(command)
    db.rollback()
    stages = set(db.scalars(sa.select(Round.stage)))
    assert stages == {"draft", "requirements", "submission", "judging", "award", "closed"}
    soon = sa.select(RoundWindow).where(
        RoundWindow.closes_at.between(before, before + dt.timedelta(minutes=30))
    )
    assert len(list(db.scalars(soon))) == 1  # one closes in minutes
    assert chain.verify(db)[1] == []
    assert set(db.scalars(sa.select(Task.state))) == {"done"}
    assert abs(clock.now(db) - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)  # the real clock again
    assert (
        db.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.published_at.is_not(None))) == 1
    )
    states = set(db.scalars(sa.select(Requirement.state)))
    assert {"published", "submitted", "returned", "selected"} <= states


def test_every_receipt_lies_in_its_window(command: FlaskCliRunner, db: Session) -> None:
    load(command)
    db.rollback()
    query = (
        sa.select(Version.submitted_at, RoundWindow.opens_at, RoundWindow.closes_at)
        .join(Submission, Submission.id == Version.submission_id)
        .join(RoundWindow, RoundWindow.round_id == Submission.round_id)
        .where(RoundWindow.stage == "submission")
    )
    rows = list(db.execute(query))
    assert len(rows) >= 20
    assert all(opens <= at < closes for at, opens, closes in rows)


def test_a_second_start_keeps_the_data(command: FlaskCliRunner, db: Session) -> None:
    load(command)
    db.rollback()
    people = list(db.scalars(sa.select(Round.slug)))
    load(command)
    db.rollback()
    assert list(db.scalars(sa.select(Round.slug))) == people


@pytest.mark.sqlite
@pytest.mark.parametrize("clock_time", ["09:59", "10:01"])
def test_it_loads_at_any_hour(command: FlaskCliRunner, db: Session, clock_time: str) -> None:
    today = dt.datetime.now(dt.UTC).date()
    moment = dt.datetime.combine(today, dt.time.fromisoformat(clock_time), dt.UTC)
    with time_machine.travel(moment, tick=True):
        load(command)
