"""A round is drafted with missing windows, completed, and edited until it is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.rounds import drafting, queries, windows
from challenge.rounds.drafting import RoundFacts
from challenge.rounds.models import Round
from challenge.rounds.windows import Typed, grace_of
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage, Window
from tests.factories import ProgrammeFactory, UserFactory, actor_of, organizer_of
from tests.rounds.conftest import DAY, four_windows

FACTS = RoundFacts(title_zh="2026 赛季", title_en="2026")
Run = Callable[..., tuple[Round, Actor]]


def facts_of(round_: Round, **changes: object) -> RoundFacts:
    names = RoundFacts.__dataclass_fields__.keys() - {"rolling", "slug", "sealed", "grace_seconds"}
    known: dict[str, Any] = {name: getattr(round_, name) or "" for name in names}
    known |= {"rolling": round_.rolling, "sealed": round_.sealed, "grace_seconds": grace_of(round_)}
    return replace(RoundFacts(**known), **changes)  # type: ignore[arg-type]


def faults_of(refusal: Invalid | InvalidMany) -> list[tuple[str, str]]:
    many = refusal.faults if isinstance(refusal, InvalidMany) else (refusal,)
    return [(fault.field, fault.code) for fault in many]


def test_a_round_is_drafted_without_dates(db: Session) -> None:
    programme = ProgrammeFactory(title_en="Silk Road Energy")
    actor = actor_of(organizer_of(programme))

    drafted = drafting.create(db, actor, programme.id, FACTS, Typed({}))

    round_ = queries.by_slug(db, "silk-road-energy-2026")
    assert round_.id == drafted.id
    assert (round_.stage, round_.public, round_.launched_at) == ("draft", False, None)
    assert [(row.stage, row.opens_at, row.live) for row in round_.windows] == [
        (stage, None, False) for stage in ("requirements", "submission", "judging", "award")
    ]


def test_the_same_draft_sent_twice_is_one_round(db: Session, now: dt.datetime) -> None:
    programme = ProgrammeFactory()
    actor = actor_of(organizer_of(programme))
    typed = Typed(four_windows(now))
    first = drafting.create(db, actor, programme.id, FACTS, typed)
    assert drafting.create(db, actor, programme.id, FACTS, typed).id == first.id


def test_only_an_organizer_of_the_programme_drafts_its_rounds(db: Session) -> None:
    programme = ProgrammeFactory()
    for stranger in (UserFactory(), UserFactory(admin=True), organizer_of(ProgrammeFactory())):
        with pytest.raises(NotAllowed):
            drafting.create(db, actor_of(stranger), programme.id, FACTS, Typed({}))


def test_every_fault_of_a_draft_comes_back_at_once(db: Session) -> None:
    programme = ProgrammeFactory()
    texts = {
        "requirements_opens": "2027-03-01 09:00",
        "requirements_closes": "2027-02-01 09:00",
        "submission_opens": "tomorrow",
        "submission_closes": "2027-05-01 24:00",
    }
    facts = RoundFacts(notice_days=61, max_files=0, zone="Asia/Shanghai")
    with pytest.raises(InvalidMany) as refusal:
        drafting.create(
            db, actor_of(organizer_of(programme)), programme.id, facts, windows.typed("Asia/Shanghai", texts)
        )
    assert set(faults_of(refusal.value)) == {
        ("title_zh", "title_needed"),
        ("notice_days", "out_of_range"),
        ("max_files", "out_of_range"),
        ("requirements_closes", "ends_before_start"),
        ("submission_opens", "not_a_time"),
    }
    assert db.query(Round).count() == 0


def test_an_edit_counts_up_the_version_and_is_recorded(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    before = round_.version

    drafting.edit(db, organizer, round_.id, facts_of(round_, title_en="Another title"), Typed({}))

    assert round_.version == before + 1
    entry = db.query(AuditEntry).filter_by(action="round.edited").one()
    assert entry.chain == f"round:{round_.id}"
    assert entry.detail["fields"] == ["title_en"]


def test_an_edit_that_changes_nothing_leaves_no_trace(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    before = round_.version
    drafting.edit(db, organizer, round_.id, facts_of(round_), Typed(queries.windows_of(round_)))
    assert round_.version == before
    assert db.query(AuditEntry).count() == 0


def test_after_the_launch_a_window_that_has_not_opened_may_move(
    db: Session, run: Run, now: dt.datetime
) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    later = Window(Stage.AWARD, now + 50 * DAY, now + 60 * DAY)

    drafting.edit(db, organizer, round_.id, facts_of(round_), Typed({Stage.AWARD: later}))

    row = queries.by_id(db, round_.id).windows[3]
    assert (row.opens_at, row.closes_at, row.first_closes_at) == (
        later.opens_at,
        later.closes_at,
        later.closes_at,
    )


@pytest.mark.parametrize("by", [-DAY, DAY])
def test_a_window_that_opened_is_never_silently_changed(db: Session, run: Run, by: dt.timedelta) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    window = queries.windows_of(round_)[Stage.SUBMISSION]
    assert window.closes_at is not None
    changed = replace(window, closes_at=window.closes_at + by)

    with pytest.raises(InvalidMany) as refusal:
        drafting.edit(db, organizer, round_.id, facts_of(round_), Typed({Stage.SUBMISSION: changed}))

    assert faults_of(refusal.value) == [("submission_closes", "window_opened")]
    db.rollback()


def test_a_window_whose_opening_nobody_recorded_yet_is_open_all_the_same(
    db: Session, run: Run, now: dt.datetime
) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    row = round_.windows[1]
    row.opened_at = None
    db.flush()
    changed = Window(Stage.SUBMISSION, now + DAY, row.closes_at)
    with pytest.raises(InvalidMany) as refusal:
        drafting.edit(db, organizer, round_.id, facts_of(round_), Typed({Stage.SUBMISSION: changed}))
    assert faults_of(refusal.value) == [("submission_opens", "window_opened")]


def test_no_window_of_a_public_round_moves_into_the_past_or_is_emptied(
    db: Session, run: Run, now: dt.datetime
) -> None:
    round_, organizer = run(Stage.REQUIREMENTS)
    judging = queries.windows_of(round_)[Stage.JUDGING]
    typed = Typed(
        {
            Stage.JUDGING: replace(judging, opens_at=now - 30 * DAY),
            Stage.AWARD: Window(Stage.AWARD, None, None),
        }
    )
    with pytest.raises(InvalidMany) as refusal:
        drafting.edit(db, organizer, round_.id, facts_of(round_), typed)
    assert set(faults_of(refusal.value)) == {
        ("judging_opens", "in_the_past"),
        ("award_opens", "required"),
        ("award_closes", "required"),
    }


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Europe/Berlin"), ("currency", "EUR"), ("slug", "elsewhere")]
)
def test_what_links_and_sums_depend_on_stays_after_the_launch(
    db: Session, run: Run, field: str, value: str
) -> None:
    round_, organizer = run(Stage.REQUIREMENTS)
    with pytest.raises(InvalidMany) as refusal:
        drafting.edit(db, organizer, round_.id, facts_of(round_, **{field: value}), Typed({}))
    assert faults_of(refusal.value) == [(field, "fixed_after_launch")]


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.CANCELLED])
def test_a_round_that_is_over_stays_as_it_was(db: Session, run: Run, stage: Stage) -> None:
    round_, organizer = run(stage)
    with pytest.raises(NotAllowed):
        drafting.edit(db, organizer, round_.id, facts_of(round_, title_en="Rewritten"), Typed({}))


def test_grace_and_seal_are_chosen_before_the_launch_and_stay(db: Session, run: Run) -> None:
    draft, organizer = run(Stage.DRAFT)
    chosen = facts_of(draft, grace_seconds=300, sealed=True)
    drafting.edit(db, organizer, draft.id, chosen, Typed({}))
    row = next(each for each in draft.windows if each.stage == Stage.SUBMISSION)
    assert row.closes_at is not None
    assert (draft.sealed, row.ends_at) == (True, row.closes_at + dt.timedelta(minutes=5))
    running, organizer = run(Stage.REQUIREMENTS)
    other = facts_of(running, grace_seconds=300, sealed=True)
    with pytest.raises(InvalidMany) as refusal:
        drafting.edit(db, organizer, running.id, other, Typed({}))
    assert faults_of(refusal.value) == [
        ("sealed", "fixed_after_launch"),
        ("grace_minutes", "fixed_after_launch"),
    ]


def test_the_next_stage_opens_when_the_grace_is_over(db: Session, run: Run, now: dt.datetime) -> None:
    draft, organizer = run(Stage.DRAFT)
    windows = four_windows(now + DAY)  # each opens the moment the one before it closes
    with pytest.raises(InvalidMany) as refusal:
        drafting.edit(db, organizer, draft.id, facts_of(draft, grace_seconds=60), Typed(windows))
    assert faults_of(refusal.value) == [("judging_opens", "overlaps")]
    with pytest.raises(InvalidMany) as refusal:
        drafting.edit(db, organizer, draft.id, facts_of(draft, grace_seconds=3601), Typed({}))
    assert ("grace_minutes", "out_of_range") in faults_of(refusal.value)
