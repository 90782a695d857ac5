"""A need meets a candidate: planned, moved, called off, held, judged by both, and never forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.distribution import answering, caring
from challenge.docking import meeting, quiet
from challenge.docking.meeting import Candidate, Meeting, Outcome
from challenge.docking.models import Docking
from challenge.flow.errands import drain
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.permissions import ANONYMOUS
from challenge.tasks.models import Task
from tests.distribution.stories import Office, office
from tests.factories import OrganizationFactory, UserFactory, actor_of
from tests.rigs.mail import Mailbox, Postman

ONE = "one@example.com"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ENGLISH = {"Accept-Language": "en"}
PEOPLE = (
    {"side": "seeker", "name": "Wang", "address": "wang@example.com", "locale": "en_US"},
    {"side": "candidate", "name": "", "address": ONE, "locale": "en_US"},
)


def interested(desk: Office) -> int:
    """The address has answered yes; its recipient."""
    desk.send(ONE)
    drain()
    answering.interest(desk.db, ANONYMOUS, desk.posting(ONE), desk.dispatch(ONE).ref)
    desk.db.commit()
    return desk.recipient(ONE).id


def meets(desk: Office, ref: str, start: dt.timedelta = 2 * DAY, **more: object) -> Docking:
    now = clock.now(desk.db).replace(microsecond=0)
    made = Meeting("video", now + start, now + start + HOUR, people=PEOPLE, **more)  # type: ignore[arg-type]
    return meeting.plan(desk.db, desk.as_organizer, ref, made)


def paired(desk: Office) -> str:
    candidate = Candidate(recipient_id=interested(desk))
    return meeting.pair_up(desk.db, desk.as_organizer, desk.need.ref, candidate).ref


def begun(desk: Office, docking: Docking) -> None:
    docking.starts_at, docking.ends_at = clock.now(desk.db) - 2 * HOUR, clock.now(desk.db) - HOUR
    desk.db.flush()


def test_an_invitation_goes_to_everybody_and_follows_every_change(
    db: Session, smtp: Postman, make_app: Callable[..., Flask]
) -> None:
    desk = office(db)
    ref = paired(desk)
    docking = meets(desk, ref)
    same = Meeting("video", docking.starts_at, docking.ends_at, people=PEOPLE)
    assert meeting.plan(db, desk.as_organizer, ref, same).id == docking.id
    later = Meeting("video", docking.starts_at + DAY, docking.ends_at + DAY, people=PEOPLE)
    db.commit()
    with make_app(smtp_host=smtp.host, smtp_port=smtp.port).app_context():
        drain()
        for _ in range(2):
            meeting.move(db, desk.as_organizer, docking.ref, later)
        db.commit()
        drain()
        for _ in range(2):
            meeting.cancel(db, desk.as_organizer, docking.ref, "The line stands still.")
        db.commit()
        drain()
    parts = [each for letter in smtp.to("wang@example.com") for each in letter.iter_attachments()]
    assert [each.get_content_type() for each in parts] == ["text/calendar"] * 3
    assert [each.get_param("method") for each in parts] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [Calendar.from_ical(each.get_content()).walk("VEVENT")[0] for each in parts]
    assert len({event["uid"] for event in events}) == 1
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert events[1].decoded("dtstart") == docking.starts_at
    assert ONE not in "".join(str(each.get_content()) for each in parts)
    assert "The line stands still." in str(smtp.to(ONE)[-1].get_body(["plain"]))


def test_what_came_of_it_is_written_down_once_it_has_begun(db: Session) -> None:
    desk = office(db)
    docking = meets(desk, paired(desk))
    with pytest.raises(WrongState, match="docking_early"):
        meeting.settle(db, desk.as_organizer, docking.ref, Outcome("held"))
    begun(desk, docking)
    due = clock.now(db) + DAY
    said = Outcome("held", "Samples come.", "promising", None, "Price", "Send samples", due)
    for _ in range(2):
        meeting.settle(db, desk.as_organizer, docking.ref, said)
    assert (docking.state, docking.seeker_verdict, docking.next_action) == (
        "held",
        "promising",
        "Send samples",
    )
    with pytest.raises(Invalid, match="too_long"):
        meeting.settle(db, desk.as_organizer, docking.ref, Outcome("held", "x" * 2001))
    with pytest.raises(WrongState):
        meeting.settle(db, desk.as_organizer, docking.ref, Outcome("no_show"))
    with pytest.raises(WrongState, match="docking_over"):
        meeting.cancel(db, desk.as_organizer, docking.ref, "Late.")


def test_each_side_gives_its_own_verdict(db: Session) -> None:
    desk = office(db)
    person = UserFactory()
    ref = meeting.pair_up(db, desk.as_organizer, desk.need.ref, Candidate(user_id=person.id)).ref
    docking = meets(desk, ref)
    begun(desk, docking)
    meeting.settle(db, actor_of(desk.seeker), docking.ref, Outcome("held"))
    meeting.judge(db, actor_of(desk.seeker), docking.ref, "not_yet")
    meeting.judge(db, actor_of(person), docking.ref, "promising")
    assert (docking.seeker_verdict, docking.candidate_verdict) == ("not_yet", "promising")
    for stranger in (actor_of(UserFactory()), desk.as_broker, desk.as_organizer, ANONYMOUS):
        with pytest.raises(NotAllowed):
            meeting.judge(db, stranger, docking.ref, "no")
    with pytest.raises(NotAllowed):
        meeting.plan(db, actor_of(person), ref, Meeting("video", docking.starts_at, docking.ends_at))


def test_a_pair_is_one_and_a_meeting_has_an_end_after_its_beginning(db: Session) -> None:
    desk = office(db)
    firm = OrganizationFactory()
    pairs = {
        meeting.pair_up(db, desk.as_organizer, desk.need.ref, Candidate(organization_id=firm.id)).id
        for _ in range(2)
    }
    assert len(pairs) == 1
    with pytest.raises(Invalid, match="one_candidate"):
        meeting.pair_up(db, desk.as_organizer, desk.need.ref, Candidate())
    own = Candidate(organization_id=desk.need.seeker_id)
    with pytest.raises(Invalid, match="not_a_choice"):
        meeting.pair_up(db, desk.as_organizer, desk.need.ref, own)
    now = clock.now(db)
    with pytest.raises(InvalidMany) as refused:
        meeting.plan(db, desk.as_organizer, paired(desk), Meeting("shout", now, now - HOUR))
    assert {fault.code for fault in refused.value.faults} == {"not_a_choice", "docking_times"}


def test_the_day_before_everybody_is_reminded_unless_it_moved(db: Session, mailbox: Mailbox) -> None:
    desk = office(db)
    docking = meets(desk, paired(desk))
    later = Meeting("video", docking.starts_at + 5 * DAY, docking.ends_at + 5 * DAY, people=PEOPLE)
    meeting.move(db, desk.as_organizer, docking.ref, later)
    assert not [each for each in mailbox.letters if each.template == "docking_reminded"]
    reminders = list(db.scalars(sa.select(Task).where(Task.kind == "docking_remind").order_by(Task.run_at)))
    assert [each.run_at for each in reminders] == [
        docking.starts_at - 6 * DAY,
        docking.starts_at - DAY,
    ]
    for task in reminders:
        task.run_at = clock.now(db) - HOUR
    reminded = [each for each in mailbox.letters if each.template == "docking_reminded"]
    assert {each.recipient for each in reminded} == {ONE, "wang@example.com"}
    assert len(reminded) == 2


def test_the_day_of_a_next_step_tells_whoever_looks_after_it(db: Session, mailbox: Mailbox) -> None:
    desk = office(db)
    caring.claim(db, desk.as_broker, desk.need.ref)
    docking = meets(desk, paired(desk))
    begun(desk, docking)
    due = clock.now(db) + DAY
    meeting.settle(
        db, desk.as_organizer, docking.ref, Outcome("held", next_action="Send samples", next_at=due)
    )
    db.execute(sa.update(Task).where(Task.kind == "docking_next").values(run_at=clock.now(db)))
    told = {each.recipient for each in mailbox.letters if each.template == "docking_next"}
    assert told == {desk.broker.email, desk.seeker.email}


def aged(desk: Office, days: int) -> None:
    """So many days pass over everything that the need knows."""
    gap = days * DAY
    for table, columns in (
        ("requirement", ("created_at", "published_at", "updated_at")),
        ("dispatch", ("moved_at",)),
        ("care", ("moved_at",)),
        ("docking", ("moved_at", "starts_at", "ends_at", "next_at")),
    ):
        mappers = Docking.registry.mappers
        model = next(each.class_ for each in mappers if each.local_table.name == table)  # type: ignore[attr-defined]
        for row in desk.db.scalars(sa.select(model)):
            for name in columns:
                if (at := getattr(row, name)) is not None:
                    setattr(row, name, at - gap)
    desk.db.commit()


def steps(desk: Office) -> list[str]:
    rows = quiet.of_round(desk.db, desk.round.id)
    assert quiet.count(desk.db, desk.round.id) == len(rows)
    seeker = quiet.of_seeker(desk.db, [desk.need.seeker_id])
    assert [each.id for each in seeker] == [each.id for each in rows]
    return [each.next_step for each in rows]


def test_a_need_without_movement_is_on_its_people_s_lists_with_what_to_do(db: Session) -> None:
    desk = office(db)
    assert steps(desk) == []
    aged(desk, 15)
    assert steps(desk) == ["send"]
    desk.send(ONE)
    drain()
    assert steps(desk) == []
    aged(desk, 15)
    assert steps(desk) == ["wait_again"]
    caring.claim(db, desk.as_broker, desk.need.ref)
    assert steps(desk) == []
    answering.interest(db, ANONYMOUS, desk.posting(ONE), desk.dispatch(ONE).ref)
    aged(desk, 15)
    assert steps(desk) == ["meet"]
    assert len(quiet.of_broker(db, desk.broker.id)) == 1
    candidate = Candidate(recipient_id=desk.recipient(ONE).id)
    ref = meeting.pair_up(db, desk.as_organizer, desk.need.ref, candidate).ref
    docking = meets(desk, ref, 20 * DAY)
    assert steps(desk) == []
    aged(desk, 15)
    assert steps(desk) == []  # the meeting is still ahead
    begun(desk, docking)
    meeting.settle(db, desk.as_organizer, docking.ref, Outcome("held"))
    aged(desk, 15)
    assert steps(desk) == ["follow_up"]
    quiet.set_days(db, desk.as_organizer, desk.round.id, 30)
    assert steps(desk) == []
    with pytest.raises(Invalid, match="out_of_range"):
        quiet.set_days(db, desk.as_organizer, desk.round.id, 0)
