"""Who hears that a need changed: those who work on it, follow it, or said that it interests them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import watching
from challenge.base import clock
from challenge.distribution.models import Dispatch, Recipient
from challenge.flow import indexing
from challenge.requirements import correcting, enacting, services
from challenge.requirements.enacting import Decision
from challenge.requirements.models import Requirement
from challenge.search.models import Follow
from challenge.submissions import drafting, submitting
from tests.changes.stories import NOTE, change, close_of, propose, published, running
from tests.factories import DAY, AssignmentFactory, PanelJudgeFactory, PhaseFactory, UserFactory, actor_of
from tests.requirements.needs import Call
from tests.rigs.mail import Mailbox
from tests.submissions.stories import owner_of, ready


def interested(db: Session, wanted: Requirement, address: str, **recipient: Any) -> None:
    """Somebody who was sent the need and answered that it interests them."""
    made = Recipient(address=address, **recipient)
    db.add(made)
    db.flush()
    now = clock.now(db)
    db.add(
        Dispatch(
            requirement_id=wanted.id, recipient_id=made.id, channel="mail", state="interested", expires_at=now
        )
    )
    db.flush()


def told(mailbox: Mailbox, template: str) -> set[str]:
    return {letter.recipient for letter in mailbox.letters if letter.template == template}


@pytest.fixture
def call(db: Session) -> Call:
    return running(db)


@pytest.fixture
def wanted(db: Session, call: Call) -> Requirement:
    return published(db, call)


def test_everyone_involved_is_told_once_and_judges_and_the_silent_are_not(
    call: Call, wanted: Requirement, db: Session, mailbox: Mailbox
) -> None:
    entry = ready(requirement=wanted, team=[UserFactory(email="teammate@example.org")])
    submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    names = ("drafter", "fan", "deaf")
    drafter, follower, deaf = (UserFactory(email=f"{name}@example.org") for name in names)
    drafting.start(db, actor_of(drafter), requirement=wanted.ref)
    db.commit()
    indexing.rebuild()
    for person in (follower, deaf, drafter):
        watching.follow(db, actor_of(person), "requirement", wanted.ref)
    db.execute(sa.update(Follow).where(Follow.user_id == deaf.id).values(letters=False))
    known = UserFactory(email="known@example.org")
    interested(db, wanted, "KNOWN@example.org")
    interested(db, wanted, "plain@example.net", locale="zh_CN")
    interested(db, wanted, "gone@example.net", unsubscribed_at=clock.now(db))
    interested(db, wanted, "broken@example.net", failed_at=clock.now(db))
    phase = PhaseFactory(round_id=call.round.id)
    seat = PanelJudgeFactory(phase_id=phase.id, user=UserFactory(email="judge@example.org"))
    AssignmentFactory(
        judge_id=seat.id,
        submission_id=entry.id,
        phase_id=phase.id,
    )
    change(db, call, wanted.ref, goals="Other.")
    assert told(mailbox, "requirement_changed") == {
        *(owner_of(entry).email, "teammate@example.org", drafter.email, follower.email),
        *(known.email, "plain@example.net"),
    }
    assert told(mailbox, "need_changed_seeker") == {call.representative.email}


def test_the_letter_says_what_changed_why_and_what_was_decided(
    call: Call, wanted: Requirement, db: Session, mailbox: Mailbox
) -> None:
    drafting.start(db, actor_of(UserFactory(email="d@example.org")), requirement=wanted.ref)
    end = close_of(db, call.round.id)
    ref = propose(db, call, wanted.ref, goals="Other.", confidential_part="SECRET HALL")
    enacting.publish(db, call.as_organizer, ref, Decision("round", end + DAY, "More to do."))
    (letter,) = [each for each in mailbox.to("d@example.org") if each.template == "requirement_changed"]
    there = f"/requirements/{wanted.ref}/versions"
    for said in (NOTE, "- Goals", "- Confidential part", "More to do.", there):
        assert said in letter.body
    assert not [each.subject for each in mailbox.letters if "SECRET" in each.subject + each.body]


def test_an_address_can_end_such_letters(
    call: Call, wanted: Requirement, db: Session, mailbox: Mailbox
) -> None:
    interested(db, wanted, "plain@example.net")
    change(db, call, wanted.ref, goals="Other.")
    (letter,) = mailbox.to("plain@example.net")
    assert letter.unsubscribe
    assert "Fewer letters, or none:" in letter.body


def test_who_follows_is_not_told_the_same_by_the_daily_letter(
    call: Call, wanted: Requirement, db: Session, mailbox: Mailbox
) -> None:
    follower = UserFactory()
    db.commit()
    indexing.rebuild()
    watching.follow(db, actor_of(follower), "requirement", wanted.ref)
    change(db, call, wanted.ref, goals="Other.")
    assert mailbox.to(follower.email)
    assert not watching.news_of(db, follower.id, lambda _query: pytest.fail("nothing is kept")).follows


def test_proposed_and_returned_reach_the_other_side(
    call: Call, wanted: Requirement, db: Session, mailbox: Mailbox
) -> None:
    ref = propose(db, call, wanted.ref, goals="Other.")
    (letter,) = [each for each in mailbox.letters if each.template == "change_submitted"]
    assert letter.recipient == call.organizer.email
    assert NOTE in letter.body
    assert f"/organize/rounds/{call.round.slug}/changes/{ref}" in letter.body
    enacting.give_back(db, call.as_organizer, ref, "By how much?")
    (letter,) = [each for each in mailbox.letters if each.template == "change_returned"]
    assert (letter.recipient, "By how much?" in letter.body) == (call.representative.email, True)


def test_an_editorial_change_by_the_organizer_is_told_to_the_seeker(
    call: Call, wanted: Requirement, db: Session, mailbox: Mailbox
) -> None:
    ref = propose(db, call, wanted.ref, actor=call.as_organizer, keywords=("strip",))
    enacting.publish(db, call.as_organizer, ref, Decision())
    (letter,) = [each for each in mailbox.letters if each.template == "need_changed_seeker"]
    assert letter.recipient == call.representative.email
    assert "made an editorial change" in letter.body
    assert "- Keywords" in letter.body


def test_a_corrected_answer_reaches_its_asker(
    call: Call, wanted: Requirement, db: Session, mailbox: Mailbox
) -> None:
    asker = UserFactory()
    asked = services.ask_on_requirement(db, actor_of(asker), wanted.ref, "How many?")
    services.answer(db, call.as_seeker, asked.ref, "Five.", public=False)
    for text in ("Six.", "Seven."):
        correcting.correct(db, call.as_seeker, asked.ref, text)
    letters = [each for each in mailbox.to(asker.email) if each.template == "answer_corrected"]
    assert len(letters) == 2
    assert "Only you can read it." in letters[0].body
