"""The organizer's page of conflicts: evidence, decisions, and who never sees it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import cases
from challenge.judging.conflict_models import ConflictCase
from challenge.rules.conflicts import KINDS
from challenge.web import conflict_words
from tests.factories import UserFactory
from tests.judging.stories import Court, court
from tests.judging.test_cases import CERTAIN, SUGGESTED, like_named_affiliation
from tests.judging.test_conflicts import a_member
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def page(made: Court, **query: str) -> str:
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/organize/rounds/{made.round.slug}/conflicts?{tail}"


def likeness(made: Court) -> ConflictCase:
    like_named_affiliation(made)
    made.db.flush()
    cases.look(made.db, made.as_organizer, made.round.id)
    return made.db.scalars(sa.select(ConflictCase)).one()


def test_every_kind_has_its_words() -> None:
    assert conflict_words.KINDS.keys() == set(KINDS)


@pytest.mark.parametrize(("tie", "kind"), SUGGESTED + CERTAIN)
def test_evidence_is_shown_in_a_sentence(db: Session, client: Visitor, tie: object, kind: str) -> None:
    made = court(db)
    tie(made)  # type: ignore[operator]
    db.flush()
    client.sign_in(made.organizer)
    assert client.post(page(made)).status_code == 302
    both = client.get(page(made)).text + client.get(page(made, pile="in_force")).text
    assert str(conflict_words.KINDS[kind]) in both
    assert "%(" not in both


def test_a_possible_conflict_is_looked_at_confirmed_and_dismissed(db: Session, client: Visitor) -> None:
    made = court(db)
    case = likeness(made)
    client.sign_in(made.organizer)
    control = client.get(f"/organize/rounds/{made.round.slug}").text
    assert "1 possible conflict of a judge waits for your decision" in control
    shown = client.get(page(made)).text
    assert "Both name Lanzhou  University as where they work" in shown
    decide = f"/organize/rounds/{made.round.slug}/conflicts/{case.ref}"
    assert client.post(decide, data={"verb": "confirm"}).status_code == 302
    assert "Confirmed: never assigned" in client.get(page(made, pile="in_force")).text
    refused = client.post(decide, data={"verb": "dismiss", "pile": "in_force"})
    assert refused.status_code == 422
    assert client.post(decide, data={"verb": "dismiss", "reason": "Namesakes"}).status_code == 302
    assert "Namesakes" in client.get(page(made, pile="lifted")).text
    assert client.post(decide, data={"verb": "forget"}).status_code == 404
    trail = client.get(f"/organize/rounds/{made.round.slug}/audit").text
    assert "A possible conflict was dismissed" in trail
    assert "Lanzhou" not in trail


def test_whoever_has_a_conflict_sees_no_evidence_and_decides_nothing(db: Session, client: Visitor) -> None:
    made = court(db)
    case = likeness(made)
    made.entries[0].owner_id = made.organizer.id
    db.flush()
    client.sign_in(made.organizer)
    shown = client.get(page(made)).text
    assert "This one is yours" in shown
    (row,) = client.get(f"{page(made)}as=json").get_json()
    assert (row["code"], row["evidence"], row["title"]) == (made.entries[0].code, "", None)
    assert "Lanzhou" not in shown
    answer = client.post(
        f"/organize/rounds/{made.round.slug}/conflicts/{case.ref}", data={"verb": "dismiss", "reason": "x"}
    )
    assert answer.status_code == 403


def test_judges_administrators_and_strangers_never_see_it(db: Session, client: Visitor) -> None:
    made = court(db)
    case = likeness(made)
    for person in (made.people[0], UserFactory(admin=True), UserFactory(), court(db).organizer):
        client.sign_in(person)
        assert client.get(page(made)).status_code in (403, 404)
        assert client.post(page(made)).status_code in (403, 404)
        decide = f"/organize/rounds/{made.round.slug}/conflicts/{case.ref}"
        assert client.post(decide, data={"verb": "confirm"}).status_code in (403, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_whatever_it_shows(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    made = court(db, judges=count)
    for person in made.people:
        person.affiliation = "Lanzhou University"
    a_member(made, affiliation="Lanzhou University")
    db.flush()
    assert cases.look(db, made.as_organizer, made.round.id) == count
    client.sign_in(made.organizer)
    with statements() as asked:
        assert client.get(page(made)).status_code == 200
    assert len(asked) <= 9, asked
