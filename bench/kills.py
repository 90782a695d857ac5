"""The storm of kills: SIGKILL at random for everything that serves, while rounds close and solvers submit.

Real servers under `Restart=always`; solvers press again until they get an answer, as people do. Afterwards
the database is held against what each of them was told.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import aftermath, client, durable, units
from bench.aftermath import Killed
from bench.client import Solver
from bench.crowds import DAY, app_of, close_at, database_now, due_rounds, ready_drafts
from bench.rows import Row
from bench.units import Services, Unit
from bench.witnesses import BACK_SECONDS, Witnesses
from tests.rigs.ports import free_port

# What is killed how often, of 200.
KINDS = {
    "PostgreSQL": {"web worker": 60, "web parent": 40, "work": 50, "backend": 30, "postmaster": 20},
    "SQLite": {"web worker": 80, "web parent": 50, "work": 70},
}
KILLS, ROUNDS, SUBMISSIONS = 200, 20, 1000
CLOSES_IN = (4.0, 6.0)  # a round closes so long after its solvers have begun to press
AFTER_CLOSE = 1.5  # and some press so long after the close
FIRST_PAUSE = (0.5, 1.5)  # in each round, before its first kill
PAUSE = 0.6  # at most, after the pages have come back


@dataclass(frozen=True, slots=True)
class Size:
    """How large a storm is."""

    kills: int = KILLS
    rounds: int = ROUNDS
    submissions: int = SUBMISSIONS


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
        stack.enter_context(app_of(url, data, base_url=env["BASE_URL"]))
        world = _world(size)
        with Witnesses(port, url, lot) as witnesses:
            done = _blow(lot, _plan(lot, KINDS[name], size), world, services, witnesses)
            told = witnesses.told()
            witnesses.await_back("work", max((each.at for each in done if each.what == "work"), default=0.0))
            time.sleep(2)  # a tick, for what is due
        services.end(but="database")
        for seconds, each in aftermath.slowest(done, witnesses.sights)[:5]:
            print(f"back {seconds:.2f} s after the kill of a {each.what}", flush=True)
        return aftermath.rows(_job(name, size), size.rounds, told, done, witnesses.sights)


def _blow(
    lot: random.Random,
    plan: Sequence[Sequence[str]],
    world: Mapping[int, Sequence[Solver]],
    services: Services,
    witnesses: Witnesses,
) -> list[Killed]:
    """Round after round: its solvers press, its close comes, and meanwhile its share of the kills."""
    done: list[Killed] = []
    for (round_id, solvers), whats in zip(world.items(), plan, strict=True):
        now = time.time()
        close = now + lot.uniform(*CLOSES_IN)
        close_at({round_id: close})
        witnesses.press([(lot.uniform(now, close + AFTER_CLOSE), each) for each in solvers])
        time.sleep(lot.uniform(*FIRST_PAUSE))
        for what in whats:
            time.sleep(lot.uniform(0, PAUSE))
            killed = _kill(what, services, lot)
            if killed is not None:
                done.append(killed)
                witnesses.await_back("pages", killed.at)
        time.sleep(max(0.0, close - time.time()))  # a round follows when the one before has closed
    return done


def _job(name: str, size: Size) -> str:
    rounds, submissions = f"{size.rounds} closing rounds", f"{size.submissions:,} submissions"
    return f"{name}: {size.kills} random SIGKILLs over {rounds} and {submissions}"


def _world(size: Size) -> dict[int, list[Solver]]:
    """Rounds, each with its share of the drafts; when they close is set when all is ready."""
    rounds = due_rounds(size.rounds, database_now() + DAY)
    return {each: ready_drafts(each, size.submissions // size.rounds) for each in rounds}


def _plan(lot: random.Random, shares: Mapping[str, int], size: Size) -> list[list[str]]:
    """For each round what is killed while it closes; in a small storm everything once."""
    whats = [what for what, share in shares.items() for _ in range(share)]
    whats = lot.sample(whats if size.kills > len(shares) else list(shares), size.kills)
    return [whats[place :: size.rounds] for place in range(size.rounds)]


def _kill(what: str, services: Services, lot: random.Random) -> Killed | None:
    """Kill one of that kind; when it happened. A process that is just being started is waited for."""
    end = time.time() + BACK_SECONDS
    while time.time() < end:
        pid = _victim(what, services, lot)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return Killed(time.time(), what)
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
