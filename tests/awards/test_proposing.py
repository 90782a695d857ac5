"""From a fixed ranking to a proposal, as people live it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.awards import by_hand, deciding, proposing, publishing
from challenge.awards.plans import Slot
from challenge.base import clock
from challenge.rules.errors import Invalid, WrongState
from challenge.tasks.models import Task
from tests.awards.stories import decision_of, judged_round, rank_anew, slots
from tests.factories import PrizeFactory


def test_proposal_gives_the_best_entry_its_place_and_asks_the_seeker(db: Session) -> None:
    judged = judged_round(db)
    best = judged.entries[0].code
    proposal = proposing.propose(db, judged.as_organizer, judged.round.id)
    assert (proposal.awards, proposal.decisions, proposal.tied) == (2, 1, ())
    assert slots(db, judged) == {("First prize", 1): best, ("Chosen solution", judged.needs[0].id): best}
    assert decision_of(db, judged).verdict == "pending"
    events = set(db.scalars(sa.select(Task.payload["event"].as_string())))
    assert events == {"awards.proposed", "decision.asked"}


def test_proposal_without_a_ranking_is_refused(db: Session) -> None:
    judged = judged_round(db)
    db.execute(sa.text("UPDATE ranking SET superseded = :yes"), {"yes": True})
    with pytest.raises(WrongState, match="ranking_missing"):
        proposing.propose(db, judged.as_organizer, judged.round.id)


def test_tie_across_the_last_slot_is_left_for_people(db: Session) -> None:
    judged = judged_round(db, places=(1, 2, 2), slots=2)
    proposal = proposing.propose(db, judged.as_organizer, judged.round.id)
    assert proposal.tied == ((judged.places.id, 2),)
    by_hand.give_slot(db, judged.as_organizer, judged.round.id, judged.places.id, 2, judged.entries[2].ref)
    assert slots(db, judged)[("First prize", 2)] == judged.entries[2].code


def test_tie_within_the_slots_leaves_nothing_open(db: Session) -> None:
    judged = judged_round(db, places=(1, 1, 3), slots=2)
    assert proposing.propose(db, judged.as_organizer, judged.round.id).tied == ()


def test_nobody_wins_two_places(db: Session) -> None:
    judged = judged_round(db, slots=2)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    with pytest.raises(Invalid, match="won_already"):
        by_hand.give_slot(
            db, judged.as_organizer, judged.round.id, judged.places.id, 2, judged.entries[0].ref
        )


def test_the_database_itself_refuses_a_second_winner_of_a_slot(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    db.add(proposing.award_for(judged.round.id, Slot(judged.places.id, 0, 1), judged.entries[1].id, None))
    with pytest.raises(IntegrityError):
        db.flush()
    db.rollback()


def test_unranked_and_withdrawn_entries_win_nothing(db: Session) -> None:
    judged = judged_round(db, places=(1, None))
    judged.entries[0].state = "withdrawn"
    db.flush()
    proposal = proposing.propose(db, judged.as_organizer, judged.round.id)
    assert (proposal.awards, proposal.decisions) == (0, 0)


def test_proposing_the_same_twice_has_one_effect(db: Session) -> None:
    judged = judged_round(db)
    first = proposing.propose(db, judged.as_organizer, judged.round.id)
    assert proposing.propose(db, judged.as_organizer, judged.round.id) == first
    told = sa.select(sa.func.count()).where(Task.key.like("event/awards.proposed/%"))
    assert db.scalar(told) == 1


def test_once_a_seeker_has_spoken_the_same_ranking_proposes_nothing_anew(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    with pytest.raises(WrongState, match="already_decided"):
        proposing.propose(db, judged.as_organizer, judged.round.id)


def test_a_ranking_fixed_anew_asks_again_only_those_whose_proposal_changed(db: Session) -> None:
    judged = judged_round(db, places=(1, 2, 3, 4), needs=2)  # needs 0, 1, 0, 1
    proposing.propose(db, judged.as_organizer, judged.round.id)
    for need in range(2):
        deciding.decide(db, judged.as_seeker(need), decision_of(db, judged, need).ref, "confirmed")
    first, second, third, fourth = judged.entries
    rank_anew(db, judged, [third, second, first, fourth])
    with pytest.raises(WrongState, match="proposal_outdated"):
        publishing.start_notice(
            db, judged.as_organizer, judged.round.id, clock.now(db) + dt.timedelta(days=1)
        )
    proposing.propose(db, judged.as_organizer, judged.round.id)
    assert [decision_of(db, judged, need).verdict for need in range(2)] == ["pending", "confirmed"]
    assert slots(db, judged) == {
        ("First prize", 1): third.code,
        ("Chosen solution", judged.needs[0].id): third.code,
        ("Chosen solution", judged.needs[1].id): second.code,
    }


def test_an_entry_that_left_is_not_confirmed_and_the_next_one_is_proposed(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    judged.entries[0].state, judged.entries[0].state_reason = "ineligible", "Not their own work."
    db.flush()
    with pytest.raises(Invalid, match="entry_left"):
        deciding.decide(db, judged.as_seeker(), ref, "confirmed")
    proposing.propose(db, judged.as_organizer, judged.round.id)
    assert decision_of(db, judged).proposed_id == judged.entries[1].id
    assert decision_of(db, judged).ref == ref  # the link in the seeker's letter still leads here


def test_a_tie_between_two_prizes_leaves_both_places_open(db: Session) -> None:
    judged = judged_round(db, places=(1, 1, 3), needs=3)
    second = PrizeFactory(round_id=judged.round.id, position=1, name_en="Second prize")
    proposal = proposing.propose(db, judged.as_organizer, judged.round.id)
    assert proposal.tied == ((judged.places.id, 1), (second.id, 1))


def test_a_tie_settled_by_hand_outlives_a_new_proposal(db: Session) -> None:
    judged = judged_round(db, places=(1, 2, 2), slots=2, needs=3)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    chosen = judged.entries[2]
    by_hand.give_slot(db, judged.as_organizer, judged.round.id, judged.places.id, 2, chosen.ref)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    assert slots(db, judged)[("First prize", 2)] == chosen.code


def test_giving_a_place_twice_has_one_effect(db: Session) -> None:
    judged = judged_round(db, places=(1, 1), needs=2)
    for _ in range(2):
        by_hand.give_slot(
            db, judged.as_organizer, judged.round.id, judged.places.id, 1, judged.entries[1].ref
        )
    made = sa.select(sa.func.count()).where(AuditEntry.action == "award.by_hand")
    assert db.scalar(made) == 1
