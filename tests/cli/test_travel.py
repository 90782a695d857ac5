"""The demo's clock: set back while its world is lived through, the real one again after it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import db as the_database
from challenge.base.db import fresh_session
from challenge.cli.demo.travel import travelling

NEAR = dt.timedelta(seconds=30)


def test_within_the_journey_the_database_tells_the_day_that_was_asked_for(app: Flask, db: Session) -> None:
    db.close()
    real = dt.datetime.now(dt.UTC)
    with travelling(the_database.engine) as travel:
        for days in (-21.0, -0.5):
            travel.to(days=days)
            with fresh_session() as session:
                assert abs(clock.now(session) - real - dt.timedelta(days=days)) < NEAR
    with fresh_session() as session:
        assert abs(clock.now(session) - real) < NEAR
        if session.get_bind().dialect.name == "postgresql":
            schemas = sa.text("SELECT count(*) FROM pg_namespace WHERE nspname = 'demo_clock'")
            assert session.scalar(schemas) == 0
