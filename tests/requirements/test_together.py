"""Two at once: numbers differ, one requirement is published once, one question is asked once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base.db import fresh_session
from challenge.requirements import services
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from tests.factories import UserFactory, actor_of
from tests.requirements.needs import open_call

T = TypeVar("T")


def at_once(app: Flask, db: Session, *tasks: Callable[[Session], T]) -> list[T]:
    """Each in a transaction and a thread of its own, started together."""
    db.commit()
    start = Barrier(len(tasks))

    def run(task: Callable[[Session], T]) -> T:
        with app.app_context(), fresh_session() as session:
            start.wait(10)
            return task(session)

    with ThreadPoolExecutor(len(tasks)) as pool:
        answers = list(pool.map(run, tasks))
    db.expire_all()
    return answers


def test_requirements_published_at_once_get_numbers_of_their_own(app: Flask, db: Session) -> None:
    calls = [open_call(), open_call()]
    waiting = [(call, call.requirement(state="submitted").ref) for call in calls for _ in range(3)]
    tasks = [
        lambda session, who=call.as_organizer, ref=ref: services.publish(session, who, ref).number
        for call, ref in waiting
    ]
    numbers = sorted(str(number) for number in at_once(app, db, *tasks))
    assert [number[-3:] for number in numbers] == ["001", "002", "003", "004", "005", "006"]
    assert db.scalars(sa.select(Round.requirement_count)).all() == [3, 3]


def test_one_requirement_published_by_many_at_once_is_published_once(app: Flask, db: Session) -> None:
    call = open_call()
    ref, organizer = call.requirement(state="submitted").ref, call.as_organizer

    def publish(session: Session) -> str | None:
        return services.publish(session, organizer, ref).number

    assert len(set(at_once(app, db, *[publish] * 6))) == 1
    published = sa.select(sa.func.count()).where(AuditEntry.action == "requirement.published")
    assert db.scalar(published) == 1
    assert db.scalar(sa.select(Round.requirement_count)) == 1


def test_a_page_sent_many_times_at_once_hands_in_once(app: Flask, db: Session) -> None:
    call = open_call()
    ref, seeker = call.requirement().ref, call.as_seeker

    def submit(session: Session) -> str:
        return services.submit(session, seeker, ref).state

    assert set(at_once(app, db, *[submit] * 6)) == {"submitted"}
    assert db.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "requirement.submitted")) == 1


def test_a_question_sent_many_times_at_once_is_asked_once(app: Flask, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    asker, round_id = actor_of(UserFactory()), call.round.id

    def ask(session: Session) -> str:
        return services.ask_on_round(session, asker, round_id, "How many?").ref

    assert len(set(at_once(app, db, *[ask] * 6))) == 1
    assert db.scalar(sa.select(sa.func.count()).select_from(Question)) == 1


def test_published_and_withdrawn_at_once_leave_the_round_with_true_figures(app: Flask, db: Session) -> None:
    call = open_call()
    refs = [call.requirement(state="submitted").ref for _ in range(4)]
    organizer, seeker = call.as_organizer, call.as_seeker

    def publish(ref: str) -> Callable[[Session], str]:
        return lambda session: services.publish(session, organizer, ref).state

    at_once(app, db, *[publish(ref) for ref in refs])

    def withdraw(ref: str) -> Callable[[Session], str]:
        return lambda session: services.withdraw(session, seeker, ref, "Solved.").state

    at_once(app, db, *[withdraw(ref) for ref in refs[:2]])
    count = sa.select(sa.func.count()).select_from(Requirement).where(Requirement.state == "published")
    assert db.scalar(sa.select(Round.requirement_count)) == db.scalar(count) == 2
