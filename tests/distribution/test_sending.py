"""A need goes out: to whom, how often, and what its letter says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.distribution import delivering, expiring, sending, wishes
from challenge.distribution.models import Dispatch, DispatchAttempt, Posting, Recipient
from challenge.distribution.recipients import Choice
from challenge.distribution.sending import Order
from challenge.flow.errands import drain
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, Refused, WrongState
from challenge.rules.permissions import ANONYMOUS
from tests.distribution.stories import Office, office
from tests.factories import OrganizationFactory, RequirementFactory, UserFactory, actor_of
from tests.rigs.mail import Mailbox, Postman

ONE, TWO, THREE = "one@example.com", "two@example.com", "three@example.com"


def states(desk: Office) -> list[str]:
    return sorted(desk.db.scalars(sa.select(Dispatch.state)))


def later(desk: Office, days: int) -> None:
    """So many days pass for everything that was sent."""
    gap = dt.timedelta(days=days)
    for model, columns in ((Dispatch, ("created_at", "sent_at", "expires_at")), (Posting, ("created_at",))):
        for row in desk.db.scalars(sa.select(model)):
            for name in columns:
                if (at := getattr(row, name)) is not None:
                    setattr(row, name, at - gap)
    desk.db.commit()


def test_a_need_reaches_lists_people_and_organizations_once_each(db: Session, mailbox: Mailbox) -> None:
    desk = office(db)
    person, firm = UserFactory(locale="zh_CN"), OrganizationFactory()
    speaker = UserFactory(represents=[firm])
    names = desk.listed(f"Li Na <{ONE}>, +86 13912345678, en", TWO.upper(), person.email)
    choice = Choice(frozenset({person.id}), frozenset({firm.id}), frozenset({names.id}))
    made = sending.send(
        db, desk.as_organizer, desk.round.id, Order((desk.need.ref,), choice, note="Please look.")
    )
    assert made.count == 4
    letters = {each.recipient: each for each in mailbox.letters}
    assert letters.keys() == {ONE, TWO, person.email, speaker.email}
    assert letters[ONE].subject == "Can you solve this? Low-light flaw vision"
    assert "弱光瑕疵检测" in letters[person.email].subject
    assert "> Please look." in letters[ONE].body
    assert "Longyuan Aluminium" in letters[ONE].body
    assert states(desk) == ["sent"] * 4
    assert desk.recipient(ONE).elsewhere == {"sms": "+86 13912345678"}


def test_a_digest_is_one_letter_with_a_dispatch_for_each_need(db: Session, mailbox: Mailbox) -> None:
    desk = office(db)
    other = RequirementFactory(round=desk.round, title_en="Quiet pump")
    desk.send(ONE, needs=[desk.need, other])
    (letter,) = mailbox.letters
    assert letter.subject == "Low-light flaw vision, and 1 more need"
    assert "Quiet pump" in letter.body
    assert states(desk) == ["sent", "sent"]


def test_the_same_page_sent_twice_is_one_sending(db: Session, mailbox: Mailbox) -> None:
    desk = office(db)
    order = desk.order(ONE, ref="abcdefgh2345")
    first = sending.send(db, desk.as_organizer, desk.round.id, order)
    second = sending.send(db, desk.as_organizer, desk.round.id, order)
    assert first is second
    assert len(mailbox.letters) == 1


def test_nobody_gets_a_need_twice_unless_asked_again(db: Session) -> None:
    desk = office(db)
    desk.send(ONE)
    plan = sending.preview(db, desk.as_organizer, desk.round.id, desk.order(ONE, TWO))
    assert (plan.people, dict(plan.left_out)) == (1, {"had_it": 1})
    with pytest.raises(Refused, match="nobody_to_send"):
        desk.send(ONE)


def test_the_silent_are_asked_again_after_three_days_and_three_times_at_most(
    db: Session, mailbox: Mailbox
) -> None:
    desk = office(db)
    desk.send(ONE, TWO)
    assert len(mailbox.letters) == 2
    desk.dispatch(TWO).state = "interested"
    again = Order((desk.need.ref,), Choice(), again=True)
    assert sending.preview(db, desk.as_organizer, desk.round.id, again).left_out == {"too_soon": 1}
    for number in (2, 3):
        later(desk, 4)
        sending.send(db, desk.as_organizer, desk.round.id, again)
        assert len(mailbox.letters) == number + 1
        assert "We wrote to you before" in mailbox.letters[-1].body
    later(desk, 4)
    assert sending.preview(db, desk.as_organizer, desk.round.id, again).left_out == {"often_enough": 1}
    assert sorted(db.scalars(sa.select(DispatchAttempt.number))) == [1, 1, 2, 3]


def test_no_more_letters_than_the_recipient_wants(db: Session) -> None:
    desk = office(db)
    needs = [RequirementFactory(round=desk.round) for _ in range(3)]
    desk.listed(ONE)
    recipient = desk.recipient(ONE)
    wishes.set_most(db, ANONYMOUS, recipient, 2)
    choice = Choice(recipients=frozenset({recipient.id}))
    for need in needs[:2]:
        sending.send(db, desk.as_organizer, desk.round.id, Order((need.ref,), choice))
    third = Order((needs[2].ref,), choice)
    assert sending.preview(db, desk.as_organizer, desk.round.id, third).left_out == {"limit": 1}
    later(desk, 31)
    assert sending.preview(db, desk.as_organizer, desk.round.id, third).people == 1


def test_who_is_left_out_is_counted_by_reason(db: Session) -> None:
    desk = office(db)
    desk.listed(ONE, TWO, desk.seeker.email)
    wishes.unsubscribe(db, ANONYMOUS, desk.recipient(ONE))
    delivering.mark(db, desk.recipient(TWO).id, "550 no such user", clock.now(db))
    order = Order((desk.need.ref,), Choice(lists=frozenset({desk.lists[0].id})), ("mail", "inbox"))
    plan = sending.preview(db, desk.as_organizer, desk.round.id, order)
    assert plan.left_out == {"unsubscribed": 2, "failed": 1, "no_account": 1, "own": 2}


def test_only_what_is_public_goes_out_and_only_by_those_who_may(db: Session) -> None:
    desk = office(db)
    hidden = RequirementFactory(round=desk.round, state="submitted")
    elsewhere = RequirementFactory()
    with pytest.raises(NotAllowed):
        desk.send(ONE, needs=[hidden])
    with pytest.raises(Refused):
        desk.send(ONE, needs=[elsewhere])
    for stranger in (actor_of(desk.broker), actor_of(desk.seeker), ANONYMOUS):
        with pytest.raises(NotAllowed):
            sending.send(db, stranger, desk.round.id, desk.order(ONE))
    desk.round.public = False
    with pytest.raises(WrongState, match="not_public"):
        desk.send(ONE)


def test_what_is_withdrawn_or_unsubscribed_before_it_leaves_does_not_leave(
    db: Session, mailbox: Mailbox
) -> None:
    desk = office(db)
    other = RequirementFactory(round=desk.round)
    desk.send(ONE, TWO)
    desk.send(THREE, needs=[other])
    wishes.unsubscribe(db, ANONYMOUS, desk.recipient(ONE))
    other.state = "withdrawn"
    assert [each.recipient for each in mailbox.letters] == [TWO]
    held = db.execute(
        sa.select(Recipient.address, Posting.held).join(Posting).where(Posting.held.is_not(None))
    )
    assert {row[0]: row[1] for row in held} == {ONE: "unsubscribed", THREE: "not_public"}


def test_a_bounce_marks_the_address_and_nothing_more_goes_there(
    db: Session, smtp: Postman, make_app: Callable[..., Flask]
) -> None:
    desk = office(db)
    desk.send(ONE)
    smtp.answer = "550 5.1.1 no such user"
    with make_app(smtp_host=smtp.host, smtp_port=smtp.port).app_context():
        drain()
    db.expire_all()
    recipient = desk.recipient(ONE)
    assert recipient.failed_at is not None
    assert "no such user" in (recipient.failure or "")
    assert desk.dispatch(ONE).state == "bounced"
    other = RequirementFactory(round=desk.round)
    plan = sending.preview(db, desk.as_organizer, desk.round.id, desk.order(ONE, needs=[other]))
    assert plan.left_out == {"failed": 1}
    wishes.mend(db, desk.as_organizer, recipient.ref, desk.programme, works=True)
    assert desk.recipient(ONE).failed_at is None
    smtp.answer = "250 OK"
    desk.send(ONE)  # what never arrived may go once more
    with make_app(smtp_host=smtp.host, smtp_port=smtp.port).app_context():
        drain()
    assert [len(smtp.to(ONE)), desk.dispatch(ONE).state, desk.dispatch(ONE).attempts] == [1, "sent", 2]


def test_a_letter_can_be_ended_with_one_click_and_keeps_no_secret(
    db: Session, smtp: Postman, make_app: Callable[..., Flask]
) -> None:
    desk = office(db)
    desk.send(ONE)
    with make_app(smtp_host=smtp.host, smtp_port=smtp.port).app_context():
        drain()
    (letter,) = smtp.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/unsubscribe/" in letter["List-Unsubscribe"]
    kept = Mailbox(db).letters[0]
    assert (kept.unsubscribe, "/answers/…" in kept.body) == (None, True)
    assert desk.recipient(ONE).ref not in kept.body + (kept.html or "")


def test_answers_that_nobody_waits_for_any_more_expire(db: Session, mailbox: Mailbox) -> None:
    desk = office(db)
    desk.send(ONE, TWO)
    assert mailbox.letters
    desk.dispatch(TWO).state = "interested"
    assert expiring.expire(db) == 0
    later(desk, 60)
    assert expiring.expire(db) == 1
    assert states(desk) == ["expired", "interested"]


def test_a_list_says_which_lines_are_no_addresses_and_keeps_nothing_then(db: Session) -> None:
    desk = office(db)
    with pytest.raises(InvalidMany) as refused:
        desk.listed(ONE, "nobody at home", "=cmd()|'/c calc'!A1")
    assert [fault.params["number"] for fault in refused.value.faults] == [2, 3]
    assert db.scalar(sa.select(sa.func.count()).select_from(Recipient)) == 0
    with pytest.raises(Invalid, match="required"):
        desk.listed("")
