"""Worlds for the storms, written in bulk: rounds that are due at one instant, drafts that are ready to go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from bench.client import Passes, Solver
from challenge.accounts.models import Organization, User
from challenge.app import create_app
from challenge.base import clock
from challenge.base.db import db, fresh_session
from challenge.base.ids import new_ref
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.stages import WINDOWED, Stage
from challenge.submissions.models import Submission, TeamMember
from config import Settings

DAY = dt.timedelta(days=1)


@contextmanager
def app_of(url: str, data: Path, **settings: object) -> Iterator[Flask]:
    """The application over this database, with a context; its connections are closed at the end."""
    app = create_app(Settings.for_test(url, data, pool_size=40, **settings))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.close()
            db.engine.dispose()


def database_now() -> dt.datetime:
    """The database's time."""
    with fresh_session() as session:
        return clock.now(session)


def due_rounds(count: int, closes_at: dt.datetime) -> list[int]:
    """Rounds whose submission window closes at this instant, all running."""
    with fresh_session() as session:
        programme = _programme(session)
        now = clock.now(session)
        ids = list(
            session.scalars(
                sa.insert(Round).returning(Round.id, sort_by_parameter_order=True),
                [_round(programme.id, number, closes_at, now) for number in range(count)],
            )
        )
        rows = [window for number in ids for window in _windows(number, closes_at, now)]
        session.execute(sa.insert(RoundWindow), rows)
        return ids


def close_at(closes: Mapping[int, float]) -> None:
    """Set when the submission windows of these rounds close (seconds since 1970)."""
    with fresh_session() as session:
        for round_id, close in closes.items():
            mine = sa.and_(RoundWindow.round_id == round_id, RoundWindow.stage == Stage.SUBMISSION.value)
            at = dt.datetime.fromtimestamp(close, dt.UTC)
            ends = {"closes_at": at, "ends_at": at, "first_closes_at": at}
            session.execute(sa.update(RoundWindow).where(mine).values(**ends))


def _programme(session: Session) -> Programme:
    host = Organization(name="风暴", name_en="Storm", kind="agency")
    programme = Programme(slug=f"storm-{new_ref()}", host=host, title_en="Storm")
    session.add(programme)
    session.flush()
    return programme


def _round(programme_id: int, number: int, closes_at: dt.datetime, now: dt.datetime) -> dict[str, object]:
    return {
        "programme_id": programme_id,
        "slug": f"storm-{programme_id}-{number}",
        "title_en": f"Storm {number}",
        "stage": Stage.SUBMISSION.value,
        "public": True,
        "launched_at": now - 9 * DAY,
        "sort_at": closes_at,
    }


def _windows(round_id: int, closes_at: dt.datetime, now: dt.datetime) -> list[dict[str, object]]:
    spans = {
        Stage.REQUIREMENTS: (now - 8 * DAY, now - 4 * DAY),
        Stage.SUBMISSION: (now - 3 * DAY, closes_at),
        Stage.JUDGING: (closes_at + DAY, closes_at + 2 * DAY),
        Stage.AWARD: (closes_at + 3 * DAY, closes_at + 4 * DAY),
    }
    return [
        {
            "round_id": round_id,
            "stage": stage.value,
            "position": WINDOWED.index(stage) + 1,
            "opens_at": opens,
            "closes_at": closes,
            "first_closes_at": closes,
            "opened_at": opens if opens <= now else None,
            "closed_at": closes if closes <= now else None,
            "live": True,
        }
        for stage, (opens, closes) in spans.items()
    ]


def ready_drafts(round_id: int, count: int) -> list[Solver]:
    """Complete drafts of one round, each of a solver of its own who is signed in."""
    passes = Passes(current_app._get_current_object())  # type: ignore[attr-defined]
    with fresh_session() as session:
        requirement = _requirement(session, round_id)
        now = clock.now(session)
        people = [_person(round_id, number, now) for number in range(count)]
        users = list(
            session.scalars(sa.insert(User).returning(User.id, sort_by_parameter_order=True), people)
        )
        made = sa.insert(Submission).returning(Submission.id, Submission.ref, sort_by_parameter_order=True)
        drafts = [_draft(round_id, requirement.id, user, number) for number, user in enumerate(users)]
        entries = list(session.execute(made, drafts))
        members = [
            {
                "submission_id": entry.id,
                "user_id": user,
                "email": f"m{user}@storm.example",
                "name": f"S{user}",
            }
            for entry, user in zip(entries, users, strict=True)
        ]
        session.execute(sa.insert(TeamMember), members)
        cookies = passes.cookies([str(person["fs_uniquifier"]) for person in people])
        return [
            Solver(entry.ref, user, cookie, passes.token)
            for entry, user, cookie in zip(entries, users, cookies, strict=True)
        ]


def _requirement(session: Session, round_id: int) -> Requirement:
    seeker = Organization(name="需求方", name_en="Seeker", kind="company")
    requirement = Requirement(
        round_id=round_id,
        seeker=seeker,
        state="published",
        title_en="Storm",
        field="electronics",
        modes=["joint"],
    )
    session.add(requirement)
    session.flush()
    return requirement


def _person(round_id: int, number: int, now: dt.datetime) -> dict[str, object]:
    return {
        "email": f"s{number}-{round_id}@storm.example",
        "name": f"S{number}",
        "fs_uniquifier": f"{round_id}-{number}",
        "active": True,
        "confirmed_at": now,
        "locale": "en_US",
    }


def _draft(round_id: int, requirement_id: int, user_id: int, number: int) -> dict[str, object]:
    return {
        "code": f"S-{number:05d}",
        "round_id": round_id,
        "requirement_id": requirement_id,
        "owner_id": user_id,
        "state": "draft",
        "values": {
            "title": "A solution",
            "summary": "In short.",
            "proposal": "At length.",
            "schedule": "Six months.",
            "trl_now": 5,
            "trl_delivery": 8,
            "quote": 1_000_000,
            "original": True,
        },
    }
