"""The same form sent twelve times at once has one effect, and every sender gets the same answer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base.db import fresh_session
from challenge.rounds import announcing, drafting, extending, launching, overrides, programmes
from challenge.rounds.announcing import Words
from challenge.rounds.drafting import RoundFacts
from challenge.rounds.models import Announcement, Override, Programme, Round
from challenge.rounds.programmes import ProgrammeFacts
from challenge.rounds.windows import Typed
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    ProgrammeFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.rounds.conftest import DAY, four_windows

SENDERS = 12
Run = Callable[..., tuple[Round, Actor]]


def at_once(app: Flask, db: Session, act: Callable[[Session], int]) -> set[int]:
    """Send it from many threads; the set of what they got back. An error of any fails the test."""
    db.commit()
    answers: list[int] = []
    start = threading.Barrier(SENDERS)

    def send() -> None:
        with app.app_context():
            start.wait()
            with fresh_session() as session:
                answers.append(act(session))

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.expire_all()
    assert len(answers) == SENDERS
    return set(answers)


def test_a_programme_is_started_once(app: Flask, db: Session) -> None:
    agency, person = OrganizationFactory(), UserFactory()
    GrantFactory(user_id=person.id, role="organizer", scope="organization", scope_id=agency.id)
    actor, host_id = actor_of(person), agency.id
    facts = ProgrammeFacts(title_en="Energy")
    assert len(at_once(app, db, lambda session: programmes.create(session, actor, host_id, facts).id)) == 1
    assert db.query(Programme).count() == 1


def test_a_round_is_drafted_and_launched_once(app: Flask, db: Session, now: dt.datetime) -> None:
    programme = ProgrammeFactory()
    actor, programme_id = actor_of(organizer_of(programme)), programme.id
    typed, facts = Typed(four_windows(now + DAY)), RoundFacts(title_en="2027")
    drafted = at_once(app, db, lambda session: drafting.create(session, actor, programme_id, facts, typed).id)
    (round_id,) = drafted
    at_once(app, db, lambda session: launching.launch(session, actor, round_id).id)
    assert [entry.action for entry in db.query(AuditEntry)] == ["round.created", "round.launched"]
    assert db.query(Task).count() == 1


def test_an_extension_is_granted_once(app: Flask, db: Session, run: Run) -> None:
    round_, actor = run(Stage.SUBMISSION)
    round_id, wanted = round_.id, round_.windows[1].closes_at + DAY / 2
    got = at_once(
        app,
        db,
        lambda session: extending.extend(session, actor, round_id, Stage.SUBMISSION, wanted, "Flood.").id,
    )
    assert len(got) == db.query(Override).count() == db.query(Task).count() == 1


def test_a_window_is_closed_early_once(app: Flask, db: Session, run: Run) -> None:
    round_, actor = run(Stage.SUBMISSION)
    round_id = round_.id
    got = at_once(
        app, db, lambda session: overrides.close_early(session, actor, round_id, Stage.SUBMISSION, "No.").id
    )
    assert len(got) == db.query(Override).count() == db.query(AuditEntry).count() == 1


def test_a_round_is_cancelled_once(app: Flask, db: Session, run: Run) -> None:
    round_, actor = run(Stage.SUBMISSION)
    round_id = round_.id
    at_once(app, db, lambda session: overrides.cancel(session, actor, round_id, "No host.").id)
    assert db.query(Override).count() == db.query(AuditEntry).count() == db.query(Task).count() == 1


def test_an_announcement_is_posted_once(app: Flask, db: Session, run: Run) -> None:
    round_, actor = run(Stage.SUBMISSION)
    round_id, words = round_.id, Words(title_en="News", body_en="A week later.")
    got = at_once(app, db, lambda session: announcing.post(session, actor, round_id, words).id)
    assert len(got) == db.query(Announcement).count() == db.query(Task).count() == 1
