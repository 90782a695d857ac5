"""A calibration stands beside the ranking: reckoned by the workers, shown, refused in words, verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.engines import calibrating as engine
from challenge.flow import errands
from challenge.judging import calibrating, ranking, scoring
from challenge.judging.models import RankingRow, Score
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.rules.calibration import Problem
from challenge.rules.scoring import Method
from challenge.tasks.models import Task
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

# The third judge is three points harsher than the others, and reads the better entries only.
SCORES = ((9, 9, 6), (8, 8, 5), (7, 7, None), (6, 6, None), (5, 5, None), (3, 3, None))


def judged(db: Session, scores: Sequence[Sequence[int | None]] = SCORES, **of_phase: object) -> Court:
    """Entries scored alike on both criteria, by the judges who have a figure for them."""
    made = court(db, judges=3, entries=len(scores), **of_phase)
    for number, row in enumerate(scores):
        for judge, score in enumerate(row):
            if score is not None:
                ref = made.assignment(judge, number).ref
                scoring.lock(db, made.as_judge(judge), ref, made.entered(score, score))
    made.close()
    return made


def fixed(db: Session, made: Court) -> ranking.Ranking:
    found = ranking.fix(db, made.as_organizer, made.round.id)
    db.commit()
    errands.drain()
    return found


def beside(db: Session, ranking_id: int) -> Calibration:
    return db.scalars(sa.select(Calibration).where(Calibration.ranking_id == ranking_id)).one()


def board(made: Court, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/organize/rounds/{made.round.slug}/ranking?{asked}"


def test_a_fixed_ranking_gets_its_calibration(db: Session) -> None:
    made = judged(db)
    official = fixed(db, made)
    kept = beside(db, official.id)
    assert (kept.state, kept.model, kept.input_digest) == ("done", "severity", official.input_digest)
    assert kept.seed == int(official.input_digest[:8], 16), "nobody picks the seed"
    harsh = {judge["label"]: judge["severity"] for judge in kept.judges}
    assert harsh["J3"] < min(harsh["J1"], harsh["J2"])
    assert all(judge["low"] < judge["severity"] < judge["high"] for judge in kept.judges)
    found = db.scalars(sa.select(Estimate).where(Estimate.calibration_id == kept.id)).all()
    assert sorted(each.place for each in found) == [1, 2, 3, 4, 5, 6]
    for each in found:
        assert each.low <= each.value <= each.high
        assert 0 <= each.top <= 1
        assert each.first_place <= each.last_place
    rows = db.scalars(sa.select(RankingRow).where(RankingRow.ranking_id == official.id)).all()
    assert Decimal(40) in {row.total for row in rows}, "the published totals are what they were"


def test_a_worker_that_runs_twice_keeps_the_same(db: Session) -> None:
    made = judged(db)
    official = fixed(db, made)
    by_place = sa.select(Estimate.submission_id, Estimate.value).order_by(Estimate.place)
    before = db.execute(by_place).all()
    again = sa.update(Task).where(Task.key.like("calibrate/ranking/%"))
    db.execute(again.values(state="queued", run_at=official.created_at))
    db.commit()
    errands.drain()
    db.expire_all()
    assert db.execute(by_place).all() == before
    assert db.scalar(sa.select(sa.func.count()).select_from(Calibration)) == 1


def test_standings_are_calibrated_once_for_ten_minutes_of_locks(db: Session) -> None:
    judged(db)
    db.commit()
    errands.drain()
    waiting = db.scalars(sa.select(Task).where(Task.key.like("calibrate/phase/%"))).all()
    assert [(task.state) for task in waiting] == ["queued"] * len(waiting)
    assert 1 <= len(waiting) <= 2, "fourteen locks fell into one stretch of ten minutes, or across its edge"
    db.execute(sa.update(Task).where(Task.kind == "calibrate").values(run_at=waiting[0].created_at))
    db.commit()
    errands.drain()
    assert db.scalars(sa.select(Calibration.ranking_id)).all() == [None]


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (((8, None, None), (6, None, None)), "A single judge has scored"),
        (((8, 7, None),), "Fewer than two entries"),
        (((8, 7, None), (6, 5, None), (None, None, 7), (None, None, 6)), "fall into 2 groups"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(
    client: Visitor, db: Session, scores: Sequence[Sequence[int | None]], words: str
) -> None:
    made = judged(db, scores)
    official = fixed(db, made)
    assert beside(db, official.id).state == "refused"
    client.sign_in(made.organizer)
    page = client.get(board(made)).text
    assert words in page
    if "groups" in words:
        codes = [each.code for each in made.entries]
        assert f"judges J1, J2 with entries {codes[0]}, {codes[1]}" in page
        assert f"judges J3 with entries {codes[2]}, {codes[3]}" in page


def test_board_shows_both_and_flags_winners_that_differ(client: Visitor, db: Session) -> None:
    # The harsh judge reads the first entry alone with one other; the plain mean puts the second before it.
    made = judged(db, ((9, None, 6), (8, 8, None), (9, 9, 6), (5, 5, 2), (7, 7, 4), (6, None, 3)))
    official = fixed(db, made)
    kept = beside(db, official.id)
    client.sign_in(made.organizer)
    page = client.get(board(made)).text
    assert "Calibrated" in page
    assert '<line class="ci"' in page
    if kept.detail["published"] != kept.detail["calibrated"]:
        assert "The winners differ." in page
    other = client.get(board(made, view="calibrated")).text
    assert "Judges as the calibration sees them" in other
    for judge in kept.judges:
        assert f"{judge['severity']:+.2f}" in other
    assert str(kept.seed) in other


def test_the_figures_of_the_judges_show_the_calibrated_severity_or_why_there_is_none(
    client: Visitor, db: Session
) -> None:
    made = judged(db)
    page = client.sign_in(made.organizer).get(figures(made)).text
    assert "The calibration follows some minutes after" in page
    kept = beside(db, fixed(db, made).id)
    harsh = next(each for each in kept.judges if each["label"] == "J3")
    page = client.get(figures(made)).text
    shown = [f"{harsh[name]:+.2f}".replace("-", "−") for name in ("severity", "low", "high")]
    assert [each in page for each in shown] == [True, True, True]
    assert page.count('class="whisker"') == 6, "an interval and a box for each of three judges"
    db.execute(sa.update(Calibration).values(judges=[{"label": "J3", "severity": -2.5}]))  # as they once were
    db.commit()
    assert "−2.50" in client.get(figures(made)).text
    alone = court(db, judges=1)
    lock_all(alone, 0, (8, 8))
    db.add(Calibration(**refused(alone)))
    db.commit()
    page = client.sign_in(alone.organizer).get(figures(alone)).text
    assert "Fewer than two entries have a whole scorecard." in page
    assert "90 % interval" not in page


def figures(made: Court) -> str:
    return f"/organize/rounds/{made.round.slug}/judges"


def refused(made: Court) -> dict[str, object]:
    """A calibration of the standings that had nothing to compare."""
    none = {"seed": 0, "sweeps": 0, "top": 0, "engine": "", "judges": [], "detail": {}, "model": "severity"}
    state = {"state": "refused", "reason": "too_few_entries", "input_digest": "0" * 64}
    return {**none, **state, "phase_id": made.phase.id, "created_at": clock.now(made.db)}


def test_a_tie_band_and_a_coin_toss_are_named(client: Visitor, db: Session) -> None:
    made = judged(
        db, ((9, 4, 7), (4, 9, 6), (8, 6, 6), (6, 7, 7), (2, 1, 2)), cut="top", cut_value=Decimal(2)
    )
    official = fixed(db, made)
    kept = beside(db, official.id)
    assert kept.top == 2
    assert kept.detail["tossed"] > 0
    client.sign_in(made.organizer)
    page = client.get(board(made, view="calibrated")).text
    assert "a tie band" in page
    assert "The cut after place 2 is close to a coin toss." in page
    assert "Top 2 end here" in page


def test_the_option_is_declared_with_the_method(client: Visitor, db: Session) -> None:
    method = Method(ties=("shared",), calibration="scale")
    made = judged(db, method=method.to_json())
    official = fixed(db, made)
    assert beside(db, official.id).model == "scale"
    client.sign_in(made.organizer)
    assert "Use of the scale" in client.get(board(made, view="calibrated")).text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("view", ["", "calibrated", "live"])
def test_board_asks_the_same_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, view: str, count: int
) -> None:
    made = judged(db, SCORES[: count + 1])
    fixed(db, made)
    client.sign_in(made.organizer)
    with statements() as asked:
        assert client.get(board(made, view=view)).status_code == 200
    assert len(asked) <= 5, asked


def test_scores_that_changed_meanwhile_are_not_calibrated_as_if_they_had_not(db: Session) -> None:
    made = judged(db)
    official = ranking.fix(db, made.as_organizer, made.round.id)
    db.execute(sa.update(Score).values(value=Decimal(1)))
    db.commit()
    errands.drain()
    kept = beside(db, official.id)
    assert (kept.state, kept.reason) == ("failed", "inputs_changed")


def test_an_engine_that_takes_too_much_is_ended_and_one_that_breaks_down_says_why() -> None:
    scores = tuple((entry, judge, float(entry)) for entry in range(40) for judge in range(3))
    names = tuple(map(str, range(40)))
    problem = Problem(names, ("1", "2", "3"), scores, (0.0,) * 40, 3, None, 1, 2_000)
    assert engine.run(problem, seconds=0.01) == "too_slow"
    assert engine.run(replace(problem, sweeps=10**9)) == "too_much_memory"
    with pytest.raises(engine.CalibrationFault, match="IndexError"):
        engine.run(replace(problem, scores=((0, 9, 1.0), *scores[1:])))


def test_the_rankings_of_an_import_are_calibrated_when_asked(app: Flask, db: Session) -> None:
    made = judged(db)
    ranking.fix_imported(db, [made.phase.id])
    db.commit()
    assert len(calibrating.missing(db)) == 1
    told = app.test_cli_runner().invoke(args=["ranking", "calibrate"])
    assert "1 rankings will be calibrated." in told.output
    errands.drain()
    assert calibrating.missing(db) == []
