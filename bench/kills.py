"""The storm of kills: SIGKILL at random for everything that serves, while rounds close and solvers submit.

Real servers under `Restart=always`; solvers press again until they get an answer, as people do. Afterwards
the database is held against what each of them was told.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import aftermath, client, durable, units, witnesses
from bench.aftermath import Killed
from bench.client import Solver
from bench.crowds import DAY, app_of, close_at, database_now, due_rounds, ready_drafts
from bench.rows import Row
from bench.units import Services, Unit
from bench.witnesses import BACK_SECONDS, Sight, Told
from tests.rigs.ports import free_port

# What is killed how often, of 200.
KINDS = {
    "PostgreSQL": {"web worker": 60, "web parent": 40, "work": 50, "backend": 30, "postmaster": 20},
    "SQLite": {"web worker": 80, "web parent": 50, "work": 70},
}
KILLS, ROUNDS, SUBMISSIONS = 200, 20, 1000
BEFORE_CLOSE, AFTER_CLOSE = 6.0, 1.5  # solvers press from so long before the close to so long after it


@dataclass(frozen=True, slots=True)
class Size:
    """How large a storm is."""

    kills: int = KILLS
    rounds: int = ROUNDS
    submissions: int = SUBMISSIONS
    pace: float = 0.9  # seconds from kill to kill, on the average

    @property
    def seconds(self) -> float:
        """How long it blows."""
        return self.kills * self.pace


@dataclass(frozen=True, slots=True)
class Kill:
    """When it is to be done, and to what."""

    at: float
    what: str


def storm(name: str, url: str, data: Path, seed: int, size: Size | None = None) -> list[Row]:
    """Kill at random, close round after round, and say what of it can be seen in the database.

    On PostgreSQL a server of its own is started in `data` and `url` is left alone.
    """
    size = size or Size()
    print(f"seed {seed}", flush=True)
    lot, port = random.Random(seed), free_port()
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(durable.cluster(data)) if name == "PostgreSQL" else None
        url = cluster.url if cluster else url
        env = units.environment(url, data, port)
        works = [units.work(env, data, number) for number in (1, 2)]
        start = [cluster.unit] if cluster else []
        services = stack.enter_context(Services([*start, units.web(env, data, port), *works]))
        asyncio.run(client.until_answers(port))
        stack.enter_context(app_of(url, data))
        told, done, sights = _blow(lot, name, size, services, (port, url, data / "over"))
        services.end(but="database")
        for seconds, each in aftermath.slowest(done, sights)[:5]:
            print(f"back {seconds:.2f} s after the kill of a {each.what}", flush=True)
        return aftermath.rows(_job(name, size), size.rounds, told, done, sights)


def _blow(
    lot: random.Random, name: str, size: Size, services: Services, where: tuple[int, str, Path]
) -> tuple[list[Told], list[Killed], list[Sight]]:
    """Let solvers press, look on, and kill; `where`: port, database, and the file that says it is over."""
    port, url, over = where
    world = _world(size)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(witnesses.ready, (0.2, 0.2)))  # both are up before it begins
        began = time.time() + 1
        closes = [began + (place + 1) * size.seconds / size.rounds for place in range(size.rounds)]
        close_at(dict(zip(world, closes, strict=True)))
        whole = [(close, each) for close, share in zip(closes, world.values(), strict=True) for each in share]
        presses = [(close + lot.uniform(-BEFORE_CLOSE, AFTER_CLOSE), each) for close, each in whole]
        told = pool.submit(witnesses.press, port, presses, lot.random())
        seen = pool.submit(witnesses.watch, port, url, over)
        done: list[Killed] = []
        try:
            for kill in _plan(lot, KINDS[name], size, began, closes):
                done += filter(None, [_do(kill, services, lot)])
            told.result()
        finally:
            over.write_text(str(max((each.at for each in done if each.what == "work"), default=0.0)))
        return told.result(), done, seen.result()


def _job(name: str, size: Size) -> str:
    rounds, submissions = f"{size.rounds} closing rounds", f"{size.submissions:,} submissions"
    return f"{name}: {size.kills} random SIGKILLs over {rounds} and {submissions}"


def _world(size: Size) -> dict[int, list[Solver]]:
    """Rounds, each with its share of the drafts; when they close is set when all is ready."""
    rounds = due_rounds(size.rounds, database_now() + DAY)
    return {each: ready_drafts(each, size.submissions // size.rounds) for each in rounds}


def _plan(
    lot: random.Random, shares: dict[str, int], size: Size, began: float, closes: Sequence[float]
) -> list[Kill]:
    """Kills at random times, a quarter of them about a close, where they hurt most."""
    whats = [what for what, share in shares.items() for _ in range(share)]
    whats = lot.sample(whats if size.kills > len(shares) else list(shares), size.kills)
    ends = closes[-1] + AFTER_CLOSE
    times = [
        lot.choice(closes) + lot.uniform(-0.5, AFTER_CLOSE)
        if place % 4 == 0
        else lot.uniform(began + 1, ends)
        for place in range(size.kills)
    ]
    return [Kill(at, what) for at, what in zip(sorted(times), whats, strict=True)]


def _do(kill: Kill, services: Services, lot: random.Random) -> Killed | None:
    """Do one kill; when it really happened. A process that is just being started is waited for."""
    time.sleep(max(0.0, kill.at - time.time()))
    end = time.time() + BACK_SECONDS
    while time.time() < end:
        pid = _victim(kill.what, services, lot)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return Killed(time.time(), kill.what)
        time.sleep(0.02)
    return None


def _victim(what: str, services: Services, lot: random.Random) -> int | None:
    """A process of that kind, if one runs."""
    if what == "work":
        return services.named(f"work{lot.choice((1, 2))}").pid
    unit: Unit = services.named("web" if what.startswith("web") else "database")
    if what in ("web parent", "postmaster"):
        return unit.pid
    workers = unit.workers
    return lot.choice(workers) if workers else None
