"""One parent for the web server and `flask work`: starts both, restarts whichever dies, ends both together.

For the demo and small installations. In production systemd does this (see docs/production.md).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess  # nosec B404 - only our own commands, no shell
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click
import structlog

log = structlog.get_logger()
RESTART_PAUSE = 0.3
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Child:
    """A process that must live, in a process group of its own so that its workers go with it."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start it."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # nosec B603 - our own command line
            self.command, start_new_session=True, cwd=ROOT
        )

    def alive(self) -> bool:
        """Whether it runs; collects its end if not."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to it and its workers."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def wait(self, seconds: float) -> None:
        """Wait for its end, then end what is left by force."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("killed after waiting", process=self.name)
        self.signal(signal.SIGKILL)
        self.process.wait()


def web_command(port: int, workers: int, host: str = "127.0.0.1") -> list[str]:
    """The command line of the web server."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "8", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "10", "--log-level", "warning", "wsgi:app"),
    ]


def work_command() -> list[str]:
    """The command line of the worker."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", "work"]


def check_port(port: int, host: str = "127.0.0.1") -> None:
    """Say so where somebody else listens there: the server itself would only fall over, again and again."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be used ({error.strerror}). Name another one: PORT={port + 1} make demo"
            ) from None


def serve(port: int, workers: int, host: str = "127.0.0.1") -> int:
    """Run both until told to stop; the exit status."""
    check_port(port, host)
    children = [Child("web", web_command(port, workers, host)), Child("work", work_command())]
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for child in children:
        child.start()
    while not stopping:
        for child in children:
            if not child.alive():
                _restart(child)
        time.sleep(0.1)
    for child in children:
        child.signal(signal.SIGTERM)
    for child in children:
        child.wait(15)
    return 0


def _restart(child: Child) -> None:
    child.signal(signal.SIGKILL)  # workers whose parent was killed still hold the port
    code = child.process.returncode if child.process else None
    log.warning("restarting", process=child.name, code=code)
    # A process that dies at once must not turn the parent into a busy loop.
    time.sleep(RESTART_PAUSE if time.monotonic() - child.started > 5 else 2)
    child.start()
