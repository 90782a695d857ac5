"""A password that is forgotten, and one that is changed: every other device is signed out."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox


def test_a_forgotten_password_is_set_anew_once_and_ends_every_session(
    client: Visitor, visitor: Callable[..., Visitor], db: Session, mailbox: Mailbox
) -> None:
    somebody = UserFactory()
    elsewhere = visitor(somebody)
    assert elsewhere.get("/work").status_code == 200
    client.post("/reset-password", data={"email": somebody.email})
    link = mailbox.link(somebody.email)
    assert client.get(link).status_code == 200
    new = {"password": "another three words", "password_confirm": "another three words"}
    assert client.post(link, data=new).location == "/login"
    assert elsewhere.get("/work").status_code == 302
    assert client.get(link).location == "/reset-password"
    assert client.post("/login", data={"email": somebody.email, "password": PASSWORD}).status_code == 200
    signed_in = client.post("/login", data={"email": somebody.email, "password": new["password"]})
    assert signed_in.location == "/work"
    assert [letter.template for letter in mailbox.to(somebody.email)] == [
        "account_reset",
        "account_reset_notice",
    ]


def test_changing_the_password_signs_out_all_other_devices(
    client: Visitor, visitor: Callable[..., Visitor], db: Session, mailbox: Mailbox
) -> None:
    somebody = UserFactory()
    elsewhere = visitor(somebody)
    client.post("/login", data={"email": somebody.email, "password": PASSWORD})
    new = "another three words"
    wrong = {"password": "not my password", "new_password": new, "new_password_confirm": new}
    assert 'id="password-error"' in client.post("/password", data=wrong).text
    right = {**wrong, "password": PASSWORD}
    assert client.post("/password", data=right).location == "/profile"
    assert client.get("/work").status_code == 200
    assert elsewhere.get("/work").status_code == 302
    assert mailbox.to(somebody.email)[-1].template == "account_changed"
