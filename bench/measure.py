"""In-process measuring: requests through WSGI, CPU time of this thread, floor and product interleaved."""

from __future__ import annotations

import gc
import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

BATCHES = 12
RATIOS = 5
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")


class Job:
    """One request, made again and again: status and a marker in the body are checked every time."""

    def __init__(
        self,
        app: Flask,
        path: str,
        *,
        person: int | None = None,
        form: dict[str, str] | None = None,
        status: int = 200,
        marker: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.app = app
        self.status = status
        self.marker = marker.encode()
        self.body = urlencode(form or {}).encode()
        session: dict[str, Any] = {"csrf_token": "bench"}
        if person is not None:
            session |= {"_user_id": f"{person:064d}", "_fresh": True, "fs_cc": "set", "fs_paa": time.time()}
        sent = {"Accept-Language": "en", **(headers or {})}
        if person is not None or form is not None:
            sent["Cookie"] = f"{app.config['SESSION_COOKIE_NAME']}={_signed(app, session)}"
        if form is not None:
            secret = str(app.secret_key)
            sent["X-CSRFToken"] = str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps("bench"))
        self.environ = EnvironBuilder(
            path=path,
            method="GET" if form is None else "POST",
            headers=list(sent.items()),
            data=self.body if form is not None else None,
            content_type="application/x-www-form-urlencoded" if form is not None else None,
        ).get_environ()

    def once(self) -> tuple[dict[str, str], bytes]:
        """Make the request: headers and body; raises where the answer is not what it has to be."""
        environ = {**self.environ, "wsgi.input": io.BytesIO(self.body)}
        got: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[..., None]:
            got[:] = [status, headers]
            return lambda _data: None

        chunks = self.app.wsgi_app(environ, start)
        body = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        if not got[0].startswith(str(self.status)) or self.marker not in body:
            path = self.environ["PATH_INFO"]
            raise RuntimeError(
                f"{path} answered {got[0]}, not {self.status} with {self.marker!r}: {body[:300]!r}"
            )
        return dict(got[1]), body

    def batch(self, count: int) -> float:
        """CPU seconds of this thread for `count` requests."""
        started = time.thread_time()
        for _ in range(count):
            self.once()
        return time.thread_time() - started

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements that are sent meanwhile."""
        from challenge.base.db import db

        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.lstrip().upper().startswith(FRAME):
                asked.append(statement)

        with self.app.app_context():
            engine: sa.Engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def statements(self) -> int:
        """How many statements one request sends."""
        self.once()
        with self.counting() as asked:
            self.once()
        return len(asked)


def _signed(app: Flask, session: dict[str, Any]) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps(session))


def least(first: Job, second: Job, count: int) -> tuple[float, float]:
    """The least CPU seconds of a batch of each, in turn, over `BATCHES` batches."""
    one, two = [], []
    gc.collect()
    gc.disable()
    try:
        for _ in range(BATCHES):
            one.append(first.batch(count))
            two.append(second.batch(count))
    finally:
        gc.enable()
    return min(one), min(two)


def ratio(floor: Job, product: Job, count: int = 10) -> tuple[float, float]:
    """Product to floor, the median of `RATIOS` ratios of least batches; and the floor's milliseconds each."""
    for job in (floor, product):
        job.batch(3)
    found = [least(floor, product, count) for _ in range(RATIOS)]
    each = min(low for low, _high in found) / count * 1000
    return statistics.median(high / low for low, high in found), each
