"""Settings that administrators change: typed, bounded, audited; and what the environment fixes."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts import wishes
from challenge.accounts.models import Invitation, User
from challenge.audit.models import AuditEntry
from challenge.base import clock
from tests.factories import UserFactory
from tests.rigs.application import Visitor

SAID = {
    "registration_open": "1",
    "registration_zh": "",
    "registration_en": "Registering opens in May.",
    "look_minutes": "30",
}
NEW = {
    "email": "new@example.org",
    "name": "New",
    "locale": "en_US",
    "password": "three little words",
    "password_confirm": "three little words",
}


@pytest.fixture
def admin(client: Visitor, db: Session) -> Visitor:
    return client.sign_in(UserFactory(admin=True))


def test_settings_are_in_force_at_once_and_on_record(admin: Visitor, db: Session) -> None:
    lin = UserFactory()
    for _ in range(2):  # sent twice
        assert admin.post("/admin/settings", data=SAID).status_code == 302
    assert wishes.get(db, "look_minutes", "registration_zh") == {"look_minutes": 30, "registration_zh": ""}
    page = admin.get(f"/admin/people/{lin.ref}/look-on").text
    assert "30 minutes" in page
    assert "60 minutes" not in page
    hour = {"reason": "To help.", "minutes": "60"}
    assert admin.post(f"/admin/people/{lin.ref}/look-on", data=hour).status_code == 422
    (told,) = db.scalars(sa.select(AuditEntry.detail).where(AuditEntry.action == "settings.changed"))
    assert told == {"changed": {"look_minutes": 30, "registration_en": 25}}


@pytest.mark.parametrize(
    ("name", "typed"), [("look_minutes", "5"), ("look_minutes", "ten"), ("registration_en", "x" * 501)]
)
def test_what_is_out_of_bounds_is_said_at_its_field(
    admin: Visitor, db: Session, name: str, typed: str
) -> None:
    answer = admin.post("/admin/settings", data={**SAID, name: typed})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert wishes.changed(db) == {}


def test_where_registering_is_closed_only_who_is_invited_gets_in(admin: Visitor, db: Session) -> None:
    admin.post("/admin/settings", data={**SAID, "registration_open": ""})
    admin.sign_out()
    assert "Registering opens in May." in admin.post("/register", data=NEW).text
    people = sa.select(sa.func.count()).select_from(User)
    assert db.scalar(people) == 1
    week = clock.now(db) + dt.timedelta(days=7)
    about = {"role": "organizer", "scope": "programme", "scope_id": 1}
    db.add(Invitation(token_digest="x", email="New@example.org", expires_at=week, **about))
    db.commit()
    assert admin.post("/register", data=NEW).status_code == 302
    assert db.scalar(people) == 2


def test_what_the_environment_fixes_is_shown_without_its_secrets(admin: Visitor, app: Flask) -> None:
    page = admin.get("/admin/settings").text
    found = app.config["SETTINGS"]
    assert found.base_url in page
    assert "set, and not shown" in page
    for secret in (found.secret_key, found.password_salt):
        assert secret not in page
