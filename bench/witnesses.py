"""Who presses and who watches while a storm of kills blows."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from bench import client
from bench.client import Solver
from challenge.base.db import UtcDateTime

T = TypeVar("T")
BACK_SECONDS = 10.0
# What is asked for sooner after a kill may still be answered by what is about to go as well.
SETTLED_SECONDS = 0.5
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


class Witnesses:
    """A thread of its own that presses for the solvers and looks on, from `with` to its end."""

    def __init__(self, port: int, url: str, lot: random.Random) -> None:
        self.sights: list[Sight] = []
        self._port, self._url, self._lot = port, url, lot
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._pressing: list[Future[Told]] = []

    def __enter__(self) -> Witnesses:
        self._thread.start()
        self._soon(self._pages())
        self._soon(self._work())
        return self

    def __exit__(self, *_: object) -> None:
        self._soon(_cancel_the_rest()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def press(self, presses: Sequence[tuple[float, Solver]]) -> None:
        """Every solver presses at their time, and again until there is an answer."""
        self._pressing += [self._soon(self._press(*each, self._lot.uniform(0.2, 1.0))) for each in presses]

    def told(self) -> list[Told]:
        """What each was told, when the last has been."""
        return [future.result() for future in self._pressing]

    def await_back(self, what: str, since: float) -> None:
        """Wait until pages come again, or a `flask work` ticks, after a kill at `since`; not for ever."""
        end = time.time() + 3 * BACK_SECONDS
        since += SETTLED_SECONDS if what == "pages" else 0.0
        while time.time() < end:
            if any(sight.what == what and sight.began > since for sight in reversed(self.sights)):
                return
            time.sleep(0.02)

    def _soon(self, what: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(what, self._loop)

    async def _press(self, at: float, solver: Solver, again: float) -> Told:
        await client.wait_until(at)
        first, tries, status = time.time(), 0, 0
        while time.time() - first < GIVE_UP_SECONDS:
            sent, tries = time.time(), tries + 1
            try:
                answer = await client.submit(self._port, solver)
            except OSError:
                await asyncio.sleep(again)
                continue
            status = answer.status
            if status != 503:
                return Told(solver, first, sent, time.time(), tries, status, answer.receipt, answer.refusal)
            await asyncio.sleep(again)
        return Told(solver, first, first, time.time(), tries, status, None, None)

    async def _pages(self) -> None:
        while True:
            asked = time.time()
            with contextlib.suppress(OSError):
                if (await client.ask(self._port, "GET", "/health")).status == 200:
                    self.sights.append(Sight("pages", asked, time.time()))
            await asyncio.sleep(0.05)

    async def _work(self) -> None:
        engine = sa.create_engine(self._url, poolclass=sa.NullPool)
        while True:
            beat = await asyncio.to_thread(_last_beat, engine)
            if beat is not None:
                self.sights.append(Sight("work", beat, beat))
            await asyncio.sleep(0.1)


async def _cancel_the_rest() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()


def _last_beat(engine: sa.Engine) -> float | None:
    """When a `flask work` ticked last, by the database's clock; None while it is away."""
    with contextlib.suppress(sa.exc.DBAPIError), engine.connect() as connection:
        at = connection.execute(LAST_BEAT).scalar()
        return at.timestamp() if at else None
    return None
