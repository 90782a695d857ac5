"""What if: other methods, weights and panels over the same scorecards, and never a row written."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import ranking, rubric, supposing
from challenge.judging.models import Criterion, Phase, Ranking, RankingRow
from challenge.judging.ranking_models import Calibration
from challenge.judging.supposing import Supposed
from challenge.rules.scoring import Method
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def judged(db: Session) -> Court:
    """The first is best at one criterion, the second at the other; a third judge dislikes the first."""
    made = court(db, judges=3, entries=2)
    lock_all(made, 0, (9, 5), (9, 5), (4, 5))
    lock_all(made, 1, (7, 7), (7, 7), (7, 7))
    made.close()
    return made


def target(made: Court, **query: str) -> str:
    asked = {"rule": "mean", "basis": "criterion", "places": "2", "ties": "shared"}
    asked |= {f"weight-{each.id}": f"{each.weight.normalize():f}" for each in made.criteria} | query
    return f"/organize/rounds/{made.round.slug}/ranking/what-if?" + "&".join(
        f"{k}={v}" for k, v in asked.items()
    )


def test_a_judge_left_out_moves_the_entries(client: Visitor, db: Session) -> None:
    made = judged(db)
    ranking.fix(db, made.as_organizer, made.round.id)
    client.sign_in(made.organizer)
    a, b = (each.code for each in made.entries)
    weight = {f"weight-{made.criteria[0].id}": "3", f"weight-{made.criteria[1].id}": "1"}
    page = client.get(target(made, without=str(made.judges[2].id), **weight)).text
    assert f"Another winner: {a} instead of {b}." in page
    assert "2 entries have another place" in page
    assert "Nothing here is stored." in page


def test_the_same_method_moves_nobody(db: Session) -> None:
    made = judged(db)
    fixed = ranking.fix(db, made.as_organizer, made.round.id)
    phase = rubric.phase_or_404(db, made.round.id)
    found = supposing.suppose(db, phase, fixed, Supposed(rubric.method_of(phase), {}))
    assert (found.moved, found.winners) == (0, found.winners_before)
    assert [move.total for move in found.moves] == [move.total_before for move in found.moves]


def test_without_a_fixed_ranking_it_is_held_against_the_standings(client: Visitor, db: Session) -> None:
    made = judged(db)
    client.sign_in(made.organizer)
    assert "no ranking is fixed yet" in client.get(target(made, rule="median")).text


def test_the_record_keeps_its_own_decimals(client: Visitor, db: Session) -> None:
    made = judged(db)
    made.phase.method = Method(places=3).to_json()
    fixed = ranking.fix(db, made.as_organizer, made.round.id)
    totals = db.scalars(sa.select(RankingRow.total).where(RankingRow.ranking_id == fixed.id)).all()
    client.sign_in(made.organizer)
    page = client.get(target(made, places="1")).text
    assert [f'data-th="Total on record">{total:.3f}<' in page for total in totals] == [True, True]


def test_nothing_is_written_whatever_is_asked(client: Visitor, db: Session, statements: Counting) -> None:
    made = judged(db)
    fixed = ranking.fix(db, made.as_organizer, made.round.id)
    before = (fixed.input_digest, fixed.method, made.phase.method)
    db.commit()
    client.sign_in(made.organizer)
    client.get("/work")
    without = str(made.judges[0].id)
    for query in ({"rule": "median"}, {"basis": "total"}, {"without": without}):
        page = target(made, **query)
        with statements() as asked:
            assert client.get(page).status_code == 200
        assert [text for text in asked if not text.lstrip().upper().startswith(("SELECT", "WITH"))] == []
        assert len(asked) <= 14, asked
    db.expire_all()
    kept = db.scalars(sa.select(Ranking)).one()
    assert (kept.input_digest, kept.method, db.get_one(Phase, made.phase.id).method) == before
    assert db.scalars(sa.select(Calibration)).all() == []
    assert {str(each.weight) for each in db.scalars(sa.select(Criterion))} == {
        str(each.weight) for each in made.criteria
    }


def test_weights_that_say_nothing_come_back_to_their_fields(client: Visitor, db: Session) -> None:
    made = judged(db)
    client.sign_in(made.organizer)
    names = [f"weight-{each.id}" for each in made.criteria]
    for wrong in ("x", "NaN", "-1", "1e9"):
        answer = client.get(target(made, **{names[0]: wrong}))
        assert answer.status_code == 422
        assert "Write a number from 0 to 10,000." in answer.text
    answer = client.get(target(made, **dict.fromkeys(names, "0")))
    assert answer.status_code == 422
    assert "Give at least one criterion a weight above zero." in answer.text
    assert client.get(target(made, rule="best")).status_code == 422
    assert client.get(target(made, without="999")).status_code == 422


def test_it_begins_with_the_published_method(client: Visitor, db: Session) -> None:
    made = court(db, method=Method("median", "total", 1, ("shared",)).to_json())
    client.sign_in(made.organizer)
    page = client.get(f"/organize/rounds/{made.round.slug}/ranking/what-if").text
    assert 'selected value="median"' in page
    assert "entries have another place" not in page
