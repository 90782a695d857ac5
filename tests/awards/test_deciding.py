"""The seeker's word, and the organizer's where a seeker stays silent."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.awards import by_hand, deciding, proposing
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed
from challenge.submissions.models import TeamMember
from tests.awards.stories import decision_of, judged_round, slots


def test_seeker_confirms(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    decision = deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    assert (decision.verdict, decision.chosen_id) == ("confirmed", judged.entries[0].id)


def test_seeker_differs_with_a_reason_and_the_need_s_prize_follows(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref, other = decision_of(db, judged).ref, judged.entries[1]
    with pytest.raises(Invalid, match="reason_published"):
        deciding.decide(db, judged.as_seeker(), ref, "differs", other.ref)
    deciding.decide(db, judged.as_seeker(), ref, "differs", other.ref, "Fits our line without a rebuild.")
    awarded = slots(db, judged)
    assert awarded[("Chosen solution", judged.needs[0].id)] == other.code
    assert awarded[("First prize", 1)] == judged.entries[0].code  # places are the panel's


def test_seeker_cannot_choose_an_entry_of_another_need(db: Session) -> None:
    judged = judged_round(db, places=(1, 2), needs=2)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    with pytest.raises(Invalid, match="choose_entry"):
        deciding.decide(
            db, judged.as_seeker(), decision_of(db, judged).ref, "differs", judged.entries[1].ref, "Better."
        )


def test_shared_first_place_must_be_chosen_not_confirmed(db: Session) -> None:
    judged = judged_round(db, places=(1, 1))
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    with pytest.raises(Invalid, match="choose_entry"):
        deciding.decide(db, judged.as_seeker(), ref, "confirmed")


def test_another_organization_s_representative_may_not_decide(db: Session) -> None:
    judged = judged_round(db, places=(1, 2), needs=2)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    with pytest.raises(NotAllowed):
        deciding.decide(db, judged.as_seeker(1), decision_of(db, judged, 0).ref, "confirmed")
    with pytest.raises(NotAllowed):
        deciding.decide(db, judged.as_organizer, decision_of(db, judged, 0).ref, "confirmed")


def test_same_word_twice_has_one_effect(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    for _ in range(2):
        deciding.decide(db, judged.as_seeker(), ref, "confirmed")
    made = sa.select(sa.func.count()).where(AuditEntry.action == "decision.made")
    assert db.scalar(made) == 1


def test_silent_seeker_is_overridden_with_a_reason(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    with pytest.raises(Invalid, match="reason_published"):
        deciding.override(db, judged.as_organizer, ref, " ")
    decision = deciding.override(db, judged.as_organizer, ref, "No answer after three reminders.")
    assert (decision.verdict, decision.chosen_id) == ("overridden", judged.entries[0].id)


def test_seeker_chooses_between_those_that_share_the_first_place_without_a_reason(db: Session) -> None:
    judged = judged_round(db, places=(1, 1, 3))
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    with pytest.raises(Invalid, match="not_tied"):
        deciding.decide(db, judged.as_seeker(), ref, "confirmed", judged.entries[2].ref)
    deciding.decide(db, judged.as_seeker(), ref, "confirmed", judged.entries[1].ref)
    assert decision_of(db, judged).chosen_id == judged.entries[1].id


def test_organizer_chooses_between_the_tied_where_the_seeker_is_silent(db: Session) -> None:
    judged = judged_round(db, places=(1, 1, 3))
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    with pytest.raises(Invalid, match="choose_entry"):
        deciding.override(db, judged.as_organizer, ref, "Silent for two weeks.")
    for _ in range(2):
        deciding.override(db, judged.as_organizer, ref, "Silent for two weeks.", judged.entries[1].ref)
    assert decision_of(db, judged).chosen_id == judged.entries[1].id


def test_everything_that_is_wrong_with_a_word_is_said_at_once(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    with pytest.raises(InvalidMany) as refused:
        deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "differs", None, " ")
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("chosen", "choose_entry"),
        ("reason", "reason_published"),
    ]


def test_the_proposed_entry_is_confirmed_and_never_differed_with(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    with pytest.raises(Invalid, match="same_as_proposed"):
        deciding.decide(
            db, judged.as_seeker(), decision_of(db, judged).ref, "differs", judged.entries[0].ref, "Best."
        )


def test_whoever_is_behind_an_entry_chooses_no_winner(db: Session) -> None:
    judged = judged_round(db)
    for person in (judged.seekers[0], judged.organizer):
        email, name = person.email, person.name
        db.add(TeamMember(submission_id=judged.entries[1].id, user_id=person.id, email=email, name=name))
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    with pytest.raises(NotAllowed):
        deciding.decide(db, judged.as_seeker(), ref, "differs", judged.entries[1].ref, "Ours.")
    with pytest.raises(NotAllowed):
        deciding.override(db, judged.as_organizer, ref, "In a hurry.")
    with pytest.raises(NotAllowed):
        by_hand.give_slot(
            db, judged.as_organizer, judged.round.id, judged.places.id, 1, judged.entries[1].ref
        )
