"""Rows of work, one after the other: leased, done, finished, or put back with their error."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

import structlog
from sqlalchemy.exc import DBAPIError

from challenge.base.db import fresh_session
from challenge.flow import handlers
from challenge.tasks import faults, queue

log = structlog.get_logger()


def _never() -> bool:
    return False


def work_once(
    limit: int = 20,
    kinds: Collection[str] = (),
    but: Collection[str] = (),
    stopped: Callable[[], bool] = _never,
) -> int:
    """Lease up to `limit` due tasks (of these kinds, but none of those) and do them; how many were leased.

    Once `stopped` says so, the one at hand is finished and the others are given back.
    """
    with fresh_session() as session:
        leased = queue.lease(session, limit, kinds, but)
    for task in leased:
        if stopped():
            with fresh_session() as session:
                queue.give_back(session, task)
            continue
        do(task)
    return len(leased)


def drain(most: int = 100_000, but: Collection[str] = ()) -> int:
    """Do everything that is due now but these kinds, in this process (demo, tests, imports); how many."""
    done = 0
    while done < most:
        count = work_once(but=but)
        if count == 0:
            break
        done += count
    return done


def do(task: queue.Leased) -> None:
    """Do one task, in the name of the request that led to it; a failure is written to its row."""
    about = {"request_id": task.request_id} if task.request_id is not None else {}
    with structlog.contextvars.bound_contextvars(**about):
        _do(task)


def _do(task: queue.Leased) -> None:
    started = time.monotonic()
    try:
        handlers.run(task)
    except DBAPIError:
        raise
    except Exception as error:
        log.warning("task failed", kind=task.kind, key=task.key, attempt=task.attempts, exc_info=error)
        with fresh_session() as session:
            queue.fail(session, task, faults.told(error))
        return
    with fresh_session() as session:
        queue.finish(session, task)
    log.info("task done", kind=task.kind, key=task.key, ms=round((time.monotonic() - started) * 1000))
