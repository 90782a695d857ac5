"""What an operator relies on: numbers of requests, log lines, monitors, measures, an end in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import logs
from challenge.flow import errands
from challenge.tasks import health, queue
from challenge.tasks.models import Task
from challenge.web import readiness
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.rigs.ports import free_port

MakeApp = Callable[..., Flask]
TOKEN = "a-token-of-the-tests-alone"


def test_each_answer_has_a_number_of_its_own(client: Visitor) -> None:
    one, other = (client.get("/login").headers["X-Request-ID"] for _ in range(2))
    assert len(one) == 16
    assert one != other
    made_up = client.get("/login", headers={"X-Request-ID": "made-up-by-a-visitor"})
    assert made_up.headers["X-Request-ID"] != "made-up-by-a-visitor"


def test_the_number_of_a_trusted_proxy_is_kept_where_it_is_sane(make_app: MakeApp) -> None:
    client = make_app(trusted_proxies=1).test_client()
    for said, kept in (
        ("edge-0123.abc", True),
        ("short", False),
        ("no spaces here", False),
        ("x" * 65, False),
    ):
        answer = client.get("/healthz", headers={"X-Request-ID": said})
        assert (answer.headers["X-Request-ID"] == said) is kept


def test_work_that_follows_carries_the_number_on(client: Visitor, db: Session) -> None:
    answer = client.post("/reset-password", data={"email": UserFactory().email})
    task = db.scalars(sa.select(Task).where(Task.kind == "mail")).one()
    assert task.request_id == answer.headers["X-Request-ID"]
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        errands.drain()
    done = [line for line in lines if line["event"] == "task done"]
    assert [line["request_id"] for line in done] == [task.request_id]


def test_a_fault_shows_the_number_that_its_log_lines_have(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("prod")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "security.login", lambda: 1 / 0)
    answer = app.test_client().get("/login")
    logs.configure("test")
    number = answer.headers["X-Request-ID"]
    assert (answer.status_code, number in answer.text) == (500, True)
    line = json.loads(capsys.readouterr().err.strip().splitlines()[-1])
    assert (line["request_id"], line["level"], "ZeroDivisionError" in line["exception"]) == (
        number,
        "error",
        True,
    )


def test_monitors_ask_by_the_address_of_the_machine(make_app: MakeApp, db: Session) -> None:
    client = make_app(mode="prod", base_url="https://challenge.example.org").test_client()
    by_number = {"Host": "127.0.0.1:8000"}
    for path in ("/health", "/healthz"):
        assert client.get(path, headers=by_number).status_code == 200
    assert client.get("/login", headers=by_number).status_code == 400


def test_a_process_is_alive_without_its_database(make_app: MakeApp) -> None:
    client = make_app(database_url="postgresql://127.0.0.1:1/nothing").test_client()
    assert client.get("/healthz").json == {"process": "up"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": "away", "migrations": "unknown", "files": "ok", "work": "unknown"}


def test_readiness_names_what_is_missing(
    client: Visitor, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"database": "ok", "migrations": "ok", "files": "ok", "work": "silent"},
    )
    health.beat(db, "here:1")
    assert client.get("/readyz").json["work"] == "ok"
    monkeypatch.setattr(readiness, "head", lambda: "another")
    older = client.get("/readyz")
    assert (older.status_code, older.json["migrations"]) == (503, "other")


def test_redis_that_is_away_is_told_and_is_no_outage(make_app: MakeApp, db: Session) -> None:
    app = make_app(rate_limits=True, rate_limit_storage=f"redis://127.0.0.1:{free_port()}/0")
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["limits"]) == (200, "away")


def test_measures_are_for_whoever_has_the_token(
    make_app: MakeApp, client: Visitor, db: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert client.get("/metrics").status_code == 404
    measured = make_app(metrics_token=TOKEN).test_client()
    measured.get("/rounds")
    queue.put(db, queue.Work("mail", "mail/waits", {}))
    db.commit()
    assert measured.get("/metrics").status_code == 404
    assert measured.get(f"/metrics?token={TOKEN}").status_code == 404
    text = measured.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    for line in (
        'challenge_requests_total{endpoint="public.rounds",method="GET",status="200"} 1.0',
        'challenge_request_seconds_count{endpoint="public.rounds"} 1.0',
        "challenge_tasks_queued 1",
        "challenge_mails_waiting 1",
        "challenge_rounds_due 0",
        "challenge_workers_ticking 0",
    ):
        assert line in text


def test_work_that_ends_gives_back_what_it_has_not_begun(db: Session, client: Visitor) -> None:
    for number in range(3):
        queue.put(db, queue.Work("nothing", f"nothing/{number}", {}))
    db.commit()
    assert errands.work_once(stopped=lambda: True) == 3
    db.expire_all()
    tasks = db.scalars(sa.select(Task)).all()
    assert [(task.state, task.attempts, task.lease_until) for task in tasks] == [("queued", 0, None)] * 3
