"""Comparing two by two: pairs that are laid, decided once, balanced, counted into the ranking."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import comparing, counting, ranking
from challenge.judging.models import RankingRow
from challenge.judging.ways_models import Pair
from challenge.rules.errors import Invalid, NotFound, TooLate
from challenge.submissions.models import TeamMember
from tests.judging.stories import Court, court
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def paired(db: Session, judges: int = 2, entries: int = 4) -> Court:
    return court(db, judges=judges, entries=entries, way="pairwise")


def play(made: Court, judge: int, turns: int = 99) -> int:
    """The judge prefers what comes first in the story, until no pair is left; how many were decided."""
    actor = made.as_judge(judge)
    better = {entry.id: -number for number, entry in enumerate(made.entries)}
    done = 0
    comparing.deal(made.db, actor, made.phase.id)
    while done < turns:
        table = comparing.table(made.db, actor, made.phase.id)
        if table.pair is None or table.ref is None:
            break
        one, other = (better[each.submission_id] for each in table.pair)
        choice = "first" if one > other else "second"
        comparing.choose(made.db, actor, made.phase.id, table.ref, choice)
        done += 1
    return done


def test_the_order_of_the_judges_becomes_the_ranking(db: Session) -> None:
    made = paired(db)
    assert (play(made, 0), play(made, 1)) == (6, 6), "every pair once for each judge"
    made.close()
    fixed = ranking.fix(db, made.as_organizer, made.round.id)
    query = sa.select(RankingRow.submission_id).where(RankingRow.ranking_id == fixed.id)
    assert list(db.scalars(query.order_by(RankingRow.position))) == [each.id for each in made.entries]
    working = counting.working_of(db, fixed.id)
    assert working is not None
    assert working["comparisons"] == 12
    assert [row[0] for row in working["strengths"]] == [each.code for each in made.entries]
    assert all(low < value < high for _code, value, low, high, *_ in working["strengths"])
    assert ranking.fix(db, made.as_organizer, made.round.id).id == fixed.id


def test_a_double_press_is_one_and_what_was_said_stays(db: Session) -> None:
    made = paired(db, judges=1)
    judge, phase = made.as_judge(), made.phase.id
    comparing.deal(db, judge, phase)
    comparing.deal(db, judge, phase)
    ref = comparing.table(db, judge, phase).ref
    assert ref is not None
    comparing.choose(db, judge, phase, ref, "first")
    comparing.choose(db, judge, phase, ref, "second")
    choices = Counter(db.scalars(sa.select(Pair.choice)))
    assert choices == {"first": 1, None: 1}


def test_a_skip_needs_a_reason_and_the_pair_does_not_come_back(db: Session) -> None:
    made = paired(db, judges=1, entries=2)
    judge, phase = made.as_judge(), made.phase.id
    comparing.deal(db, judge, phase)
    ref = comparing.table(db, judge, phase).ref or ""
    with pytest.raises(Invalid, match="say_why"):
        comparing.choose(db, judge, phase, ref, "skip", "  ")
    assert comparing.choose(db, judge, phase, ref, "skip", "Not my field.") is False
    assert comparing.table(db, judge, phase).pair is None
    with pytest.raises(NotFound):
        comparing.choose(db, judge, phase, "nobody", "first")


def test_a_conflicted_entry_is_never_laid_and_its_pair_is_void(db: Session) -> None:
    made = paired(db, judges=1, entries=3)
    judge, phase, person = made.as_judge(), made.phase.id, made.people[0]
    comparing.deal(db, judge, phase)
    lying = comparing.table(db, judge, phase).pair
    assert lying is not None
    tied = lying[0].submission_id
    db.add(TeamMember(submission_id=tied, user_id=person.id, name="X", email=person.email))
    db.flush()
    assert comparing.table(db, judge, phase).pair is None
    comparing.deal(db, judge, phase)
    laid = comparing.table(db, judge, phase).pair
    assert laid is not None
    assert tied not in {each.submission_id for each in laid}


def test_each_entry_stands_first_about_as_often_as_second(db: Session) -> None:
    made = paired(db, judges=3, entries=5)
    for judge in range(3):
        play(made, judge)
    first = Counter(db.scalars(sa.select(Pair.first_id)))
    second = Counter(db.scalars(sa.select(Pair.second_id)))
    assert all(abs(first[each.id] - second[each.id]) <= 2 for each in made.entries)


def test_nothing_is_taken_after_the_close(db: Session) -> None:
    made = paired(db, judges=1)
    made.close()
    with pytest.raises(TooLate):
        comparing.deal(db, made.as_judge(), made.phase.id)


def test_the_page_lays_takes_and_the_office_counts(client: Visitor, db: Session) -> None:
    made = paired(db, judges=1, entries=3)
    address = f"/judge/phases/{made.phase.id}/pair"
    client.sign_in(made.people[0])
    assert "Begin" in client.get(address).text
    assert client.post(address, data={}).status_code == 302
    page = client.get(address).text
    assert 'data-key="1"' in page
    ref = comparing.table(db, made.as_judge(), made.phase.id).ref or ""
    assert client.post(address, data={"pair": ref, "choice": "skip"}).status_code == 422
    assert client.post(address, data={"pair": ref, "choice": "first"}).status_code == 302
    assert "1 of 3 pairs compared" in client.get(address).text
    made.close()
    client.sign_in(made.organizer)
    assert client.post(f"/organize/rounds/{made.round.slug}/ranking", data={}).status_code == 302
    room = f"/organize/rounds/{made.round.slug}/phases/1/count"
    assert "Comparisons: 1." in client.get(room).text
    assert "entry,strength,low_90" in client.get(f"{room}.csv").text


def test_the_page_asks_as_much_with_four_entries_as_with_two(
    client: Visitor, db: Session, statements: Counting
) -> None:
    asked = []
    for entries in (2, 4):
        made = paired(db, judges=1, entries=entries)
        comparing.deal(db, made.as_judge(), made.phase.id)
        client.sign_in(made.people[0])
        with statements() as seen:
            client.get(f"/judge/phases/{made.phase.id}/pair")
        asked.append(len(seen))
    assert asked[0] == asked[1]
