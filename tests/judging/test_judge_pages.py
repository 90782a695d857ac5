"""The judges' rooms through their doors: pages, drafts, the lock, refusals, and how little they ask."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.judging import scoring
from tests.factories import UserFactory
from tests.judging.stories import Court, court
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def card(made: Court, *scores: object, **more: str) -> dict[str, str]:
    """The scorecard's form as a browser sends it."""
    fields = {f"score-{c.id}": str(s) for c, s in zip(made.criteria, scores, strict=False)}
    return {"zone": "Asia/Shanghai", "sure": "", **fields, **more}


def on_postgresql(db: Session) -> bool:
    return db.get_bind().dialect.name == "postgresql"


def url(made: Court, verb: str = "", judge: int = 0, entry: int = 0) -> str:
    return f"/judge/{made.assignment(judge, entry).ref}" + (f"/{verb}" if verb else "")


@pytest.mark.parametrize("count", [1, 3])
def test_queue_lists_what_is_mine_in_a_fixed_number_of_statements(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    made = court(db, entries=count)
    client.sign_in(made.people[0])
    with statements() as asked:
        answer = client.get("/judge/")
    assert answer.status_code == 200
    assert all(entry.code in answer.text for entry in made.entries)
    assert len(asked) == 3, asked


@pytest.mark.parametrize("count", [1, 3])
def test_desk_asks_five_times_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    made = court(db, entries=count, judges=count, criteria=[{"weight": 1}] * count)
    client.sign_in(made.people[0])
    target = url(made)
    with statements() as asked:
        answer = client.get(target)
    assert answer.status_code == 200
    assert "Polarised low-light vision" in answer.text
    assert len(asked) == 6, asked  # once an hour the log of who read gets a line
    with statements() as asked:
        client.get(target)
    assert len(asked) == 5, asked


@pytest.mark.parametrize("count", [1, 4])
def test_saving_asks_a_fixed_number_of_times(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    made = court(db, criteria=[{"weight": 1}] * count)
    client.sign_in(made.people[0])
    target, form = url(made, "save"), card(made, *([7] * count))
    with statements() as asked:
        answer = client.post(target, data=form, headers={"Accept": "application/json"})
    assert answer.json["done"] == count
    # user, roles, (PostgreSQL: the round's lock, the card's,) gate, card at hand, card, scores
    assert len(asked) == (8 if on_postgresql(db) else 6), asked


def test_plain_form_comes_back_to_the_desk_with_what_was_kept(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    answer = client.post(url(made, "save"), data=card(made, "7.5", ""))
    assert (answer.status_code, answer.location) == (302, f"{url(made)}#score")
    page = client.get(url(made)).text
    assert 'value="7.5"' in page
    assert "Saved" in page


def test_script_is_told_when_it_was_saved_or_what_is_wrong(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    json = {"Accept": "application/json"}
    told = client.post(url(made, "save"), data=card(made, 8, 6), headers=json).json
    assert told["saved"].startswith("Saved ")
    assert (told["done"], told["count"]) == (2, 2)
    refused = client.post(url(made, "save"), data=card(made, 8, 11), headers=json)
    assert refused.status_code == 422
    assert refused.json["faults"] == {f"score-{made.criteria[1].id}": "The score is off the scale: 0 to 10."}


def test_score_that_is_none_comes_back_at_its_field_as_it_was_typed(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    answer = client.post(url(made, "save"), data=card(made, "7½", 6, comment_solver="kept on the page"))
    assert answer.status_code == 422
    assert 'value="7½"' in answer.text
    assert "Write the score in figures, with a point: 7.5." in answer.text
    assert "kept on the page" in answer.text
    assert made.card() is None


def test_lock_without_a_script_asks_on_a_page_of_its_own(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    question = client.post(url(made, "lock"), data=card(made, 8, 6))
    assert question.status_code == 200
    assert "You cannot change it afterwards." in question.text
    assert made.assignment().state == "accepted"
    answer = client.post(url(made, "lock"), data={"sure": "1"})
    assert (answer.status_code, answer.location) == (302, "/judge/")
    assert made.assignment().state == "completed"


def test_lock_goes_on_to_the_next(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    client.sign_in(made.people[0])
    answer = client.post(url(made, "lock"), data=card(made, 8, 6, sure="1"))
    assert answer.location == f"{url(made, entry=1)}#score"


def test_lock_twice_has_one_effect_and_the_same_answer(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    first = client.post(url(made, "lock"), data=card(made, 8, 6, sure="1"))
    again = client.post(url(made, "lock"), data=card(made, 9, 9, sure="1"))
    assert (first.status_code, first.location) == (again.status_code, again.location)
    standing = made.standing()
    assert standing is not None
    assert (str(standing.total), standing.scorecards) == ("36.0000", 1)


def test_lock_with_a_gap_names_it_and_keeps_the_draft(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    answer = client.post(url(made, "lock"), data=card(made, "8.5", "", sure="1"))
    assert answer.status_code == 422
    assert "This criterion has no score yet." in answer.text
    kept = made.card()
    assert kept is not None
    assert kept.state == "draft"


def test_deadline_that_passes_while_typing_keeps_the_draft_and_says_so(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    client.post(url(made, "save"), data=card(made, 8, 6))
    made.close()
    answer = client.post(url(made, "lock"), data=card(made, 8, "6.5", sure="1"))
    assert answer.status_code == 409
    assert "Judging is closed." in answer.text
    assert 'value="6.5"' in answer.text
    kept = made.card()
    assert kept is not None
    assert kept.state == "draft"
    late = client.post(url(made, "save"), data=card(made, 8, 7), headers={"Accept": "application/json"})
    assert (late.status_code, late.json["code"]) == (409, "window_closed")


def test_locked_card_is_shown_and_asks_nothing(client: Visitor, db: Session) -> None:
    made = court(db)
    scoring.lock(db, made.as_judge(), made.assignment().ref, made.entered(8, 6))
    client.sign_in(made.people[0])
    page = client.get(url(made)).text
    assert "Locked" in page
    assert 'name="score-' not in page
    assert client.post(url(made, "save"), data=card(made, 9, 9)).status_code == 409


def test_before_declaring_the_desk_leads_to_the_declaration(client: Visitor, db: Session) -> None:
    made = court(db, state="invited")
    client.sign_in(made.people[0])
    assert client.get(url(made)).location == url(made, "declaration")
    page = client.get(url(made, "declaration")).text
    assert "Polarised low-light vision" in page
    assert made.requirement.title_en in page
    assert "We replace the line-scan camera." not in page


def test_declaring_no_conflict_opens_the_desk(client: Visitor, db: Session) -> None:
    made = court(db, state="invited")
    client.sign_in(made.people[0])
    for _ in range(2):
        answer = client.post(url(made, "declaration"), data={"answer": "accept"})
        assert answer.location == url(made)
    assert made.assignment().state == "accepted"
    assert client.get(url(made)).status_code == 200
    assert client.get(url(made, "declaration")).location == url(made)


@pytest.mark.parametrize(("answer", "state"), [("recuse", "recused"), ("decline", "declined")])
def test_conflict_or_no_time_needs_a_reason(client: Visitor, db: Session, answer: str, state: str) -> None:
    made = court(db, state="invited")
    client.sign_in(made.people[0])
    bare = client.post(url(made, "declaration"), data={"answer": answer, "reason": " "})
    assert bare.status_code == 422
    assert "Fill this in." in bare.text
    for _ in range(2):
        told = client.post(url(made, "declaration"), data={"answer": answer, "reason": "my brother"})
        assert told.location == "/judge/"
    assert (made.assignment().state, made.assignment().reason) == (state, "my brother")
    assert client.get(url(made)).status_code == 403
    assert client.get(url(made, "declaration")).status_code == 200


def test_declaration_without_an_answer_says_so(client: Visitor, db: Session) -> None:
    made = court(db, state="invited")
    client.sign_in(made.people[0])
    assert client.post(url(made, "declaration"), data={}).status_code == 422


def test_stepping_back_later_ends_it(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    assert client.get(url(made, "recusal")).status_code == 200
    answer = client.post(url(made, "recusal"), data={"reason": "I know the prototype"})
    assert answer.location == "/judge/"
    assert made.assignment().state == "recused"
    assert client.get(url(made)).status_code == 403
    assert client.post(url(made, "save"), data=card(made, 8, 6)).status_code == 403


def test_nobody_else_opens_it(client: Visitor, db: Session) -> None:
    made = court(db)
    targets = [url(made), url(made, "recusal"), url(made, "declaration"), url(made, "documents/1")]
    for person in (made.people[1], made.organizer, UserFactory(), UserFactory(admin=True)):
        client.sign_in(person)
        assert [client.get(target).status_code for target in targets] == [403] * 4
        assert client.post(url(made, "save"), data=card(made, 8, 6)).status_code == 403
        assert client.post(url(made, "lock"), data=card(made, 8, 6, sure="1")).status_code == 403
    assert client.get("/judge/nosuchref222").status_code == 404
    client.sign_out()
    assert "/login" in client.get(targets[0]).location


def test_form_without_its_token_is_refused(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    assert client.post(url(made, "save"), data=card(made, 8, 6), token=False).status_code == 400
    assert made.card() is None


def test_own_scores_are_ones_own(client: Visitor, db: Session, statements: Counting) -> None:
    made = court(db, entries=3)
    for entry in range(3):
        scoring.save(db, made.as_judge(), made.assignment(0, entry).ref, made.entered(8, entry))
    client.sign_in(made.people[0])
    target = f"/judge/phases/{made.phase.id}"
    with statements() as asked:
        page = client.get(target)
    assert page.status_code == 200
    assert len(asked) <= 5, asked
    client.sign_in(UserFactory())
    assert client.get(f"/judge/phases/{made.phase.id}").status_code == 404
