"""A judge scores: drafts, the lock, and everything that is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import scoring
from challenge.judging.models import Score, Scorecard
from challenge.judging.scorecards import Entered
from challenge.rules.errors import InvalidMany, NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import UserFactory, actor_of
from tests.judging.stories import Court, court


def values(made: Court, judge: int = 0) -> list[Decimal | None]:
    card = made.card(judge)
    assert card is not None
    query = sa.select(Score.value).where(Score.scorecard_id == card.id).order_by(Score.criterion_id)
    return list(made.db.scalars(query))


def save(made: Court, *scores: object, judge: int = 0) -> scoring.Saved:
    return scoring.save(made.db, made.as_judge(judge), made.assignment(judge).ref, made.entered(*scores))


def lock(made: Court, *scores: object, judge: int = 0) -> scoring.Saved:
    return scoring.lock(made.db, made.as_judge(judge), made.assignment(judge).ref, made.entered(*scores))


def test_draft_keeps_scores_and_comments(db: Session) -> None:
    made = court(db)
    first, second = made.criteria
    entered = Entered({first.id: "8.5"}, {second.id: "thin"}, "for you", "for them")
    saved = scoring.save(db, made.as_judge(), made.assignment().ref, entered)
    assert (saved.done, saved.count, saved.total) == (1, 2, None)
    assert values(made) == [Decimal("8.5"), None]
    card = made.card()
    assert card is not None
    assert (card.comment_organizer, card.comment_solver, card.state) == ("for you", "for them", "draft")


def test_total_is_known_once_nothing_is_missing(db: Session) -> None:
    made = court(db)
    assert save(made, 8, "").total is None
    assert save(made, 8, 6).total == Decimal(36)


def test_zero_is_a_score_and_an_empty_field_is_none(db: Session) -> None:
    made = court(db)
    assert save(made, 0, "").done == 1
    assert values(made) == [Decimal(0), None]
    assert save(made, "", "").done == 0
    assert values(made) == [None, None]


def test_full_width_figures_are_figures(db: Session) -> None:
    made = court(db)
    save(made, "8．5", "7")
    assert values(made) == [Decimal("8.5"), Decimal(7)]


@pytest.mark.parametrize("typed", ["7,5", "7，5", "７，５", "7。5", "7,50", " +7.5 "])
def test_other_locales_decimals_are_read_where_they_can_mean_one_thing_only(db: Session, typed: str) -> None:
    made = court(db)
    save(made, typed, "7")
    assert values(made) == [Decimal("7.5"), Decimal(7)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("10.5", "off_scale"),
        ("-0.5", "off_scale"),
        ("7.3", "off_step"),
        ("7.25", "off_step"),
        ("NaN", "score_not_a_number"),
        ("inf", "score_not_a_number"),
        ("1,234", "score_not_a_number"),
        ("7.5,0", "score_not_a_number"),
        ("7½", "score_not_a_number"),
        ("٧", "score_not_a_number"),
        ("1e1", "score_not_a_number"),
        ("eight", "score_not_a_number"),
        ("9" * 5000, "score_not_a_number"),
    ],
)
def test_what_is_no_score_is_refused_at_its_field_and_nothing_is_kept(
    db: Session, typed: str, code: str
) -> None:
    made = court(db)
    with pytest.raises(InvalidMany) as refusal:
        save(made, 8, typed)
    assert [(f.field, f.code) for f in refusal.value.faults] == [(f"score-{made.criteria[1].id}", code)]
    assert made.card() is None


def test_criterion_of_another_rubric_is_refused(db: Session) -> None:
    made, other = court(db), court(db)
    entered = Entered({other.criteria[0].id: "8"})
    with pytest.raises(InvalidMany) as refusal:
        scoring.save(db, made.as_judge(), made.assignment().ref, entered)
    assert refusal.value.faults[0].code == "no_such_criterion"


def test_comment_longer_than_a_comment_is_refused(db: Session) -> None:
    made = court(db)
    with pytest.raises(InvalidMany) as refusal:
        scoring.save(db, made.as_judge(), made.assignment().ref, Entered(to_solver="x" * 4001))
    assert (refusal.value.faults[0].field, refusal.value.faults[0].code) == ("comment_solver", "too_long")


def test_judge_without_the_assignment_cannot_score(db: Session) -> None:
    made = court(db)
    with pytest.raises(NotAllowed):
        scoring.save(db, made.as_judge(1), made.assignment(0).ref, made.entered(8, 8))
    with pytest.raises(NotAllowed):
        scoring.save(db, actor_of(UserFactory()), made.assignment(0).ref, made.entered(8, 8))
    with pytest.raises(NotFound):
        scoring.save(db, made.as_judge(), "nosuchref222", made.entered(8, 8))


@pytest.mark.parametrize("state", ["invited", "abstained", "declined", "recused", "replaced"])
def test_who_has_not_accepted_or_has_left_cannot_score(db: Session, state: str) -> None:
    made = court(db, state=state)
    with pytest.raises(NotAllowed):
        save(made, 8, 8)
    with pytest.raises(NotAllowed):
        lock(made, 8, 8)


def test_before_and_after_the_window_nothing_is_taken(db: Session) -> None:
    made = court(db)
    save(made, 8, 8)
    made.close()
    with pytest.raises(TooLate, match="window_closed"):
        save(made, 9, 9)
    assert values(made) == [Decimal(8), Decimal(8)]
    early = court(db, stage=Stage.SUBMISSION)
    with pytest.raises(TooLate, match="window_not_open_yet"):
        save(early, 8, 8)


def test_lock_counts_and_keeps_the_standing(db: Session) -> None:
    made = court(db)
    save(made, 8, 6)
    lock(made)
    card, standing = made.card(), made.standing()
    assert card is not None
    assert standing is not None
    assert (card.state, card.total, made.assignment().state) == ("locked", Decimal(36), "completed")
    assert (standing.total, standing.scorecards) == (Decimal("36.00"), 1)
    assert standing.panel == {str(made.criteria[0].id): "8.00", str(made.criteria[1].id): "6.00"}
    lock(made, 6, 6, judge=1)
    standing = made.standing()
    assert standing is not None
    assert (standing.total, standing.scorecards) == (Decimal("33.00"), 2)


def test_lock_is_announced_and_recorded_once_however_often_it_is_pressed(db: Session) -> None:
    made = court(db)
    first = lock(made, 8, 6)
    again = lock(made, 9, 9)
    assert again.total == first.total == Decimal(36)
    assert values(made) == [Decimal(8), Decimal(6)]
    events = db.scalars(sa.select(Task.key).where(Task.key.like("event/scorecard.locked/%"))).all()
    entries = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "scorecard.locked")).all()
    assert (len(events), len(entries)) == (1, 1)


def test_locked_card_takes_no_draft(db: Session) -> None:
    made = court(db)
    lock(made, 8, 6)
    with pytest.raises(WrongState, match="scorecard_locked"):
        save(made, 9, 9)
    assert values(made) == [Decimal(8), Decimal(6)]


def test_lock_names_every_criterion_without_a_score(db: Session) -> None:
    made = court(db)
    with pytest.raises(InvalidMany) as refusal:
        lock(made, "", "")
    assert [fault.field for fault in refusal.value.faults] == [f"score-{c.id}" for c in made.criteria]
    assert {fault.code for fault in refusal.value.faults} == {"score_missing"}


def test_late_lock_is_refused_and_the_draft_stays(db: Session) -> None:
    made = court(db)
    save(made, 8, 6)
    made.close()
    with pytest.raises(TooLate, match="window_closed"):
        lock(made, 8, 7)
    card = made.card()
    assert card is not None
    assert card.state == "draft"
    assert values(made) == [Decimal(8), Decimal(6)]
    assert made.standing() is None


def test_withdrawn_or_ruled_out_entry_is_not_scored(db: Session) -> None:
    made = court(db)
    made.entries[0].state = "withdrawn"
    db.flush()
    with pytest.raises(WrongState, match="entry_not_judged"):
        save(made, 8, 8)


def test_cards_of_others_are_untouched(db: Session) -> None:
    made = court(db)
    save(made, 8, 6)
    save(made, 1, 1, judge=1)
    assert values(made) == [Decimal(8), Decimal(6)]
    assert db.scalar(sa.select(sa.func.count()).select_from(Scorecard)) == 2
