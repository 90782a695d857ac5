"""A locked card is opened again: with a reason, by an organizer without a stake, while its phase is open."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import reopening
from challenge.judging.discussion_models import ScorecardRevision
from challenge.rules.errors import NotAllowed, TooLate, WrongState
from tests.factories import UserFactory
from tests.judging.discussion_stories import close_phase, lock, open_again, room, url
from tests.judging.stories import court
from tests.rigs.application import Visitor


def test_opening_a_lock_keeps_the_first_and_its_reason_and_recounts(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock(made, 0, 0, 8, 6, to_solver="first words")
    lock(made, 1, 0, 4, 4)
    client.sign_in(made.organizer)
    ref = made.assignment().ref
    assert client.get(room(made, f"/cards/{ref}")).status_code == 200
    bare = client.post(room(made, f"/cards/{ref}"), data={"reason": " "})
    assert bare.status_code == 422
    assert "Fill this in." in bare.text
    for _ in range(2):
        answer = client.post(room(made, f"/cards/{ref}"), data={"reason": "Typed into the wrong row."})
        assert answer.location == room(made)
    kept = db.scalars(sa.select(ScorecardRevision)).one()
    assert (kept.number, str(kept.total), kept.reason) == (1, "36.0000", "Typed into the wrong row.")
    assert [each["value"] for each in kept.scores.values()] == ["8", "6"]
    assert kept.comment_solver == "first words"
    assert (made.assignment().state, made.card().state) == ("accepted", "draft")  # type: ignore[union-attr]
    assert str(made.standing().total) == "20.0000"  # type: ignore[union-attr]
    lines = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "scorecard.reopened")).all()
    assert [each.detail["reason"] for each in lines] == ["Typed into the wrong row."]
    lock(made, 0, 0, 7, 6)
    assert made.standing().scorecards == 2  # type: ignore[union-attr]
    client.sign_in(made.people[0])
    page = client.get(url(made)).text
    assert "first 36" in page
    client.sign_in(made.organizer)
    assert "Typed into the wrong row." in client.get(room(made, f"/{made.entries[0].ref}")).text


def test_who_has_an_open_card_again_sees_nothing_of_others_until_it_is_locked(
    client: Visitor, db: Session
) -> None:
    made = court(db, judges=2)
    lock(made, 0, 0, 8, 6)
    lock(made, 1, 0, 4, 4, to_solver="from the other")
    client.sign_in(made.people[0])
    assert "from the other" in client.get(url(made)).text
    open_again(made)
    db.commit()
    assert "from the other" not in client.get(url(made)).text


def test_judge_asks_and_the_organizer_finds_the_wish(client: Visitor, db: Session) -> None:
    made = court(db, judges=1)
    lock(made, 0, 0, 8, 6)
    client.sign_in(made.people[0])
    assert client.post(url(made, "reopening"), data={"reason": ""}).status_code == 422
    for _ in range(2):
        answer = client.post(url(made, "reopening"), data={"reason": "I overlooked page 3."})
        assert answer.location == url(made)
    lines = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "scorecard.reopen_asked")).all()
    assert len(lines) == 1
    assert "It stays locked until the organizer opens it." in client.get(url(made)).text
    client.sign_in(made.organizer)
    assert "I overlooked page 3." in client.get(room(made)).text
    open_again(made)
    db.commit()
    assert "I overlooked page 3." not in client.get(room(made)).text


def test_nobody_else_opens_a_lock(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock(made, 0, 0, 8, 6)
    ref = made.assignment().ref
    for person in (made.people[0], made.people[1], UserFactory(), UserFactory(admin=True)):
        client.sign_in(person)
        assert client.post(room(made, f"/cards/{ref}"), data={"reason": "mine"}).status_code == 403
    made.entries[0].owner_id = made.organizer.id
    db.flush()
    with pytest.raises(NotAllowed):
        open_again(made)


def test_a_draft_has_no_lock_and_a_closed_phase_opens_none(db: Session) -> None:
    made = court(db, judges=1)
    with pytest.raises(WrongState, match="not_locked"):
        open_again(made)
    lock(made, 0, 0, 8, 6)
    made.close()
    with pytest.raises(TooLate, match="closed_for_reopening"):
        open_again(made)
    with pytest.raises(TooLate, match="closed_for_reopening"):
        reopening.ask(db, made.as_judge(), made.assignment().ref, "late")


def test_the_page_of_a_card_says_that_its_phase_has_closed(client: Visitor, db: Session) -> None:
    made = court(db, judges=1)
    lock(made, 0, 0, 8, 6)
    ref = made.assignment().ref
    client.sign_in(made.organizer)
    assert f"cards/{ref}" in client.get(room(made, f"/{made.entries[0].ref}")).text
    close_phase(made)
    assert f"cards/{ref}" not in client.get(room(made, f"/{made.entries[0].ref}")).text
    assert (
        "The phase is not open, so this scorecard stays locked."
        in client.get(room(made, f"/cards/{ref}")).text
    )
    answer = client.post(room(made, f"/cards/{ref}"), data={"reason": "late"})
    assert answer.status_code == 409
    assert (
        "so the scorecard stays locked. Scorecards are opened again while their phase is open" in answer.text
    )
    assert made.assignment().state == "completed"
    assert db.scalar(sa.select(sa.func.count(ScorecardRevision.id))) == 0
    client.sign_in(made.people[0])
    assert client.post(url(made, "reopening"), data={"reason": "late"}).status_code == 409
