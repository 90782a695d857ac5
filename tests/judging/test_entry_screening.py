"""Screening of entries: a correction, an announced ruling out, the reply, the decision; on the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.exchange import entries
from challenge.judging import screening
from challenge.judging.screening import Charge
from challenge.rules.errors import Invalid, NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.permissions import Actor
from challenge.submissions import submitting, withdrawing
from challenge.submissions.models import ScreeningCase, Submission
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, actor_of, organizer_of
from tests.judging.test_at_once import together
from tests.rigs.application import Visitor
from tests.submissions.stories import again, owner_of, ready, round_of

RULING = Charge("rule_out", ("rights", "form"), "Whose patent is it?")
CORRECTION = Charge("correction", ("form",), "Page 3 cannot be read.")


def handed_in(db: Session, **facts: object) -> Submission:
    entry = ready(**facts)
    submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    db.commit()
    return entry


def organizer_for(entry: Submission) -> User:
    return organizer_of(round_of(entry).programme)


def opened(db: Session, entry: Submission, who: Actor, charge: Charge = RULING) -> ScreeningCase:
    case = screening.open_case(db, who, entry.ref, charge)
    db.commit()
    return case


def time_is_over(db: Session) -> None:
    """Let the period have ended a second ago."""
    db.execute(sa.update(ScreeningCase).values(reply_until=clock.now(db) - dt.timedelta(seconds=1)))
    db.commit()


def recorded(db: Session) -> list[str]:
    """What happened to entries, as the chain has it."""
    query = "SELECT action FROM audit_entry WHERE subject LIKE 'submission:%' ORDER BY seq"
    return [each.removeprefix("submission.") for each in db.execute(sa.text(query)).scalars()]


def test_the_team_has_three_days_and_the_organizer_waits_for_its_word_or_their_end(db: Session) -> None:
    entry = handed_in(db)
    organizer, solver = actor_of(organizer_for(entry)), actor_of(owner_of(entry))
    case = opened(db, entry, organizer)
    assert opened(db, entry, organizer).id == case.id  # the same form twice
    assert case.reply_until - case.opened_at == dt.timedelta(days=3)
    assert again(entry).state == "submitted"
    with pytest.raises(WrongState) as refusal:
        screening.uphold(db, organizer, entry.ref, "No licence.")
    assert refusal.value.code == "reply_pending"
    db.rollback()
    for _ in range(2):
        screening.reply(db, solver, entry.ref, "It is ours: CN 1234.")
        db.commit()
    with pytest.raises(WrongState):
        screening.reply(db, solver, entry.ref, "On second thoughts.")
    db.rollback()
    for _ in range(2):
        screening.dismiss(db, organizer, entry.ref, "Thank you.")
        db.commit()
    assert again(entry).state == "submitted"
    case = screening.history(db, entry.id)[0]
    assert (case.state, case.reply, case.decision) == ("dismissed", "It is ours: CN 1234.", "Thank you.")
    assert None not in (case.opened_at, case.replied_at, case.decided_at, case.decided_by)
    assert recorded(db) == ["submitted", "ruling_announced", "replied", "found_eligible"]


def test_without_a_reply_the_end_of_the_period_decides_by_the_database_s_clock(db: Session) -> None:
    entry = handed_in(db)
    organizer = actor_of(organizer_for(entry))
    opened(db, entry, organizer)
    time_is_over(db)
    with pytest.raises(TooLate) as refusal:
        screening.reply(db, actor_of(owner_of(entry)), entry.ref, "Too late.")
    assert refusal.value.code == "reply_over"
    db.rollback()
    with pytest.raises(Invalid):
        screening.uphold(db, organizer, entry.ref, " ")
    db.rollback()
    for _ in range(2):
        screening.uphold(db, organizer, entry.ref, "No licence to offer it.")
        db.commit()
    assert (again(entry).state, entry.state_reason) == ("ineligible", "No licence to offer it.")
    assert recorded(db)[-2:] == ["ruling_announced", "ruled_out"]
    with pytest.raises(NotAllowed):
        submitting.submit(db, actor_of(owner_of(entry)), entry.ref)


def test_a_correction_is_settled_or_followed_by_a_ruling_out(db: Session) -> None:
    entry = handed_in(db)
    organizer = actor_of(organizer_for(entry))
    opened(db, entry, organizer, CORRECTION)
    time_is_over(db)
    with pytest.raises(WrongState):
        screening.uphold(db, organizer, entry.ref, "Not corrected.")
    db.rollback()
    opened(db, entry, organizer)
    with pytest.raises(WrongState):
        screening.open_case(db, organizer, entry.ref, CORRECTION)
    db.rollback()
    assert [each.state for each in screening.history(db, entry.id)] == ["open", "escalated"]


def test_nothing_is_ruled_out_at_once_but_where_the_round_gives_no_reply(db: Session) -> None:
    entry = handed_in(db)
    organizer = actor_of(organizer_for(entry))
    with pytest.raises(WrongState) as refusal:
        screening.rule_out(db, organizer, entry.ref, "No licence.")
    assert refusal.value.code == "announce_first"
    db.rollback()
    other = handed_in(db, requirement__round__reply_days=0)
    strict = actor_of(organizer_for(other))
    with pytest.raises(WrongState) as refusal:
        screening.open_case(db, strict, other.ref, RULING)
    assert refusal.value.code == "no_reply_here"
    db.rollback()
    for _ in range(2):
        assert screening.rule_out(db, strict, other.ref, "No licence.").state == "ineligible"
        db.commit()
    with pytest.raises(NotAllowed):
        screening.rule_out(db, strict, other.ref, "Another reason.")


def test_what_is_held_against_an_entry_needs_codes_and_words(db: Session) -> None:
    entry = handed_in(db)
    organizer = actor_of(organizer_for(entry))
    db.commit()
    for charge, field in (
        (Charge("rule_out", (), "Text."), "reasons"),
        (Charge("rule_out", ("gossip",), "Text."), "reasons"),
        (Charge("rule_out", ("form",), " "), "text"),
        (Charge("rule_out", ("form",), "x" * 2001), "text"),
        (Charge("shame", ("form",), "Text."), "kind"),
    ):
        with pytest.raises(Invalid) as refusal:
            screening.open_case(db, organizer, entry.ref, charge)
        assert refusal.value.field == field
        db.rollback()


Tie = Callable[[Session, Submission, User], None]


def in_the_same_organization(db: Session, entry: Submission, organizer: User) -> None:
    works = OrganizationFactory()
    MembershipFactory(user_id=organizer.id, organization=works, representative=False)
    again(entry).organization_id = works.id


def of_the_same_mail_domain(db: Session, entry: Submission, organizer: User) -> None:
    organizer.email = "organizer@works.test"
    db.execute(sa.text("UPDATE team_member SET email = 'solver@works.test'"))


@pytest.mark.parametrize("tie", [in_the_same_organization, of_the_same_mail_domain])
def test_nobody_with_a_conflict_decides(db: Session, client: Visitor, tie: Tie) -> None:
    entry = handed_in(db)
    organizer, other = organizer_for(entry), organizer_for(entry)
    opened(db, entry, actor_of(other))
    tie(db, entry, organizer)
    time_is_over(db)
    for act in (
        lambda: screening.uphold(db, actor_of(organizer), entry.ref, "Mine."),
        lambda: screening.dismiss(db, actor_of(organizer), entry.ref),
        lambda: screening.open_case(db, actor_of(organizer), entry.ref, RULING),
        lambda: screening.rule_out(db, actor_of(organizer), entry.ref, "Mine."),
    ):
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert refusal.value.code == "own_conflict"
        db.rollback()
    client.sign_in(organizer)
    page = client.get(f"/organize/submissions/{entry.ref}/screening").text
    assert "You have a conflict of interest with this entry" in page
    assert "<textarea" not in page
    assert screening.uphold(db, actor_of(other), entry.ref, "No licence.").state == "ineligible"


def test_an_organizer_in_the_team_decides_nothing(db: Session) -> None:
    draft = ready()
    organizer = organizer_of(round_of(draft).programme)
    db.execute(sa.text("UPDATE team_member SET user_id = :user"), {"user": organizer.id})
    draft.state = "submitted"
    db.commit()
    with pytest.raises(NotAllowed):
        screening.rule_out(db, actor_of(organizer), draft.ref, "Mine.")


def test_to_strangers_there_is_no_entry_and_no_case(db: Session) -> None:
    entry = handed_in(db)
    stranger = actor_of(UserFactory())
    db.commit()
    for act in (
        lambda: screening.open_case(db, stranger, entry.ref, RULING),
        lambda: screening.reply(db, stranger, entry.ref, "Mine."),
        lambda: screening.dismiss(db, actor_of(UserFactory(admin=True)), entry.ref),
        lambda: screening.dismiss(db, actor_of(organizer_for(entry)), entry.ref),
        lambda: screening.reply(db, actor_of(owner_of(entry)), entry.ref, "To nothing."),
    ):
        with pytest.raises(NotFound):
            act()
        db.rollback()


def test_reply_and_decision_at_once_end_in_one_of_two_stories(app: Flask, db: Session) -> None:
    entry = handed_in(db)
    organizer, solver = actor_of(organizer_for(entry)), actor_of(owner_of(entry))
    opened(db, entry, organizer)
    acts = [
        lambda s: screening.reply(s, solver, entry.ref, "Ours.") and None,
        lambda s: screening.dismiss(s, organizer, entry.ref) and None,
        lambda s: screening.dismiss(s, organizer, entry.ref) and None,
    ]
    came = together(app, acts)
    assert came[1:] == [None, None]
    assert came[0] in (None, "not_found")
    db.expire_all()
    case = screening.history(db, entry.id)[0]
    assert (case.state, case.reply is None) == ("dismissed", came[0] == "not_found")
    assert recorded(db).count("found_eligible") == 1


def test_the_data_of_a_solver_hold_the_record(db: Session) -> None:
    entry = handed_in(db)
    opened(db, entry, actor_of(organizer_for(entry)))
    about = next(iter(entries.members(entry.id)))
    assert b"Whose patent is it?" in b"".join(about.chunks)


def test_a_withdrawn_entry_is_left_alone_until_it_stands_again(db: Session) -> None:
    entry = handed_in(db)
    organizer, solver = actor_of(organizer_for(entry)), actor_of(owner_of(entry))
    opened(db, entry, organizer)
    withdrawing.withdraw(db, solver, entry.ref)
    db.commit()
    time_is_over(db)
    with pytest.raises(NotFound):
        screening.uphold(db, organizer, entry.ref, "Gone.")
    db.rollback()
    withdrawing.reinstate(db, solver, entry.ref)
    db.commit()
    assert screening.uphold(db, organizer, entry.ref, "No licence.").state == "ineligible"
