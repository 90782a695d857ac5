"""10,000 requests of all shapes to the API as each role, made by schemathesis from its own description."""

from __future__ import annotations

from pathlib import Path

from bench.crowds import app_of
from bench.rows import Row
from challenge.base.db import db
from tests.api.probing import described, probe
from tests.api.world import ROLES, world

REQUESTS = 10_000


def storm(name: str, url: str, data: Path, seed: int) -> list[Row]:
    """The rows of this storm; `url` names a migrated empty database."""
    with app_of(url, data) as app:
        made, schema = world(db.session), described(app)
        sent = broken = failed = 0
        for number, role in enumerate(ROLES):
            failures: list[str] = []
            told = probe(schema, made.tokens[role], made.known, REQUESTS, seed + number, failures)
            sent += sum(told.values())
            broken += sum(count for status, count in told.items() if status >= 500)
            failed += len(failures)
    job = f"{name}: {REQUESTS:,} requests to the API as each of {len(ROLES)} roles"
    return [
        Row(f"{job}: sent", sent, "requests", REQUESTS * len(ROLES), "ge"),
        Row(f"{job}: answers of 5xx", broken, "answers", 0, "eq"),
        Row(f"{job}: answers not as described", failed, "answers", 0, "eq"),
    ]
