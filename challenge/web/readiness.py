"""Whether this process could serve now: the database, its tables, files, Redis; how the work stands."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rounds import queries as rounds
from challenge.tasks import health
from challenge.tasks.models import Task
from config import Settings

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
MOST_ROUNDS = 100
_SAYS = re.compile(r"^(revision|down_revision)\s*=\s*['\"](\w+)['\"]", re.MULTILINE)


@cache
def head() -> str:
    """The newest migration of this code, read from the files' own words: Alembic is not loaded for it."""
    said = [dict(_SAYS.findall(file.read_text(encoding="utf-8"))) for file in MIGRATIONS.glob("[0-9]*.py")]
    before = {each.get("down_revision") for each in said}
    newest: str = ({each["revision"] for each in said} - before).pop()
    return newest


def checks(session: Session) -> dict[str, str]:
    """What is asked, and `ok` or what is wrong; `work` alone is no reason not to serve."""
    settings: Settings = current_app.config["SETTINGS"]
    found = {"database": "ok", "migrations": "ok", "files": _files(settings), "work": "ok"}
    try:
        kept = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        found["migrations"] = "ok" if kept == head() else "other"
        found["work"] = "ok" if health.ticks(session) else "silent"
    except SQLAlchemyError:
        session.rollback()
        found |= {"database": "away", "migrations": "unknown", "work": "unknown"}
    if settings.rate_limits and settings.rate_limit_storage != "memory://":
        found["limits"] = _counters(settings.rate_limit_storage)
    return found


def _files(settings: Settings) -> str:
    return "ok" if os.access(settings.data_dir, os.W_OK | os.X_OK) else "away"


def _counters(url: str) -> str:
    """Redis; while it is away limits hold all the same, worker by worker."""
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5) as client:
            client.ping()
    except (redis.exceptions.RedisError, OSError):
        return "away"
    return "ok"


def standing(session: Session) -> dict[str, float]:
    """How the work stands, as numbers for a monitor (six statements)."""
    now = clock.now(session)
    state = health.health(session, now)
    mails = sa.select(sa.func.count()).where(Task.kind == "mail", Task.state.in_(("queued", "leased")))
    recent = [at for _name, at in state.workers if now - at < health.SILENT_AFTER]
    waits = (now - state.waits_since).total_seconds() if state.waits_since is not None else 0.0
    return {
        **{f"tasks_{name}": float(count) for name, count in state.counts.items() if name != "done"},
        "task_oldest_due_seconds": max(0.0, waits),
        "mails_waiting": float(session.scalar(mails) or 0),
        "rounds_due": float(len(rounds.due(session, MOST_ROUNDS))),
        "workers_ticking": float(len(recent)),
    }
