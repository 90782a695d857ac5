"""The administrator's rooms, and the commands that make the first administrator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from challenge.accounts import queries
from challenge.accounts.models import Invitation, Organization, User
from challenge.base import clock
from challenge.tasks import health, queue
from challenge.tasks.models import Beat, Task
from tests.factories import GrantFactory, OrganizationFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

WHY = {"reason": "He asked for it."}
PAGES = ("/admin/people", "/admin/organizations", "/admin/organizations/new", "/admin/health", "/admin/roles")


@pytest.fixture
def admin(client: Visitor, db: Session) -> Visitor:
    """An administrator at the browser."""
    return client.sign_in(UserFactory(admin=True, name="Boss"))


@pytest.mark.parametrize("page", PAGES)
def test_the_rooms_are_the_administrators_alone(client: Visitor, db: Session, page: str) -> None:
    assert client.get(page).status_code == 302
    assert client.sign_in(UserFactory()).get(page).status_code == 403
    assert client.sign_in(UserFactory(admin=True)).get(page).status_code == 200


def test_people_are_found_by_name_and_address(admin: Visitor, db: Session) -> None:
    UserFactory(name="王芳", email="fang@example.org")
    UserFactory(name="50% off", email="other@example.org")
    for text, found, left in (
        ("王", "fang@", "other@"),
        ("OTHER@", "other@", "fang@"),
        ("%", "other@", "fang@"),
    ):
        page = admin.get("/admin/people", query_string={"q": text}).text
        assert found in page
        assert left not in page
    assert "Nobody found" in admin.get("/admin/people?q=nobody-of-that-name").text


def test_the_list_of_people_goes_by_pages_at_a_constant_cost(
    admin: Visitor, db: Session, statements: Counting
) -> None:
    def cost() -> int:
        with statements() as asked:
            assert admin.get("/admin/people").status_code == 200
        return len(asked)

    few = cost()
    for _ in range(60):
        UserFactory()
    assert cost() == few
    page = admin.get("/admin/people").text
    older = page.split('rel="next" href="')[1].split('"')[0]
    assert "Administrator" not in page
    assert "Administrator" in admin.get(older).text


def test_an_account_is_closed_and_opened_again(
    admin: Visitor, visitor: Callable[..., Visitor], db: Session
) -> None:
    somebody = UserFactory()
    there = visitor(somebody)
    assert admin.post(f"/admin/people/{somebody.ref}/close", data=WHY).status_code == 302
    assert not somebody.active
    assert there.get("/work").status_code == 302
    assert "This account is closed" in admin.get(f"/admin/people/{somebody.ref}").text
    admin.post(f"/admin/people/{somebody.ref}/close", data=WHY)  # sent twice
    admin.post(f"/admin/people/{somebody.ref}/reopen", data=WHY)
    assert somebody.active
    assert there.get("/work").status_code == 302  # its old session stays ended


def test_nobody_closes_the_own_account(admin: Visitor, db: Session) -> None:
    me = db.scalars(sa.select(User)).one()
    assert admin.post(f"/admin/people/{me.ref}/close", data=WHY).status_code == 409
    assert me.active


def test_an_organization_gets_its_organizers(admin: Visitor, db: Session, mailbox: Mailbox) -> None:
    form = {"name": "科技局", "name_en": "Bureau", "kind": "agency", "region": "330000"}
    place = admin.post("/admin/organizations/new", data=form).location
    bureau = db.scalars(sa.select(Organization)).one()
    assert not queries.members_of(db, bureau.id)  # registering it for others gives no seat in it
    known = UserFactory()
    for _ in range(2):
        assert admin.post(place, data={"email": known.email}).status_code == 302
    assert actor_of(known).holds("organizer", "organization", bureau.id)
    admin.post(place, data={"email": "new@example.org"})
    assert len(mailbox.to("new@example.org")) == 1
    page = admin.get(place).text
    assert known.email in page
    assert "new@example.org" in page
    wrong = admin.post(place, data={"email": "nobody"})
    assert wrong.status_code == 422
    assert 'id="email-error"' in wrong.text
    invitation = db.scalars(sa.select(Invitation)).one()
    admin.post(f"{place}/invitations/{invitation.id}/revoke")
    assert invitation.revoked_at is not None
    admin.post(f"{place}/organizers/{known.id}/dismiss")
    assert not actor_of(known).grants


def test_an_invitation_is_changed_only_where_it_belongs(admin: Visitor, db: Session) -> None:
    theirs, other = OrganizationFactory(), OrganizationFactory()
    admin.post(f"/admin/organizations/{theirs.ref}", data={"email": "new@example.org"})
    number = db.scalars(sa.select(Invitation.id)).one()
    assert admin.post(f"/admin/organizations/{other.ref}/invitations/{number}/revoke").status_code == 404


def test_an_organizer_of_the_host_appoints_colleagues(client: Visitor, db: Session) -> None:
    host, organizer, colleague = OrganizationFactory(), UserFactory(), UserFactory()
    GrantFactory(user_id=organizer.id, role="organizer", scope="organization", scope_id=host.id)
    place = f"/admin/organizations/{host.ref}"
    assert client.sign_in(organizer).post(place, data={"email": colleague.email}).status_code == 302
    assert actor_of(colleague).holds("organizer", "organization", host.id)
    stranger = client.sign_in(UserFactory())
    assert stranger.post(place, data={"email": "me@example.org"}).status_code == 403


def test_health_tells_who_ticks_and_what_failed(admin: Visitor, db: Session) -> None:
    assert "No worker ticks" in admin.get("/admin/health").text
    health.beat(db, "host:1")
    db.add(Beat(name="host:2", at=clock.now(db) - dt.timedelta(minutes=5)))
    db.add(Beat(name="host:3", at=clock.now(db) - dt.timedelta(days=2)))
    queue.put(db, queue.Work("mail", "mail/broken", {}))
    task = db.scalars(sa.select(Task)).one()
    task.state, task.error = "failed", "550 no such user"
    health.beat(db, "host:1")  # forgets who was not heard of for a day
    page = admin.get("/admin/health").text
    assert "No worker ticks" not in page
    assert "host:1" in page
    assert "silent" in page
    assert "host:3" not in page
    assert "550 no such user" in page
    assert admin.post(f"/admin/health/tasks/{task.id}/retry").status_code == 302
    assert (task.state, task.attempts) == ("queued", 0)
    health.rest(db, "host:1")
    assert "host:1" not in admin.get("/admin/health").text
    assert admin.post("/admin/health/tasks/999/retry").status_code == 404


def test_a_command_makes_the_first_administrator(
    command: FlaskCliRunner, client: Visitor, db: Session
) -> None:
    made = command.invoke(args=["user", "create", "Boss@Example.org", "--name", "Boss", "--admin"])
    assert made.exit_code == 0, made.output
    password = made.output.split("Password: ")[1].strip()
    boss = db.scalars(sa.select(User)).one()
    assert (boss.email, boss.admin, boss.name) == ("boss@example.org", True, "Boss")
    signed_in = client.post("/login", data={"email": "boss@example.org", "password": password})
    assert signed_in.location == "/work"
    assert client.get("/admin/people").status_code == 200


def test_commands_say_what_is_wrong_and_leave_nothing_behind(command: FlaskCliRunner, db: Session) -> None:
    UserFactory(email="known@example.org")
    db.commit()
    table = [
        (["create", "nobody"], "not a mail address", None),
        (["create", "known@example.org"], "has an account already", None),
        (["create", "a@example.org", "--password-stdin"], "at least 10 characters", "short\n"),
        (["password", "b@example.org"], "no account", None),
        (["close", "b@example.org"], "no account", None),
        (["organizer", "known@example.org", "No such bureau"], "--create", None),
    ]
    for arguments, words, given in table:
        done = command.invoke(args=["user", *arguments], input=given)
        assert done.exit_code == 1, done.output
        assert words in done.output
    assert db.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_a_command_appoints_organizers_and_sets_passwords(
    command: FlaskCliRunner, client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    known = UserFactory(email="known@example.org")
    db.commit()
    for address, words in (
        ("known@example.org", "is an organizer of"),
        ("new@example.org", "mailed an invitation"),
    ):
        done = command.invoke(args=["user", "organizer", address, "科技局", "--create"])
        assert words in done.output, done.output
    assert db.scalar(sa.select(sa.func.count()).select_from(Organization)) == 1
    assert actor_of(known).holds_any("organizer")
    assert len(mailbox.to("new@example.org")) == 1
    done = command.invoke(
        args=["user", "password", "known@example.org", "--password-stdin"], input="three little words\n"
    )
    assert done.exit_code == 0, done.output
    form = {"email": "known@example.org", "password": "three little words"}
    assert client.post("/login", data=form).location == "/work"


def test_a_command_appoints_managers_of_a_branch(
    command: FlaskCliRunner, client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    branch = OrganizationFactory(name="北方分中心")
    known = UserFactory(email="known@example.org")
    db.commit()
    for address, words in (("known@example.org", "manages"), ("new@example.org", "mailed an invitation")):
        assert words in command.invoke(args=["user", "manager", address, "北方分中心"]).output
    assert actor_of(known).holds("manager", "organization", branch.id)
    (letter,) = mailbox.to("new@example.org")
    assert "manage" in letter.body
    client.sign_in(known)
    assert client.get(f"/organize/branches/{branch.ref}/managers").text.count("example.org") >= 2
