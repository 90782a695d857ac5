"""A draft is launched: complete windows, none of them past; from then on the scheduler looks at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.flow import closing
from challenge.rounds import drafting, launching, queries
from challenge.rounds.drafting import RoundFacts
from challenge.rounds.models import Round
from challenge.rounds.windows import Typed
from challenge.rules.errors import InvalidMany, NotAllowed
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage, Window
from challenge.tasks.models import Task
from tests.factories import ProgrammeFactory, UserFactory, actor_of, organizer_of
from tests.rounds.conftest import DAY, four_windows

Run = Callable[..., tuple[Round, Actor]]


def draft(db: Session, windows: dict[Stage, Window], **facts: object) -> tuple[Round, Actor]:
    programme = ProgrammeFactory()
    organizer = actor_of(organizer_of(programme))
    written = RoundFacts(title_en="2026", **facts)  # type: ignore[arg-type]
    return drafting.create(db, organizer, programme.id, written, Typed(windows)), organizer


def test_a_launched_round_is_public_and_stands_at_its_first_stage(db: Session, now: dt.datetime) -> None:
    round_, organizer = draft(db, four_windows(now + DAY))

    launching.launch(db, organizer, round_.id)

    assert (round_.public, round_.stage, round_.sort_at) == (True, "requirements", now + DAY)
    assert all(row.live and row.first_closes_at == row.closes_at for row in round_.windows)
    assert queries.public_rounds(db)[0].id == round_.id
    assert db.query(AuditEntry).filter_by(action="round.launched").one().chain == f"round:{round_.id}"
    assert db.query(Task).filter_by(kind="event").one().payload["event"] == "round.launched"


def test_a_call_that_has_begun_opens_at_the_next_tick(db: Session, now: dt.datetime) -> None:
    round_, organizer = draft(db, four_windows(now - DAY))
    launching.launch(db, organizer, round_.id)
    db.commit()

    assert closing.close_due() == 1

    db.expire_all()
    assert queries.by_id(db, round_.id).windows[0].opened_at is not None


def test_the_scheduler_leaves_a_draft_alone(db: Session, now: dt.datetime) -> None:
    draft(db, four_windows(now - 100 * DAY))
    db.commit()
    assert closing.close_due() == 0


def test_a_launch_sent_twice_is_one_launch(db: Session, now: dt.datetime) -> None:
    round_, organizer = draft(db, four_windows(now + DAY))
    launching.launch(db, organizer, round_.id)
    version = round_.version
    launching.launch(db, organizer, round_.id)
    assert round_.version == version
    assert db.query(AuditEntry).filter_by(action="round.launched").count() == 1


def test_a_round_without_dates_is_not_launched(db: Session, now: dt.datetime) -> None:
    windows = four_windows(now + DAY)
    del windows[Stage.AWARD]
    round_, organizer = draft(db, windows)
    with pytest.raises(InvalidMany) as refusal:
        launching.launch(db, organizer, round_.id)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [
        ("award_opens", "required"),
        ("award_closes", "required"),
    ]
    assert not round_.public


def test_a_round_whose_call_is_past_is_not_launched(db: Session, now: dt.datetime) -> None:
    round_, organizer = draft(db, four_windows(now - 11 * DAY))
    with pytest.raises(InvalidMany) as refusal:
        launching.launch(db, organizer, round_.id)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [
        ("requirements_closes", "in_the_past")
    ]


def test_only_its_organizer_launches_a_round(db: Session, now: dt.datetime) -> None:
    round_, _ = draft(db, four_windows(now + DAY))
    for stranger in (UserFactory(), UserFactory(admin=True)):
        with pytest.raises(NotAllowed):
            launching.launch(db, actor_of(stranger), round_.id)
