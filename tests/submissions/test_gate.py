"""The deadline nobody can doubt: the lock first, then the database's clock, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import db as database
from challenge.base.db import fresh_session, is_sqlite
from challenge.flow import closing
from challenge.rounds import gate as gates
from challenge.rounds.models import Round
from challenge.rules.errors import Refused, TooLate
from challenge.rules.permissions import Actor
from challenge.submissions import drafting, submitting
from challenge.submissions.models import Submission, Version
from tests.factories import RequirementFactory, UserFactory, actor_of
from tests.submissions.stories import again, close, owner_of, ready, versions, window

SOON = dt.timedelta(milliseconds=700)
HOUR = dt.timedelta(hours=1)
PATIENCE = 60.0


class Crowd:
    """Threads of the application, each with its own context, session and connection."""

    def __init__(self, app: Flask, people: int = 4) -> None:
        self.app = app
        self.pool = ThreadPoolExecutor(people)

    def do(self, what: Callable[[], Any]) -> Future[Any]:
        def run() -> Any:
            with self.app.app_context():
                return what()

        return self.pool.submit(run)

    def all(self, *tasks: Callable[[], Any]) -> list[Any]:
        return [future.result(PATIENCE) for future in [self.do(task) for task in tasks]]


@pytest.fixture
def crowd(app: Flask) -> Any:
    crowd = Crowd(app, people=32)
    yield crowd
    crowd.pool.shutdown()


def attempt(actor: Actor, ref: str) -> Callable[[], str]:
    """One submit in a transaction of its own: `in`, or the code of its refusal."""

    def submit() -> str:
        try:
            with fresh_session() as session:
                submitting.submit(session, actor, ref)
        except Refused as refusal:
            return refusal.code
        return "in"

    return submit


def wait_until(session: Session, moment: dt.datetime) -> None:
    """Until the database's clock has passed `moment`; asked of the database, not of a sleep."""
    pause = threading.Event()
    while clock.now(session) <= moment:
        pause.wait(0.01)


