"""Who presses and who watches while a storm of kills blows: processes of their own, that load little."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import client
from bench.client import Solver
from challenge.base.db import UtcDateTime

BACK_SECONDS = 10.0
GIVE_UP_SECONDS = 90.0
LAST_BEAT = sa.text("SELECT max(at) AS at FROM worker_beat").columns(at=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Told:
    """What a solver did and was told: when they pressed first and last, and the answer."""

    solver: Solver
    first: float
    sent: float
    answered: float
    tries: int
    status: int
    receipt: int | None
    refusal: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Sight:
    """Pages came, asked for at `began`; or a `flask work` ticked."""

    what: str
    began: float
    ended: float


def ready(seconds: float) -> None:
    """Be loaded, and busy for so long that the next one is started as well."""
    time.sleep(seconds)


def press(port: int, presses: Sequence[tuple[float, Solver]], seed: float) -> list[Told]:
    """Every solver presses at their time, and again until there is an answer (in a process of its own)."""
    lot = random.Random(seed)
    again = [lot.uniform(0.2, 1.0) for _ in presses]

    async def all_of_them() -> list[Told]:
        tasks = [_press(port, *each, wait) for each, wait in zip(presses, again, strict=True)]
        return list(await asyncio.gather(*tasks))

    return asyncio.run(all_of_them())


async def _press(port: int, at: float, solver: Solver, again: float) -> Told:
    await client.wait_until(at)
    first, tries, status = time.time(), 0, 0
    while time.time() - first < GIVE_UP_SECONDS:
        sent, tries = time.time(), tries + 1
        try:
            answer = await client.submit(port, solver)
        except OSError:
            await asyncio.sleep(again)
            continue
        status = answer.status
        if status != 503:
            return Told(solver, first, sent, time.time(), tries, status, answer.receipt, answer.refusal)
        await asyncio.sleep(again)
    return Told(solver, first, first, time.time(), tries, status, None, None)


def watch(port: int, url: str, over: Path) -> list[Sight]:
    """Look twenty times a second whether pages come and `flask work` ticks (in a process of its own).

    Until the file `over` is there and everything is back: it says when a `flask work` was killed last.
    """
    return asyncio.run(_watch(port, url, over))


async def _watch(port: int, url: str, over: Path) -> list[Sight]:
    sights: list[Sight] = []
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    while not _all_back(over, sights):
        asked = time.time()
        with contextlib.suppress(OSError):
            if (await client.ask(port, "GET", "/health")).status == 200:
                sights.append(Sight("pages", asked, time.time()))
        with contextlib.suppress(sa.exc.DBAPIError), engine.connect() as connection:
            beat = connection.execute(LAST_BEAT).scalar()
            if beat is not None:
                sights.append(Sight("work", beat.timestamp(), beat.timestamp()))
        await asyncio.sleep(0.05)
    return sights


def _all_back(over: Path, sights: Sequence[Sight]) -> bool:
    if not over.exists():
        return False
    ended, last = over.stat().st_mtime, float(over.read_text() or "inf")
    pages = any(sight.what == "pages" and sight.began > ended for sight in sights)
    work = any(sight.what == "work" and sight.began > last for sight in sights)
    return (pages and work) or time.time() > ended + 2 * BACK_SECONDS
