"""The database goes away between an answer and the end of its request: the answer arrives all the same."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import Session

from challenge.base.db import db as database
from tests.rigs.application import Visitor
from tests.submissions.stories import owner_of, ready, versions


def test_an_answer_outlives_the_database_that_gave_it(
    client: Visitor, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    dialect = database.engine.dialect
    gone = sqlite3.OperationalError if dialect.name == "sqlite" else psycopg.OperationalError
    fell: list[str] = []

    def away(_connection: Any) -> None:
        fell.append("rollback")
        raise gone("server closed the connection unexpectedly")

    db.commit()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(dialect, "do_rollback", away)
        answer = client.post(f"/solve/{draft.ref}/submit")

    assert fell
    assert answer.status_code == 302
    assert answer.location.endswith("/receipts/1")
    assert len(versions(draft)) == 1
    assert client.get(answer.location).status_code == 200
