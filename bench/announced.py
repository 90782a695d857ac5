"""The results of a round go out while whoever announces them is killed again and again.

Some kills hit the one transaction that publishes, the others the letters after it. Somebody looks all the
time: what the public reads is all of it or nothing. In the end everybody has the letter that the two people
with the keys saw counted, once (docs/adr/0025).
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from bench import units
from bench.crowds import DAY, app_of, database_now, due_rounds, ready_drafts
from bench.drain import Mailboxes
from bench.rows import Row
from challenge.accounts.models import Membership, RoleGrant, User
from challenge.audit import chain
from challenge.audit.models import AuditEntry
from challenge.awards import releases
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.release_models import ResultRelease
from challenge.base.db import fresh_session, one_view
from challenge.flow import announcing
from challenge.messages.models import Letter
from challenge.requirements.models import Requirement
from challenge.rounds.models import Prize, Programme, Round, RoundWindow
from challenge.rules.permissions import Actor, Grant
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission
from challenge.tasks.models import Task
from tests.rigs.ports import free_port

RESULTS, KILLS = 2_000, 20
EARLY = 4  # one of so many kills comes before the first letter: while it is published
LEASE_SECONDS = 3.0
PATIENCE = 600
EVENT = "awards.published"


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries have a result, how often it is killed, how long its work is kept back then."""

    results: int = RESULTS
    kills: int = KILLS
    lease: float = LEASE_SECONDS


class Looks:
    """Looks at the round again and again, each time in one snapshot, and counts when it saw a part of it."""

    def __init__(self, app: Flask, round_id: int, results: int) -> None:
        self._app, self._round, self._results = app, round_id, results
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.count = self.torn = 0
        self.out = False  # whether the results were seen published

    def __enter__(self) -> Looks:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        with self._app.app_context():
            while not self._ending.wait(0.005):
                with fresh_session() as session:
                    one_view(session)
                    self.torn += not self._whole(session)
                self.count += 1

    def _whole(self, session: Session) -> bool:
        """Whether the results are out with all that belongs to them, or not at all."""
        mine = Submission.round_id == self._round
        asked = (
            sa.select(sa.func.count()).where(mine, Submission.state.in_(("selected", "not_selected"))),
            sa.select(sa.func.count()).where(Award.round_id == self._round, Award.state == "on_notice"),
            sa.select(sa.func.count()).where(Notice.published_at.is_not(None)),
            sa.select(sa.func.count()).where(Requirement.state == "selected"),
            sa.select(sa.func.count()).where(Task.key.like(f"event/{EVENT}/%")),
            sa.select(sa.func.count()).where(AuditEntry.action == EVENT),
            sa.select(sa.func.count()).where(ResultRelease.state == "published"),
        )
        decided, waiting, *done = (session.scalar(each) or 0 for each in asked)
        self.out = self.out or any(done)
        if not any(done):
            return decided == 0 and waiting > 0 and _letters(session).total() == 0
        return decided == self._results and waiting == 0 and done == [1] * len(done)


def storm(name: str, url: str, data: Path, seed: int, size: Size | None = None) -> list[Row]:
    """Let approved results go out, kill whoever does it so often, and count what came of it."""
    size, lot, port = size or Size(), random.Random(seed), free_port()
    boxes = Mailboxes()
    controller = Controller(boxes, hostname="127.0.0.1", port=port)
    controller.start()
    env = units.environment(
        url, data, free_port(), SMTP_HOST="127.0.0.1", SMTP_PORT=str(port), MAIL_SENDER="awards@example.org"
    )
    try:
        with app_of(url, data) as app:
            round_id, promised = _approved(size.results)
            started = time.monotonic()
            with Looks(app, round_id, size.results) as looks:
                kills = _announce(boxes, looks, env, data, lot, size, sum(promised.values()))
            took = time.monotonic() - started
            return _rows(name, size, boxes, looks, kills, promised, took)
    finally:
        controller.stop()


def _approved(results: int) -> tuple[int, Counter[str]]:
    """A round whose results two people have approved, due now; how many letters of which kind they saw."""
    (round_id,) = due_rounds(1, database_now() - 2.5 * DAY)
    ready_drafts(round_id, results)
    with fresh_session() as session:
        programme = session.get_one(Programme, session.get_one(Round, round_id).programme_id)
        _judged(session, round_id, results)
        people = [_organizer(session, programme.id, number) for number in (1, 2)]
        session.commit()
        release = announcing.prepare(session, people[0], round_id)
        release = announcing.approve(session, people[1], release.ref, release.digest)
        release.due_at = release.approved_at
        return round_id, Counter({template: count for template, _, count in release.counts["letters"]})


