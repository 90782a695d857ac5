"""Registering, confirming, signing in, setting passwords: each as the person at the browser meets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.audit.models import AuditEntry
from challenge.base import clock
from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

ADDRESS = "wang@example.org"
GOOD = {
    "name": "王芳",
    "email": ADDRESS,
    "password": "three little words",
    "password_confirm": "three little words",
    "locale": "zh_CN",
}


def person(db: Session) -> User:
    return db.scalars(sa.select(User)).one()


def test_registration_confirms_the_address_before_anybody_signs_in(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    assert client.post("/register", data=GOOD).location == "/check-mail"
    assert (person(db).name, person(db).locale, person(db).confirmed_at) == ("王芳", "zh_CN", None)
    early = client.post("/login", data={"email": ADDRESS, "password": GOOD["password"]})
    assert early.status_code == 200
    assert "not confirmed yet" in early.text
    assert client.get(mailbox.link(ADDRESS)).location == "/login"
    assert person(db).confirmed_at is not None
    signed_in = client.post("/login", data={"email": ADDRESS.upper(), "password": GOOD["password"]})
    assert signed_in.location == "/work"
    assert client.get("/work").status_code == 200


def test_the_letter_is_in_the_language_that_was_chosen(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    client.post("/register", data=GOOD)
    client.post("/register", data={**GOOD, "email": "li@example.org", "locale": "en_US"})
    assert "王芳" in mailbox.to(ADDRESS)[0].body
    assert mailbox.to("li@example.org")[0].subject == "Confirm your address"
    assert mailbox.to(ADDRESS)[0].subject != "Confirm your address"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"password": "short", "password_confirm": "short"}, "password"),
        ({"password": "x" * 201, "password_confirm": "x" * 201}, "password"),
        ({"password_confirm": "three little birds"}, "password_confirm"),
        ({"locale": "fr_FR"}, "locale"),
    ],
)
def test_each_fault_comes_back_at_its_field(
    client: Visitor, db: Session, change: dict[str, str], field: str
) -> None:
    page = client.post("/register", data={**GOOD, **change})
    assert f'id="{field}-error"' in page.text
    assert db.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_a_form_without_its_token_registers_nobody(client: Visitor, db: Session) -> None:
    assert client.post("/register", data=GOOD, token=False).status_code == 400
    assert db.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_nobody_can_tell_who_has_an_account(client: Visitor, db: Session, mailbox: Mailbox) -> None:
    known = UserFactory()

    def answers(address: str) -> list[tuple[int, str | None, str]]:
        posts = [
            client.post("/register", data={**GOOD, "email": address}),
            client.post("/reset-password", data={"email": address}),
            client.post("/confirm-address", data={"email": address}),
            client.post("/login", data={"email": address, "password": "wrong password"}),
        ]
        seen = [(post.status_code, post.location, client.get("/check-mail").text) for post in posts]
        texts = [post.text for post in posts]
        return [
            (status, where, _masked(page, address) + _masked(text, address))
            for (status, where, page), text in zip(seen, texts, strict=True)
        ]

    assert answers(known.email) == answers("nobody@example.org")
    assert "has an account already" in mailbox.to(known.email)[0].body


def _masked(page: str, address: str) -> str:
    return re.sub(
        r'value="[^"]*"|data-now="[^"]*"|data-options="[^"]*"', "", page.replace(address, "ADDRESS")
    )


def test_signing_out_everywhere_ends_every_session(
    client: Visitor, visitor: Callable[..., Visitor], db: Session
) -> None:
    somebody = UserFactory()
    here, elsewhere = client.sign_in(somebody), visitor(somebody)
    assert here.post("/profile/sign-out-everywhere").location == "/login"
    assert here.get("/work").status_code == 302
    assert elsewhere.get("/work").status_code == 302


def test_a_remembered_device_is_signed_out_as_well(client: Visitor, visitor: Callable[..., Visitor]) -> None:
    somebody = UserFactory()
    client.post("/login", data={"email": somebody.email, "password": PASSWORD, "remember": "y"})
    client.delete_cookie("session")
    assert client.get("/work").status_code == 200
    visitor(somebody).post("/profile/sign-out-everywhere")
    client.delete_cookie("session")
    assert client.get("/work").status_code == 302


def test_nothing_laid_into_the_session_before_survives_signing_in(client: Visitor, db: Session) -> None:
    somebody = UserFactory()
    with client.session_transaction() as session:
        session["csrf_token"] = "known to an attacker"
        session["planted"] = "by somebody else"
    client.post("/login", data={"email": somebody.email, "password": PASSWORD})
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to an attacker"
        assert session["_user_id"].partition(".")[0] == somebody.fs_uniquifier


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "///evil.example",
        "/\t/evil.example",
    ],
)
def test_signing_in_never_leads_away(client: Visitor, db: Session, away: str) -> None:
    somebody = UserFactory()
    page = client.get("/login", query_string={"next": away})
    assert 'name="next" type="hidden" value=""' in page.text
    form = {"email": somebody.email, "password": PASSWORD, "next": away}
    place = urljoin("http://localhost/login", client.post("/login", data=form).location)
    assert "\\" not in place
    assert urlsplit(place)[:2] == ("http", "localhost")


def test_the_page_that_was_wanted_comes_after_signing_in(client: Visitor, db: Session) -> None:
    somebody = UserFactory()
    asked = client.get("/profile")
    assert asked.location == "/login?next=/profile"
    page = client.get(asked.location)
    assert 'value="/profile"' in page.text
    form = {"email": somebody.email, "password": PASSWORD, "next": "/profile"}
    assert client.post("/login", data=form).location == "/profile"


def test_a_closed_account_signs_in_no_more(client: Visitor, db: Session) -> None:
    somebody = UserFactory(active=False)
    page = client.post("/login", data={"email": somebody.email, "password": PASSWORD})
    assert page.status_code == 200
    assert "This account is closed" in page.text
    client.sign_in(somebody)
    assert client.get("/work").status_code == 302


def test_links_in_letters_never_follow_the_requests_host(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    somebody = UserFactory()
    client.get("/reset-password")
    cookie = client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value, domain="evil.example")
    form, headers = {"email": somebody.email}, {"Host": "evil.example"}
    assert client.post("/reset-password", data=form, headers=headers).status_code == 200
    body = mailbox.to(somebody.email)[0].body
    assert "evil.example" not in body
    assert "http://localhost/reset-password/" in body


def test_in_production_only_the_public_address_is_answered_to(
    make_app: Callable[..., Flask], db: Session
) -> None:
    client = make_app(mode="prod", base_url="https://challenge.example.org").test_client()
    assert client.get("/login", headers={"Host": "challenge.example.org"}).status_code == 200
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_a_mail_server_that_is_down_does_not_stop_a_registration(
    make_app: Callable[..., Flask], db: Session
) -> None:
    client = make_app(smtp_host="127.0.0.1", smtp_port=1).test_client()
    assert client.post("/register", data=GOOD).location == "/check-mail"
    assert person(db).email == ADDRESS


def test_what_happens_to_an_account_is_on_record(client: Visitor, db: Session, mailbox: Mailbox) -> None:
    client.post("/register", data=GOOD)
    client.get(mailbox.link(ADDRESS))
    client.post("/reset-password", data={"email": ADDRESS})
    client.post(mailbox.link(ADDRESS), data={"password": "x y z x y z", "password_confirm": "x y z x y z"})
    entries = db.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)).all()
    actions = [entry.action for entry in entries]
    assert actions == ["account.registered", "account.confirmed", "account.password_reset"]
    assert not any(ADDRESS in str(entry.detail) for entry in entries)
    assert chain.verify(db) == (3, [])


def test_signing_in_costs_the_same_statements_for_whoever_it_is(
    client: Visitor, visitor: Callable[..., Visitor], db: Session, statements: Counting
) -> None:
    def cost(somebody: Any) -> int:
        door = visitor()
        with statements() as asked:
            door.post("/login", data={"email": somebody.email, "password": PASSWORD})
        return len(asked)

    first = cost(UserFactory())
    for _ in range(10):
        UserFactory()
    assert cost(UserFactory()) == first <= 4


@pytest.mark.parametrize(
    "path", ["/login", "/register", "/reset-password", "/confirm-address", "/check-mail"]
)
def test_the_front_door_is_open_in_both_languages(client: Visitor, path: str) -> None:
    english, chinese = (
        client.get(path, headers={"Accept-Language": language}) for language in ("en", "zh-CN")
    )
    assert english.status_code == chinese.status_code == 200
    assert 'lang="en"' in english.text
    assert 'lang="zh-CN"' in chinese.text


def test_the_clock_of_confirmation_is_close_to_the_databases(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    client.post("/register", data=GOOD)
    client.get(mailbox.link(ADDRESS))
    confirmed = person(db).confirmed_at
    assert confirmed is not None
    assert abs((clock.now(db) - confirmed).total_seconds()) < 60
