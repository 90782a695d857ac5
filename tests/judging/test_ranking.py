"""The ranking: by the published method, from locked cards only, fixed for good."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import ranking, scoring, standing, standings
from challenge.judging.models import Ranking, RankingRow, Standing
from challenge.rules.errors import Invalid, NotAllowed
from challenge.rules.permissions import SYSTEM
from challenge.rules.scoring import Method
from challenge.tasks.models import Task
from tests.factories import UserFactory, actor_of
from tests.judging.stories import Court, court, entry, lock_all


def rows(db: Session, fixed: Ranking) -> list[RankingRow]:
    query = sa.select(RankingRow).where(RankingRow.ranking_id == fixed.id).order_by(RankingRow.position)
    return list(db.scalars(query))


def fix(made: Court, reason: str | None = None) -> Ranking:
    return ranking.fix(made.db, made.as_organizer, made.round.id, reason)


def judged(db: Session) -> Court:
    """Three entries of equal totals (two of them alike in everything), one behind, one nobody scored."""
    made = court(db, judges=5, entries=5)
    lock_all(made, 0, *[(8, 6)] * 5)
    lock_all(made, 1, *[(6, 9)] * 5)
    lock_all(made, 2, *[(8, 6)] * 5)
    lock_all(made, 3, *[(5, 5)] * 5)
    made.close()
    return made


def test_ties_are_split_as_declared_and_every_step_is_kept(db: Session) -> None:
    made = judged(db)
    fixed = fix(made)
    codes = [each.code for each in made.entries]
    placed = [(r.submission_id, r.place, r.shared, r.resolved_by) for r in rows(db, fixed)]
    ids = [each.id for each in made.entries]
    assert placed == [
        (ids[0], 1, True, "shared"),
        (ids[2], 1, True, "shared"),
        (ids[1], 3, False, "weightiest"),
        (ids[3], 4, False, None),
        (ids[4], None, False, None),
    ]
    first, _, third, *_ = rows(db, fixed)
    assert [step["step"] for step in first.trail] == ["weightiest", "median", "shared"]
    assert third.trail == [{"step": "weightiest", "value": "6", "rivals": [codes[0], codes[2]]}]
    assert (first.total, first.panel[str(made.criteria[0].id)]) == (Decimal(36), "8.00")


def test_extremes_are_dropped_from_five_cards_on(db: Session) -> None:
    made = court(db, judges=5)
    lock_all(made, 0, (10, 10), (8, 8), (8, 8), (8, 8), (0, 0))
    made.close()
    assert rows(db, fix(made))[0].total == Decimal(40)
    four = court(db, judges=4)
    lock_all(four, 0, (10, 10), (8, 8), (8, 8), (0, 0))
    four.close()
    assert rows(db, fix(four))[0].total == Decimal("32.50")


def test_drafts_count_for_nothing(db: Session) -> None:
    made = court(db, judges=2)
    lock_all(made, 0, (8, 6))
    scoring.save(db, made.as_judge(1), made.assignment(1).ref, made.entered(0, 0))
    made.close()
    assert rows(db, fix(made))[0].total == Decimal(36)


def test_published_method_decides(db: Session) -> None:
    made = court(db, judges=3, method=Method("median", "total", 1, ("shared",)).to_json())
    lock_all(made, 0, (10, 10), (7, 7.5), (0, 0))
    made.close()
    fixed = fix(made)
    assert (rows(db, fixed)[0].total, fixed.method["rule"]) == (Decimal(36), "median")


def test_ranking_waits_for_judging_to_close(db: Session) -> None:
    made = court(db)
    lock_all(made, 0, (8, 6))
    with pytest.raises(NotAllowed):
        fix(made)
    made.close()
    for actor in (made.as_judge(), actor_of(UserFactory()), actor_of(UserFactory(admin=True))):
        with pytest.raises(NotAllowed):
            ranking.fix(db, actor, made.round.id)


def test_ranking_of_nothing_is_refused(db: Session) -> None:
    made = court(db)
    made.close()
    with pytest.raises(Invalid, match="nothing_locked"):
        fix(made)


def test_fixing_the_same_again_changes_nothing(db: Session) -> None:
    made = judged(db)
    assert fix(made).id == fix(made).id
    assert db.scalar(sa.select(sa.func.count()).select_from(Ranking)) == 1
    events = db.scalars(sa.select(Task.key).where(Task.key.like("event/ranking.fixed/%"))).all()
    entries = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "ranking.fixed")).all()
    assert (len(events), len(entries)) == (1, 1)
    assert entries[0].detail["digest"] == fix(made).input_digest


def test_other_inputs_supersede_with_a_reason(db: Session) -> None:
    made = judged(db)
    first = fix(made)
    made.entries[0].state, made.entries[0].state_reason = "ineligible", "copied"
    db.flush()
    with pytest.raises(Invalid, match="required"):
        fix(made)
    second = fix(made, "S-1 was ruled out")
    db.refresh(first)
    assert (first.superseded, second.superseded, second.reason) == (True, False, "S-1 was ruled out")
    assert second.input_digest != first.input_digest
    assert len(rows(db, first)) == 5, "what was fixed stays as it was"
    assert [row.place for row in rows(db, second)] == [1, 2, 3, None]


def test_digest_is_of_what_was_scored_not_of_how_it_was_written(db: Session) -> None:
    made = judged(db)
    (once,) = ranking.compute(db, [made.phase.id])
    (again,) = ranking.compute(db, [made.phase.id])
    assert once.digest == again.digest
    assert len(once.digest) == 64


def test_standings_can_be_rebuilt_from_the_cards(db: Session) -> None:
    made = judged(db)
    kept = {s.submission_id: (s.total, s.panel, s.scorecards) for s in db.scalars(sa.select(Standing))}
    db.execute(sa.update(Standing).values(total=Decimal(1), scorecards=9))
    assert standing.rebuild(db, [made.phase.id]) == 4
    db.expire_all()
    assert {
        s.submission_id: (s.total, s.panel, s.scorecards) for s in db.scalars(sa.select(Standing))
    } == kept


def test_imported_rankings_are_fixed_without_events(db: Session) -> None:
    made = judged(db)
    assert ranking.fix_imported(db, [made.phase.id]) == 1
    assert ranking.in_force(db, made.phase.id) is not None
    assert db.scalars(sa.select(Task.key).where(Task.key.like("event/ranking.fixed/%"))).all() == []


def test_operator_may_fix_as_the_system(db: Session) -> None:
    made = judged(db)
    assert ranking.fix(db, SYSTEM, made.round.id).author_id is None


def many(db: Session, totals: list[int]) -> Court:
    made = court(db, judges=1, entries=0)
    for total in totals:
        made.entries.append(entry(db, made.requirement))
        db.add(
            Standing(
                phase_id=made.phase.id,
                submission_id=made.entries[-1].id,
                total=Decimal(total),
                panel={},
                scorecards=1,
            )
        )
    db.flush()
    return made


def test_standings_run_over_pages_with_shared_places(db: Session) -> None:
    made = many(db, [9, 8, 8, 8, 7, 7, 3])
    seen: list[tuple[int | None, bool]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = standings.live(db, made.phase.id, cursor, limit=2)
        seen += [(line.place, line.shared) for line in page.lines]
        cursor = page.after
    places = [place for place, _ in seen]
    assert places == [1, 2, 2, 2, 5, 5, 7]
    assert [shared for _, shared in seen[:2]] == [False, True]


@pytest.mark.parametrize(
    "cursor", ["x", "1,2", "NaN,1,1,1", "1,2,3,4,5", "1,-1,0,0", "1e9999999,1,1,1", "1.00001,1,1,1"]
)
def test_cursor_that_is_none_shows_the_first_page(db: Session, cursor: str) -> None:
    made = many(db, [9, 8])
    assert [line.place for line in standings.live(db, made.phase.id, cursor).lines] == [1, 2]


def test_fixed_ranking_runs_over_pages(db: Session) -> None:
    made = judged(db)
    fixed = fix(made)
    first = standings.fixed(db, fixed, limit=3)
    assert first.after is not None
    second = standings.fixed(db, fixed, first.after, limit=3)
    assert [line.place for line in (*first.lines, *second.lines)] == [1, 1, 3, 4, None]
    assert second.after is None
