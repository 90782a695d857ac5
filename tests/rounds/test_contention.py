"""Extensions at the very moment of the close: the exclusive lock decides each round once."""

from __future__ import annotations

import datetime as dt
import threading

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.flow import closing
from challenge.rounds import extending, gate
from challenge.rounds.models import RoundWindow
from challenge.rules.errors import Refused
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage, is_open
from tests.factories import RoundFactory, actor_of, organizer_of
from tests.rounds.conftest import DAY

ROUNDS = 20
STEP = dt.timedelta(milliseconds=40)  # from well before the close to well after it
TOLD = {"extended": "round.extended", "window_closed_for_good": "round.submission_closed"}


def test_a_round_is_extended_and_open_or_closed_for_good(db: Session, app: Flask) -> None:
    rounds = [RoundFactory(stage=Stage.SUBMISSION) for _ in range(ROUNDS)]
    soon = clock.now(db) + dt.timedelta(seconds=0.9)
    taking = RoundWindow.stage == "submission"
    db.execute(sa.update(RoundWindow).where(taking).values(closes_at=soon, ends_at=soon))
    people = [(each.id, actor_of(organizer_of(each.programme))) for each in rounds]
    db.commit()
    answers: dict[int, str] = {}
    threads = [threading.Thread(target=_close_until, args=(app, soon + ROUNDS * STEP)) for _ in range(2)]
    threads.append(threading.Thread(target=_extend_around, args=(app, people, soon, answers)))

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    closing.close_due()

    assert len(answers) == ROUNDS
    for round_id, answer in answers.items():
        held = gate.hold(db, round_id)
        assert is_open(held.windows[Stage.SUBMISSION], held.now) == (answer == "extended")
        assert _trail(db, round_id) == [TOLD[answer]]
        db.rollback()


def _close_until(app: Flask, end: dt.datetime) -> None:
    with app.app_context():
        while dt.datetime.now(dt.UTC) < end:
            closing.close_due()
            threading.Event().wait(0.005)


def _extend_around(
    app: Flask, people: list[tuple[int, Actor]], soon: dt.datetime, answers: dict[int, str]
) -> None:
    with app.app_context():
        for place, (round_id, actor) in enumerate(people):
            wait = soon + (place - ROUNDS // 2) * STEP - dt.datetime.now(dt.UTC)
            threading.Event().wait(max(wait.total_seconds(), 0))
            answers[round_id] = _extend(round_id, actor, soon + DAY / 2)


def _extend(round_id: int, actor: Actor, closes_at: dt.datetime) -> str:
    try:
        with fresh_session() as session:
            extending.extend(session, actor, round_id, Stage.SUBMISSION, closes_at, "Flood.", move_later=True)
    except Refused as refusal:
        return refusal.code
    return "extended"


def _trail(db: Session, round_id: int) -> list[str]:
    entries = db.query(AuditEntry).filter_by(chain=f"round:{round_id}").order_by(AuditEntry.seq)
    return [entry.action for entry in entries]
