"""From a fixed ranking to published winners, as people live it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.awards import board, by_hand, deciding, proposing, publishing, queries
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.plans import Slot
from challenge.base import clock
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid, NotAllowed, TooLate, WrongState
from challenge.submissions.models import Submission
from challenge.tasks.models import Task
from tests.awards.stories import Judged, judged_round
from tests.factories import UserFactory, actor_of


def slots(db: Session, judged: Judged) -> dict[tuple[str, int], str]:
    """(prize, slot or need) -> the entry's code, of awards in force."""
    return {
        (award.prize.name_en or "", award.requirement_id or award.slot): award.submission.code
        for award in board.awards_of(db, judged.round.id)
    }


def decision_of(db: Session, judged: Judged, need: int = 0) -> Decision:
    return db.scalars(sa.select(Decision).where(Decision.requirement_id == judged.needs[need].id)).one()


def end_notice(db: Session, judged: Judged) -> None:
    """Let the notice have run its time."""
    notice = db.get_one(Notice, judged.round.id)
    notice.starts_at = clock.now(db) - dt.timedelta(days=6)
    notice.ends_at = clock.now(db) - dt.timedelta(days=1)
    db.flush()


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


def test_notice_waits_for_every_seeker(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    with pytest.raises(WrongState, match="decisions_pending"):
        publishing.start_notice(db, judged.as_organizer, judged.round.id)


def test_notice_is_never_shorter_than_promised(db: Session) -> None:
    judged = judged_round(db)
    judged.round.notice_days = 5
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    soon = clock.now(db) + dt.timedelta(days=2)
    with pytest.raises(Invalid, match="notice_too_short"):
        publishing.start_notice(db, judged.as_organizer, judged.round.id, soon)


def test_publication_waits_for_the_end_of_the_notice_then_settles_everything(db: Session) -> None:
    judged = judged_round(db, needs=2, places=(1, 2, 3))
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(0), decision_of(db, judged, 0).ref, "confirmed")
    deciding.decide(db, judged.as_seeker(1), decision_of(db, judged, 1).ref, "nobody", None, "None met 99 %.")
    later = clock.now(db) + dt.timedelta(hours=1)
    publishing.start_notice(db, judged.as_organizer, judged.round.id, later)
    with pytest.raises(TooLate, match="notice_running"):
        publishing.publish(db, judged.as_organizer, judged.round.id)
    end_notice(db, judged)
    publishing.publish(db, judged.as_organizer, judged.round.id)
    db.expire_all()
    assert [db.get_one(Submission, entry.id).state for entry in judged.entries] == [
        "selected",
        "not_selected",
        "not_selected",
    ]
    assert [db.get_one(Requirement, need.id).state for need in judged.needs] == ["selected", "failed"]
    assert set(db.scalars(sa.select(Award.state).where(Award.state != "withdrawn"))) == {"confirmed"}


def test_publishing_twice_has_one_effect(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + dt.timedelta(hours=1))
    end_notice(db, judged)
    first = publishing.publish(db, judged.as_organizer, judged.round.id).published_at
    assert publishing.publish(db, judged.as_organizer, judged.round.id).published_at == first
    told = sa.select(sa.func.count()).where(Task.key.like("event/awards.published/%"))
    assert db.scalar(told) == 1


def test_after_the_notice_has_started_nobody_changes_their_word(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    deciding.decide(db, judged.as_seeker(), ref, "confirmed")
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + dt.timedelta(hours=1))
    with pytest.raises(WrongState, match="notice_started"):
        deciding.decide(db, judged.as_seeker(), ref, "nobody", None, "Changed our mind.")
    with pytest.raises(WrongState, match="notice_started"):
        proposing.propose(db, judged.as_organizer, judged.round.id)


def test_public_sees_winners_from_the_notice_on_and_never_before(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    assert queries.winners(db, round_id=judged.round.id) == []
    assert queries.outcomes(db, judged.round.id) == []
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + dt.timedelta(hours=1))
    assert [winner.state for winner in queries.winners(db, round_id=judged.round.id)] == ["on_notice"] * 2
    assert [outcome.verdict for outcome in queries.outcomes(db, judged.round.id)] == ["confirmed"]


@pytest.mark.parametrize("verb", ["propose", "start_notice", "publish"])
def test_strangers_move_nothing(db: Session, verb: str) -> None:
    judged = judged_round(db)
    stranger = actor_of(UserFactory())
    service = {"propose": proposing.propose}.get(verb) or getattr(publishing, verb)
    with pytest.raises(NotAllowed):
        service(db, stranger, judged.round.id)
