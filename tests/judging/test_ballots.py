"""Ranked choice: an order saved and locked, counted into the phase's ranking, told stage by stage."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import ballots, calibrating, counting, ranking, scoring
from challenge.judging.models import RankingRow
from challenge.judging.ways_models import Ballot
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, TooLate, WrongState
from challenge.submissions.models import TeamMember
from tests.factories import UserFactory, actor_of
from tests.judging.stories import Court, court
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def ranked(db: Session, judges: int = 3, entries: int = 3, **of_phase: object) -> Court:
    return court(db, judges=judges, entries=entries, way="ranked", **{"seats": 1, **of_phase})


def places(made: Court, judge: int, *order: int) -> dict[str, str]:
    """The form of a judge who puts the entries (by their place in the story) into this order."""
    return {made.assignment(judge, entry).ref: str(n) for n, entry in enumerate(order, start=1)}


def lock(made: Court, judge: int, *order: int) -> None:
    ballots.lock(made.db, made.as_judge(judge), made.phase.id, places(made, judge, *order))


def result(made: Court) -> list[tuple[int, int | None]]:
    """(entry by its place in the story, its place) in the order of the ranking in force."""
    fixed = ranking.in_force(made.db, made.phase.id)
    assert fixed is not None
    rows = made.db.scalars(
        sa.select(RankingRow).where(RankingRow.ranking_id == fixed.id).order_by(RankingRow.position)
    )
    numbers = {entry.id: number for number, entry in enumerate(made.entries)}
    return [(numbers[row.submission_id], row.place) for row in rows]


def test_locked_ballots_become_the_ranking_and_its_working_is_kept(db: Session) -> None:
    made = ranked(db, judges=3, entries=4)
    lock(made, 0, 2, 0)
    lock(made, 1, 2, 1)
    ballots.save(db, made.as_judge(2), made.phase.id, places(made, 2, 0, 1, 2))  # a draft counts for nothing
    made.close()
    fixed = ranking.fix(db, made.as_organizer, made.round.id)
    assert result(made)[0] == (2, 1)
    assert {place for entry, place in result(made) if entry == 3} == {None}, "whom nobody named has no place"
    working = counting.working_of(db, fixed.id)
    assert working is not None
    assert working["quota"] == 2
    assert [stage["done"] for stage in working["stages"]] == ["elected", "end"]
    assert fixed.method["way"] == "ranked"
    assert ranking.fix(db, made.as_organizer, made.round.id).id == fixed.id, "twice is once"
    assert calibrating.missing(db) == [], "no score, nothing to calibrate"


def test_a_locked_ballot_stays_and_locking_again_has_no_effect(db: Session) -> None:
    made = ranked(db, judges=1)
    lock(made, 0, 1, 0)
    lock(made, 0, 0, 1)
    (kept,) = db.scalars(sa.select(Ballot)).all()
    assert kept.choices == [made.entries[1].id, made.entries[0].id]
    with pytest.raises(WrongState, match="ballot_locked"):
        ballots.save(db, made.as_judge(), made.phase.id, places(made, 0, 0))
    assert made.assignment().state == "completed"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        (("1", "1", ""), ["place_twice"]),
        (("0", "4", "x"), ["place_from_to"] * 3),
        (("-1", "1.5", "NaN"), ["place_from_to"] * 3),
        (("٣", "1", ""), ["place_from_to"]),
    ],
)
def test_what_is_no_order_is_told_at_its_field(db: Session, typed: tuple[str, ...], codes: list[str]) -> None:
    made = ranked(db, judges=1)
    given = {made.assignment(0, number).ref: text for number, text in enumerate(typed)}
    with pytest.raises(InvalidMany) as refused:
        ballots.save(db, made.as_judge(), made.phase.id, given)
    assert [fault.code for fault in refused.value.faults] == codes


def test_gaps_close_and_an_empty_ballot_is_not_locked(db: Session) -> None:
    made = ranked(db, judges=1)
    given = {made.assignment(0, 0).ref: "3", made.assignment(0, 2).ref: " 1 "}
    assert ballots.save(db, made.as_judge(), made.phase.id, given) == 2
    shown = ballots.sheet(db, made.as_judge(), made.phase.id)
    assert [each.code for each in shown.ranked] == [made.entries[2].code, made.entries[0].code]
    assert [each.code for each in shown.others] == [made.entries[1].code]
    with pytest.raises(Invalid, match="ballot_empty"):
        ballots.lock(db, made.as_judge(), made.phase.id, {})


def test_an_entry_with_a_conflict_is_neither_shown_nor_counted(db: Session) -> None:
    made = ranked(db, judges=2)
    lock(made, 1, 2, 0)
    person = made.people[0]
    db.add(TeamMember(submission_id=made.entries[2].id, user_id=person.id, name="X", email=person.email))
    db.flush()
    shown = ballots.sheet(db, made.as_judge(), made.phase.id)
    assert {each.code for each in shown.others} == {made.entries[0].code, made.entries[1].code}
    with pytest.raises(NotFound):
        ballots.save(db, made.as_judge(), made.phase.id, places(made, 0, 2))
    made.assignment(1, 2).conflict = "team"
    made.close()
    ranking.fix(db, made.as_organizer, made.round.id)
    assert result(made)[0] == (0, 1), "what was found with the other judge later does not count either"


def test_only_a_judge_of_the_phase_and_only_while_it_is_open(db: Session) -> None:
    made = ranked(db, judges=1)
    with pytest.raises(NotFound):
        ballots.sheet(db, actor_of(UserFactory()), made.phase.id)
    with pytest.raises(NotFound):
        ballots.save(db, made.as_organizer, made.phase.id, {})
    made.close()
    with pytest.raises((TooLate, NotAllowed)):
        lock(made, 0, 1)
    with pytest.raises(Invalid, match="nothing_cast"):
        ranking.fix(db, made.as_organizer, made.round.id)


def test_no_scorecard_is_taken_in_such_a_phase(db: Session) -> None:
    made = ranked(db, judges=1)
    with pytest.raises(WrongState, match="not_by_scores"):
        scoring.save(db, made.as_judge(), made.assignment().ref, made.entered(5, 5))


def test_the_page_saves_and_locks_without_a_script(client: Visitor, db: Session) -> None:
    made = ranked(db, judges=1)
    client.sign_in(made.people[0])
    assert "My ballot" in client.get("/judge/").text
    address = f"/judge/phases/{made.phase.id}/ballot"
    fields = {f"place-{ref}": place for ref, place in places(made, 0, 1, 0).items()}
    wrong = client.post(address, data={**fields, f"place-{made.assignment(0, 2).ref}": "2"})
    assert wrong.status_code == 422
    assert "Two entries have place 2" in wrong.text
    assert client.post(address, data={**fields, "act": "save"}).status_code == 302
    assert client.post(address, data={**fields, "act": "lock"}).status_code == 302
    page = client.get(address).text
    assert "nobody can change it" in page
    assert "place-" not in page
    desk = client.get(f"/judge/{made.assignment().ref}").text
    assert "No scores in this phase" in desk
    assert 'name="score-' not in desk


def test_the_organizer_reads_the_count_and_takes_it_along(client: Visitor, db: Session) -> None:
    made = ranked(db, judges=3, entries=3)
    client.sign_in(made.organizer)
    room = f"/organize/rounds/{made.round.slug}/phases/1/count"
    assert "0 / 3" in client.get(room).text
    assert client.get(f"{room}.csv").status_code == 404
    for judge, order in enumerate(((0, 1), (0, 2), (1, 0))):
        lock(made, judge, *order)
    made.close()
    assert client.post(f"/organize/rounds/{made.round.slug}/ranking", data={}).status_code == 302
    page = client.get(room).text
    assert "the quota is 2 votes" in page
    assert f"{made.entries[0].code} reached the quota" in page
    table = client.get(f"{room}.csv").text
    assert f"1,elected,{made.entries[0].code},,{made.entries[0].code},2,2" in table
    shown = client.get(f"/organize/rounds/{made.round.slug}/ranking").text
    assert "no totals" in shown


def test_pages_ask_as_much_with_three_entries_as_with_one(
    client: Visitor, db: Session, statements: Counting
) -> None:
    asked = []
    for entries in (1, 3):
        made = ranked(db, judges=entries, entries=entries)
        client.sign_in(made.people[0])
        with statements() as ballot:
            client.get(f"/judge/phases/{made.phase.id}/ballot")
        client.sign_in(made.organizer)
        with statements() as count:
            client.get(f"/organize/rounds/{made.round.slug}/phases/1/count")
        asked.append((len(ballot), len(count)))
    assert asked[0] == asked[1]
