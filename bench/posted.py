"""The posted half of a measured world: people, rounds with their windows, requirements, an audit trail."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.audit.models import AuditEntry, AuditHead
from challenge.base import clock
from challenge.base.db import Base
from challenge.requirements.models import FIELDS, MODES, Indicator, Question, Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.stages import WINDOWED

DAY = dt.timedelta(days=1)
CHUNK = 5000
JUDGED, RANKED, CLOSED = 1, 2, 3  # the rounds that are judged now, ranked by 2,000, and closed with results


class Posted:
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
        self._asked_of_them()

    def _asked_of_them(self) -> None:
        """Indicators and questions of the newest 2,000."""
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
