"""Storms around a close: who was in time is decided by the database's clock after the lock, never else."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench import client, units
from bench.client import Answer, Solver
from bench.crowds import app_of, database_now, due_rounds, ready_drafts
from bench.rows import Row
from challenge.audit import statements
from challenge.audit.keys import keyring
from challenge.base.db import Base, fresh_session
from challenge.flow import closing
from challenge.rounds import gate
from challenge.submissions.models import LateArrival, Submission, Version
from tests.rigs.ports import free_port

CROWD = 1000
AROUND = 2.0  # seconds before and after the close
HELD = 0.4  # the lock is held this long across the close
HOURS = (1.0, -1.0)  # each web worker's clocks


@dataclass(frozen=True, slots=True)
class Decision:
    """One submit: when it was sent, when it was answered, and what was said."""

    solver: Solver
    sent: dt.datetime
    answered: dt.datetime
    answer: Answer

    @property
    def off(self) -> int:
        """How many hours the server's Python was off."""
        return round((float(self.answer.headers["x-python-clock"]) - self.answered.timestamp()) / 3600)


def none_alive(name: str, url: str, data: Path, _seed: int) -> list[Row]:
    """With no `flask work` alive nothing records the close, and still nobody is admitted."""
    with app_of(url, data), doors(url, data, (0.0,)) as ports:
        closes_at = database_now() + dt.timedelta(seconds=1)
        (round_id,) = due_rounds(1, closes_at)
        solvers = ready_drafts(round_id, 20)
        plan = [(closes_at.timestamp() + 0.2, ports[0], solver) for solver in solvers]
        late = sum(each.answer.status != 409 for each in asyncio.run(_all(plan)))
        return [Row(f"{name}: late submits admitted while no `flask work` runs", late, "of 20", 0, "eq")]


def crowd(name: str, url: str, data: Path, seed: int, count: int = CROWD) -> list[Row]:
    """So many submits within two seconds of the close, at two servers whose clocks are an hour off."""
    lot = random.Random(seed)
    with app_of(url, data) as app, doors(url, data, HOURS) as ports:
        closes_at = database_now() + dt.timedelta(seconds=AROUND + 2 + count / 500)
        (round_id,) = due_rounds(1, closes_at)
        solvers = ready_drafts(round_id, count)
        before = _drafts(round_id)
        close = closes_at.timestamp()
        plan = [(close + lot.uniform(-AROUND, AROUND), lot.choice(ports), each) for each in solvers]
        holder = threading.Thread(target=_hold_across, args=(app, round_id, close))
        holder.start()
        decisions = asyncio.run(_all(plan))
        holder.join()
        said = _Said(closes_at, decisions, before, _drafts(round_id))
        return said.rows(
            f"{name}: {count:,} submits within 2 s of the close, its lock held across it,"
            " Python's clock functions an hour off either way"
        )


@contextmanager
def doors(url: str, data: Path, hours: Sequence[float]) -> Iterator[list[int]]:
    """Web workers whose clock functions are so many hours off, one for each; their ports."""
    ports = [free_port() for _ in hours]
    with ExitStack() as stack:
        for port, off in zip(ports, hours, strict=True):
            env = units.environment(url, data, port, STORM_HOURS=str(off))
            stack.enter_context(units.Services([units.web(env, data, port, 1, "bench.skewed:app")]))
        for port in ports:
            asyncio.run(client.until_answers(port))
        yield ports


async def _all(plan: Sequence[tuple[float, int, Solver]]) -> list[Decision]:
    return list(await asyncio.gather(*[_one(*each) for each in plan]))


async def _one(moment: float, port: int, solver: Solver) -> Decision:
    await client.wait_until(moment)
    sent = dt.datetime.now(dt.UTC)
    answer = await client.submit(port, solver)
    return Decision(solver, sent, dt.datetime.now(dt.UTC), answer)


def _hold_across(app: Flask, round_id: int, close: float) -> None:
    """Take the exclusive lock before the close, keep it across, then record the close."""
    time.sleep(max(0.0, close - HELD / 2 - time.time()))
    with app.app_context():
        with fresh_session() as session:
            gate.hold(session, round_id, exclusive=True)
            time.sleep(HELD)
        closing.close_due()


