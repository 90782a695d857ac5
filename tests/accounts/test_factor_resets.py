"""Lost factors: taken off by an administrator, told by mail, after a while, and stopped by their owner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import resets
from challenge.accounts.factor_models import Authenticator, FactorReset
from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.tasks.models import Task
from tests.accounts.steps import with_app
from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

REASON = {"reason": "Called from the number that we know"}


@pytest.fixture
def owner(db: Session) -> User:
    person: User = UserFactory()
    with_app(db, person)
    return person


@pytest.fixture
def admin(client: Visitor, db: Session) -> Visitor:
    return client.sign_in(UserFactory(admin=True))


def test_it_is_announced_and_done_after_a_while(
    admin: Visitor, visitor: Callable[..., Visitor], db: Session, owner: User, mailbox: Mailbox
) -> None:
    at_work = visitor(owner)
    page = f"/admin/people/{owner.ref}"
    assert admin.post(f"{page}/factors/reset", data=REASON).location == page
    assert admin.post(f"{page}/factors/reset", data=REASON).location == page  # sent twice, announced once
    reset = db.scalars(sa.select(FactorReset)).one()
    task = db.scalars(sa.select(Task).where(Task.kind == resets.WORK)).one()
    assert 23 < (task.run_at - reset.created_at).total_seconds() / 3600 < 25
    letters = [each.subject for each in mailbox.to(owner.email)]
    assert letters.count("Your second factors are to be taken off") == 1
    assert owner.second_factor is True
    assert "are to be taken off" in at_work.get("/profile/security").text
    resets.carry_out(db, reset.id)
    db.commit()
    assert owner.second_factor is False
    assert db.scalars(sa.select(Authenticator)).all() == []
    assert at_work.get("/work").status_code == 302
    form = {"email": owner.email, "password": PASSWORD}
    assert visitor().post("/login", data=form).location == "/work"
    actions = set(db.scalars(sa.select(AuditEntry.action)))
    assert {"account.factor_reset_asked", "account.factor_reset_done"} <= actions


def test_whoever_still_has_them_stops_it(
    admin: Visitor, visitor: Callable[..., Visitor], db: Session, owner: User
) -> None:
    admin.post(f"/admin/people/{owner.ref}/factors/reset", data=REASON)
    visitor(owner).post("/profile/security/keep-factors")
    reset = db.scalars(sa.select(FactorReset)).one()
    assert reset.stopped_at is not None
    resets.carry_out(db, reset.id)
    db.commit()
    assert owner.second_factor is True


def test_nobody_else_asks_and_nobody_for_themselves(
    admin: Visitor, visitor: Callable[..., Visitor], db: Session, owner: User
) -> None:
    door = f"/admin/people/{owner.ref}/factors/reset"
    assert visitor(UserFactory()).post(door, data=REASON).status_code == 403
    admin.post(door, data={"reason": " "})
    own = UserFactory(admin=True)
    with_app(db, own)
    visitor(own).post(f"/admin/people/{own.ref}/factors/reset", data=REASON)
    assert db.scalars(sa.select(FactorReset)).all() == []
