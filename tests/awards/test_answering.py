"""Objections answered by somebody not involved; what an upheld one reopens, and what stays."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, User
from challenge.audit.models import AuditEntry
from challenge.awards import answerers, answering, by_hand, objection_reads, resuming
from challenge.awards.answering import Answer
from challenge.awards.models import Award, Decision
from challenge.base import clock
from challenge.judging import ranking, scoring, screening
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, TooLate, WrongState
from challenge.submissions.models import Submission, TeamMember
from tests.awards.objection_stories import ANSWER, DAYS, OnNotice, on_notice
from tests.awards.stories import happened
from tests.factories import GrantFactory, OrganizationFactory, UserFactory, actor_of
from tests.rigs.mail import Mailbox


def another_organizer(made: OnNotice, name: str) -> User:
    person: User = UserFactory(name=name)
    GrantFactory(user_id=person.id, role="organizer", scope="programme", scope_id=made.round.programme_id)
    return person


def test_an_answer_has_reasons_and_a_sentence_for_everyone_that_names_nobody(db: Session) -> None:
    made = on_notice(db)
    ref = made.filed().ref
    for answer, faults in (
        (Answer(" ", ""), {("reasons", "filer_reads_reasons"), ("public_text", "public_reads_text")}),
        (Answer("x", "y" * 1001), {("public_text", "too_long")}),
        (Answer("x", "What 林真 wrote is not so."), {("public_text", "names_filer")}),
        (Answer("x", f"See {made.filer.email.upper()}"), {("public_text", "names_filer")}),
    ):
        with pytest.raises(InvalidMany) as refused:
            answering.dismiss(db, made.as_organizer, ref, answer)
        assert {(fault.field, fault.code) for fault in refused.value.faults} == faults
    short = made.filed(text="A name that is a part of a word is not in the text.", name="Li").ref
    policy = Answer("x", "The policy was followed.")
    assert answering.dismiss(db, made.as_organizer, short, policy).state == "dismissed"
    first = answering.dismiss(db, made.as_organizer, ref, ANSWER)
    assert (first.state, first.answered_by) == ("dismissed", made.court.organizer.id)
    answering.dismiss(db, made.as_organizer, ref, ANSWER)
    assert happened(db, "objection.dismissed") == 2
    with pytest.raises(WrongState, match="objection_settled"):
        answering.uphold(db, made.as_organizer, ref, ANSWER)


def test_whoever_is_involved_does_not_answer_and_the_page_can_say_why(db: Session) -> None:
    made = on_notice(db)
    entry, firm = made.entries[0], OrganizationFactory()
    in_team, judging, colleague = (another_organizer(made, name=name) for name in "ABC")
    deciding, choosing, free = (another_organizer(made, name=name) for name in "DEF")
    db.add(TeamMember(submission_id=entry.id, user_id=in_team.id, name="A", email=in_team.email))
    made.court.judges[0].user_id = judging.id
    filer = UserFactory(represents=[firm])
    made.filer = filer
    db.add(Membership(user_id=colleague.id, organization_id=firm.id))
    made.decision.decided_by = deciding.id
    db.add(_by_hand(made, choosing.id))
    db.flush()
    objection = objection_reads.by_ref(db, made.filed().ref)
    people = {each.name: each.reasons for each in answerers.people(db, objection)}
    assert people["A"] == ("tied",)
    assert people["B"] == ("judges",)
    assert people["C"] == ("filer_organization",)
    assert (people["D"], people["E"], people["F"]) == (("decided",), ("decided",), ())
    for person in (in_team, judging, colleague, deciding, choosing):
        with pytest.raises(NotAllowed, match="objection_involved"):
            answering.dismiss(db, actor_of(person), objection.ref, ANSWER)
    for stranger in (UserFactory(), made.seeker, filer):
        with pytest.raises(NotAllowed):
            answering.dismiss(db, actor_of(stranger), objection.ref, ANSWER)
    assert answering.dismiss(db, actor_of(free), objection.ref, ANSWER).answered_by == free.id


def _by_hand(made: OnNotice, user_id: int) -> AuditEntry:
    """As the record has it when somebody gives a place by hand."""
    return AuditEntry(
        chain=f"round:{made.round.id}",
        seq=9_999,
        at=clock.now(made.db),
        actor=f"user:{user_id}",
        action="award.by_hand",
        subject=f"round:{made.round.id}",
        detail={"prize": 1, "slot": 1, "submission": made.entries[0].ref},
        previous="0" * 64,
        hash="1" * 64,
    )


def test_an_administrator_answers_where_no_organizer_may(db: Session) -> None:
    made = on_notice(db)
    admin = UserFactory(admin=True)
    made.filer = made.court.organizer
    ref = made.filed().ref
    with pytest.raises(NotAllowed, match="objection_involved"):
        answering.dismiss(db, made.as_organizer, ref, ANSWER)
    assert answering.uphold(db, actor_of(admin), ref, ANSWER).state == "upheld"


def test_upheld_on_eligibility_the_entry_goes_and_only_its_seeker_is_asked_again(db: Session) -> None:
    made = on_notice(db)
    ref = made.upheld("eligibility", 0).ref
    answering.uphold(db, made.as_organizer, ref, ANSWER)
    assert happened(db, "objection.upheld") == happened(db, "submission.ruled_out") == 1
    assert db.get_one(Submission, made.entries[0].id).state == "ineligible"
    with pytest.raises(WrongState, match="proposal_outdated"):
        resuming.resume(db, made.as_organizer, made.round.id)
    made.propose()
    assert made.places == {1: (1, "proposed"), 2: (2, "proposed")}
    assert (made.decision.verdict, made.decision.proposed_id) == ("pending", made.entries[1].id)
    with pytest.raises(WrongState, match="decisions_pending"):
        resuming.resume(db, made.as_organizer, made.round.id)
    made.decide()
    resuming.resume(db, made.as_organizer, made.round.id)
    assert made.places == {1: (1, "on_notice"), 2: (2, "on_notice")}
    with pytest.raises(WrongState, match="notice_started"):
        made.propose()


def test_what_changed_runs_its_promised_days_anew_and_twice_is_once(db: Session) -> None:
    made = on_notice(db)
    made.upheld("eligibility", 1)  # the second place; the seeker chose the first
    made.end()
    made.propose()
    assert made.places == {1: (0, "on_notice"), 2: (2, "proposed")}
    assert made.decision.verdict == "confirmed"
    with pytest.raises(WrongState, match="notice_reopened"):
        made.publish()
    now = clock.now(db)
    ends_at = resuming.resume(db, made.as_organizer, made.round.id).ends_at
    assert ends_at - now >= dt.timedelta(days=DAYS) - dt.timedelta(seconds=1)
    assert resuming.resume(db, made.as_organizer, made.round.id).ends_at == ends_at
    assert happened(db, "notice.resumed") == 1
    made.filed("conflict", 0)  # the notice takes objections again, on all that stands on it
    assert made.notice.ends_at == ends_at


def test_a_seeker_whose_choice_stands_is_not_asked_and_cannot_change_it(db: Session) -> None:
    made = on_notice(db)
    made.upheld("eligibility", 1)
    made.propose()
    with pytest.raises(WrongState, match="notice_started"):
        made.decide("nobody")
    prize = db.scalars(sa.select(Award.prize_id).where(Award.requirement_id == 0)).first() or 0
    with pytest.raises(WrongState, match="notice_started"):
        by_hand.give_slot(db, made.as_organizer, made.round.id, prize, 1, made.entries[2].ref)


def test_where_a_team_has_a_right_of_reply_it_is_heard_first(db: Session) -> None:
    made = on_notice(db, reply_days=3)
    ref = made.filed().ref
    with pytest.raises(WrongState, match="announce_first"):
        answering.uphold(db, made.as_organizer, ref, ANSWER)
    answering.announce(db, made.as_organizer, ref, "You are said to be no firm of this province.")
    answering.announce(db, made.as_organizer, ref, "You are said to be no firm of this province.")
    assert happened(db, "submission.ruling_announced") == 1
    with pytest.raises(WrongState, match="reply_pending"):
        answering.uphold(db, made.as_organizer, ref, ANSWER)
    case = screening.standing(db, made.entries[0].id)
    assert case is not None
    case.reply_until = clock.now(db) - dt.timedelta(minutes=1)
    assert answering.uphold(db, made.as_organizer, ref, ANSWER).state == "upheld"


def test_upheld_on_a_conflict_the_judges_card_is_left_out_and_the_rest_stands(
    db: Session, mailbox: Mailbox
) -> None:
    made = on_notice(db)
    with pytest.raises(Invalid) as refused:
        answering.uphold(db, made.as_organizer, made.filed("conflict").ref, ANSWER)
    assert (refused.value.field, refused.value.code) == ("cards", "choose_card")
    other = made.court.assignment(0, 1).ref
    with pytest.raises(Invalid):
        answering.uphold(db, made.as_organizer, made.filed("conflict").ref, ANSWER, (other,))
    made.upheld("conflict", 0)
    assert made.court.assignment(0, 0).state == "recused"
    assert made.court.assignment(0, 1).state == "completed"
    with pytest.raises(WrongState, match="ranking_behind"):
        resuming.resume(db, made.as_organizer, made.round.id)
    before = made.notice.ends_at
    ranking.fix(db, made.as_organizer, made.round.id, "An objection was upheld.")
    made.propose()
    resuming.resume(db, made.as_organizer, made.round.id)
    # The other judge gave the same: all places stay, and so does the end of the notice.
    assert made.places == {1: (0, "on_notice"), 2: (1, "on_notice")}
    assert made.notice.ends_at == before
    told = [each.recipient for each in mailbox.letters if each.template == "scorecard_left_out"]
    assert told == [made.court.people[0].email]


def test_upheld_on_a_criterion_the_judge_scores_again_after_the_window_and_places_change(db: Session) -> None:
    made = on_notice(db)
    cards = tuple(made.court.assignment(judge, 0).ref for judge in (0, 1))
    made.upheld("criterion", 0, cards)
    with pytest.raises(WrongState, match="cards_open"):
        resuming.resume(db, made.as_organizer, made.round.id)
    low = made.court.entered(*[1] * len(made.court.criteria))
    for judge, ref in enumerate(cards):
        scoring.lock(db, made.court.as_judge(judge), ref, low)
    assert all(made.court.card(judge, 0).open_until is None for judge in (0, 1))  # type: ignore[union-attr]
    ranking.fix(db, made.as_organizer, made.round.id, "An objection was upheld.")
    made.propose()
    assert made.places == {1: (1, "proposed"), 2: (2, "proposed")}
    assert made.decision.verdict == "pending"
    made.decide()
    resuming.resume(db, made.as_organizer, made.round.id)
    assert [state for _, state in made.places.values()] == ["on_notice", "on_notice"]


def test_a_card_that_is_not_locked_in_its_time_counts_no_more(db: Session) -> None:
    made = on_notice(db)
    made.upheld("criterion", 0)
    card = made.court.card(0, 0)
    assert card is not None
    card.open_until = clock.now(db) - dt.timedelta(seconds=1)
    db.flush()
    with pytest.raises(TooLate, match="window_closed"):
        scoring.save(db, made.court.as_judge(0), made.court.assignment(0, 0).ref, made.court.entered(5))
    ranking.fix(db, made.as_organizer, made.round.id, "An objection was upheld.")
    assert made.propose().awards == 3
    resuming.resume(db, made.as_organizer, made.round.id)
    assert made.notice.reopened_at is None


def test_other_judges_cards_stay_locked_after_the_window(db: Session) -> None:
    made = on_notice(db)
    made.upheld("criterion", 0)
    with pytest.raises(WrongState):
        scoring.save(db, made.court.as_judge(1), made.court.assignment(1, 0).ref, made.court.entered(5))


def test_after_it_all_the_results_are_published_with_what_changed(db: Session) -> None:
    made = on_notice(db)
    made.upheld("eligibility", 0)
    made.propose()
    made.decide()
    resuming.resume(db, made.as_organizer, made.round.id)
    made.end()
    made.publish()
    assert made.places == {1: (1, "confirmed"), 2: (2, "confirmed")}
    assert db.scalars(sa.select(Decision.chosen_id)).one() == made.entries[1].id
    told = objection_reads.told(db, made.round.id)
    assert [each.state for each in told.answered] == ["upheld"]
