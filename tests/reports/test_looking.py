"""An administrator looks on as somebody: announced, logged, read-only, never past a conflict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, User
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.judging.models import Phase
from challenge.reports import looking
from challenge.reports.look_models import LookedAt, LookOn
from challenge.rounds.models import Round
from challenge.rules.errors import NotAllowed
from challenge.web import looking as at_the_door
from challenge.web import rooms
from tests.factories import (
    GrantFactory,
    MembershipFactory,
    PhaseFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
)
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

WHY = {"reason": "Your upload fails, you wrote.", "minutes": "15"}


@pytest.fixture
def boss(db: Session) -> User:
    return UserFactory(admin=True, name="Boss")


@pytest.fixture
def lin(db: Session) -> User:
    return UserFactory(name="Lin", email="lin@example.org")


@pytest.fixture
def looks(client: Visitor, boss: User, lin: User) -> Visitor:
    """The administrator looks on as Lin."""
    client.sign_in(boss)
    assert client.post(f"/admin/people/{lin.ref}/look-on", data=WHY).location == "/work"
    return client


def actions(db: Session) -> list[str]:
    return list(
        db.scalars(
            sa.select(AuditEntry.action).where(AuditEntry.action.startswith("look.")).order_by(AuditEntry.id)
        )
    )


def test_the_person_is_told_and_each_page_is_logged(
    looks: Visitor, db: Session, lin: User, mailbox: Mailbox
) -> None:
    page = looks.get("/profile").text
    assert 'value="Lin"' in page
    assert "You look on as Lin." in page
    assert "You look on as Lin." in looks.get("/").text
    (letter,) = mailbox.to("lin@example.org")
    assert "Boss, an administrator" in letter.body
    assert WHY["reason"] in letter.body
    assert db.scalars(sa.select(LookedAt.path).order_by(LookedAt.id)).all() == ["/profile", "/"]
    back = looks.post("/admin/look-off")
    assert back.location == f"/admin/people/{lin.ref}/look-on"
    mine = looks.get(back.location).text
    assert "You look on as" not in mine
    assert WHY["reason"] in mine
    look = db.scalars(sa.select(LookOn)).one()
    assert "/profile" in looks.get(f"/admin/people/{lin.ref}/looks/{look.ref}").text
    assert actions(db) == ["look.begun", "look.ended"]


def test_the_person_reads_who_it_was_and_how_much(
    looks: Visitor, visitor: Callable[..., Visitor], lin: User
) -> None:
    looks.get("/work")
    page = visitor(lin).get("/profile/looks").text
    assert "Boss" in page
    assert WHY["reason"] in page


def test_nothing_that_is_sent_gets_through(looks: Visitor, app: Flask, db: Session, lin: User) -> None:
    for path, data in (
        ("/profile", {"name": "Changed", "locale": "en_US"}),
        ("/reader", {"locale": "zh_CN"}),
        (f"/admin/people/{lin.ref}/look-on", WHY),
    ):
        assert looks.post(path, data=data).status_code == 403, path
    assert (lin.name, lin.locale) == ("Lin", "en_US")
    doors = {
        endpoint
        for endpoint, methods in rooms.all_routes().items()
        if set(methods) - {"GET"} and endpoint not in at_the_door.OUT
    }
    assert len(doors) > 100
    with app.test_request_context(method="POST"):
        g.look = looking.Look(1, "", lin.id, "Lin", clock.now(db), actor_of(lin))
        for endpoint in doors:
            with pytest.raises(NotAllowed):
                at_the_door.guard(endpoint)


@pytest.mark.parametrize("path", ["/profile/data.zip", "/profile/data", "/password", "/admin/people"])
def test_files_keys_and_the_administrators_own_rooms_stay_shut(looks: Visitor, path: str) -> None:
    assert looks.get(path).status_code == 403


def test_a_page_that_would_write_is_refused_rather_than_written_in_their_name(
    looks: Visitor, app: Flask
) -> None:
    from challenge.base.db import writing

    with app.test_request_context():
        g.read_only = True
        with pytest.raises(NotAllowed), writing():
            pass


def test_time_runs_out(looks: Visitor, db: Session, boss: User) -> None:
    look = db.scalars(sa.select(LookOn)).one()
    look.begun_at -= dt.timedelta(hours=1)
    look.until_at -= dt.timedelta(hours=1)
    db.commit()
    assert 'value="Boss"' in looks.get("/profile").text
    assert looking.end_due(db) == 1
    assert looking.end_due(db) == 0
    assert look.ended_at == look.until_at
    assert actions(db) == ["look.begun", "look.ended"]


def test_who_is_no_administrator_any_more_sees_their_own(looks: Visitor, db: Session, boss: User) -> None:
    boss.admin = False
    db.commit()
    assert 'value="Boss"' in looks.get("/profile").text


@pytest.mark.parametrize("who", ["another administrator", "oneself", "a closed account", "no reason"])
def test_some_are_never_looked_on_as(client: Visitor, db: Session, boss: User, lin: User, who: str) -> None:
    lin.admin, lin.active = who == "another administrator", who != "a closed account"
    person = boss if who == "oneself" else lin
    data = {**WHY, "reason": " "} if who == "no reason" else WHY
    answer = client.sign_in(boss).post(f"/admin/people/{person.ref}/look-on", data=data)
    assert answer.status_code == (422 if who == "no reason" else 302)
    assert db.scalars(sa.select(LookOn)).all() == []
    assert actions(db) == ([] if who == "no reason" else ["look.refused"])
    assert client.sign_in(UserFactory()).get(f"/admin/people/{person.ref}/look-on").status_code == 403


def judges(round_: Round, person: User) -> None:
    phase: Phase = PhaseFactory(round_id=round_.id)
    GrantFactory(user_id=person.id, role="judge", scope="phase", scope_id=phase.id)


def organizes(round_: Round, person: User) -> None:
    GrantFactory(user_id=person.id, role="organizer", scope="programme", scope_id=round_.programme_id)


def manages_the_host(round_: Round, person: User) -> None:
    host = round_.programme.host_id
    GrantFactory(user_id=person.id, role="manager", scope="organization", scope_id=host)


def seeks(round_: Round, person: User) -> None:
    need = RequirementFactory(round=round_)
    MembershipFactory(user_id=person.id, organization=need.seeker, representative=False)


def enters(round_: Round, person: User) -> None:
    SubmissionFactory(requirement__round=round_, team=[person])


def has_a_colleague_who_enters(round_: Round, person: User) -> None:
    seat: Membership = MembershipFactory(user_id=person.id)
    colleague = UserFactory(represents=[seat.organization])
    enters(round_, colleague)


PARTS = (judges, organizes, manages_the_host, seeks, enters, has_a_colleague_who_enters)


def test_nobody_with_a_part_in_the_same_round_looks_on(db: Session, boss: User) -> None:
    round_ = RoundFactory()
    people = {part: UserFactory() for part in PARTS}
    for part, person in people.items():
        part(round_, person)
    judge, solver = people[judges], people[enters]
    for part, person in people.items():
        for other in (judge, solver):
            assert looking.share_a_round(db, person.id, other.id), part.__name__
    assert not looking.share_a_round(db, boss.id, judge.id)
    assert not looking.share_a_round(db, boss.id, solver.id)


def test_a_part_that_is_given_meanwhile_ends_it(looks: Visitor, db: Session, boss: User, lin: User) -> None:
    round_ = RoundFactory()
    judges(round_, lin)
    db.commit()
    assert 'value="Lin"' in looks.get("/profile").text
    enters(round_, boss)
    db.commit()
    assert 'value="Boss"' in looks.get("/profile").text
    answer = looks.post(f"/admin/people/{lin.ref}/look-on", data=WHY)
    assert "You have a part in a round" in looks.get(answer.location).text
    assert actions(db) == ["look.begun", "look.refused"]
