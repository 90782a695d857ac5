"""Judges to submissions: by hand, by proposal, replaced; and the judge's word."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import assigning, declaring
from challenge.judging.models import Assignment
from challenge.rules.errors import Invalid, NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import MembershipFactory, UserFactory, actor_of
from tests.judging.stories import Court, assign, court, searched


def events(db: Session, name: str) -> list[dict[str, object]]:
    query = sa.select(Task.payload).where(Task.payload["event"].as_string() == name).order_by(Task.id)
    return list(db.scalars(query))


def test_by_hand_and_once_however_often(db: Session) -> None:
    made = court(db, assigned=False)
    ids = {
        assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref).id
        for _ in range(2)
    }
    assert len(ids) == 1


def test_by_hand_no_conflict_either(db: Session) -> None:
    made = court(db, assigned=False)
    MembershipFactory(user_id=made.people[0].id, organization=made.requirement.seeker)
    with pytest.raises(Invalid, match="conflict_seeker"):
        assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref)


def test_judge_of_another_panel_or_entry_of_another_round_is_refused(db: Session) -> None:
    made, other = court(db, assigned=False), court(db, assigned=False)
    with pytest.raises(Invalid, match="not_on_panel"):
        assigning.assign(db, made.as_organizer, made.round.id, other.judges[0].id, made.entries[0].ref)
    with pytest.raises(NotFound):
        assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, other.entries[0].ref)


@pytest.mark.parametrize("state", ["abstained", "declined", "recused", "replaced"])
def test_judge_who_left_an_entry_is_not_given_it_again(db: Session, state: str) -> None:
    made = court(db, state=state)
    with pytest.raises(Invalid, match=f"judge_{state}"):
        assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref)
    assert searched(made).result["add"] == []


def test_only_the_organizer_assigns_and_only_in_time(db: Session) -> None:
    made = court(db, assigned=False)
    for actor in (made.as_judge(), actor_of(UserFactory()), actor_of(UserFactory(admin=True))):
        with pytest.raises(NotAllowed):
            assigning.assign(db, actor, made.round.id, made.judges[0].id, made.entries[0].ref)
    made.close()
    with pytest.raises(NotAllowed):
        assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref)


def replace(made: Court, judge: int, by: int, reason: str = "ill") -> Assignment:
    ref, new = made.assignment(judge).ref, made.judges[by].id
    return assigning.replace(made.db, made.as_organizer, ref, new, reason, round_id=made.round.id)


def test_replacement_ends_the_old_assignment_and_makes_a_new_one(db: Session) -> None:
    made = court(db, assigned=False)
    old = assign(made.phase, made.judges[0], made.entries[0])
    for _ in range(2):
        assert replace(made, 0, 1).judge_id == made.judges[1].id
    assert (made.assignment(0).state, made.assignment(0).reason) == ("replaced", "ill")
    assert made.assignment(1).state == "invited"
    (told,) = events(db, "assignment.replaced")
    assert (told["assignment_id"], told["user_id"]) == (old.id, made.people[0].id)


def test_replacement_needs_a_reason_and_a_free_judge(db: Session) -> None:
    made = court(db, assigned=False)
    assign(made.phase, made.judges[0], made.entries[0])
    MembershipFactory(user_id=made.people[1].id, organization=made.requirement.seeker)
    with pytest.raises(Invalid, match="required"):
        replace(made, 0, 2, "  ")
    with pytest.raises(Invalid, match="conflict_seeker"):
        replace(made, 0, 1)


def test_locked_card_is_not_replaced(db: Session) -> None:
    made = court(db, assigned=False)
    assign(made.phase, made.judges[0], made.entries[0], "completed")
    with pytest.raises(WrongState, match="scorecard_locked"):
        replace(made, 0, 1)


def test_place_of_a_judge_who_stepped_back_is_filled(db: Session) -> None:
    made = court(db, assigned=False)
    assign(made.phase, made.judges[0], made.entries[0], "invited")
    declaring.recuse(db, made.as_judge(), made.assignment().ref, "my brother")
    replace(made, 0, 1, "")
    assert (made.assignment(0).state, made.assignment(0).reason) == ("recused", "my brother")
    assert made.assignment(1).state == "invited"


def test_pinned_and_unpinned_on_record_and_once_however_often(db: Session) -> None:
    made = court(db, state="invited")
    ref = made.assignment().ref
    for pinned in (True, True, False):
        found = assigning.pin(db, made.as_organizer, ref, pinned=pinned, round_id=made.round.id)
        assert found.pinned is pinned
    actions = db.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert [each for each in actions if "pinned" in each] == ["assignment.pinned", "assignment.unpinned"]


def test_only_the_organizer_pins_and_only_what_stands(db: Session) -> None:
    made, other = court(db, state="invited"), court(db, state="declined")
    with pytest.raises(NotAllowed):
        assigning.pin(db, made.as_judge(), made.assignment().ref, pinned=True, round_id=made.round.id)
    with pytest.raises(NotFound):
        assigning.pin(db, made.as_organizer, other.assignment().ref, pinned=True, round_id=made.round.id)
    with pytest.raises(WrongState, match="assignment_ended"):
        assigning.pin(db, other.as_organizer, other.assignment().ref, pinned=True, round_id=other.round.id)


def test_assignment_of_another_round_is_not_replaced_here(db: Session) -> None:
    made, other = court(db), court(db)
    with pytest.raises(NotFound):
        assigning.replace(
            db, made.as_organizer, other.assignment().ref, made.judges[1].id, "x", round_id=made.round.id
        )


def test_judges_word_is_kept_and_recorded(db: Session) -> None:
    made = court(db, judges=3, state="invited")
    declaring.accept(db, made.as_judge(0), made.assignment(0).ref)
    declaring.decline(db, made.as_judge(1), made.assignment(1).ref, "no time")
    declaring.recuse(db, made.as_judge(2), made.assignment(2).ref, "I advise them")
    states = [(made.assignment(n).state, made.assignment(n).reason) for n in range(3)]
    assert states == [("accepted", None), ("declined", "no time"), ("recused", "I advise them")]
    actions = db.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert [a for a in actions if a.startswith("assignment.")] == [
        "assignment.accepted",
        "assignment.declined",
        "assignment.recused",
    ]
    details = db.scalars(sa.select(AuditEntry.detail)).all()
    assert "I advise them" not in str(details), "the reason stays out of the chain"


def test_word_can_be_given_before_judging_and_not_after_it(db: Session) -> None:
    early = court(db, state="invited", stage=Stage.SUBMISSION)
    assert declaring.accept(db, early.as_judge(), early.assignment().ref).state == "accepted"
    late = court(db, state="invited")
    late.close()
    with pytest.raises(TooLate):
        declaring.accept(db, late.as_judge(), late.assignment().ref)


def test_nobody_gives_another_judges_word(db: Session) -> None:
    made = court(db, state="invited")
    for actor in (made.as_judge(1), made.as_organizer, actor_of(UserFactory(admin=True))):
        with pytest.raises(NotAllowed):
            declaring.accept(db, actor, made.assignment(0).ref)
        with pytest.raises(NotAllowed):
            declaring.recuse(db, actor, made.assignment(0).ref, "x")
