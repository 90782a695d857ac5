"""Solvers at the doors: signed-in sessions made beforehand, and requests as cheap as they can be asked."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import time_machine
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

RAW_TOKEN = "a-token-of-the-storms"
# Signed in a while ago: a server whose clock is an hour behind must not take that for the future.
SIGNED_IN = dt.timedelta(hours=2)
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Solver:
    """Whose draft it is, and what their browser would send along."""

    ref: str
    user_id: int
    cookie: str
    token: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def receipt(self) -> int | None:
        """The number of the version whose receipt it leads to: this is what acknowledges a submit."""
        name = self.headers.get("location", "").rpartition("/receipts/")[2]
        return int(name) if self.status in (302, 303) and name.isdecimal() else None

    @property
    def refusal(self) -> dict[str, Any] | None:
        """The signed record of arrival in a refusal that has one."""
        if self.status != 409:
            return None
        said = json.loads(self.body)
        return said.get("refusal") if isinstance(said, dict) else None


class Passes:
    """Makes what a signed-in browser sends, for as many people as there are."""

    def __init__(self, app: Flask) -> None:
        with time_machine.travel(dt.datetime.now(dt.UTC) - SIGNED_IN):
            self._sessions = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            self.token = str(
                URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(RAW_TOKEN)
            )

    def cookies(self, identities: list[str]) -> list[str]:
        """The session cookies of whoever carries these `fs_uniquifier`s."""
        with time_machine.travel(dt.datetime.now(dt.UTC) - SIGNED_IN):
            return [
                str(
                    self._sessions.dumps(
                        {"_user_id": each, "_fresh": True, "fs_cc": "set", "csrf_token": RAW_TOKEN}
                    )
                )
                for each in identities
            ]


async def ask(
    port: int, method: str, path: str, solver: Solver | None = None, body: bytes = b"", kind: str = ""
) -> Answer:
    """One request on a connection of its own. Raises OSError or TimeoutError where no whole answer came."""
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(_head(port, method, path, solver, len(body), kind))
            writer.write(body)
            await writer.drain()
            return _read(await reader.read())
        finally:
            writer.close()


async def submit(port: int, solver: Solver) -> Answer:
    """Press the button."""
    return await ask(port, "POST", f"/solve/{solver.ref}/submit", solver)


def _head(port: int, method: str, path: str, solver: Solver | None, length: int, kind: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept: application/json",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if solver is not None:
        lines += [f"Cookie: session={solver.cookie}", f"X-CSRFToken: {solver.token}"]
    return "\r\n".join([*lines, "", ""]).encode()


def _read(whole: bytes) -> Answer:
    head, found, body = whole.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length")
    if not found or (length is not None and int(length) != len(body)):
        raise ConnectionResetError("the answer broke off")
    return Answer(int(first.split()[1]), headers, body)


async def wait_until(moment: float) -> None:
    """Until the clock of this machine says so (seconds since 1970)."""
    await asyncio.sleep(max(0.0, moment - time.time()))


async def until_answers(port: int, seconds: float = 60.0) -> None:
    """Wait for a server that has just been started."""
    end = time.monotonic() + seconds
    while True:
        try:
            await ask(port, "GET", "/health")
        except OSError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.05)
        else:
            return
