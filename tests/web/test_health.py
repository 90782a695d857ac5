"""What a monitor is told: the database answers or not, and whether anybody does the work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.tasks import health
from challenge.tasks.models import Beat
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def test_a_silent_worker_is_told_and_is_no_outage(client: Visitor) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"database": "up", "work": "silent"})


def test_a_ticking_worker_is_told_in_one_statement(
    client: Visitor, db: Session, statements: Counting
) -> None:
    health.beat(db, "here:1")
    with statements() as asked:
        answer = client.get("/health")
    assert answer.json == {"database": "up", "work": "up"}
    assert len(asked) == 1, asked


def test_a_worker_of_a_minute_ago_is_silent(client: Visitor, db: Session) -> None:
    health.beat(db, "here:1")
    db.execute(sa.update(Beat).values(at=clock.now(db) - dt.timedelta(minutes=1)))
    assert client.get("/health").json == {"database": "up", "work": "silent"}


def test_a_monitor_gets_no_cookie_and_no_copy(client: Visitor) -> None:
    answer = client.get("/health")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://127.0.0.1:1/nothing"])
def test_a_database_that_is_away_is_an_outage(make_app: Callable[..., Flask], url: str) -> None:
    answer = make_app(database_url=url).test_client().get("/health")
    assert (answer.status_code, answer.json) == (503, {"database": "down", "work": "unknown"})
    assert answer.headers["Retry-After"] == "5"
    assert "Set-Cookie" not in answer.headers
