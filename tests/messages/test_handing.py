"""Letters are handed over once, whenever their sender dies and whatever the server says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.distribution import sending, wishes
from challenge.flow.errands import drain
from challenge.messages import delivery, handing
from challenge.messages.models import Letter
from challenge.rules.permissions import Actor
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.distribution.stories import office
from tests.factories import UserFactory
from tests.messages.posts import due_now, write_to
from tests.rigs.mail import Postman


class Killed(BaseException):
    """The process ends here."""


def die(*_args: object) -> None:
    raise Killed


def killed_at(step: str, posting: Callable[[], None]) -> None:
    """The sender dies where it would take this step of the queue."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, step, die)
        with pytest.raises(Killed):
            posting()


def test_a_sender_killed_after_the_server_took_the_letter_sends_nothing_twice(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    reader = UserFactory()
    task = write_to(db, reader)
    killed_at("finish", posting)
    db.expire_all()
    assert task.state == "leased"
    due_now(db, task)
    posting()
    assert (task.state, len(smtp.to(reader.email))) == ("done", 1)
    assert db.scalars(sa.select(Letter)).one().sent_at is not None


def test_a_sender_killed_before_the_last_line_has_sent_nothing_and_the_next_sends_the_same_letter(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    reader = UserFactory()
    task = write_to(db, reader)
    killed_at("hold_on", posting)
    assert smtp.letters == []
    db.expire_all()
    letter = db.scalars(sa.select(Letter)).one()
    assert (task.state, letter.sent_at) == ("leased", None)
    reader.name = "Renamed meanwhile"
    due_now(db, task)
    posting()
    assert (task.state, [each["Message-ID"] for each in smtp.to(reader.email)]) == (
        "done",
        [letter.message_id],
    )


def test_a_slow_sender_whose_letter_another_took_over_says_no_last_line(
    app: Flask, db: Session, smtp: Postman, make_app: Callable[..., Flask]
) -> None:
    task = write_to(db, UserFactory())
    db.commit()
    slow = queue.lease(db)[0]
    task.lease_until = clock.now(db) - dt.timedelta(seconds=1)
    db.commit()
    with make_app(smtp_host=smtp.host, smtp_port=smtp.port).app_context():
        drain()
        assert len(smtp.letters) == 1
        db.execute(sa.update(Letter).values(sent_at=None))  # as the slow one saw it when it began
        db.commit()
        delivery.deliver(slow)
    db.expire_all()
    assert (len(smtp.letters), task.state) == (1, "done")


def test_a_slow_sender_that_fails_leaves_the_note_of_whoever_took_the_letter_over(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    task = write_to(db, UserFactory())
    patch = pytest.MonkeyPatch()

    def too_slow(*_args: object) -> None:
        patch.undo()
        due_now(db, task)
        posting()
        raise TimeoutError

    patch.setattr(handing, "connection", too_slow)
    posting()
    assert (task.state, len(smtp.letters)) == ("done", 1)
    assert db.scalars(sa.select(Letter)).one().sent_at is not None


@pytest.mark.parametrize("said", ["421 4.3.2 going down", "500 what", "no code at all"])
def test_a_letter_that_was_taken_is_sent_whatever_the_server_says_to_goodbye(
    db: Session, smtp: Postman, posting: Callable[[], None], said: str
) -> None:
    task = write_to(db, UserFactory())
    smtp.goodbye = said
    posting()
    assert (task.state, task.error, len(smtp.letters)) == ("done", None, 1)
    assert db.scalars(sa.select(Letter)).one().sent_at is not None


def test_who_unsubscribed_while_the_server_was_busy_gets_no_letter(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    desk = office(db)
    smtp.answer = "451 4.3.0 come back later"
    sending.send(db, desk.as_organizer, desk.round.id, desk.order("one@example.com"))
    posting()
    task = db.scalars(sa.select(Task).where(Task.kind == "mail")).one()
    assert task.state == "queued"
    wishes.unsubscribe(db, Actor(), desk.recipient("one@example.com"))
    smtp.answer = "250 OK"
    due_now(db, task)
    posting()
    assert (task.state, smtp.letters) == ("done", [])


def test_lines_that_begin_with_a_dot_arrive_as_they_were(app: Flask, smtp: Postman) -> None:
    settings = replace(app.config["SETTINGS"], smtp_host=smtp.host, smtp_port=smtp.port)
    with handing.connection(settings, lambda: None) as server:
        server.sendmail("a@example.org", ["b@example.org"], b"To: b@example.org\r\n\r\n.\r\n..two\r\nlast")
    assert smtp.letters[0].get_payload() == ".\r\n..two\r\nlast\r\n"
