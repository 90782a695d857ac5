"""The product as it runs for people: granian web workers and `flask work`, as processes of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page

from tests.rigs.database import Database
from tests.rigs.grown import Size
from tests.rigs.ports import free_port
from tests.rigs.provider import House

ROOT = Path(__file__).parents[2]
# A start takes two seconds of one core; with as many starts at once as a test run has, many times that.
PATIENCE = 90.0
# What a test's process inherits; settings of the person at the keyboard stay out.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "COVERAGE_PROCESS_START")

_NAMES = iter(range(1, 1_000_000))


def session_cookie(secret_key: str, identity: str) -> str:
    """The signed session of a person who has just signed in."""
    signer = Flask(__name__)
    signer.secret_key = secret_key
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    session = {"_user_id": identity, "_fresh": True, "fs_cc": "set", "fs_paa": time.time()}
    return str(serializer.dumps(session))


class Process:
    """One process of the product, with what it says kept in a file."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._file = self.log.open("ab")
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.pid = self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Ask it to end, as systemd does with `KillMode=mixed`; after a while insist."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        # The process began a session of its own, so its children end with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(10)
        self._file.close()

    def said(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


class LiveServer:
    """Web workers and `flask work` over one database and one folder of files."""

    def __init__(self, database_url: str, folder: Path, settings: dict[str, str]) -> None:
        self.database_url = database_url
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[Process] = []
        self._heard: dict[str, int] = {}
        self.env = {name: os.environ[name] for name in INHERITED if name in os.environ} | {
            "CHALLENGE_MODE": "prod",
            "CHALLENGE_DATA": str(folder / "data"),
            "DATABASE_URL": database_url,
            "BASE_URL": self.url,
            "PORT": str(self.port),
            "SECRET_KEY": "test-only-secret-key-of-forty-characters",
            "PASSWORD_SALT": "test-only-salt-of-forty-characters-too-",
            "NO_RATE_LIMITS": "1",
            "DEFAULT_LOCALE": "en_US",
            "PYTHONWARNINGS": "error",
            **settings,
        }

    def start(self, name: str, *command: str) -> Process:
        """Start one more process with the server's settings."""
        process = Process(f"{name}{next(_NAMES)}", list(command), self.env, self.folder)
        self.processes.append(process)
        return process

    def start_web(self, workers: int = 1) -> Process:
        """Start the web server, as `make demo` does, and wait until it answers."""
        from challenge.cli.serve import web_command

        web = self.start("web", *web_command(self.port, workers))
        self._await_answer(web)
        return web

    def start_work(self) -> Process:
        """Start one `flask work`: ticks, closings, letters."""
        from challenge.cli.serve import work_command

        return self.start("work", *work_command())

    def flask(self, *arguments: str) -> str:
        """Run a command to its end; its output, or an error that shows it."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"flask {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def sign_in(self, page: Page, email: str) -> None:
        """Let the page's visitor be this person, without the sign-in page (which has tests of its own)."""
        # Without a pool: a connection that waits in one would be found open at the end of the test.
        engine = sa.create_engine(self.database_url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            statement = sa.text("SELECT fs_uniquifier FROM user_account WHERE email = :email")
            identity = connection.execute(statement, {"email": email}).scalar_one()
        cookie = session_cookie(self.env["SECRET_KEY"], identity)
        page.context.add_cookies([{"name": "session", "value": cookie, "url": self.url, "httpOnly": True}])

    def _await_answer(self, web: Process) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and web.alive:
            try:
                with urllib.request.urlopen(f"{self.url}/", timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the web server did not answer at {self.url}:\n{web.said()[-4000:]}")

    def failures(self) -> str:
        """Every traceback the processes wrote since `settle`."""
        news = {each.name: each.said()[self._heard.get(each.name, 0) :] for each in self.processes}
        return "\n".join(
            f"{name}:\n{said[-6000:]}"
            for name, said in news.items()
            if "Traceback (most recent call last)" in said
        )

    def settle(self) -> None:
        """What was written so far is none of the next test's."""
        self._heard = {each.name: len(each.said()) for each in self.processes}

    def close(self) -> None:
        """End every process."""
        for process in reversed(self.processes):
            process.stop()


MakeServer = Callable[..., LiveServer]


@pytest.fixture
def make_server(spare_database: Callable[[], str], worker_folder: Path) -> Iterator[MakeServer]:
    """A function that makes a server with its own database: `make_server(web=2, work=4, SMTP_PORT="2525")`.

    A traceback in what any of its processes wrote fails the test.
    """
    made: list[LiveServer] = []

    def make(web: int = 1, work: int = 1, **settings: str) -> LiveServer:
        folder = worker_folder / f"server{next(_NAMES)}"
        (folder / "data").mkdir(parents=True)
        server = LiveServer(spare_database(), folder, settings)
        made.append(server)
        if web:
            server.start_web(web)
        for _ in range(work):
            server.start_work()
        return server

    yield make
    for server in made:
        server.close()
    failures = "\n".join(filter(None, (server.failures() for server in made)))
    for server in made:
        shutil.rmtree(server.folder, ignore_errors=True)
    assert not failures, f"a process of the server failed:\n{failures}"


@pytest.fixture(scope="session")
def standing_server(
    database: Database, worker_folder: Path, standing_provider: House, grown: Size
) -> Iterator[LiveServer]:
    """The server that a worker's tests share: to start one costs more than most of them.

    On PostgreSQL it is one that has grown: two web workers, two `flask work`, and Redis.
    """
    folder = worker_folder / "standing"
    (folder / "data").mkdir(parents=True)
    settings = standing_provider.env() | grown.counters | {"WEBHOOK_PRIVATE_ADDRESSES": "1"}
    server = LiveServer(database.spare("standing"), folder, settings)
    server.start_web(grown.web)
    for _ in range(grown.work):
        server.start_work()
    yield server
    server.close()


@pytest.fixture
def live_server(standing_server: LiveServer) -> Iterator[LiveServer]:
    """Web workers and `flask work`, to be left as they are: other tests' rows stand beside one's own.

    Whoever stops them, or counts all there is, makes a server with `make_server()`.
    """
    standing_server.settle()
    yield standing_server
    assert all(process.alive for process in standing_server.processes)
    assert not (found := standing_server.failures()), f"a process of the server failed:\n{found}"
