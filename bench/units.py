"""The services of an installation, kept alive as systemd does it with the units of docs/deploy.

What is left of a unit whose main process has ended is killed (`KillMode=mixed`), and it is started again
after `RestartSec` (`Restart=always`), however often (`StartLimitIntervalSec=0`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from challenge.cli.serve import web_command, work_command

ROOT = Path(__file__).resolve().parent.parent
RESTART_SECONDS = 1.0
STOP_SECONDS = 45.0
TICK = 0.02
LOOK_EVERY = 10  # ticks between looks at who belongs to whom

Processes = Mapping[int, tuple[int, int]]  # pid -> parent, session


def environment(url: str, data: Path, port: int, **settings: str) -> dict[str, str]:
    """The settings of an installation in production mode, with the secrets of `Settings.for_test`."""
    return {
        **os.environ,
        "CHALLENGE_MODE": "prod",
        "DATABASE_URL": url,
        "CHALLENGE_DATA": str(data),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "test-only-secret-key-of-forty-characters",
        "PASSWORD_SALT": "test-only-salt-of-forty-characters-too-",
        "NO_RATE_LIMITS": "1",
        **settings,
    }


class Unit:
    """One service: its main process and whatever that one started."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, user: str | None = None
    ) -> None:
        self.name = name
        self.starts = 0
        self._command, self._env, self._user = list(command), dict(env), user
        self._log = log.open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self._family: set[int] = set()
        self._again = 0.0

    @property
    def pid(self) -> int | None:
        """The main process while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def workers(self) -> list[int]:
        """What the main process started itself."""
        pid = self.pid
        return [] if pid is None else [child for child, (parent, _) in _processes().items() if parent == pid]

    def start(self) -> None:
        """Start it."""
        as_user = {"user": self._user, "group": self._user, "extra_groups": []} if self._user else {}
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._env, stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=self._log, start_new_session=True, **as_user,
        )  # fmt: skip
        self._again = 0.0
        self.starts += 1

    def look(self, processes: Processes) -> None:
        """Take note of its family: those of its session, and those who began sessions of their own."""
        if self._process is None:
            return
        self._family = {pid for pid in self._family if pid in processes}
        self._family |= {pid for pid, (_, session) in processes.items() if session == self._process.pid}
        fresh = set(self._family)
        while fresh:
            fresh = {pid for pid, (parent, _) in processes.items() if parent in fresh} - self._family
            self._family |= fresh

    def tick(self, now: float) -> None:
        """When it has ended: clear away what is left, wait, start it again."""
        if self.pid is not None:
            return
        if self._again:
            if now >= self._again:
                self.start()
            return
        self.look(_processes())
        if self._family:
            _send(self._family, signal.SIGKILL)
        else:
            self._again = now + RESTART_SECONDS

    def stop(self) -> None:
        """End it in order, by force if it will not."""
        if self._process is not None:
            self.look(_processes())
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            self.look(_processes())
            _send(self._family, signal.SIGKILL)
            self._process.wait()
        self._log.close()


class Services:
    """Units under supervision, in the order in which they are started; ended the other way round."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = list(units)
        self._ending = threading.Event()
        self._watch = threading.Thread(target=self._run)

    def __enter__(self) -> Services:
        for unit in self.units:
            unit.start()
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self, but: str = "") -> None:
        """Stop restarting, and end all units but the one of this name."""
        if not self._ending.is_set():
            self._ending.set()
            self._watch.join()
        for unit in reversed([each for each in self.units if each.name != but]):
            unit.stop()
            self.units.remove(unit)

    def named(self, name: str) -> Unit:
        """The unit of this name."""
        return next(unit for unit in self.units if unit.name == name)

    def _run(self) -> None:
        ticks = 0
        while not self._ending.wait(TICK):
            ticks += 1
            if ticks % LOOK_EVERY == 0:
                processes = _processes()
                for unit in self.units:
                    unit.look(processes)
            for unit in self.units:
                unit.tick(time.monotonic())


def web(env: Mapping[str, str], folder: Path, port: int, workers: int = 2, app: str = "wsgi:app") -> Unit:
    """The pages, as challenge-web.service starts them; `app` is what it serves."""
    return Unit("web", [*web_command(port, workers)[:-1], app], env, folder / "web.log")


def work(env: Mapping[str, str], folder: Path, number: int) -> Unit:
    """One `flask work`, as challenge-work@.service starts it."""
    return Unit(f"work{number}", work_command(), env, folder / f"work{number}.log")


def _processes() -> dict[int, tuple[int, int]]:
    """Every process; the ended ones that nobody has collected are left out."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if fields[0] != "Z":
                    found[int(entry.name)] = (int(fields[1]), int(fields[3]))
    return found


def _send(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
