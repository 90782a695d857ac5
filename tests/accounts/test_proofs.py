"""Grave doors ask who one is once more, and lead back without losing what was typed."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.factor_models import SignIn
from challenge.accounts.models import RoleGrant, User
from challenge.rounds.models import Programme
from challenge.web import proofs
from tests.accounts.steps import code_of, with_app
from tests.factories import PASSWORD, ProgrammeFactory, UserFactory
from tests.rigs.application import Visitor

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def programme(db: Session) -> Programme:
    made: Programme = ProgrammeFactory()
    return made


@pytest.fixture
def organizer(db: Session, programme: Programme) -> User:
    person: User = UserFactory(organizes=[programme])
    return person


def stale(client: Visitor, person: User) -> Visitor:
    """Signed in a long while ago."""
    client.sign_in(person)
    with client.session_transaction() as session:
        session["fs_paa"] = 1
    return client


def appointed(db: Session, person: User) -> bool:
    return db.scalar(sa.select(RoleGrant.id).where(RoleGrant.user_id == person.id)) is not None


def test_a_sign_in_of_a_moment_ago_is_proof_enough(
    client: Visitor, db: Session, programme: Programme, organizer: User
) -> None:
    other = UserFactory()
    page = client.sign_in(organizer).post(
        f"/organize/programmes/{programme.slug}/organizers", data={"email": other.email}
    )
    assert page.status_code == 302
    assert appointed(db, other)


def test_what_was_typed_goes_on_with_the_proof(
    client: Visitor, db: Session, programme: Programme, organizer: User
) -> None:
    other = UserFactory()
    door = f"/organize/programmes/{programme.slug}/organizers"
    stale(client, organizer)
    assert client.get(door).status_code == 200  # looking is free
    typed = {"email": other.email, "note": 'with "quotes" & <marks>'}
    asked = client.post(door, data=typed)
    assert asked.status_code == 403
    assert "Nothing was done yet" in asked.text
    assert not appointed(db, other)
    assert f'action="{door}"' in asked.text
    kept = {name: html.unescape(value) for name, value in HIDDEN.findall(asked.text.partition("<main")[2])}
    assert kept.pop("csrf_token")
    assert kept == typed
    wrong = client.post(door, data={**kept, "proof_password": "not the password"})
    assert wrong.status_code == 422
    assert "not the password" not in wrong.text
    assert html.escape(typed["note"], quote=False)[:4] in wrong.text
    assert not appointed(db, other)
    assert client.post(door, data={**kept, "proof_password": PASSWORD}).status_code == 302
    assert appointed(db, other)
    assert client.post(door, data={"email": UserFactory().email}).status_code == 302  # fresh for a while


def test_a_page_is_reached_by_way_of_the_question(client: Visitor, db: Session, organizer: User) -> None:
    stale(client, organizer)
    asked = client.get("/profile/data.zip?x=1")
    assert asked.location == "/profile/confirm?next=/profile/data.zip?x%3D1"
    page = client.get(asked.location)
    assert page.status_code == 200
    form = {"next": "/profile/data.zip?x=1", "proof_password": PASSWORD}
    assert client.post("/profile/confirm", data=form).location == "/profile/data.zip?x=1"
    assert client.get("/profile/data.zip").status_code == 200


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_question_never_leads_away(client: Visitor, db: Session, organizer: User, away: str) -> None:
    form = {"next": away, "proof_password": PASSWORD}
    assert stale(client, organizer).post("/profile/confirm", data=form).location == "/work"


def test_a_code_is_a_proof_and_is_used_up_by_it(client: Visitor, db: Session, organizer: User) -> None:
    key = with_app(db, organizer)
    code = code_of(key)
    stale(client, organizer)
    assert client.post("/profile/confirm", data={"proof_code": code}).location == "/work"
    stale(client, organizer)
    assert client.post("/profile/confirm", data={"proof_code": code}).status_code == 422


def test_a_program_is_told_that_a_proof_is_needed(client: Visitor, db: Session, organizer: User) -> None:
    answer = stale(client, organizer).get("/profile/data.zip", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "proof_needed"


def test_nobody_proves_for_a_form_of_another_site(client: Visitor, db: Session, organizer: User) -> None:
    stale(client, organizer)
    assert client.post("/profile/confirm", data={"proof_password": PASSWORD}, token=False).status_code == 400


def test_with_the_proof_the_session_goes_on_under_another_token(
    client: Visitor, app: Flask, db: Session
) -> None:
    somebody = UserFactory()
    client.post("/login", data={"email": somebody.email, "password": PASSWORD, "remember": "y"})
    copied = client.get_cookie("session")
    assert copied is not None
    assert client.post("/profile/confirm", data={"proof_password": PASSWORD}).location == "/work"
    assert client.get("/work").status_code == 200
    thief = app.test_client()
    thief.set_cookie("session", copied.value)
    assert thief.get("/work").status_code == 302
    client.delete_cookie("session")
    assert client.get("/work").status_code == 200  # what is remembered is the new one
    assert db.scalars(sa.select(SignIn)).one().ended_at is None


def test_guessing_at_any_of_these_doors_is_slowed_down(
    make_app: Callable[..., Flask], db: Session, organizer: User
) -> None:
    client = make_app(rate_limits=True).test_client()
    assert isinstance(client, Visitor)
    stale(client, organizer)
    wrong = {"proof_password": "not the password"}
    answers = [client.post("/profile/security/recovery-codes", data=wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_how_long_a_proof_lasts_is_a_setting(
    make_app: Callable[..., Flask], db: Session, organizer: User
) -> None:
    client = make_app(proof_minutes=5).test_client()
    assert isinstance(client, Visitor)
    client.sign_in(organizer)
    with client.session_transaction() as session:
        session["fs_paa"] = time.time() - 6 * 60
    assert client.get("/profile/data.zip").status_code == 302
    with client.session_transaction() as session:
        session["fs_paa"] = time.time() - 4 * 60
    assert client.get("/profile/data.zip").status_code == 200


def test_every_row_is_about_a_door(app: Flask) -> None:
    routes = app.config["ROUTES"]
    for endpoint, wanted in proofs.DOORS.items():
        assert set(wanted.methods) & set(routes[endpoint]), endpoint
