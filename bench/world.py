"""A world of a given size for measurements: made by Core inserts from a seed, the same rows each time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench.judged import Judged
from bench.posted import CLOSED, JUDGED, RANKED
from challenge.base.db import db
from challenge.requirements.models import Indicator, Requirement
from challenge.submissions.models import Submission, TeamMember

ROOT = Path(__file__).resolve().parent.parent


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


def migrate(url: str, folder: Path) -> None:
    """An empty database with all tables, made by the product's own command."""
    env = {**os.environ, "DATABASE_URL": url, "CHALLENGE_DATA": str(folder), "CHALLENGE_MODE": "dev"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def make(app: Flask, size: int, seed: int) -> World:
    """Fill the app's database."""
    with app.app_context():
        session = db.session
        maker = Judged(session, size, seed)
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
            team_name="Team",
            marks={},
            values={
                "title": "Polarised vision",
                "summary": "Four directions.",
                "proposal": "We replace the line-scan camera.",
                "schedule": "Six months.",
                "indicators": answers,
                "trl_now": 6,
                "trl_delivery": 8,
                "quote": 80_000_000,
                "original": 1,
            },
        )
    )
    member = {"submission_id": 10_000_000, "user_id": 3, "email": "p3@mail3.example", "name": "Person 3"}
    session.execute(sa.insert(TeamMember).values(**member))
