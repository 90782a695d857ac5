"""How `flask work` does its tasks: letters before engines, and a sign of life as soon as it can give one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from challenge.flow import errands, handlers
from challenge.flow.handlers import HEAVY
from challenge.tasks import health, queue
from challenge.tasks.models import Beat, Task
from challenge.tasks.queue import Leased, Work
from challenge.work import Worker
from tests.submissions.stories import ready, versions
from tests.submissions.test_at_close import asked_for, over


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of the tasks that were done, in their order; nothing else happens."""
    kinds: list[str] = []
    monkeypatch.setattr(handlers, "run", lambda task: kinds.append(task.kind))
    return kinds


def put(session: Session, *kinds: str) -> None:
    queue.put(session, *[Work(kind, f"{kind}/{place}", {}) for place, kind in enumerate(kinds)])
    session.commit()


def test_a_letter_does_not_wait_behind_the_papers_before_it(app: Flask, db: Session, done: list[str]) -> None:
    put(db, "paper", "derive", "event", "paper", "mail")
    worker = Worker(app)

    worker.work()

    assert done == ["event", "mail"]


def test_what_takes_long_is_done_beside_it_one_by_one(app: Flask, db: Session, done: list[str]) -> None:
    put(db, "mail", "paper", "derive", "paper")
    worker = Worker(app)

    worker.toil()

    assert done == ["paper", "derive", "paper"]
    waiting = db.scalars(sa.select(Task.kind).where(Task.state == "queued")).all()
    assert waiting == ["mail"]


def test_every_kind_has_somebody_who_does_it(db: Session, done: list[str]) -> None:
    put(db, *handlers.HANDLERS)
    assert handlers.HANDLERS.keys() >= HEAVY
    errands.work_once(99, but=HEAVY)
    errands.work_once(99, kinds=HEAVY)
    assert sorted(done) == sorted(handlers.HANDLERS)


def test_a_worker_that_found_no_database_says_that_it_is_there_at_the_next_tick(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_session: Session, _name: str) -> None:
        raise OperationalError("select", {}, Exception("away"))

    worker = Worker(app)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(health, "beat", away)
        worker.beat()
    assert db.scalars(sa.select(Beat)).all() == []

    worker.beat()
    first = db.scalars(sa.select(Beat.at)).one()

    worker.beat()  # a second later there is nothing new to say
    db.expire_all()
    assert db.scalars(sa.select(Beat.at)).one() == first


def test_a_task_is_done_by_whoever_holds_it(db: Session) -> None:
    put(db, "mail")
    (mine,) = queue.lease(db, but=HEAVY)
    assert queue.lease(db) == []
    assert queue.finish(db, mine)
    assert not queue.finish(db, Leased(mine.id, "mail", mine.key, {}, mine.attempts - 1))


def test_a_worker_does_all_of_it_by_itself_every_second_or_so(app: Flask, db: Session) -> None:
    beats = {job.func.__name__ for job in Worker(app).scheduler.get_jobs()}
    assert beats == {"close", "enter", "work", "toil", "beat", "tidy"}


def test_a_worker_enters_what_was_asked_to_be_entered_at_the_close(app: Flask, db: Session) -> None:
    submission = asked_for(db, ready())
    over(db, submission)
    Worker(app).enter()
    assert [each.admitted for each in versions(submission)] == ["opt_in"]
