"""People at a real server: prepared through an application of the test's own over the same database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from challenge.accounts.models import User
from challenge.app import create_app
from challenge.base.db import db
from config import Settings
from tests.rigs.server import LiveServer

RAW_TOKEN = "a-token-of-the-tests"


@contextmanager
def inside(server: LiveServer) -> Iterator[Flask]:
    """An application over the server's database and files, to prepare and to look."""
    salt = server.env["PASSWORD_SALT"]
    app = create_app(Settings.for_test(server.database_url, server.folder / "data", password_salt=salt))
    with app.app_context():
        yield app
        db.session.commit()
        db.session.close()
        db.engine.dispose()


def session_of(app: Flask, user: User) -> str:
    """The value of the session cookie of whoever is signed in as this user."""
    signed_in: dict[str, Any] = {"_user_id": user.fs_uniquifier, "_fresh": True, "fs_cc": "set"}
    signed_in["fs_paa"] = time.time()  # signed in just now: no door asks who they are again
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps({**signed_in, "csrf_token": RAW_TOKEN}))


def token_of(app: Flask) -> str:
    """The form's token for that session."""
    return str(URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(RAW_TOKEN))
