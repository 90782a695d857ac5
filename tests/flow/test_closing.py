"""Rounds close on time, each once, whoever ticks and however often."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.flow import closing
from challenge.rounds import gate, queries
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.stages import WINDOWED, Stage, is_open
from challenge.tasks.models import Task
from tests.factories import ProgrammeFactory, RoundFactory
from tests.rigs.statements import Counting

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


def rounds_due(db: Session, count: int, *, waiting: int = 0, name: str = "due") -> None:
    """`count` rounds whose submission closed a second ago, and `waiting` that are open for a day."""
    programme: Programme = ProgrammeFactory()
    now = clock.now(db)
    rows = [
        {
            "slug": f"{name}-{place}",
            "programme_id": programme.id,
            "title_en": f"Round {place}",
            "stage": "submission",
            "public": True,
            "launched_at": now - 30 * DAY,
            "sort_at": now,
        }
        for place in range(count + waiting)
    ]
    ids = list(db.scalars(sa.insert(Round).returning(Round.id, sort_by_parameter_order=True), rows))
    db.execute(
        sa.insert(RoundWindow), [row for place, i in enumerate(ids) for row in _four(i, place < count, now)]
    )
    db.commit()


def _four(round_id: int, due: bool, now: dt.datetime) -> list[dict[str, object]]:
    closes_at = now - SECOND if due else now + DAY
    spans = [
        (now - 30 * DAY, now - 20 * DAY),
        (now - 20 * DAY, closes_at),
        (now + 2 * DAY, now + 3 * DAY),
        (now + 3 * DAY, now + 4 * DAY),
    ]
    return [
        {
            "round_id": round_id,
            "stage": stage.value,
            "position": place,
            "opens_at": opens_at,
            "closes_at": ends_at,
            "opened_at": opens_at if place <= 2 else None,
            "closed_at": ends_at if place == 1 else None,
        }
        for place, (stage, (opens_at, ends_at)) in enumerate(zip(WINDOWED, spans, strict=True), start=1)
    ]


def counts(db: Session) -> tuple[int, int, int]:
    """Windows recorded as closed, audit entries of closings, events of closings."""
    closed = db.query(RoundWindow).filter(
        RoundWindow.stage == "submission", RoundWindow.closed_at.is_not(None)
    )
    entries = db.query(AuditEntry).filter_by(action="round.submission_closed")
    events = db.query(Task).filter(Task.key.like("event/round.submission_closed/%"))
    return closed.count(), entries.count(), events.count()


def test_a_close_is_recorded_with_its_stage_its_entry_and_its_event(db: Session) -> None:
    rounds_due(db, 1)

    assert closing.close_due() == 1

    db.expire_all()
    round_ = queries.by_slug(db, "due-0")
    assert counts(db) == (1, 1, 1)
    assert (round_.stage, round_.version) == ("submission", 2)
    assert round_.sort_at == round_.windows[2].opens_at
    assert closing.close_due() == 0


def test_a_late_tick_records_every_opening_and_closing_in_their_order(db: Session, now: dt.datetime) -> None:
    ends = {
        stage: (now - 10 * DAY + place * DAY, now - 9 * DAY + place * DAY)
        for place, stage in enumerate(WINDOWED)
    }
    round_ = RoundFactory(stage=Stage.SUBMISSION, windows=ends)
    db.execute(sa.update(RoundWindow).values(opened_at=None, closed_at=None))
    db.commit()

    assert closing.close_due() == 8

    db.expire_all()
    told = [entry.action for entry in db.query(AuditEntry).order_by(AuditEntry.seq)]
    assert told == [f"round.{stage}_{what}" for stage in WINDOWED for what in ("opened", "closed")]
    assert queries.by_id(db, round_.id).stage == "closed"


def test_four_workers_close_fifty_rounds_once_each(db: Session, app: Flask) -> None:
    rounds_due(db, 50)
    recorded: list[int] = []

    def worker() -> None:
        with app.app_context():
            recorded.extend(closing.close_due(batch=10) for _ in range(5))

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.expire_all()
    assert sum(recorded) == 50
    assert counts(db) == (50, 50, 50)
    chains = Counter(entry.chain for entry in db.query(AuditEntry))
    assert set(chains.values()) == {1}
    assert chain.verify(db)[1] == []


def test_a_thousand_rounds_due_at_once_are_closed_within_five_seconds(db: Session) -> None:
    rounds_due(db, 1000)
    started = time.perf_counter()
    assert closing.close_due() == 1000
    assert time.perf_counter() - started < 5
    db.expire_all()
    assert counts(db) == (1000, 1000, 1000)


def test_what_closed_stays_closed_when_the_clock_steps_back(
    db: Session, monkeypatch: pytest.MonkeyPatch, now: dt.datetime
) -> None:
    rounds_due(db, 3)
    closing.close_due()
    db.expire_all()
    _set_back(monkeypatch, now - DAY)

    assert closing.close_due() == 0

    round_ = queries.by_slug(db, "due-0")
    held = gate.hold(db, round_.id)
    assert held.now == now - DAY
    assert not is_open(held.windows[Stage.SUBMISSION], held.now)
    assert queries.track(held.round, held.now).stages[1].state == "done"
    assert counts(db) == (3, 3, 3)


def _set_back(monkeypatch: pytest.MonkeyPatch, to: dt.datetime) -> None:
    """From now on the database's clock is read as `to`, in every place that reads it."""
    monkeypatch.setattr(clock, "now", lambda _session: to)
    monkeypatch.setattr(clock, "db_now", lambda: sa.literal(to, RoundWindow.closes_at.type))


def test_closing_asks_of_what_is_due_not_of_what_there_is(db: Session, statements: Counting) -> None:
    asked = []
    for name, due, waiting in (("few", 2, 0), ("waiting", 2, 300), ("many", 40, 0)):
        rounds_due(db, due, waiting=waiting, name=name)
        with statements() as sent:
            assert closing.close_due() == due
        asked.append(len(sent))
    assert len(set(asked)) == 1
    assert asked[0] <= 14


def test_a_draft_and_a_cancelled_round_are_left_alone(db: Session) -> None:
    for stage in (Stage.DRAFT, Stage.CANCELLED):
        round_ = RoundFactory(stage=stage)
        for row in round_.windows:
            row.opens_at, row.closes_at = row.opens_at - 99 * DAY, row.closes_at - 99 * DAY
            row.opened_at = row.closed_at = None
    db.commit()
    assert closing.close_due() == 0


@pytest.fixture
def now(db: Session) -> dt.datetime:
    """The database's time as the test starts."""
    return clock.now(db)
