"""Counts what a page asks of the database: `with statements() as asked: client.get(...)`; `len(asked)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

# What opens and closes a transaction, or sets up a connection, is no question.
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")


class Statements(list[str]):
    """The statements that were sent, in order."""

    def __str__(self) -> str:
        return "\n".join(f"{place:>3}. {' '.join(text.split())}" for place, text in enumerate(self, 1))


Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture
def statements(app: Flask) -> Counting:
    """A context manager whose value lists the statements sent while it is open."""
    from challenge.base.db import db

    with app.app_context():
        engine = db.engine

    @contextmanager
    def counting() -> Iterator[Statements]:
        asked = Statements()

        def note(_connection: sa.Connection, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.lstrip().upper().startswith(FRAME):
                asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
