"""Ties that people decide: by the panel's vote or the chair's word, recorded, and kept in the ranking."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import ranking, rubric, ties
from challenge.judging.models import RankingRow
from challenge.judging.ranking_models import TieDecision
from challenge.rules.errors import InvalidMany, NotAllowed, WrongState
from challenge.rules.scoring import Method, TieStep
from challenge.rules.stages import Stage
from tests.factories import RoundFactory, organizer_of
from tests.judging.stories import Court, court, lock_all
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def level(db: Session, *steps: TieStep, entries: int = 3) -> Court:
    """Entries that are alike in everything, judging over."""
    made = court(db, judges=2, entries=entries, method=Method(ties=steps).to_json())
    for number in range(entries):
        lock_all(made, number, (8, 6), (8, 6))
    made.close()
    return made


def places(db: Session, made: Court) -> dict[str, tuple[int | None, str | None]]:
    fixed = ranking.fix(db, made.as_organizer, made.round.id, "anew")
    rows = db.scalars(sa.select(RankingRow).where(RankingRow.ranking_id == fixed.id))
    codes = {each.id: each.code for each in made.entries}
    return {codes[row.submission_id]: (row.place, row.resolved_by) for row in rows}


def decide(db: Session, made: Court, step: str, *figures: int | None, who: str = "J1, J2") -> None:
    given = {each.code: figure for each, figure in zip(made.entries, figures, strict=True)}
    ties.decide(db, made.as_organizer, made.round.id, step, given, who, "met on Monday")


def test_a_vote_splits_what_it_can_and_the_chair_the_rest(db: Session) -> None:
    made = level(db, "median", "vote", "chair")
    a, b, c = (each.code for each in made.entries)
    assert {place for place, _ in places(db, made).values()} == {1}, "nobody has decided yet"
    decide(db, made, "vote", 1, 3, 1)
    (first, second) = ties.of_phase(db, made.phase)
    assert (first.step, first.decided, second.step, second.decided) == ("vote", True, "chair", False)
    assert {each.code for each in second.entries} == {a, c}
    ties.decide(db, made.as_organizer, made.round.id, "chair", {a: 2, c: 1}, "Chair Li", "more mature")
    assert places(db, made) == {a: (3, "chair"), b: (1, "vote"), c: (2, "chair")}


def test_what_was_decided_is_in_the_trail_and_in_the_digest(db: Session) -> None:
    made = level(db, "chair", entries=2)
    before = ranking.fix(db, made.as_organizer, made.round.id)
    decide(db, made, "chair", 2, 1, who="Chair Li")
    after = ranking.fix(db, made.as_organizer, made.round.id, "the chair has decided")
    assert after.input_digest != before.input_digest
    a, b = (each.code for each in made.entries)
    assert after.decisions == {"chair": {a: 0, b: 1}}
    row = db.get_one(RankingRow, (after.id, made.entries[1].id))
    assert (row.place, row.trail) == (1, [{"step": "chair", "value": "1", "rivals": [a]}])


def test_deciding_the_same_twice_is_one_entry_in_the_audit_trail(db: Session) -> None:
    made = level(db, "vote", "shared", entries=2)
    for _ in range(2):
        decide(db, made, "vote", 5, 2)
    entries = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "tie.decided")).all()
    assert [entry.detail["who"] for entry in entries] == ["J1, J2"]
    assert (entries[0].detail["step"], entries[0].detail["reason"]) == ("vote", "met on Monday")
    decide(db, made, "vote", 2, 5)
    assert db.scalars(sa.select(TieDecision.figure).order_by(TieDecision.submission_id)).all() == [2, 5]


def test_a_decision_about_others_than_those_who_are_level_is_refused(db: Session) -> None:
    made = level(db, "chair", entries=3)
    codes = [each.code for each in made.entries]
    for figures in ({codes[0]: 1, codes[1]: 2}, {"S-none": 1}, {}):
        with pytest.raises(WrongState, match="tie_outdated"):
            ties.decide(db, made.as_organizer, made.round.id, "chair", figures, "Li", "x")
    with pytest.raises(WrongState, match="tie_outdated"):
        decide(db, made, "vote", 1, 2, 3)


@pytest.mark.parametrize(
    ("step", "figures", "who"),
    [("chair", (1, 1), "Li"), ("chair", (0, 1), "Li"), ("chair", (None, 1), "Li"), ("chair", (1, 2), " ")],
)
def test_half_a_decision_is_refused(
    db: Session, step: str, figures: tuple[int | None, int | None], who: str
) -> None:
    made = level(db, "chair", entries=2)
    with pytest.raises(InvalidMany):
        decide(db, made, step, *figures, who=who)


def test_nobody_decides_while_judging_goes_on(db: Session) -> None:
    made = court(db, judges=1, entries=2, method=Method(ties=("chair",)).to_json())
    for number in range(2):
        lock_all(made, number, (8, 6))
    with pytest.raises(NotAllowed):
        decide(db, made, "chair", 1, 2)


@pytest.mark.parametrize("entries", [2, 4])
def test_the_form_records_and_says_what_is_wrong(
    client: Visitor, db: Session, statements: Counting, entries: int
) -> None:
    made = level(db, "vote", "chair", entries=entries)
    client.sign_in(made.organizer)
    target = f"/organize/rounds/{made.round.slug}/ranking/ties"
    with statements() as asked:
        page = client.get(target).text
    assert len(asked) <= 13, asked
    assert all(each.code in page for each in made.entries)
    form = {"step": "vote", "who": "All of J1 and J2", "reason": "Second look"}
    form |= {f"figure-{each.code}": str(n) for n, each in enumerate(made.entries)}
    wrong = client.post(target, data={**form, "who": ""})
    assert wrong.status_code == 422
    assert "Who decided: Fill this in." in wrong.text
    assert 'value="1"' in wrong.text, "what was typed is kept"
    assert client.post(target, data=form).status_code == 302
    assert "All of J1 and J2" in client.get(target).text


def test_the_method_form_offers_both(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    form = {"rule": "mean", "basis": "criterion", "places": "2", "ties": "vote-chair", "calibration": "scale"}
    assert client.post(f"/organize/rounds/{round_.slug}/method", data=form).status_code == 302
    phase = rubric.phase_of(db, round_.id)
    assert phase is not None
    method = rubric.method_of(phase)
    assert (method.ties, method.calibration) == (("weightiest", "median", "vote", "chair"), "scale")
