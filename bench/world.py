"""A world of a given size for measurements: made by Core inserts from a seed, the same rows each time."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.audit.models import AuditEntry, AuditHead
from challenge.base import clock
from challenge.base.db import Base, db
from challenge.judging.models import (
    Assignment,
    Criterion,
    PanelJudge,
    Phase,
    Ranking,
    RankingRow,
    Scorecard,
    Standing,
)
from challenge.requirements.models import FIELDS, MODES, Indicator, Question, Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.scoring import Method
from challenge.rules.stages import WINDOWED
from challenge.submissions.models import Submission, TeamMember, Version

ROOT = Path(__file__).resolve().parent.parent
DAY = dt.timedelta(days=1)
CHUNK = 5000
JUDGED, RANKED, CLOSED = 1, 2, 3  # the rounds that are judged now, ranked by 2,000, and closed with results
QUEUE = 12  # assignments of the judge who is measured
ENTRIES = 2000  # of the organizer's ranking


@dataclass(frozen=True)
class World:
    """Where things stand in it."""

    size: int
    requirement: str
    assignment: str
    judged: str
    ranked: str
    closed: str
    criteria: tuple[int, ...]
    round_id: int
    draft: str


class Maker:
    """Writes the tables in the order of their keys."""

    def __init__(self, session: Session, size: int, seed: int) -> None:
        self.session = session
        self.size = size
        self.chance = random.Random(seed)
        self.now = clock.now(session)

    def put(self, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
        """Insert rows of one shape, some thousands at a time, past the ORM."""
        insert = sa.insert(Base.metadata.tables[model.__tablename__])
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == CHUNK:
                self.session.execute(insert, batch)
                batch = []
        if batch:
            self.session.execute(insert, batch)

    def people(self) -> None:
        """Organizations, programmes, and the persons who are measured: 1 judges, 2 organizes, 3 solves."""
        common = {"confirmed_at": self.now, "locale": "en_US"}
        self.put(
            User,
            (
                {"id": i, "ref": f"user{i:08d}", "email": f"p{i}@mail{i}.example", "name": f"Person {i}"}
                | {"fs_uniquifier": f"{i:064d}", "active": True, "admin": i == 2, **common}
                for i in range(1, 4)
            ),
        )
        self.put(
            Organization,
            (
                {"id": i, "ref": f"organ{i:07d}", "name": f"第{i}机构", "name_en": f"Organization {i}"}
                for i in range(1, 21)
            ),
        )
        self.put(
            Programme,
            (
                {"id": i, "slug": f"programme-{i}", "host_id": i, "hue": i * 17 % 360}
                | {"title_zh": f"第{i}创新挑战赛", "title_en": f"Innovation Challenge {i}"}
                for i in range(1, 21)
            ),
        )

    def rounds(self) -> None:
        """`size` rounds in submission; the first three are judged, ranked and closed."""
        stages = {JUDGED: "judging", RANKED: "award", CLOSED: "closed"}
        self.put(
            Round,
            (
                {"id": i, "slug": f"round-{i}", "programme_id": i % 20 + 1, "public": True}
                | {
                    "title_zh": f"先进制造创新挑战赛第 {i} 赛季",
                    "title_en": f"Advanced Manufacturing Round {i}",
                }
                | {"stage": stages.get(i, "submission"), "launched_at": self.now - 90 * DAY}
                | {"sort_at": self.now + 10 * DAY + dt.timedelta(minutes=i), "requirement_count": 8}
                | {"submission_count": 20, "budget_minor": 4_120_000_000, "notice_days": 0}
                | {"source": "bench:closed" if i == CLOSED else None}
                for i in range(1, self.size + 1)
            ),
        )
        self.put(RoundWindow, (row for i in range(1, self.size + 1) for row in self._windows(i)))

    def _windows(self, i: int) -> Iterator[dict[str, Any]]:
        first = self.now - {JUDGED: 23, RANKED: 34, CLOSED: 60}.get(i, 12) * DAY
        for position, stage in enumerate(WINDOWED):
            opens_at = first + position * 11 * DAY + dt.timedelta(minutes=i % 1000)
            closes_at = opens_at + 10 * DAY
            yield {
                "round_id": i,
                "stage": stage.value,
                "position": position + 1,
                "opens_at": opens_at,
                "closes_at": closes_at,
                "first_closes_at": closes_at,
                "opened_at": opens_at if opens_at <= self.now else None,
                "closed_at": closes_at if closes_at <= self.now else None,
                "live": True,
            }

    def requirements(self) -> None:
        """`size` published requirements of 8 indicators and 2 answered questions each (the last 2,000)."""
        text = "Our cold-rolling line for aluminium strip runs below 15 lx at night. " * 8
        self.put(
            Requirement,
            (
                {"id": i, "ref": f"need{i:08d}", "number": f"R-2026-{i:06d}", "state": "published"}
                | {
                    "round_id": (i - 1) % self.size + 1,
                    "seeker_id": i % 20 + 1,
                    "field": FIELDS[i % len(FIELDS)],
                }
                | {
                    "title_zh": f"弱光产线表面瑕疵视觉检测 {i}",
                    "title_en": f"Low-light surface-flaw vision {i}",
                }
                | {"summary_zh": "在线识别四类瑕疵。", "summary_en": "Four kinds of flaws found in line."}
                | {"problem_zh": "铝带冷轧产线夜间照度低于 15 lx。" * 8, "problem_en": text}
                | {"modes": [MODES[i % 3]], "keywords": ["vision"], "budget_min_minor": 60_000_000}
                | {"budget_max_minor": 100_000_000 + self.chance.randrange(50) * 1_000_000}
                | {"published_at": self.now - DAY, "question_count": 2, "anonymous": i % 7 == 0}
                for i in range(1, self.size + 1)
            ),
        )
        self.put(
            Indicator,
            (
                {"requirement_id": i, "position": n, "name_zh": f"指标 {n}", "name_en": f"Indicator {n}"}
                | {"unit": "%", "comparison": "ge", "target": "99.2", "level": "must"}
                for i in range(max(1, self.size - 1999), self.size + 1)
                for n in range(1, 9)
            ),
        )
        self.put(
            Question,
            (
                {"ref": f"q{i:07d}{n:04d}", "round_id": (i - 1) % self.size + 1, "requirement_id": i}
                | {"body": "Are sample images available?", "answer": "After an NDA.", "public": True}
                | {"answered_at": self.now}
                for i in range(max(1, self.size - 1999), self.size + 1)
                for n in range(2)
            ),
        )

    def submissions(self) -> None:
        """Entries of the three rounds and one draft: `QUEUE` to be judged, 2,000 ranked, `size` published."""
        plan = [(JUDGED, QUEUE), (RANKED, ENTRIES), (CLOSED, max(self.size, 50))]
        rows = ((round_id, n) for round_id, count in plan for n in range(1, count + 1))
        text = "We replace the line-scan camera by four-direction micro-polarisers. " * 20
        content = {"title": "Polarised low-light vision", "summary": "Four directions.", "proposal": text}
        common = {
            "summary": "Four directions.",
            "proposal": text,
            "original": True,
            "quote_minor": 80_000_000,
        }
        self.put(
            Submission,
            (
                {
                    "id": i,
                    "ref": f"entry{i:07d}",
                    "code": f"S-{i:06d}",
                    "round_id": round_id,
                    "state": "submitted",
                }
                | {"requirement_id": round_id, "title": f"Polarised vision {n}", "team_name": f"Team {n}"}
                | {
                    "submitted_at": self.now - 3 * DAY,
                    "proposal": text if i <= QUEUE else "Micro-polarisers.",
                }
                | {"owner_id": None, "organization_id": None, **common}
                for i, (round_id, n) in enumerate(rows, start=1)
            ),
        )
        self.put(
            Version,
            (
                {"submission_id": i, "number": 1, "current": True, "content": content, "manifest": []}
                | {"submitted_at": self.now - 3 * DAY, "receipt": {}}
                for i in range(1, QUEUE + 1)
            ),
        )

    def judging(self) -> None:
        """Phases with four criteria, the judge's queue, standings and rankings."""
        self.put(
            Phase,
            (
                {"id": i, "round_id": i, "number": 1, "blindness": "blind", "per_entry": 3}
                | {"method": Method().to_json()}
                for i in (JUDGED, RANKED, CLOSED)
            ),
        )
        names = ("Fit to indicators", "Feasibility", "Innovation", "Cost")
        self.put(
            Criterion,
            (
                {"id": phase * 10 + n, "phase_id": phase, "position": n, "name_en": name, "name_zh": name}
                | {"guidance_en": "Compare every target.", "minimum": Decimal(0), "maximum": Decimal(10)}
                | {"step": Decimal("0.5"), "weight": Decimal("2.5")}
                for phase in (JUDGED, RANKED, CLOSED)
                for n, name in enumerate(names, start=1)
            ),
        )
        self.put(
            PanelJudge,
            (
                {"id": i, "phase_id": JUDGED, "user_id": 1 if i == 1 else None, "label": f"J{i}"}
                for i in range(1, 10)
            ),
        )
        self.put(
            Assignment,
            (
                {"id": n, "ref": f"task{n:08d}", "phase_id": JUDGED, "judge_id": 1, "submission_id": n}
                | {"state": "accepted", "declared_at": self.now - DAY}
                for n in range(1, QUEUE + 1)
            ),
        )
        self._cards()
        self._standings()

    def _cards(self) -> None:
        """Other judges' locked scorecards, as many as the world is large, in the ranked phase."""
        self.put(
            PanelJudge,
            ({"id": 100 + i, "phase_id": RANKED, "user_id": None, "label": f"J{i}"} for i in range(1, 51)),
        )
        count = min(self.size, ENTRIES * 50)
        pairs = ((n // ENTRIES + 1, n % ENTRIES + 1) for n in range(count))
        self.put(
            Assignment,
            (
                {"id": 1000 + i, "ref": f"more{i:08d}", "phase_id": RANKED, "judge_id": 100 + judge}
                | {"submission_id": QUEUE + entry, "state": "completed", "declared_at": self.now}
                for i, (judge, entry) in enumerate(pairs)
            ),
        )
        self.put(
            Scorecard,
            (
                {"assignment_id": 1000 + i, "state": "locked", "total": Decimal(80), "saved_at": self.now}
                | {"locked_at": self.now}
                for i in range(count)
            ),
        )

    def _standings(self) -> None:
        for phase, first, count in (
            (RANKED, QUEUE + 1, ENTRIES),
            (CLOSED, QUEUE + ENTRIES + 1, max(self.size, 50)),
        ):
            panel = {str(phase * 10 + n): "8.25" for n in range(1, 5)}
            totals = [Decimal(9000 - n * 8999 // count) / 100 for n in range(count)]
            self.put(
                Standing,
                (
                    {
                        "phase_id": phase,
                        "submission_id": first + n,
                        "total": total,
                        "panel": panel,
                        "scorecards": 5,
                    }
                    for n, total in enumerate(totals)
                ),
            )
            ranking = {
                "id": phase,
                "ref": f"rank{phase:08d}",
                "phase_id": phase,
                "method": Method().to_json(),
            }
            self.put(
                Ranking,
                iter([ranking | {"input_digest": "0" * 64, "created_at": self.now, "superseded": False}]),
            )
            self.put(
                RankingRow,
                (
                    {"ranking_id": phase, "submission_id": first + n, "position": n + 1, "place": n + 1}
                    | {"shared": False, "total": total, "panel": panel, "trail": []}
                    for n, total in enumerate(totals)
                ),
            )

    def trail(self) -> None:
        """An audit trail as long as the world is large, and the head of every round's chain."""
        self.put(
            AuditHead,
            ({"chain": f"round:{i}", "seq": 1, "hash": "0" * 64} for i in range(1, self.size + 1)),
        )
        self.put(
            AuditEntry,
            (
                {
                    "id": i,
                    "chain": "bench",
                    "seq": i,
                    "at": self.now,
                    "actor": "system",
                    "action": "bench.made",
                }
                | {"subject": f"round:{i}", "detail": {}, "previous": "0" * 64, "hash": "0" * 64}
                for i in range(1, self.size + 1)
            ),
        )


def migrate(url: str, folder: Path) -> None:
    """An empty database with all tables, made by the product's own command."""
    import os

    env = {**os.environ, "DATABASE_URL": url, "CHALLENGE_DATA": str(folder), "CHALLENGE_MODE": "dev"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def make(app: Flask, size: int, seed: int) -> World:
    """Fill the app's database."""
    with app.app_context():
        session = db.session
        maker = Maker(session, size, seed)
        for step in (
            maker.people,
            maker.rounds,
            maker.requirements,
            maker.submissions,
            maker.judging,
            maker.trail,
        ):
            step()
        session.commit()
        _draft(session)
        session.commit()
    return World(
        size=size,
        requirement=f"need{size:08d}",
        assignment="task00000001",
        judged=f"round-{JUDGED}",
        ranked=f"round-{RANKED}",
        closed=f"round-{CLOSED}",
        criteria=tuple(JUDGED * 10 + n for n in range(1, 5)),
        round_id=JUDGED,
        draft="draft0000001",
    )


def _draft(session: Session) -> None:
    """A complete draft of the solver, to be submitted."""
    requirement_id = int(session.scalar(sa.select(sa.func.max(Requirement.id))) or 0)
    indicators = session.scalars(sa.select(Indicator.id).where(Indicator.requirement_id == requirement_id))
    answers = {str(each): {"met": "met", "evidence": "Measured."} for each in indicators}
    session.execute(
        sa.insert(Submission).values(
            id=10_000_000,
            ref="draft0000001",
            code="S-DRAFT",
            round_id=requirement_id,
            requirement_id=requirement_id,
            owner_id=3,
            state="draft",
            title="Polarised vision",
            summary="Four directions.",
            proposal="We replace the line-scan camera.",
            schedule="Six months.",
            answers=answers,
            trl_now=6,
            trl_delivery=8,
            quote_minor=80_000_000,
            original=True,
            team_name="Team",
        )
    )
    member = {"submission_id": 10_000_000, "user_id": 3, "email": "p3@mail3.example", "name": "Person 3"}
    session.execute(sa.insert(TeamMember).values(**member))
