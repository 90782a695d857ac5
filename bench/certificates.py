"""A thousand certificates of a round: issued, printed by `flask work`, taken along as one zip.

Time counts from the organizer's act to the last byte of the zip; memory is the most that the worker with its
children, and the web worker that streams, had of their own (PSS) meanwhile.
"""

from __future__ import annotations

import http.client
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import units, weight, world
from bench.crowds import DAY, app_of, database_now, due_rounds
from bench.measure import Job
from bench.rows import Row
from challenge.accounts.models import RoleGrant, User
from challenge.awards import certificate_papers, certificate_reads, certifying
from challenge.awards.models import Award, Notice
from challenge.base.db import fresh_session
from challenge.cli.serve import web_command
from challenge.rounds.models import Prize, Round, RoundWindow
from challenge.rules.permissions import Actor, Grant
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission
from tests.rigs.ports import free_port

COUNT, SECONDS, MEMORY_MB = 1_000, 90, 300
LOCALE = "zh_CN"
PERSON = 7  # the organizer, by the name that their session has
PATIENCE = 600
TEAMS = ("江南大学感知实验室", "Kestrel Lab", "长三角复合材料研究院", "Harrier Works Ltd", "陈敏团队")


@dataclass(frozen=True, slots=True)
class Measured:
    """What it took."""

    issued: float
    printed: float
    zipped: float
    memory: float  # of the worker, in MB
    streaming: float  # of the web worker
    papers: int


def rows(folder: Path) -> list[Row]:
    """The figures of the issue, with what they are made of."""
    data = folder / "certificates"
    data.mkdir()
    url = f"sqlite:///{data / 'challenge.db'}"
    world.migrate(url, data)
    found = _measure(url, data)
    job = f"{COUNT:,} certificates as a zip"
    return [
        Row(f"{job}: papers in it", found.papers, "papers", COUNT, "eq"),
        Row(f"{job}, on two cores", round(found.issued + found.printed + found.zipped, 1), "s", SECONDS),
        Row(f"{job}: signed and issued", round(found.issued, 2), "s", 10),
        Row(f"{job}: streamed", round(found.zipped, 2), "s", 10),
        Row(f"{job}: memory of `flask work` and its children (PSS)", found.memory, "MB", MEMORY_MB),
        Row(f"{job}: memory of the web worker that streams (PSS)", found.streaming, "MB", MEMORY_MB),
    ]


def _measure(url: str, data: Path) -> Measured:
    port = free_port()
    env = units.environment(url, data, port)
    with app_of(url, data) as app:
        round_id, slug, actor = _results()
        path = f"/organize/rounds/{slug}/certificates-{LOCALE}.zip"
        cookie = str(Job(app, path, person=PERSON).environ["HTTP_COOKIE"])
        with _Running([sys.executable, "-m", "flask", "--app", "wsgi", "work"], env) as worker:
            started = time.monotonic()
            with fresh_session() as session:
                certifying.issue(session, actor, round_id)
            issued = time.monotonic() - started
            with fresh_session() as session:
                certificate_papers.ask_all(session, actor, round_id, LOCALE)
            memory = worker.most(lambda: _lacking(round_id) == 0)
            printed = time.monotonic() - started - issued
    with _Running(web_command(port, 1), env) as web:
        weight.answered(f"http://127.0.0.1:{port}/", time.monotonic())
        started = time.monotonic()
        archive, streaming = _taken(port, path, cookie, web)
        zipped = time.monotonic() - started
    papers = sum(name.endswith(".pdf") for name in zipfile.ZipFile(archive).namelist())
    return Measured(issued, printed, zipped, memory, streaming, papers)


def _lacking(round_id: int) -> int:
    with fresh_session() as session:
        return certificate_reads.made(session, round_id, [LOCALE])[LOCALE].lacking


def _taken(port: int, path: str, cookie: str, web: _Running) -> tuple[io.BytesIO, float]:
    """The zip, read piece by piece, and the most memory of the server meanwhile."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}")
    found, most = io.BytesIO(), 0.0
    while piece := answer.read(1 << 20):
        found.write(piece)
        most = max(most, web.memory())
    line.close()
    return found, max(most, web.memory())


class _Running:
    """A process of ours with its children, ended at the end."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, cwd=units.ROOT, env=env, start_new_session=True, stdout=subprocess.DEVNULL
        )

    def __enter__(self) -> _Running:
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)

    def memory(self) -> float:
        """What the group has of its own, in MB; a child that ends meanwhile counts no more."""
        total = 0
        for pid in weight.children(self._process.pid):
            try:
                total += weight.pss(pid)
            except (OSError, StopIteration):
                continue
        return round(total / 1024, 1)

    def most(self, done: Callable[[], bool]) -> float:
        """The most that it had until it was done."""
        most, end, asked = 0.0, time.monotonic() + PATIENCE, 0.0
        while True:
            most = max(most, self.memory())
            if time.monotonic() - asked > 1:
                asked = time.monotonic()
                if done():
                    return most
                if asked > end:
                    raise TimeoutError("the papers were not made in time")
            time.sleep(0.05)


def _results() -> tuple[int, str, Actor]:
    """A round whose results are out, with so many awards: its organizer may issue."""
    now = database_now()
    (round_id,) = due_rounds(1, now - 2.5 * DAY)
    with fresh_session() as session:
        round_ = session.get_one(Round, round_id)
        opened = {"opens_at": now - DAY / 4, "opened_at": now - DAY / 4}
        award = sa.and_(RoundWindow.round_id == round_id, RoundWindow.stage == Stage.AWARD.value)
        session.execute(sa.update(RoundWindow).where(award).values(**opened))
        session.add(
            Notice(round_id=round_id, starts_at=now - DAY, ends_at=now - DAY / 2, published_at=now - DAY / 2)
        )
        prize = Prize(round_id=round_id, position=1, name_zh="优秀奖", name_en="Prize of merit", slots=COUNT)
        person = User(
            email="organizer@example.org",
            fs_uniquifier=f"{PERSON:064d}",
            confirmed_at=now,
            name="Organizer",
        )
        session.add_all([prize, person])
        session.flush()
        grant = {"role": "organizer", "scope": "programme", "scope_id": round_.programme_id}
        session.add(RoleGrant(user_id=person.id, **grant))
        _awards(session, round_id, prize.id)
        actor = Actor(person.id, grants=frozenset({Grant("organizer", "programme", round_.programme_id)}))
        return round_id, round_.slug, actor


def _awards(session: Session, round_id: int, prize_id: int) -> None:
    ids = session.scalars(
        sa.insert(Submission).returning(Submission.id),
        [
            {
                "round_id": round_id,
                "code": f"S-{number:04d}",
                "state": "selected",
                "title": f"方案 {number}：视觉检测",
                "team_name": f"{TEAMS[number % len(TEAMS)]} {number}",
            }
            for number in range(COUNT)
        ],
    ).all()
    given = [
        {
            "round_id": round_id,
            "prize_id": prize_id,
            "slot": place,
            "submission_id": each,
            "state": "confirmed",
        }
        for place, each in enumerate(ids, start=1)
    ]
    session.execute(sa.insert(Award), given)
