"""A window is closed before its time, a round is cancelled: with a reason, on record, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.flow import closing
from challenge.rounds import gate, overrides, queries
from challenge.rounds.models import Override, Round
from challenge.rules.errors import Invalid, NotAllowed, TooLate, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage, is_open
from challenge.tasks.models import Task
from tests.factories import RoundFactory
from tests.rounds.conftest import DAY

Run = Callable[..., tuple[Round, Actor]]


def test_a_window_closed_early_admits_nobody_from_that_moment_on(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    before = queries.windows_of(round_)[Stage.SUBMISSION].closes_at

    overrides.close_early(db, organizer, round_.id, Stage.SUBMISSION, "The sponsor withdrew.")
    db.commit()

    held = gate.hold(db, round_.id)
    assert not is_open(held.windows[Stage.SUBMISSION], held.now)
    kept = db.query(Override).one()
    assert (kept.kind, kept.before_at, kept.after_at) == (
        "close_early",
        before,
        held.windows[Stage.SUBMISSION].closes_at,
    )
    assert queries.track(held.round, held.now).stages[1].early


def test_the_next_tick_records_an_early_close_as_any_other(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    overrides.close_early(db, organizer, round_.id, Stage.SUBMISSION, "The sponsor withdrew.")
    db.commit()

    assert closing.close_due() == 1

    actions = [entry.action for entry in db.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["round.closed_early", "round.submission_closed"]


def test_closing_early_twice_is_closing_once(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    first, second = (
        overrides.close_early(db, organizer, round_.id, Stage.SUBMISSION, "The sponsor withdrew.")
        for _ in range(2)
    )
    assert first.id == second.id
    assert db.query(AuditEntry).count() == 1


def test_only_an_open_window_is_closed_early(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.JUDGING)
    with pytest.raises(TooLate, match="window_closed_for_good"):
        overrides.close_early(db, organizer, round_.id, Stage.SUBMISSION, "Again.")
    with pytest.raises(WrongState, match="window_not_open_edit"):
        overrides.close_early(db, organizer, round_.id, Stage.AWARD, "Too early.")
    with pytest.raises(Invalid, match="reason_needed"):
        overrides.close_early(db, organizer, round_.id, Stage.JUDGING, " ")


def test_a_cancelled_round_says_why_and_never_opens_again(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)

    overrides.cancel(db, organizer, round_.id, "The host was dissolved.")
    db.commit()

    assert (round_.stage, round_.cancel_reason) == ("cancelled", "The host was dissolved.")
    assert queries.track(round_, clock.now(db)).cancelled_reason == "The host was dissolved."
    assert queries.subject_of(round_, clock.now(db)).open == frozenset()
    assert {row.live for row in round_.windows} == {False}
    event = db.query(Task).filter_by(kind="event").one()
    assert event.payload["event"] == "round.cancelled"
    assert queries.public_rounds(db, queries.RoundFilter("past"))[0].id == round_.id


def test_windows_that_run_out_after_a_cancel_close_nothing(db: Session, run: Run, now: dt.datetime) -> None:
    soon = now + dt.timedelta(milliseconds=50)
    round_, organizer = run(Stage.SUBMISSION, windows={Stage.SUBMISSION: (now - DAY, soon)})
    overrides.cancel(db, organizer, round_.id, "The host was dissolved.")
    db.commit()
    while clock.now(db) < soon:
        pass
    assert closing.close_due() == 0


def test_a_cancel_sent_twice_is_one_cancel(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.REQUIREMENTS)
    for reason in ("The host was dissolved.", "Another reason."):
        overrides.cancel(db, organizer, round_.id, reason)
    assert round_.cancel_reason == "The host was dissolved."
    assert db.query(Override).count() == 1


def test_what_is_over_is_not_cancelled(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.CLOSED)
    with pytest.raises(NotAllowed):
        overrides.cancel(db, organizer, round_.id, "Too late.")


def test_the_scheduler_finds_what_is_due_without_looking_at_what_was_cancelled(
    db: Session, run: Run, now: dt.datetime
) -> None:
    due: Round = RoundFactory(stage=Stage.SUBMISSION)
    due.windows[1].closes_at = now - dt.timedelta(seconds=1)
    cancelled, organizer = run(Stage.SUBMISSION)
    overrides.cancel(db, organizer, cancelled.id, "The host was dissolved.")
    assert queries.due(db, 10) == [due.id]
