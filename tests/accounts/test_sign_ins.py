"""Where one is signed in: a list in words, each to be ended, and a letter about a device that is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.factor_models import SignIn
from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.rules import devices
from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
WECHAT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile MicroMessenger/8.0.50"


@pytest.fixture
def at(app: Flask, db: Session) -> Callable[..., Visitor]:
    """A function that signs somebody in by the sign-in page, with a browser and from an address."""

    def sign_in(person: User, agent: str = FIREFOX, address: str = "203.0.113.9") -> Visitor:
        client = app.test_client()
        assert isinstance(client, Visitor)
        client.environ_base |= {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent}
        form = {"email": person.email, "password": PASSWORD}
        assert client.post("/login", data=form).location == "/work"
        return client

    return sign_in


def test_devices_and_places_are_told_in_words() -> None:
    said = [devices.named(devices.browser_of(each), devices.system_of(each)) for each in (FIREFOX, IPHONE)]
    assert said == ["Firefox · Windows", "Safari · iOS"]
    assert devices.browser_of(EDGE) == "edge"
    assert devices.named(devices.browser_of(WECHAT), devices.system_of(WECHAT)) == "WeChat · Android"
    assert devices.named(devices.browser_of("curl/8"), devices.system_of("curl/8")) == ""
    places = ("203.0.113.9", "::ffff:203.0.113.9", "2001:db8:1:2::3", "unix:")
    assert [devices.network_of(each) for each in places] == [
        *("203.0.113.0/24", "203.0.113.0/24", "2001:db8:1::/48", ""),
    ]


def test_one_device_is_signed_out_from_another(at: Callable[..., Visitor], db: Session) -> None:
    somebody = UserFactory()
    here, phone = at(somebody), at(somebody, IPHONE, "2001:db8::1")
    page = here.get("/profile/security").text
    assert "Firefox · Windows" in page
    assert "Safari · iOS" in page
    assert "2001:db8::/48" in page
    assert page.count("this device") == 1
    lost = db.scalars(sa.select(SignIn).where(SignIn.system == "ios")).one()
    assert here.post(f"/profile/security/sign-ins/{lost.ref}/end").location == "/profile/security#devices"
    assert phone.get("/work").status_code == 302
    assert here.get("/work").status_code == 200
    assert "Safari · iOS" not in here.get("/profile/security").text
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "account.sign_in_ended")).one()
    assert entry.actor == f"user:{somebody.id}"


def test_a_kept_sign_in_ends_with_its_row(client: Visitor, at: Callable[..., Visitor], db: Session) -> None:
    somebody = UserFactory()
    client.post("/login", data={"email": somebody.email, "password": PASSWORD, "remember": "y"})
    kept = db.scalars(sa.select(SignIn)).one()
    client.delete_cookie("session")
    assert client.get("/work").status_code == 200
    at(somebody).post(f"/profile/security/sign-ins/{kept.ref}/end")
    client.delete_cookie("session")
    assert client.get("/work").status_code == 302


def test_nobody_ends_what_is_anothers(at: Callable[..., Visitor], db: Session) -> None:
    victim = at(UserFactory())
    row = db.scalars(sa.select(SignIn)).one()
    assert at(UserFactory()).post(f"/profile/security/sign-ins/{row.ref}/end").status_code == 404
    assert victim.get("/work").status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_signing_out(at: Callable[..., Visitor], app: Flask) -> None:
    person = at(UserFactory())
    copied = person.get_cookie("session")
    assert copied is not None
    assert person.post("/logout").status_code == 302
    thief = app.test_client()
    thief.set_cookie("session", copied.value)
    assert thief.get("/work").status_code == 302


def test_changing_the_password_signs_out_elsewhere_and_renews_this_one(
    at: Callable[..., Visitor], db: Session
) -> None:
    somebody = UserFactory()
    here, elsewhere = at(somebody), at(somebody, IPHONE)
    with here.session_transaction() as session:
        before = session["_user_id"]
    new = "three little birds sing"
    form = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    assert here.post("/password", data=form).status_code == 302
    with here.session_transaction() as session:
        assert session["_user_id"] != before
    assert here.get("/work").status_code == 200
    assert elsewhere.get("/work").status_code == 302
    assert here.get("/profile/security").text.count("since ") == 1


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(
    at: Callable[..., Visitor], mailbox: Mailbox, db: Session
) -> None:
    somebody = UserFactory()
    at(somebody)
    assert mailbox.to(somebody.email) == []  # the first of all is no news
    at(somebody)  # the same kind of browser from the same network
    assert mailbox.to(somebody.email) == []
    phone = at(somebody, IPHONE, "198.51.100.7")
    [letter] = mailbox.to(somebody.email)
    assert letter.subject == "A sign-in from a new device"
    assert "Safari · iOS" in letter.body
    assert "198.51.100.0/24" in letter.body
    phone.post("/logout")
    phone.environ_base["REMOTE_ADDR"] = "192.0.2.1"  # it travels, and is known by its own mark
    assert phone.post("/login", data={"email": somebody.email, "password": PASSWORD}).location == "/work"
    assert len(mailbox.to(somebody.email)) == 1


def test_it_is_noted_now_and_then_that_a_device_is_used(at: Callable[..., Visitor], db: Session) -> None:
    client = at(UserFactory())
    row = db.scalars(sa.select(SignIn)).one()
    long_ago = row.created_at - dt.timedelta(days=2)
    db.execute(sa.update(SignIn).values(seen_at=long_ago, created_at=long_ago))
    client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    client.get("/work")
    db.refresh(row)
    assert row.seen_at > long_ago
    assert row.network == "192.0.2.0/24"
    seen = row.seen_at
    client.get("/work")
    db.refresh(row)
    assert row.seen_at == seen


def test_the_page_costs_the_same_however_many_devices(
    at: Callable[..., Visitor], statements: Counting
) -> None:
    somebody = UserFactory()

    def cost() -> int:
        client = at(somebody)
        with statements() as asked:
            assert client.get("/profile/security").status_code == 200
        return len(asked)

    first = cost()
    at(somebody, IPHONE)
    assert cost() == first
