"""What the product weighs: a web worker's memory, its start, the import of scores, the export of rankings."""

from __future__ import annotations

import csv
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench import world
from bench.rows import Row
from challenge.cli.serve import web_command

ENTRIES, CRITERIA, JUDGES = 1_143, 5, 9  # 51,435 scores
ROUNDS = 40
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


def exchange(folder: Path, given: str | None, seed: int) -> list[Row]:
    """Importing 51,435 scores and exporting all their rankings, as the commands do it, on SQLite."""
    source = Path(given) if given else _made_up(folder / "scores", seed)
    with (source / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        count = sum(1 for _ in csv.reader(file)) - 1
    data = folder / "exchange"
    data.mkdir()
    url = f"sqlite:///{data / 'challenge.db'}"
    world.migrate(url, data)
    env = {**os.environ, "DATABASE_URL": url, "CHALLENGE_DATA": str(data), "CHALLENGE_MODE": "dev"}
    # What a smaller folder holds is counted up to the size that the target names.
    share = ENTRIES * CRITERIA * JUDGES / count
    rows = []
    for name, args, target in (
        ("import of 51,435 scores", ("import", "scores", str(source)), 20),
        ("export of all rankings", ("export", "ranking", "--all", "--format", "csv"), 3),
    ):
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *args]
        started = time.monotonic()
        subprocess.run(command, cwd=world.ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        rows.append(Row(name, round((time.monotonic() - started) * share, 2), "s", target))
    return rows


def _made_up(folder: Path, seed: int) -> Path:
    """Judged scores of the size that the target names."""
    folder.mkdir()
    chance = random.Random(seed)
    rounds = [f"Round {n}" for n in range(1, ROUNDS + 1)]
    names = [f"Criterion {n}" for n in range(1, CRITERIA + 1)]
    entries = [(rounds[n % ROUNDS], f"entry-{n}", n // ROUNDS + 1) for n in range(ENTRIES)]
    _write(
        folder / "criteria.csv",
        ("round", "criterion", "minimum", "maximum", "step", "weight"),
        ((each, name, "0.25", "10.00", "0.25", "1.2") for each in rounds for name in names),
    )
    _write(
        folder / "entries.csv",
        ("round", "entry", "start_number", "affiliation"),
        ((each, name, number, "XYZ") for each, name, number in entries),
    )
    _write(
        folder / "scores.csv",
        ("round", "entry", "judge", "criterion", "score"),
        (
            (each, name, f"J{judge}", criterion, f"{chance.randrange(16, 41) / 4:.2f}")
            for each, name, _number in entries
            for judge in range(1, JUDGES + 1)
            for criterion in names
        ),
    )
    return folder


def _write(path: Path, head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
