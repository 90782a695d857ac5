"""What the product weighs: a web worker's memory and its start."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench import world
from bench.rows import Row
from challenge.cli.serve import web_command

PATIENCE = 30.0


def server(folder: Path) -> list[Row]:
    """One web worker as in production: seconds from its start to the first answer, its memory after some."""
    data = folder / "server"
    data.mkdir()
    url = f"sqlite:///{data / 'challenge.db'}"
    world.migrate(url, data)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    secret = secrets.token_hex(32)
    env = {**os.environ, "CHALLENGE_MODE": "prod", "DATABASE_URL": url, "CHALLENGE_DATA": str(data)}
    env |= {"BASE_URL": f"http://127.0.0.1:{port}", "SECRET_KEY": secret, "PASSWORD_SALT": secret}
    seconds, memory = [], 0
    for _ in range(3):
        started = time.monotonic()
        process = subprocess.Popen(
            web_command(port, 1), cwd=world.ROOT, env=env, start_new_session=True, stdout=subprocess.DEVNULL
        )
        try:
            answered(f"http://127.0.0.1:{port}/", started)
            seconds.append(time.monotonic() - started)
            for path in ("/", "/rounds", "/requirements", "/results", "/login", "/rules") * 5:
                answered(f"http://127.0.0.1:{port}{path}", time.monotonic())
            memory = max(pss(child) for child in children(process.pid))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(15)
    return [
        Row("web worker memory (PSS)", round(memory / 1024, 1), "MB", 100),
        Row("web worker, start to first answer", round(min(seconds), 2), "s", 2),
    ]


def answered(url: str, started: float) -> None:
    """Wait for an answer; raises where none comes in time."""
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() - started > PATIENCE:
                raise
            time.sleep(0.01)


def children(pid: int) -> Iterator[int]:
    """The processes of the group: granian's own and its worker."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == pid:
                yield int(entry.name)


def pss(pid: int) -> int:
    """Proportional memory in kB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
