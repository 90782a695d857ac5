"""What administrators do to accounts and roles: with a reason, on record, and never to the last of them."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from challenge.accounts import role_giving
from challenge.accounts.act_models import AdminAct
from challenge.accounts.models import RoleGrant, User
from challenge.audit.models import AuditEntry
from challenge.base import clock
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    PhaseFactory,
    ProgrammeFactory,
    UserFactory,
    actor_of,
)
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

WHY = "It was agreed with the department."


@pytest.fixture
def boss(db: Session) -> User:
    return UserFactory(admin=True, name="Boss")


@pytest.fixture
def admin(client: Visitor, boss: User) -> Visitor:
    return client.sign_in(boss)


def entries(db: Session) -> list[tuple[str, str]]:
    rows = db.execute(sa.select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id))
    return [(action, subject) for action, subject in rows]


def test_an_account_is_closed_with_a_reason_that_its_owner_reads(
    admin: Visitor, db: Session, mailbox: Mailbox
) -> None:
    lin = UserFactory(email="lin@example.org")
    place = f"/admin/people/{lin.ref}"
    assert "Fill this in" in admin.get(admin.post(f"{place}/close").location).text
    assert lin.active
    admin.post(f"{place}/close", data={"reason": WHY})
    assert not lin.active
    (letter,) = mailbox.to("lin@example.org")
    assert WHY in letter.body
    assert WHY in admin.get(place).text
    admin.post(f"{place}/reopen", data={"reason": "A mistake."})
    assert [each.subject for each in mailbox.to("lin@example.org")][1:] == ["Your account is open again"]
    assert ("account.deactivated", f"user:{lin.id}") in entries(db)
    told = db.scalars(sa.select(AuditEntry.detail)).all()
    assert all(WHY not in str(detail) for detail in told), "the chain holds numbers, never words"


def test_an_address_is_vouched_for_and_links_are_sent(admin: Visitor, db: Session, mailbox: Mailbox) -> None:
    lin = UserFactory(email="lin@example.org", confirmed_at=None)
    place = f"/admin/people/{lin.ref}"
    admin.post(f"{place}/link")
    admin.post(f"{place}/confirm", data={"reason": "Seen at the desk."})
    assert lin.confirmed_at is not None
    admin.post(f"{place}/link")
    assert [each.template for each in mailbox.to("lin@example.org")] == ["account_confirm", "account_reset"]


def test_people_are_narrowed_by_state_and_role(admin: Visitor, db: Session) -> None:
    UserFactory(name="Closed Carl", active=False)
    UserFactory(name="New Nora", confirmed_at=None)
    judge = UserFactory(name="Judging Jo")
    GrantFactory(user_id=judge.id, role="judge", scope="phase", scope_id=PhaseFactory().id)
    names = ("Closed Carl", "New Nora", "Judging Jo", "Boss</a>")
    for query, found in (
        ("state=closed", "Closed Carl"),
        ("state=unconfirmed", "New Nora"),
        ("role=judge", "Judging Jo"),
        ("state=admin", "Boss</a>"),
    ):
        page = admin.get(f"/admin/people?{query}").text
        assert [name for name in names if name in page] == [found], query


def test_a_role_is_given_until_a_day_and_ends_by_itself(
    admin: Visitor, db: Session, mailbox: Mailbox
) -> None:
    lin, programme = UserFactory(email="lin@example.org"), ProgrammeFactory(slug="hz")
    day = clock.now(db).date() + dt.timedelta(days=3)
    form = {"email": lin.email, "role": "organizer/programme", "thing": "hz", "until": day.isoformat()}
    assert admin.post("/admin/roles/give", data=form).status_code == 422  # no reason
    assert admin.post("/admin/roles/give", data={**form, "reason": WHY}).status_code == 302
    grant = db.scalars(sa.select(RoleGrant)).one()
    assert actor_of(lin).holds("organizer", "programme", programme.id)
    assert len(mailbox.to("lin@example.org")) == 1
    assert WHY in admin.get(f"/admin/people/{lin.ref}").text
    grant.until_at = clock.now(db) - dt.timedelta(seconds=1)
    db.flush()
    assert not actor_of(lin).grants, "from that moment on, whenever it is noted"
    assert role_giving.end_due(db) == 1
    assert db.scalars(sa.select(RoleGrant)).all() == []
    assert entries(db)[-1] == ("organizer.dismissed", f"user:{lin.id}")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody@example.org"),
        ("role", "judge/phase"),
        ("thing", "no such place"),
        ("until", "2001-01-01"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin: Visitor, db: Session, field: str, value: str) -> None:
    OrganizationFactory(name="科技局")
    lin = UserFactory()
    form = {"email": lin.email, "role": "manager/organization", "thing": "科技局", "until": "", "reason": WHY}
    page = admin.post("/admin/roles/give", data={**form, field: value})
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert db.scalars(sa.select(RoleGrant)).all() == []
    assert db.scalars(sa.select(AdminAct)).all() == []


def test_a_role_is_withdrawn_but_a_judge_by_the_panel_alone(admin: Visitor, db: Session) -> None:
    lin = UserFactory()
    held = GrantFactory(user_id=lin.id, role="broker", scope="programme", scope_id=ProgrammeFactory().id)
    judge = GrantFactory(user_id=lin.id, role="judge", scope="phase", scope_id=PhaseFactory().id)
    numbers = (held.id, judge.id)
    assert admin.post(f"/admin/roles/{numbers[1]}/withdraw", data={"reason": WHY}).status_code == 409
    for _ in range(2):
        admin.post(f"/admin/roles/{numbers[0]}/withdraw", data={"reason": WHY})
    assert db.scalars(sa.select(RoleGrant.id)).all() == [numbers[1]]


def test_the_list_of_roles_names_things_at_a_constant_cost(
    admin: Visitor, db: Session, statements: Counting
) -> None:
    def cost() -> int:
        with statements() as asked:
            assert admin.get("/admin/roles").status_code == 200
        return len(asked)

    def fill() -> None:
        for scope, thing in (("programme", ProgrammeFactory()), ("organization", OrganizationFactory())):
            GrantFactory(user_id=UserFactory().id, role="organizer", scope=scope, scope_id=thing.id)

    fill()
    few = cost()
    fill()
    fill()
    assert cost() == few


def test_the_last_administrator_stays(
    admin: Visitor, db: Session, boss: User, command: FlaskCliRunner, mailbox: Mailbox
) -> None:
    lin = UserFactory(email="lin@example.org")
    place = f"/admin/people/{boss.ref}/administrator/end"
    assert admin.post(place, data={"reason": WHY}).status_code == 409
    closed = command.invoke(args=["user", "close", boss.email])
    assert "last administrator" in closed.output
    assert (boss.admin, boss.active) == (True, True)
    admin.post(f"/admin/people/{lin.ref}/administrator/make", data={"reason": WHY})
    assert lin.admin
    assert WHY in mailbox.to("lin@example.org")[0].body
    assert admin.post(place, data={"reason": WHY}).location == "/login"
    assert not boss.admin
    assert admin.get("/admin/people").status_code == 302  # its sessions ended
