"""An open window is extended: what was announced stays seen, later stages may move along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rounds import extending, queries
from challenge.rounds.models import Override, Round, RoundWindow
from challenge.rules.errors import Invalid, NotAllowed, TooLate, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.rounds.conftest import DAY

Run = Callable[..., tuple[Round, Actor]]


def close_of(round_: Round, stage: Stage) -> dt.datetime:
    found = queries.windows_of(round_)[stage].closes_at
    assert found is not None
    return found


def row_of(db: Session, round_: Round, stage: Stage) -> RoundWindow:
    return db.query(RoundWindow).filter_by(round_id=round_.id, stage=stage.value).one()


def test_seven_more_days_are_granted_shown_and_recorded(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    before = close_of(round_, Stage.SUBMISSION)

    extending.extend(
        db,
        organizer,
        round_.id,
        Stage.SUBMISSION,
        before + 7 * DAY,
        "The tunnel was closed.",
        move_later=True,
    )

    track = queries.track(round_, clock.now(db))
    assert track.stages[1].closes_at == before + 7 * DAY
    assert [stage.extended_days for stage in track.stages] == [0, 7, 0, 0]
    kept = db.query(Override).one()
    assert (kept.kind, kept.before_at, kept.after_at) == ("extend", before, before + 7 * DAY)
    entry = db.query(AuditEntry).filter_by(action="round.extended").one()
    assert list(entry.detail["windows"]) == ["submission", "judging", "award"]
    assert "tunnel" not in str(entry.detail)
    event = db.query(Task).filter_by(kind="event").one()
    assert event.payload["override_id"] == kept.id


def test_a_second_extension_counts_from_what_was_first_announced(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    before = close_of(round_, Stage.SUBMISSION)
    for days in (7, 10):
        extending.extend(
            db, organizer, round_.id, Stage.SUBMISSION, before + days * DAY, "Flood.", move_later=True
        )
    assert queries.track(round_, clock.now(db)).stages[1].extended_days == 10


def test_without_room_the_later_stages_must_move_along(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    wanted = close_of(round_, Stage.SUBMISSION) + 7 * DAY
    with pytest.raises(Invalid) as refusal:
        extending.extend(db, organizer, round_.id, Stage.SUBMISSION, wanted, "Flood.")
    assert (refusal.value.field, refusal.value.code) == ("closes_at", "extension_overlaps")


def test_a_pause_gives_room_without_moving_anything(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    before = [close_of(round_, stage) for stage in (Stage.JUDGING, Stage.AWARD)]
    wanted = close_of(round_, Stage.SUBMISSION) + DAY / 2
    extending.extend(db, organizer, round_.id, Stage.SUBMISSION, wanted, "A short outage.")
    assert [close_of(round_, stage) for stage in (Stage.JUDGING, Stage.AWARD)] == before


def test_moved_stages_keep_their_hour_across_daylight_saving(db: Session, run: Run, now: dt.datetime) -> None:
    berlin = ZoneInfo("Europe/Berlin")

    def at(*parts: int) -> dt.datetime:
        return dt.datetime(*parts, tzinfo=berlin).astimezone(dt.UTC)  # type: ignore[arg-type]

    year = now.year + 1
    windows = {
        Stage.REQUIREMENTS: (now - 90 * DAY, now - 80 * DAY),
        Stage.SUBMISSION: (now - DAY, at(year, 10, 10, 18)),
        Stage.JUDGING: (at(year, 10, 20, 9), at(year, 10, 24, 18)),
        Stage.AWARD: (at(year, 11, 2, 9), at(year, 11, 20, 18)),
    }
    round_, organizer = run(Stage.SUBMISSION, zone="Europe/Berlin", windows=windows)

    wanted = at(year, 10, 24, 18)
    extending.extend(db, organizer, round_.id, Stage.SUBMISSION, wanted, "Flood.", move_later=True)

    judging = queries.windows_of(round_)[Stage.JUDGING]
    assert (judging.opens_at, judging.closes_at) == (at(year, 11, 3, 9), at(year, 11, 7, 18))


def test_a_rolling_call_is_extended_over_its_open_submission(db: Session, run: Run, now: dt.datetime) -> None:
    windows = {
        Stage.REQUIREMENTS: (now - 5 * DAY, now + 5 * DAY),
        Stage.SUBMISSION: (now - 2 * DAY, now + 20 * DAY),
        Stage.JUDGING: (now + 20 * DAY, now + 30 * DAY),
        Stage.AWARD: (now + 30 * DAY, now + 40 * DAY),
    }
    round_, organizer = run(Stage.SUBMISSION, rolling=True, windows=windows)

    extending.extend(
        db, organizer, round_.id, Stage.REQUIREMENTS, now + 9 * DAY, "More needs come in.", move_later=True
    )

    after = queries.windows_of(round_)
    assert after[Stage.REQUIREMENTS].closes_at == now + 9 * DAY
    assert after[Stage.SUBMISSION].closes_at == now + 20 * DAY  # open already: it stays
    assert after[Stage.JUDGING].opens_at == now + 24 * DAY


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_extension_needs_a_reason(db: Session, run: Run, reason: str) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    wanted = close_of(round_, Stage.SUBMISSION) + DAY / 2
    with pytest.raises(Invalid, match="reason_needed"):
        extending.extend(db, organizer, round_.id, Stage.SUBMISSION, wanted, reason)


def test_an_extension_is_never_a_shortening(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    for earlier in (dt.timedelta(0), DAY):
        wanted = close_of(round_, Stage.SUBMISSION) - earlier
        with pytest.raises(Invalid, match="not_later"):
            extending.extend(db, organizer, round_.id, Stage.SUBMISSION, wanted, "Shorter.")


def test_what_closed_stays_closed_and_what_has_not_opened_is_edited(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.JUDGING)
    later = clock.now(db) + 365 * DAY
    with pytest.raises(TooLate, match="window_closed_for_good"):
        extending.extend(db, organizer, round_.id, Stage.SUBMISSION, later, "Again.")
    with pytest.raises(WrongState, match="window_not_open_edit"):
        extending.extend(db, organizer, round_.id, Stage.AWARD, later, "Early.")


def test_a_round_that_is_over_is_not_extended(db: Session, run: Run) -> None:
    for stage in (Stage.DRAFT, Stage.CLOSED, Stage.CANCELLED):
        round_, organizer = run(stage)
        with pytest.raises(NotAllowed):
            extending.extend(db, organizer, round_.id, Stage.AWARD, clock.now(db) + 90 * DAY, "Again.")


def test_an_extension_sent_twice_is_one_extension(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    wanted = close_of(round_, Stage.SUBMISSION) + 7 * DAY
    first, second = (
        extending.extend(db, organizer, round_.id, Stage.SUBMISSION, wanted, "Flood.", move_later=True)
        for _ in range(2)
    )
    assert first.id == second.id
    assert db.query(AuditEntry).filter_by(action="round.extended").count() == 1
    assert db.query(Task).filter_by(kind="event").count() == 1
