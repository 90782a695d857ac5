"""The assignment board through its doors: the search, the proposal, pins, cells."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.flow import errands
from challenge.judging.models import Assignment
from challenge.rounds.models import Round
from tests.judging.stories import assign, court, searched
from tests.rigs.application import Visitor


def url(round_: Round, room: str) -> str:
    return f"/organize/rounds/{round_.slug}/{room}"


def test_proposal_is_asked_for_waited_for_looked_at_and_assigned(client: Visitor, db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False, per_entry=2)
    client.sign_in(made.organizer)
    asked = {"per_entry": "2", "least": "1", "most": "", "weight": "50", "move": "y"}
    for _ in range(2):
        answer = client.post(url(made.round, "assignments/search"), data=asked)
        assert answer.location == url(made.round, "assignments#run")
    waiting = client.get(url(made.round, "assignments")).text
    assert "The best assignment is being searched" in waiting
    assert 'http-equiv="refresh"' in waiting, "without a script the page looks again by itself"
    db.commit()
    errands.drain()
    page = client.get(url(made.round, "assignments")).text
    assert "4 new assignments" in page
    assert "All judges are joined by shared entries" in page
    assert page.count('class="cell proposed"') == 4
    digest = page.split('name="digest" value="')[1].split('"')[0]
    stale = client.post(url(made.round, "assignments/proposed"), data={"digest": "0" * 16})
    assert stale.status_code == 409
    assert "Look at the new proposal." in stale.text
    for _ in range(2):
        answer = client.post(url(made.round, "assignments/proposed"), data={"digest": digest})
        assert answer.location == url(made.round, "assignments")
    assert db.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 4


def test_what_cannot_be_asked_of_a_search_comes_back_at_its_field(client: Visitor, db: Session) -> None:
    made = court(db, assigned=False)
    client.sign_in(made.organizer)
    wrong = {"per_entry": "99", "least": "5", "most": "2", "weight": "50"}
    answer = client.post(url(made.round, "assignments/search"), data=wrong)
    assert answer.status_code == 422
    assert "Write a whole number from 1 to 20." in answer.text
    assert "The most must not be below the least." in answer.text
    assert client.post(url(made.round, "assignments/search"), data={"weight": "7"}).status_code == 422


def test_proposal_is_put_aside(client: Visitor, db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False, per_entry=2)
    searched(made)
    client.sign_in(made.organizer)
    for _ in range(2):
        assert client.post(url(made.round, "assignments/aside")).location == url(made.round, "assignments")
    assert "Proposed assignment" not in client.get(url(made.round, "assignments")).text


def test_what_cannot_be_covered_is_told_with_its_reason(client: Visitor, db: Session) -> None:
    made = court(db, judges=2, entries=3, assigned=False, per_entry=2)
    for judge in made.judges:
        judge.capacity = 2
    searched(made)
    client.sign_in(made.organizer)
    page = client.get(url(made.round, "assignments")).text
    assert "leave room for 4 assignments; 6 are needed" in page
    assert "has enough to read" in page


def test_pair_is_pinned_and_unpinned(client: Visitor, db: Session) -> None:
    made = court(db, assigned=False)
    assign(made.phase, made.judges[0], made.entries[0], "invited")
    client.sign_in(made.organizer)
    target = url(made.round, f"assignments/{made.assignment().ref}")
    for pinned, said in (("1", "Unpin"), ("1", "Unpin"), ("0", "Pin")):
        assert client.post(f"{target}/pin", data={"pinned": pinned}).location == target
        assert said in client.get(target).text
    assert not made.assignment().pinned


def test_affinity_is_shown_on_demand_and_only_what_is_short_too(client: Visitor, db: Session) -> None:
    made = court(db, judges=1, entries=2, assigned=False, per_entry=1)
    assign(made.phase, made.judges[0], made.entries[0])
    client.sign_in(made.organizer)
    assert "ask for one above" in client.get(url(made.round, "assignments?fit=1")).text
    searched(made)
    assert "closest pair of this panel, –" in client.get(url(made.round, "assignments?fit=1")).text
    short = client.get(url(made.round, "assignments?short=1")).text
    assert made.entries[1].code in short
    assert made.entries[0].code not in short


def test_cell_assigns_by_hand(client: Visitor, db: Session) -> None:
    made = court(db, assigned=False)
    client.sign_in(made.organizer)
    pair = f"{made.judges[0].id}-{made.entries[0].ref}"
    for _ in range(2):
        answer = client.post(url(made.round, "assignments"), data={"pair": pair, "after": "0"})
        assert answer.status_code == 302
    assert made.assignment().state == "invited"
    for wrong in ("", "x-y", f"99999-{made.entries[0].ref}"):
        assert client.post(url(made.round, "assignments"), data={"pair": wrong}).status_code in (404, 422)
