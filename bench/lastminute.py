"""The last minute: a thousand signed-in solvers each send a file of 1 MB and submit, on two cores."""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import random
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from bench import callers, client, durable, units
from bench.callers import MEGABYTE, Done
from bench.crowds import DAY, app_of, database_now, due_rounds, ready_drafts
from bench.rows import Row
from bench.units import Services
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.submissions.models import Submission, Version
from tests.rigs.ports import free_port

CROWD, MINUTE = 1000, 60.0
CALLERS = 2  # processes that play the solvers
P95_SECONDS = 2.0


def storm(
    name: str, url: str, data: Path, seed: int, count: int = CROWD, within: float = MINUTE
) -> list[Row]:
    """Let them come, spread evenly at random, and hold what they were told against the database.

    On PostgreSQL a server of its own, whose commits are on the disk, runs in `data`; `url` is left alone.
    """
    lot, port = random.Random(seed), free_port()
    with ExitStack() as stack:
        cluster = stack.enter_context(durable.cluster(data)) if name == "PostgreSQL" else None
        url = cluster.url if cluster else url
        env = units.environment(url, data, port)
        start = [cluster.unit] if cluster else []
        stack.enter_context(Services([*start, units.web(env, data, port), units.work(env, data, 1)]))
        asyncio.run(client.until_answers(port))
        stack.enter_context(app_of(url, data))
        (round_id,) = due_rounds(1, database_now() + DAY)
        solvers = ready_drafts(round_id, count)
        with ProcessPoolExecutor(CALLERS, mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(callers.ready, (0.2,) * CALLERS))
            start = time.time() + 1
            plan = [(start + lot.uniform(0, within), each) for each in solvers]
            shares = [pool.submit(callers.call, port, plan[place::CALLERS]) for place in range(CALLERS)]
            done = [each for share in shares for each in share.result()]
        job = f"{name}: {count:,} signed-in solvers submitting 1 MB each within {within:.0f} s"
        return _rows(job, done)


def _rows(job: str, done: Sequence[Done]) -> list[Row]:
    errors = [each for each in done if each.sent != 200 or each.receipt is None]
    lost = sum(not whole for whole in _kept(done).values())
    count = f"of {len(done)}"
    return [
        Row(f"{job}: errors", len(errors), count, 0, "eq"),
        Row(f"{job}: lost", lost, count, 0, "eq"),
        Row(f"{job}: submit p95", round(_p95(each.submitting for each in done), 3), "s", P95_SECONDS),
        Row(f"{job}: upload p95", round(_p95(each.sending for each in done), 3), "s", 10),
    ]


def _p95(seconds: Iterable[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def _kept(done: Sequence[Done]) -> dict[str, bool]:
    """Of every acknowledged submit: whether its version names its very file, and the bytes are stored."""
    with fresh_session() as session:
        rows = session.execute(
            sa.select(Submission.ref, Version.manifest).join(Version, Version.submission_id == Submission.id)
        ).all()
    entered = {ref: [each["sha256"] for each in manifest] for ref, manifest in rows}
    return {
        each.ref: each.sha256 in entered.get(each.ref, []) and _bytes_of(each.sha256) == each.sha256
        for each in done
        if each.receipt is not None
    }


def _bytes_of(sha256: str) -> str:
    """The digest of what is really stored under a digest."""
    found = hashlib.sha256()
    for chunk in storage().read(sha256, 0, MEGABYTE):
        found.update(chunk)
    return found.hexdigest()
