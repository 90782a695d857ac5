"""A published ranking is what follows from its scorecards, or `flask ranking verify` says what is not."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from challenge.judging import ranking
from challenge.judging.models import Ranking, RankingRow, Score
from challenge.judging.ranking_models import Estimate
from tests.factories import UserFactory
from tests.judging.stories import court, lock_all
from tests.judging.test_calibrating import fixed, judged
from tests.rigs.application import Visitor


def verify(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["ranking", "verify", *args])


def test_an_untouched_ranking_is_ok(app: Flask, db: Session) -> None:
    made = judged(db)
    fixed(db, made)
    told = verify(app)
    assert told.exit_code == 0, told.output
    assert f"{made.round.slug} " in told.output
    assert "OK, with its calibration" in told.output
    assert verify(app, "--round", made.round.slug).exit_code == 0
    assert verify(app, "--round", "no-such-round").exit_code == 2


def test_an_entry_that_left_since_changes_nothing_that_was_published(app: Flask, db: Session) -> None:
    made = judged(db)
    fixed(db, made)
    made.entries[0].state, made.entries[0].state_reason = "ineligible", "copied"
    db.commit()
    assert verify(app).exit_code == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"total": Decimal(99)}, "total: stored 99"),
        ({"place": 5}, "place: stored 5"),
        ({"resolved_by": "chair"}, "resolved_by: stored chair"),
        ({"panel": {}}, "panel: stored {}"),
        ({"trail": [{"step": "chair", "value": "1", "rivals": []}]}, "trail: stored"),
    ],
)
def test_an_altered_row_is_found(app: Flask, db: Session, change: dict[str, object], words: str) -> None:
    made = judged(db)
    fixed(db, made)
    db.execute(sa.update(RankingRow).where(RankingRow.position == 1).values(**change))
    db.commit()
    told = verify(app)
    assert told.exit_code == 1
    assert "a line of the ranking is not what follows from the scorecards" in told.output
    assert words in told.output


def test_a_row_taken_out_or_put_in_is_found(app: Flask, db: Session) -> None:
    made = judged(db)
    fixed(db, made)
    db.execute(sa.delete(RankingRow).where(RankingRow.position == 1))
    db.commit()
    told = verify(app)
    assert told.exit_code == 1
    assert "not those it was fixed from" in told.output


def test_altered_scores_are_found_even_with_a_digest_to_match(app: Flask, db: Session) -> None:
    made = judged(db)
    official = fixed(db, made)
    db.execute(sa.update(Score).values(value=Decimal(1)))
    db.commit()
    assert "not those it was fixed from" in verify(app).output
    (computed,) = ranking.compute(db, [made.phase.id])
    db.execute(sa.update(Ranking).where(Ranking.id == official.id).values(input_digest=computed.digest))
    db.commit()
    told = verify(app)
    assert told.exit_code == 1
    assert "the audit trail recorded other inputs" in told.output


def test_another_method_on_the_ranking_is_found(app: Flask, db: Session) -> None:
    made = judged(db)
    fixed(db, made)
    db.execute(sa.update(Ranking).values(method={"rule": "best"}))
    db.commit()
    assert verify(app).exit_code == 1


def test_an_altered_calibration_is_found(app: Flask, db: Session) -> None:
    made = judged(db)
    fixed(db, made)
    db.execute(sa.update(Estimate).where(Estimate.place == 1).values(value=Estimate.value + 1))
    db.commit()
    told = verify(app)
    assert told.exit_code == 1
    assert "the calibration is not what its seed gives" in told.output


def test_an_entry_is_explained_in_a_sentence_and_in_full(client: Visitor, db: Session) -> None:
    made = judged(db)
    fixed(db, made)
    client.sign_in(made.organizer)
    first = made.entries[0]
    target = f"/organize/rounds/{made.round.slug}/ranking/entries/"
    page = client.get(target + first.ref).text
    assert "Its 3 scores are J1 45, J2 45, J3 30." in page
    assert "The published method makes that 40.00, place 1." in page
    assert "harsher than the panel." in page
    assert "Adjusted for that, to " in page
    assert "8.00" in page
    assert client.get(target + "nothing").status_code == 404
    client.sign_in(UserFactory())
    assert client.get(target + first.ref).status_code in (
        403,
        404,
    )


def test_five_judges_and_the_two_that_are_left_out(client: Visitor, db: Session) -> None:
    made = court(db, judges=5)
    lock_all(made, 0, (10, 10), (8, 8), (8, 8), (7, 8), (0, 0))
    made.close()
    client.sign_in(made.organizer)
    page = client.get(f"/organize/rounds/{made.round.slug}/ranking/entries/{made.entries[0].ref}").text
    assert page.count("left out") == 4
    assert "≈ 7.666667" in page
    assert "7.67" in page
