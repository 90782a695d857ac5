"""The application under a test: one per worker, over a clean database, with a client that can be anybody."""

from __future__ import annotations

import contextvars
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient, FlaskCliRunner
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from tests.rigs.database import Database


class Visitor(FlaskClient):
    """A test client. What the test prepared is committed before a door opens, and read anew after it."""

    def open(self, *args: Any, token: bool = True, **kwargs: Any) -> Any:
        """Go through a door of the application, with the form's token unless `token=False`."""
        from challenge.base.db import db

        session = db.session if has_app_context() else None
        if session is not None:
            session.commit()
        if token and str(kwargs.get("method", "GET")).upper() not in ("GET", "HEAD", "OPTIONS"):
            kwargs["headers"] = {**dict(kwargs.get("headers") or {}), "X-CSRFToken": self._token()}
        # A context of its own, as in a server: no `g`, no session, no actor is shared with the test.
        response = contextvars.Context().run(partial(super().open, *args, **kwargs))
        if session is not None:
            session.expire_all()
        return response

    def _token(self) -> str:
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", "a-token-of-the-tests")
        secret = str(self.application.secret_key)
        return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw))

    def sign_in(self, user: Any) -> Visitor:
        """Be this user from now on, without the sign-in page (which has tests of its own)."""
        from challenge.base.db import db

        db.session.commit()
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = time.time()
        return self

    def sign_out(self) -> Visitor:
        """Be nobody from now on."""
        with self.session_transaction() as session:
            session.clear()
        return self


class Terminal(FlaskCliRunner):
    """Runs commands as a shell would: with a context and a session of their own."""

    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; what the test prepared is committed before, and read anew after it."""
        from challenge.base.db import db

        session = db.session if has_app_context() else None
        if session is not None:
            session.commit()
        result = contextvars.Context().run(partial(self._alone, *args, **kwargs))
        if session is not None:
            session.expire_all()
        return result

    def _alone(self, *args: Any, **kwargs: Any) -> Any:
        with self.app.app_context():
            return super().invoke(*args, **kwargs)


@pytest.fixture(scope="session")
def worker_app(database: Database, worker_folder: Path) -> Iterator[Flask]:
    """The worker's application; tests ask for `app`, which comes with a clean database."""
    app = _build(database.url, worker_folder / "data")
    yield app
    _close(app)


@pytest.fixture
def app(worker_app: Flask, database: Database) -> Flask:
    """The application, over a database that holds what the migrations wrote and nothing else."""
    if database.url.startswith("sqlite"):
        _close(worker_app)
    database.clean()
    shutil.rmtree(worker_app.config["SETTINGS"].data_dir, ignore_errors=True)
    worker_app.config["SETTINGS"].data_dir.mkdir()
    return worker_app


@pytest.fixture
def make_app(app: Flask, database: Database) -> Iterator[Callable[..., Flask]]:
    """A function that builds another application over the same clean database, with other settings."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(_build(database.url, app.config["SETTINGS"].data_dir, **settings))
        return made[-1]

    yield make
    for other in made:
        _close(other)


def _build(url: str, data_dir: Path, **settings: Any) -> Flask:
    from challenge.app import create_app
    from config import Settings

    data_dir.mkdir(parents=True, exist_ok=True)
    app = create_app(Settings.for_test(**{"database_url": url, "data_dir": data_dir, **settings}))
    app.test_client_class = Visitor
    app.test_cli_runner_class = Terminal
    return app


def _close(app: Flask) -> None:
    """Close the application's connections."""
    from challenge.base.db import db

    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """The session of the test, inside an application context."""
    from challenge.base.db import db as database

    with app.app_context():
        yield database.session
        database.session.rollback()


@pytest.fixture
def client(app: Flask, db: Session) -> Visitor:
    """A visitor: nobody at first, `client.sign_in(user)` to be somebody."""
    client = app.test_client()
    assert isinstance(client, Visitor)
    return client


@pytest.fixture
def visitor(app: Flask, db: Session) -> Callable[..., Visitor]:
    """A function that makes one more visitor: `visitor(judge)`, or `visitor()` for nobody."""

    def make(user: Any = None) -> Visitor:
        client = app.test_client()
        assert isinstance(client, Visitor)
        return client if user is None else client.sign_in(user)

    return make


@pytest.fixture
def command(app: Flask, db: Session) -> Terminal:
    """Runs commands: `command.invoke(args=["import", "challenges", path])`."""
    terminal = app.test_cli_runner()
    assert isinstance(terminal, Terminal)
    return terminal