def _drafts(round_id: int) -> dict[str, dict[str, Any]]:
    """The submissions of a round as their rows stand, every column."""
    table = Base.metadata.tables[Submission.__tablename__]
    with fresh_session() as session:
        rows = session.execute(sa.select(table).where(table.c.round_id == round_id)).mappings()
        return {row["ref"]: dict(row) for row in rows}


class _Said:
    """What was decided, held against the database."""

    def __init__(
        self,
        closes_at: dt.datetime,
        decisions: Sequence[Decision],
        before: dict[str, dict[str, Any]],
        after: dict[str, dict[str, Any]],
    ) -> None:
        self.closes_at = closes_at
        self.decisions = decisions
        self.before, self.after = before, after
        with fresh_session() as session:
            made = sa.select(Submission.ref, Version).join(Version, Version.submission_id == Submission.id)
            self.versions: dict[str, Version] = dict(session.execute(made).all())
            late = sa.select(Submission.ref, LateArrival).join(
                LateArrival, LateArrival.submission_id == Submission.id
            )
            self.arrivals: dict[str, LateArrival] = dict(session.execute(late).all())

    def rows(self, job: str) -> list[Row]:
        """The figures."""
        said, count = self.decisions, f"of {len(self.decisions)}"
        accepted = [each for each in said if each.answer.receipt is not None]
        refused = [each for each in said if each.answer.status == 409]
        lost = [each for each in accepted if each.solver.ref not in self.versions]
        bare = [each for each in refused if not self._proves(each)]
        changed = [each for each in refused if self._now(each) != self.before[each.solver.ref]]
        across = [each for each in refused if each.sent < self.closes_at]
        return [
            Row(f"{job}: wrong decisions", sum(map(self._is_wrong, said)), count, 0, "eq"),
            Row(f"{job}: acknowledged and lost", len(lost), "versions", 0, "eq"),
            Row(f"{job}: refusals without a signed record of arrival", len(bare), "refusals", 0, "eq"),
            Row(f"{job}: refusals that did not keep the draft", len(changed), "refusals", 0, "eq"),
            Row(f"{job}: answers whose clock was right", sum(not each.off for each in said), count, 0, "eq"),
            Row(f"{job}: accepted", len(accepted), count, 1, "ge"),
            Row(f"{job}: refused", len(refused), count, 1, "ge"),
            Row(f"{job}: sent before the close, refused after the lock", len(across), count, 1, "ge"),
        ]

    def _now(self, each: Decision) -> dict[str, Any]:
        return self.after[each.solver.ref]

    def _is_wrong(self, each: Decision) -> bool:
        """Sent at or after the close and admitted, or answered before it and refused; between, the gate says.

        The stored instant has to stand on the same side of the close; an answer that is neither is wrong.
        """
        version = self.versions.get(each.solver.ref)
        if each.answer.receipt is not None:
            late = version is not None and version.submitted_at >= self.closes_at
            return late or each.sent >= self.closes_at
        arrival = self.arrivals.get(each.solver.ref)
        early = arrival is not None and arrival.arrived_at < self.closes_at
        return each.answer.status != 409 or early or version is not None or each.answered < self.closes_at

    def _proves(self, each: Decision) -> bool:
        """Whether a refusal came with its record: signed, of this draft and this moment, kept in a row."""
        paper, arrival = each.answer.refusal, self.arrivals.get(each.solver.ref)
        if paper is None or arrival is None or paper != arrival.refusal:
            return False
        examined = statements.examine(keyring(), statements.canonical(paper))
        said = examined.statement or {}
        arrived = dt.datetime.fromisoformat(str(said.get("arrived_at")))
        return (
            examined.verdict is statements.Verdict.VALID
            and said["kind"] == statements.REFUSAL
            and said["ref"] == each.solver.ref
            and arrived == arrival.arrived_at >= self.closes_at
            and arrived >= each.sent - dt.timedelta(milliseconds=1)  # SQLite's clock counts thousandths
        )
