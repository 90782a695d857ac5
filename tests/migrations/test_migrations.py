"""An installation moves up and down the migrations by `flask db`, and loses no row on the way."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from challenge.accounts.models import Membership
from challenge.base.db import db
from challenge.submissions.models import Extension
from tests.factories import OrganizationFactory, RoundFactory, SubmissionFactory, UserFactory
from tests.migrations.moving import down_past, flask

Rows = dict[str, list[dict[str, object]]]


def _rows(app: Flask) -> Rows:
    with app.app_context(), db.engine.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(sa.select(table)).mappings()),
                key=str,
            )
            for table in metadata.sorted_tables
            if table.name != "alembic_version"
        }


def _fill(app: Flask) -> None:
    with app.app_context():
        UserFactory()
        OrganizationFactory()
        RoundFactory()
        SubmissionFactory()
        db.session.commit()


def test_an_empty_database_is_brought_up_and_agrees_with_the_models(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    assert "No changes detected" in flask(installation, "db", "check")
    assert "user_account" in _rows(installation)


def test_upgrading_twice_changes_nothing(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    _fill(installation)
    before = _rows(installation)
    flask(installation, "db", "upgrade")
    assert _rows(installation) == before


def test_the_newest_migration_goes_down_and_up_over_filled_tables(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    _fill(installation)
    at_the_top = _rows(installation)
    flask(installation, "db", "downgrade")
    below = _rows(installation)
    for name, rows in below.items():
        assert len(rows) == len(at_the_top.get(name, rows)), name
    flask(installation, "db", "upgrade")
    again = _rows(installation)
    assert again.keys() == at_the_top.keys()
    for name in below:
        assert len(again[name]) == len(at_the_top[name]), name
    assert "No changes detected" in flask(installation, "db", "check")


def test_an_extension_that_was_given_before_they_had_rows_has_one(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    until = dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC)
    with installation.app_context():
        SubmissionFactory(extended_to=until, extended_at=until, extension_reason="The line was down.")
        db.session.commit()
    down_past(installation, "1795485000")
    assert Extension.__tablename__ not in _rows(installation)
    flask(installation, "db", "upgrade")
    with installation.app_context():
        kept = db.session.execute(sa.select(Extension.until_at, Extension.reason)).all()
    assert kept == [(until, "The line was down.")]


def test_references_hold_again_after_a_migration(installation: Flask) -> None:
    flask(installation, "db", "upgrade")
    with installation.app_context():
        db.session.add(Membership(user_id=7, organization_id=7))
        with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"):
            db.session.flush()
        db.session.rollback()