def _judged(session: Session, round_id: int, results: int) -> None:
    """Every entry stands, a tenth of them on notice for a prize, one is its seeker's choice."""
    now = database_now()
    award = sa.and_(RoundWindow.round_id == round_id, RoundWindow.stage == Stage.AWARD.value)
    opens = {"opens_at": now - DAY / 4, "closes_at": now + DAY, "ends_at": now + DAY}
    session.execute(sa.update(RoundWindow).where(award).values(**opens))
    session.execute(sa.update(Submission).where(Submission.round_id == round_id).values(state="submitted"))
    entries = session.scalars(sa.select(Submission.id).where(Submission.round_id == round_id)).all()
    won = entries[: max(1, results // 10)]
    prize = Prize(round_id=round_id, position=1, name_en="Prize", slots=len(won), amount_minor=1_000_000)
    need = session.scalars(sa.select(Requirement).where(Requirement.round_id == round_id)).one()
    session.add_all(
        [
            prize,
            Decision(
                requirement_id=need.id,
                round_id=round_id,
                proposed_id=won[0],
                chosen_id=won[0],
                verdict="confirmed",
            ),
            Notice(round_id=round_id, starts_at=now - DAY / 5, ends_at=now - DAY / 6),
        ]
    )
    session.flush()
    session.add_all(
        Award(round_id=round_id, prize_id=prize.id, slot=slot, submission_id=entry, state="on_notice")
        for slot, entry in enumerate(won, start=1)
    )
    session.add(
        Membership(user_id=_user(session, "seeker"), organization_id=need.seeker_id, representative=True)
    )


def _user(session: Session, name: str) -> int:
    user = User(
        email=f"{name}@storm.example",
        name=name,
        fs_uniquifier=name,
        active=True,
        confirmed_at=dt.datetime.now(dt.UTC),
        locale="en_US",
    )
    session.add(user)
    session.flush()
    return user.id


def _organizer(session: Session, programme_id: int, number: int) -> Actor:
    user = _user(session, f"organizer{number}")
    session.add(RoleGrant(user_id=user, role="organizer", scope="programme", scope_id=programme_id))
    return Actor(user, grants=frozenset({Grant("organizer", "programme", programme_id)}))


def _announce(
    boxes: Mailboxes,
    looks: Looks,
    env: dict[str, str],
    data: Path,
    lot: random.Random,
    size: Size,
    letters: int,
) -> int:
    """Let one announcer follow the other, each killed in its turn, until the last has nothing left to do."""
    early = max(1, size.kills // EARLY)
    marks = sorted(lot.sample(range(letters // 20, letters * 19 // 20), size.kills - early))
    command, kills = [sys.executable, "-m", "bench.announcer", str(size.lease)], 0
    before = 0
    end = time.monotonic() + PATIENCE
    with (data / "announcer.log").open("ab") as log:
        announcers = subprocess.Popen(command, cwd=units.ROOT, env=env, stdout=subprocess.PIPE, stderr=log)
        assert announcers.stdout is not None
        for mark in [0] * early + marks:
            pid = int(announcers.stdout.readline() or 0)
            while pid and boxes.count < mark and time.monotonic() < end:
                time.sleep(0.001)
            if pid:
                # Before the first letter anywhere in the publication, then between one letter and the next.
                time.sleep(lot.uniform(0, 0.02) if mark else lot.uniform(0, size.results / 5_000))
                before += not looks.out
                os.kill(pid, signal.SIGKILL)
                kills += 1
        announcers.communicate(timeout=max(1.0, end - time.monotonic()))
    print(f"{before} of {kills} kills before the results were out", flush=True)
    return kills


def _letters(session: Session) -> Counter[str]:
    """How many letters about published results there are, by kind."""
    kinds = ("award_won", "award_not_won", "results_published", "results_out")
    query = sa.select(Letter.template, sa.func.count()).where(Letter.template.in_(kinds))
    rows = session.execute(query.group_by(Letter.template))
    return Counter({row[0]: row[1] for row in rows})


def _rows(
    name: str, size: Size, boxes: Mailboxes, looks: Looks, kills: int, promised: Counter[str], took: float
) -> list[Row]:
    job = f"{name}: announcing {size.results:,} results, killed {size.kills} times"
    with fresh_session() as session:
        written = _letters(session)
        each = sa.select(sa.func.count(Letter.id)).group_by(Letter.recipient, Letter.template)
        twice = sum(count - 1 for count in session.scalars(each))
        events = session.scalar(sa.select(sa.func.count()).where(Task.key.like(f"event/{EVENT}/%"))) or 0
        due = len(releases.due(session, 10))
        faults = len(chain.verify(session)[1])
    again = sum(taken - 1 for names in boxes.taken.values() for taken in names.values())
    lost = sum((promised - written).values())
    return [
        Row(f"{job}: kills", kills, "kills", size.kills, "eq"),
        Row(f"{job}: looks that saw a part of it", looks.torn, f"of {looks.count:,}", 0, "eq"),
        Row(f"{job}: published", events, "times", 1, "eq"),
        Row(f"{job}: left due", due, "releases", 0, "eq"),
        Row(f"{job}: letters lost", lost, f"of {sum(promised.values()):,}", 0, "eq"),
        Row(f"{job}: letters beyond those counted", sum((written - promised).values()), "letters", 0, "eq"),
        Row(f"{job}: letters doubled", twice + again, "letters", 0, "eq"),
        Row(f"{job}: audit faults", faults, "faults", 0, "eq"),
        Row(f"{job}: out in", round(took, 1), "s", PATIENCE),
    ]
