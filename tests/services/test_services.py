"""A service is asked for, handed to somebody, done, rated; it lies still on nobody's desk unseen."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.distribution import caring
from challenge.flow.errands import drain
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.rules.permissions import ANONYMOUS
from challenge.services import asking, catalogue, facts, people, requests, running
from challenge.services.asking import Wish
from challenge.services.catalogue import ServiceFacts
from challenge.services.models import ServiceNote
from challenge.tasks.models import Task
from tests.distribution.stories import office
from tests.factories import GrantFactory, MembershipFactory, OrganizationFactory, UserFactory, actor_of
from tests.rigs.mail import Mailbox
from tests.services.stories import FACTS, House, house, values

DAY = dt.timedelta(days=1)


@pytest.fixture
def made(db: Session) -> House:
    return house(db)


def test_from_asking_to_the_rating(made: House, mailbox: Mailbox) -> None:
    db, day = made.db, (clock.now(made.db) + 9 * DAY).date()
    for _ in range(2):
        request = made.ask()
    for _ in range(2):
        running.accept(db, made.as_organizer, request.ref)
    for _ in range(2):
        running.assign(db, made.as_organizer, request.ref, made.expert.ref, day)
    for _ in range(2):
        running.begin(db, made.as_expert, request.ref)
        running.note(db, made.as_expert, request.ref, "Three candidates found.")
    for _ in range(2):
        running.finish(db, made.as_expert, request.ref)
    for _ in range(2):
        asking.close(db, made.as_asker, request.ref, 5, "Quick and thorough.")
    assert (request.state, request.assigned_id, request.due_on, request.rating) == (
        *("closed", made.expert.id, day, 5),
    )
    assert db.scalar(sa.select(sa.func.count()).select_from(ServiceNote)) == 1
    of_request = AuditEntry.subject == f"service_request:{request.id}"
    told = db.scalars(sa.select(AuditEntry.action).where(of_request).order_by(AuditEntry.seq)).all()
    steps = ("asked", "accepted", "assigned", "begun", "noted", "finished", "closed")
    assert told == [f"service.{step}" for step in steps]
    details = str([each.detail for each in db.scalars(sa.select(AuditEntry))])
    assert "Quick" not in details
    assert "coating" not in details

    def subjects(person: str) -> list[str]:
        return [letter.subject for letter in mailbox.to(person)]

    name = "Technology transfer advice"
    assert subjects(made.organizer.email) == [
        f"Longyuan Aluminium asks for {name}",
        f"Longyuan Aluminium gave 5 of 5: {name}",
    ]
    assert subjects(made.expert.email) == [
        f"Assigned to you: {name} for Longyuan Aluminium",
        f"Longyuan Aluminium gave 5 of 5: {name}",
    ]
    assert len(subjects(made.asker.email)) == 5  # accepted, assigned, begun, the note, done
    assert f"Done: {name}. How was it?" in subjects(made.asker.email)
    quoted = [letter.body for letter in mailbox.to(made.asker.email)]
    assert any("Three candidates found." in body for body in quoted)


def test_where_a_branch_has_nobody_the_manager_above_is_told(made: House, mailbox: Mailbox) -> None:
    db, above = made.db, UserFactory(name="Above")
    GrantFactory(user_id=above.id, role="manager", scope="organization", scope_id=made.centre.id)
    lone = OrganizationFactory(parent_id=made.branch.id)
    service = catalogue.create(db, actor_of(above), lone.id, FACTS)
    catalogue.offer(db, actor_of(above), service.ref)
    made.ask(service=service)
    assert {letter.recipient for letter in mailbox.letters} == {above.email, made.manager.email}


def test_each_end_needs_a_reason_and_is_one(made: House, mailbox: Mailbox) -> None:
    db = made.db
    first, second = made.ask("One"), made.ask("Two")
    with pytest.raises(Invalid, match="required"):
        running.refuse(db, made.as_organizer, first.ref, " ")
    for _ in range(2):
        running.refuse(db, made.as_organizer, first.ref, "We have nobody for this.")
        asking.cancel(db, made.as_asker, second.ref, "Solved.")
    assert (first.state, second.state) == ("refused", "cancelled")
    for verb in (running.accept, running.begin, running.finish):
        with pytest.raises(WrongState):
            verb(db, made.as_organizer, first.ref)
    with pytest.raises(WrongState, match="service_over"):
        running.note(db, made.as_asker, first.ref, "Why?")
    bodies = {letter.recipient: letter.body for letter in mailbox.letters}
    assert "We have nobody for this." in bodies[made.asker.email]
    assert "Solved." in bodies[made.organizer.email]


def test_who_may_do_what(made: House) -> None:
    db, request = made.db, made.ask()
    strangers = (made.as_manager, actor_of(UserFactory()), actor_of(UserFactory(admin=True)), ANONYMOUS)
    for actor in (*strangers, made.as_asker, made.as_expert):
        for step in (running.accept, running.begin, running.finish):
            with pytest.raises(NotAllowed):
                step(db, actor, request.ref)
        with pytest.raises(NotAllowed):
            running.assign(db, actor, request.ref, made.expert.ref)
        with pytest.raises(NotAllowed):
            running.note(db, actor, request.ref, "Inside", internal=True)
    for actor in (*strangers, made.as_expert):
        with pytest.raises(NotAllowed):
            running.note(db, actor, request.ref, "Hello")
    for actor in (*strangers, made.as_organizer, made.as_expert):
        with pytest.raises(NotAllowed):
            asking.cancel(db, actor, request.ref, "No")
    running.assign(db, made.as_organizer, request.ref, made.expert.ref)
    running.note(db, made.as_expert, request.ref, "Inside", internal=True)
    running.note(db, made.as_asker, request.ref, "And when?")
    seen = [each.text for each in requests.notes(db, request.id, internal=False)]
    assert seen == ["And when?"]
    with pytest.raises(NotAllowed):
        asking.close(db, made.as_organizer, request.ref, 5)
    with pytest.raises(WrongState):
        asking.close(db, made.as_asker, request.ref, 5)


def test_a_branch_runs_what_it_provides_and_no_more(made: House) -> None:
    db = made.db
    theirs = made.offer(made.branch, name_en="Testing in Zhangye", kind="testing")
    request, other = made.ask(service=theirs), made.ask()
    running.accept(db, made.as_manager, request.ref)
    with pytest.raises(NotAllowed):
        running.accept(db, made.as_manager, other.ref)
    with pytest.raises(NotAllowed):
        catalogue.create(db, made.as_manager, made.centre.id, FACTS)
    own = catalogue.create(db, made.as_manager, made.branch.id, FACTS)
    assert own.provider_id == made.branch.id
    with pytest.raises(NotAllowed):
        catalogue.edit(db, made.as_manager, theirs.ref, FACTS, made.centre.id)
    catalogue.edit(db, made.as_manager, theirs.ref, FACTS)
    ids = requests.reach(db, made.as_manager, made.branch.id)
    now = clock.now(db)
    assert [row.ref for row in requests.desk(db, made.as_manager, ids, "waiting", now)] == [request.ref]
    centre = requests.reach(db, made.as_organizer, made.centre.id)
    assert {row.ref for row in requests.desk(db, made.as_organizer, centre, "waiting", now)} == {
        *(request.ref, other.ref),
    }


def test_nobody_gives_a_service_to_their_own_organization(made: House) -> None:
    db = made.db
    both = UserFactory(represents=[made.firm])
    GrantFactory(user_id=both.id, role="organizer", scope="organization", scope_id=made.centre.id)
    request = made.ask()
    with pytest.raises(NotAllowed):
        running.accept(db, actor_of(both), request.ref)
    assert both.ref not in people.to_assign(db, facts.request_by_ref(db, request.ref))
    with pytest.raises(Invalid, match="not_a_choice"):
        running.assign(db, made.as_organizer, request.ref, both.ref)
    with pytest.raises(Invalid, match="own_service"):
        asking.ask(db, made.as_expert, made.service.ref, Wish("For us.", made.centre.id))
    now, ids = clock.now(db), [made.centre.id]
    assert requests.desk(db, actor_of(both), ids, "waiting", now) == []


def test_whoever_joins_the_asking_organization_handles_it_no_more(made: House, mailbox: Mailbox) -> None:
    db = made.db
    request = made.ask()
    running.assign(db, made.as_organizer, request.ref, made.expert.ref)
    MembershipFactory(user=made.expert, organization=made.firm)
    for verb in (running.begin, running.finish):
        with pytest.raises(NotAllowed):
            verb(db, made.as_expert, request.ref)
    with pytest.raises(NotAllowed):
        running.note(db, made.as_expert, request.ref, "Among ourselves.", internal=True)
    known = len(mailbox.to(made.expert.email))
    running.note(db, made.as_organizer, request.ref, "They pay late.", internal=True)
    assert len(mailbox.to(made.expert.email)) == known


def test_it_is_asked_for_a_need_by_those_who_look_after_it(made: House) -> None:
    db, desk = made.db, office(made.db)
    asked = [
        asking.ask(db, actor, made.service.ref, Wish("A patent check.", need=desk.need.ref))
        for actor in (actor_of(desk.seeker), desk.as_organizer)
    ]
    assert [each.asked_as for each in asked] == ["seeker", "organizer"]
    assert {(each.asker_id, each.about_id) for each in asked} == {(desk.need.seeker_id, desk.need.id)}
    for stranger in (desk.as_broker, made.as_asker, actor_of(UserFactory())):
        with pytest.raises(NotAllowed):
            asking.ask(db, stranger, made.service.ref, Wish("A patent check.", need=desk.need.ref))
    caring.claim(db, desk.as_broker, desk.need.ref)
    third = asking.ask(db, desk.as_broker, made.service.ref, Wish("A patent check.", need=desk.need.ref))
    assert third.asked_as == "broker"
    assert [row.ref for row in requests.asked_by(db, desk.as_broker)] == [third.ref]
    grants.take(db, desk.broker.id, "broker", "programme", desk.programme.id)
    assert requests.asked_by(db, desk.as_broker) == []
    with pytest.raises(NotAllowed):
        running.note(db, desk.as_broker, third.ref, "I am no broker any more.")
    running.note(db, desk.as_organizer, asked[1].ref, "They are in a hurry.")
    with pytest.raises(NotAllowed):
        running.note(db, desk.as_organizer, asked[0].ref, "This one is the seeker's own.")
    asking.cancel(db, actor_of(desk.seeker), asked[1].ref, "Not now.")


def test_of_an_anonymous_seeker_only_itself_asks(made: House) -> None:
    desk = office(made.db, anonymous=True)
    with pytest.raises(NotAllowed, match="anonymous_seeker_asks"):
        asking.ask(made.db, desk.as_organizer, made.service.ref, Wish("Help.", need=desk.need.ref))
    asking.ask(made.db, actor_of(desk.seeker), made.service.ref, Wish("Help.", need=desk.need.ref))


def test_whoever_asked_for_a_firm_and_does_the_work_does_not_rate_it(made: House) -> None:
    db, desk = made.db, office(made.db)
    GrantFactory(user_id=desk.organizer.id, role="organizer", scope="organization", scope_id=made.centre.id)
    request = asking.ask(db, desk.as_organizer, made.service.ref, Wish("Help.", need=desk.need.ref))
    running.assign(db, made.as_organizer, request.ref, desk.organizer.ref)
    running.finish(db, desk.as_organizer, request.ref)
    with pytest.raises(NotAllowed):
        asking.close(db, desk.as_organizer, request.ref, 5)
    asking.close(db, actor_of(desk.seeker), request.ref, 4)


def test_the_day_is_told_once_and_to_nobody_when_it_moved(made: House, mailbox: Mailbox) -> None:
    db, day = made.db, (clock.now(made.db) + 3 * DAY).date()
    request = made.ask()
    with pytest.raises(Invalid, match="service_due_past"):
        running.assign(db, made.as_organizer, request.ref, made.expert.ref, day - 9 * DAY)
    running.assign(db, made.as_organizer, request.ref, made.expert.ref, day)
    running.assign(db, made.as_organizer, request.ref, made.expert.ref, day + DAY)
    assert [letter.subject for letter in mailbox.letters if letter.subject.startswith("Due")] == []
    db.execute(sa.update(Task).where(Task.kind == "service_due").values(run_at=clock.now(db)))
    db.commit()
    for _ in range(2):
        drain()
    due = [letter.recipient for letter in mailbox.letters if letter.subject.startswith("Due")]
    assert sorted(due) == sorted([made.organizer.email, made.expert.email])


def test_what_lies_still_is_listed_until_something_happens(made: House) -> None:
    db, request = made.db, made.ask()
    ids, now = [made.centre.id], clock.now(db)
    later = now + 7 * DAY

    def quiet(at: dt.datetime) -> int:
        rows = requests.desk(db, made.as_organizer, ids, "quiet", at)
        assert requests.counts(db, made.as_organizer, ids, at)["quiet"] == len(rows)
        return len(rows)

    assert (quiet(now), quiet(later + DAY)) == (0, 1)
    catalogue.edit(db, made.as_organizer, made.service.ref, ServiceFacts(**{**values(), "quiet_days": 30}))
    assert quiet(later + DAY) == 0
    catalogue.edit(db, made.as_organizer, made.service.ref, FACTS)
    request.moved_at = request.quiet_at = now - DAY
    assert quiet(now) == 1
    running.note(db, made.as_organizer, request.ref, "We are on it.")
    assert quiet(now) == 0