def await_waiting(session: Session, most: int = 1) -> None:
    """On PostgreSQL: until that many others wait for an advisory lock. SQLite tells nobody who waits."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    pause = threading.Event()
    while not is_sqlite(session) and session.execute(waiting).scalar_one() < most:
        pause.wait(0.01)


def test_a_submit_that_waits_for_the_lock_across_the_close_is_refused(
    app: Flask, db: Session, crowd: Crowd
) -> None:
    draft = ready()
    actor, ref, round_id = actor_of(owner_of(draft)), draft.ref, draft.round_id
    closes_at = clock.now(db) + SOON
    close(draft, closes_at)
    db.commit()
    held, asked = threading.Event(), threading.Event()

    def hold_across_the_close() -> None:
        with fresh_session() as session:
            gates.hold(session, round_id, exclusive=True)
            held.set()
            asked.wait(PATIENCE)
            await_waiting(session)
            wait_until(session, closes_at)

    def submit() -> str:
        held.wait(PATIENCE)
        # The window is still open while this asks: a clock read before the lock would let it in.
        assert clock.now(database.session) < closes_at
        database.session.rollback()
        asked.set()
        return attempt(actor, ref)()

    assert crowd.all(hold_across_the_close, submit) == [None, "window_closed"]
    assert again(draft).state == "draft"
    assert versions(draft) == []


def test_a_submit_that_has_the_lock_before_the_close_is_in(app: Flask, db: Session, crowd: Crowd) -> None:
    """The other side of it: the closer waits for a submit that came in time, and the submit stands."""
    draft = ready()
    actor, ref, round_id = actor_of(owner_of(draft)), draft.ref, draft.round_id
    closes_at = clock.now(db) + SOON
    close(draft, closes_at)
    db.commit()
    decided = threading.Event()

    def submit_slowly() -> str:
        with fresh_session() as session:
            submitting.submit(session, actor, ref)
            decided.set()
            wait_until(session, closes_at)
        return "in"

    def close_round() -> dt.datetime | None:
        decided.wait(PATIENCE)
        with fresh_session() as session:
            wait_until(session, closes_at)
        closing.close_due()
        with fresh_session() as session:
            return session.scalars(
                sa.select(Version.submitted_at).join(Submission).where(Submission.round_id == round_id)
            ).one_or_none()

    said, submitted_at = crowd.all(submit_slowly, close_round)
    assert said == "in"
    assert submitted_at < closes_at
    db.expire_all()
    assert window(draft).closed_at is not None


def test_a_window_shortened_while_a_submit_waits_is_the_window_that_counts(
    app: Flask, db: Session, crowd: Crowd
) -> None:
    draft = ready()
    actor, ref, round_id = actor_of(owner_of(draft)), draft.ref, draft.round_id
    db.commit()
    held = threading.Event()

    def close_early() -> None:
        with fresh_session() as session:
            gate = gates.hold(session, round_id, exclusive=True)
            held.set()
            await_waiting(session)
            gate.round.windows[1].closes_at = gate.now
            session.flush()

    def submit() -> str:
        held.wait(PATIENCE)
        return attempt(actor, ref)()

    assert crowd.all(close_early, submit) == [None, "window_closed"]


@pytest.mark.parametrize("off", [-HOUR, HOUR])
@pytest.mark.parametrize("open_", [True, False])
def test_python_clocks_an_hour_off_change_nothing(db: Session, off: dt.timedelta, open_: bool) -> None:
    draft = ready()
    now = clock.now(db)
    close(draft, now + HOUR / 2 if open_ else now)
    db.commit()
    actor = actor_of(owner_of(draft))
    with time_machine.travel(dt.datetime.now(dt.UTC) + off):
        if open_:
            version = submitting.submit(db, actor, draft.ref)
            assert abs(version.submitted_at - now) < dt.timedelta(minutes=5)
        else:
            with pytest.raises(TooLate):
                submitting.submit(db, actor, draft.ref)


def test_a_recorded_close_stays_closed_when_the_clock_steps_back(db: Session) -> None:
    draft = ready()
    window(draft).closed_at = clock.now(db)
    db.commit()
    with pytest.raises(TooLate):
        submitting.submit(db, actor_of(owner_of(draft)), draft.ref)


def test_twenty_at_once_are_one_version(app: Flask, db: Session, crowd: Crowd) -> None:
    draft = ready()
    actor, ref = actor_of(owner_of(draft)), draft.ref
    db.commit()
    assert crowd.all(*[attempt(actor, ref)] * 20) == ["in"] * 20
    (version,) = versions(draft)
    assert version.current
    counted = sa.select(Round.submission_count).where(Round.id == draft.round_id)
    assert db.scalar(counted) == 1


def test_twenty_starts_at_once_are_one_draft(app: Flask, db: Session, crowd: Crowd) -> None:
    requirement = RequirementFactory()
    actor, ref = actor_of(UserFactory()), requirement.ref
    db.commit()

    def start() -> str:
        with fresh_session() as session:
            return drafting.start(session, actor, requirement=ref).ref

    assert len(set(crowd.all(*[start] * 20))) == 1
    assert db.scalar(sa.select(sa.func.count(Submission.id))) == 1


def test_pseudonyms_are_one_each_and_do_not_tell_the_order(app: Flask, db: Session, crowd: Crowd) -> None:
    requirement = RequirementFactory()
    people = [actor_of(UserFactory()) for _ in range(30)]
    ref = requirement.ref
    db.commit()

    def start(actor: Actor) -> Callable[[], str]:
        def run() -> str:
            with fresh_session() as session:
                return drafting.start(session, actor, requirement=ref).code

        return run

    codes = crowd.all(*[start(actor) for actor in people])
    assert len(set(codes)) == 30
    assert codes != sorted(codes)


@pytest.mark.postgres
def test_thirty_submitters_do_not_keep_the_closer_waiting(app: Flask, db: Session, crowd: Crowd) -> None:
    """Shared locks let submitters pass each other, and the closer takes its turn among them."""
    requirement = RequirementFactory()
    drafts = [ready(requirement=requirement) for _ in range(30)]
    asked = [(actor_of(owner_of(draft)), draft.ref) for draft in drafts]
    closes_at = clock.now(db) + SOON
    close(drafts[0], closes_at)
    round_id = requirement.round_id
    db.commit()
    over = threading.Event()

    def keep_submitting(actor: Actor, ref: str) -> Callable[[], list[str]]:
        def run() -> list[str]:
            said = []
            while not over.is_set():
                said.append(attempt(actor, ref)())
            return [*said, attempt(actor, ref)()]

        return run

    def close_round() -> dt.timedelta:
        with fresh_session() as session:
            wait_until(session, closes_at)
        closing.close_due()
        with fresh_session() as session:
            closed_at = gates.hold(session, round_id).now
        over.set()
        return closed_at - closes_at

    waited, *said = crowd.all(close_round, *[keep_submitting(*each) for each in asked])
    assert waited < dt.timedelta(seconds=3)
    for answers in said:
        # Whoever was in in time stays in, whenever they ask again; whoever was not is refused for good.
        assert len(set(answers)) == 1
    late = sa.select(sa.func.count(Version.id)).where(Version.submitted_at >= closes_at)
    assert db.scalar(late) == 0
