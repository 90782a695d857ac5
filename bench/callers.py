"""Who sends and submits in the last minute: processes of their own, that load little."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from bench import client
from bench.client import Answer, Solver

MEGABYTE = 1024 * 1024
BOUNDARY = "storm-of-the-last-minute"


@dataclass(frozen=True, slots=True)
class Done:
    """One solver's minute: the digest of the file, the two answers (0: none came), and how long they took."""

    ref: str
    sha256: str
    sent: int
    sending: float
    submitted: int
    receipt: int | None
    submitting: float


def ready(seconds: float) -> None:
    """Be loaded, and busy for so long that the next one is started as well."""
    time.sleep(seconds)


def call(port: int, plan: Sequence[tuple[float, Solver]]) -> list[Done]:
    """Play these solvers (in a process of its own)."""

    async def all_of_them() -> list[Done]:
        return list(await asyncio.gather(*[_solver(port, *each) for each in plan]))

    return asyncio.run(all_of_them())


async def _solver(port: int, at: float, solver: Solver) -> Done:
    await client.wait_until(at)
    file = b"%PDF-1.7\n" + os.urandom(64) + bytes(MEGABYTE - 73)
    digest = hashlib.sha256(file).hexdigest()
    began = time.perf_counter()
    sent = await _answered(client.ask(port, "POST", f"/solve/{solver.ref}/edit", solver, *_form(file)))
    between = time.perf_counter()
    entered = await _answered(client.submit(port, solver))
    end = time.perf_counter()
    return Done(
        solver.ref, digest, sent.status, between - began, entered.status, entered.receipt, end - between
    )


async def _answered(asked: Awaitable[Answer]) -> Answer:
    """The answer, or one of status 0 where none came."""
    try:
        return await asked
    except OSError:
        return Answer(0, {}, b"")


def _form(file: bytes) -> tuple[bytes, str]:
    """The editor's form with its answers and one file, as a browser packs it."""
    fields = {
        "draft_version": "1",
        "title": "A solution",
        "summary": "In short.",
        "proposal": "At length.",
        "schedule": "Six months.",
        "trl_now": "5",
        "trl_delivery": "8",
        "quote": "10000",
        "quote_unit": "yuan",
        "organization_id": "",
        "original": "1",
    }
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = (
        f"--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="files"; filename="proposal.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = "".join(parts).encode() + head.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"
