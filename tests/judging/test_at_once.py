"""Judges at work at the same time: standings stay right, one press counts once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.db import fresh_session
from challenge.judging import panel, rubric, runs, scoring
from challenge.judging.models import Assignment, PanelJudge, Phase, Score, Scorecard
from challenge.rules.errors import Refused
from challenge.tasks.models import Task
from tests.factories import RoundFactory, UserFactory, actor_of, organizer_of
from tests.judging.stories import court, searched


def together(app: Flask, acts: list[Callable[[Session], object]]) -> list[object]:
    """Do everything at once, each in a thread and a transaction of its own; what came of each."""
    start = threading.Barrier(len(acts))
    came: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[Session], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                with fresh_session() as session:
                    came[place] = act(session)
            except Refused as refusal:
                came[place] = refusal.code

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came


@pytest.mark.parametrize("turn", range(3))
def test_judges_who_lock_one_entry_at_once_all_count(app: Flask, db: Session, turn: int) -> None:
    made = court(db, judges=6)
    acts = []
    for number in range(6):
        actor, ref, entered = made.as_judge(number), made.assignment(number).ref, made.entered(number, 10)
        acts.append(lambda s, a=actor, r=ref, e=entered: scoring.lock(s, a, r, e))
    db.commit()
    came = together(app, acts)
    assert all(isinstance(each, scoring.Saved) for each in came), came
    standing = made.standing()
    assert standing is not None
    # 0..5 without the highest and the lowest: 2.5 on weight 3, and 10 on weight 2
    assert (standing.scorecards, standing.total) == (6, Decimal("27.50")), turn
    assert chain.verify(db)[1] == []


def test_lock_pressed_twenty_times_at_once_locks_once(app: Flask, db: Session) -> None:
    made = court(db)
    actor, ref, entered = made.as_judge(), made.assignment().ref, made.entered(8, 6)
    db.commit()
    came = together(app, [lambda s: scoring.lock(s, actor, ref, entered)] * 20)
    assert {each.total for each in came if isinstance(each, scoring.Saved)} == {Decimal(36)}
    assert len([each for each in came if isinstance(each, scoring.Saved)]) == 20
    locks = db.scalars(sa.select(Task.key).where(Task.key.like("event/scorecard.locked/%"))).all()
    assert len(locks) == 1


def test_draft_that_arrives_with_the_lock_changes_nothing_that_is_locked(app: Flask, db: Session) -> None:
    made = court(db)
    actor, ref = made.as_judge(), made.assignment().ref
    first, second = made.entered(8, 6), made.entered(1, 1)
    db.commit()
    together(
        app,
        [lambda s: scoring.lock(s, actor, ref, first)] + [lambda s: scoring.save(s, actor, ref, second)] * 8,
    )
    card = made.card()
    assert card is not None
    stored = list(db.scalars(sa.select(Score.value).where(Score.scorecard_id == card.id)))
    standing = made.standing()
    assert standing is not None
    assert (sorted(stored), card.total, standing.total) == ([6, 8], Decimal(36), Decimal("36.00"))


def test_proposal_applied_by_two_organizers_at_once_assigns_once(app: Flask, db: Session) -> None:
    made = court(db, judges=3, entries=4, assigned=False, per_entry=2)
    digest = searched(made).digest or ""
    actor, round_id = made.as_organizer, made.round.id
    db.commit()
    came = together(app, [lambda s: runs.apply(s, actor, round_id, digest)] * 4)
    assert sorted(came, key=str) == [0, 0, 0, 8]
    assert db.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 8


def test_judges_added_at_once_get_a_label_each(app: Flask, db: Session) -> None:
    made = court(db, judges=0)
    actor, round_id = made.as_organizer, made.round.id
    people = [UserFactory(email=f"judge@panel{number}.cn") for number in range(6)]
    emails = [person.email for person in people]
    db.commit()
    together(app, [lambda s, e=email: panel.add(s, actor, round_id, e) for email in emails])
    labels = db.scalars(sa.select(PanelJudge.label).order_by(PanelJudge.id)).all()
    assert labels == ["J1", "J2", "J3", "J4", "J5", "J6"]


def test_phase_set_up_by_many_at_once_is_one(app: Flask, db: Session) -> None:
    round_ = RoundFactory()

    actor, round_id = actor_of(organizer_of(round_.programme)), round_.id
    db.commit()
    together(app, [lambda s: rubric.set_up(s, actor, round_id).id] * 6)
    assert db.scalar(sa.select(sa.func.count()).select_from(Phase)) == 1
    assert db.scalar(sa.select(sa.func.count()).select_from(Scorecard)) == 0
