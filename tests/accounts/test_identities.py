"""Signing in by an account elsewhere, against a real provider: who gets in, and as whom."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.identity_models import ExternalIdentity
from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from tests.accounts.elsewhere import address, come, linked, somebody
from tests.factories import PASSWORD, UserFactory
from tests.rigs.mail import Mailbox
from tests.rigs.provider import Browser, House, query_of


def test_a_newcomer_gets_an_account_without_a_password_and_comes_back_to_it(
    elsewhere: Browser, provider: House, db: Session
) -> None:
    mail = address()
    sub = somebody(provider, email=mail, email_verified=True, name="张伟")
    client = elsewhere()
    assert "Campus" in client.get("/login?next=/organizations").text
    assert come(client, provider, sub).location == "/sign-in/first"
    page = client.get("/sign-in/first")
    assert 'value="张伟"' in page.text
    made = client.post("/sign-in/first/new", data={"name": "张伟", "locale": "zh_CN"})
    assert made.location == "/organizations"
    person = db.scalars(sa.select(User)).one()
    assert (person.email, person.password, person.confirmed_at is not None) == (mail, None, True)
    again = elsewhere()
    assert come(again, provider, sub).location == "/work"
    assert again.get("/work").status_code == 200
    assert linked(db) == [(person.id, "campus")]
    actions = db.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["account.registered", "identity.linked"]


def test_an_address_that_has_an_account_is_not_linked_by_itself(
    elsewhere: Browser, provider: House, db: Session, mailbox: Mailbox
) -> None:
    owner = UserFactory()
    sub = somebody(provider, email=owner.email, email_verified=True)
    client = elsewhere()
    assert come(client, provider, sub).location == "/sign-in/first"
    assert "You have an account here" in client.get("/sign-in/first").text
    refused = client.post("/sign-in/first/new", data={"name": "X", "locale": "en_US"})
    assert refused.status_code == 409
    wrong = client.post("/sign-in/first/own", data={"email": owner.email, "password": "not the password"})
    assert (wrong.status_code, linked(db)) == (422, [])
    right = client.post("/sign-in/first/own", data={"email": owner.email, "password": PASSWORD})
    assert right.location == "/work"
    assert linked(db) == [(owner.id, "campus")]
    assert "A new way to sign in: Campus" in [letter.subject for letter in mailbox.to(owner.email)]


def test_a_letter_links_in_the_browser_that_asked_and_in_no_other(
    elsewhere: Browser, provider: House, db: Session, mailbox: Mailbox
) -> None:
    owner = UserFactory()
    client, other = elsewhere(), elsewhere()
    come(client, provider, somebody(provider, email="x@campus.example", email_verified=False))
    sent = client.post("/sign-in/first/letter", data={"email": owner.email})
    assert sent.location == "/sign-in/first"
    link = mailbox.link(owner.email)
    assert "Open the link in the browser" in other.get(link).text
    assert other.post(link).status_code == 409
    come(other, provider, somebody(provider, email="y@campus.example", email_verified=True))
    assert other.post(link).status_code == 409
    assert linked(db) == []
    assert "x@campus.example" in client.get(link).text
    assert client.post(link).location == "/work"
    assert linked(db) == [(owner.id, "campus")]
    assert client.post(link).status_code == 409


def test_nobody_learns_by_an_unproved_address_who_has_an_account(
    elsewhere: Browser, provider: House, db: Session, mailbox: Mailbox
) -> None:
    owner = UserFactory()

    def seen(mail: str) -> tuple[str, str, str]:
        client = elsewhere()
        come(client, provider, somebody(provider, email=mail, email_verified=False))
        page = client.get("/sign-in/first").text
        client.post("/sign-in/first/letter", data={"email": mail})
        own = client.post("/sign-in/first/own", data={"email": mail, "password": "not the password"})
        after = client.get("/sign-in/first").text
        return tuple(  # type: ignore[return-value]
            re.sub(r'value="[^"]*"|data-now="[^"]*"', "", text.replace(mail, "ADDRESS"))
            for text in (page, own.text, after)
        )

    assert seen(owner.email) == seen("nobody@example.org")
    assert mailbox.to(owner.email)[0].subject == mailbox.to("nobody@example.org")[0].subject


def test_a_letter_to_a_new_address_leads_to_a_new_account(
    elsewhere: Browser, provider: House, db: Session, mailbox: Mailbox
) -> None:
    client = elsewhere()
    come(client, provider, somebody(provider, name="Josiah Carberry"), name="orcid")
    client.post("/sign-in/first/letter", data={"email": "carberry@example.org"})
    assert client.post(mailbox.link("carberry@example.org")).location == "/sign-in/first"
    made = client.post("/sign-in/first/new", data={"name": "Josiah Carberry", "locale": "en_US"})
    assert made.location == "/work"
    person = db.scalars(sa.select(User)).one()
    assert (person.email, person.confirmed_at is not None) == ("carberry@example.org", True)
    assert linked(db) == [(person.id, "orcid")]


def test_whoever_registered_an_address_that_was_not_theirs_is_locked_out_by_its_owner(
    elsewhere: Browser, provider: House, db: Session, mailbox: Mailbox
) -> None:
    squatted = UserFactory(confirmed_at=None)
    client = elsewhere()
    come(client, provider, somebody(provider, email=squatted.email, email_verified=True))
    client.post("/sign-in/first/letter", data={"email": squatted.email})
    assert client.post(mailbox.link(squatted.email)).location == "/work"
    squatter = elsewhere().post("/login", data={"email": squatted.email, "password": PASSWORD})
    assert squatter.status_code == 200


def test_linking_from_within_asks_for_the_password(elsewhere: Browser, provider: House, db: Session) -> None:
    person = UserFactory()
    client = elsewhere().sign_in(person)
    sub = somebody(provider, email=address(), email_verified=True)
    assert come(client, provider, sub, **{"for": "link"}).location == "/profile/ways/link"
    assert "signed in here as you" in client.get("/profile/ways/link").text
    assert client.post("/profile/ways/link", data={"password": "wrong"}).status_code == 422
    assert client.post("/profile/ways/link", data={"password": PASSWORD}).location == "/profile/ways"
    assert linked(db) == [(person.id, "campus")]
    assert "Last used" not in client.get("/profile/ways").text
    other = elsewhere().sign_in(UserFactory())
    come(other, provider, sub, **{"for": "link"})
    taken = other.post("/profile/ways/link", data={"password": PASSWORD})
    assert (taken.status_code, "Somebody else" in taken.text) == (409, True)


def test_the_last_way_in_stays(elsewhere: Browser, provider: House, db: Session, mailbox: Mailbox) -> None:
    mail = address()
    sub = somebody(provider, email=mail, email_verified=True)
    client = elsewhere()
    come(client, provider, sub)
    client.post("/sign-in/first/new", data={"name": "Wei", "locale": "en_US"})
    number = db.scalars(sa.select(ExternalIdentity.id)).one()
    assert "Your only way in" in client.get("/profile/ways").text
    refused = client.post(f"/profile/ways/{number}/unlink")
    assert (refused.status_code, "only way in" in refused.text) == (409, True)
    client.post("/profile/ways/password")
    link = mailbox.link(mail)
    client.post("/logout")
    chosen = {"password": "three little words", "password_confirm": "three little words"}
    assert client.post(link, data=chosen).status_code == 302
    back = elsewhere()
    assert back.post("/login", data={"email": mail, "password": "three little words"}).location == "/work"
    gone = back.post(f"/profile/ways/{number}/unlink", data={"password": "three little words"})
    assert gone.location == "/profile/ways"
    assert linked(db) == []
    assert back.post(f"/profile/ways/{number}/unlink").location == "/profile/ways"
    assert come(elsewhere(), provider, sub).location == "/sign-in/first"


def test_who_has_no_password_proves_it_by_signing_in_there_again(
    elsewhere: Browser, provider: House, db: Session
) -> None:
    sub = somebody(provider, email=address(), email_verified=True)
    client = elsewhere()
    come(client, provider, sub)
    client.post("/sign-in/first/new", data={"name": "Wei", "locale": "en_US"})
    come(client, provider, sub, name="campus", **{"for": "link"})
    with client.session_transaction() as kept:
        kept["fs_paa"] = 0
    page = client.get("/profile/ways/link")
    assert 'href="/sign-in/campus?for=prove' in page.text.replace("&amp;", "&")
    assert client.post("/profile/ways/link").status_code == 403
    away = client.get("/sign-in/campus?for=prove&next=/profile/ways").location
    assert (query_of(away)["prompt"], query_of(away)["max_age"]) == ("login", "0")
    stranger = client.get(provider.sign_in(away, somebody(provider)))
    assert "not linked with yours" in stranger.text
    assert (
        come(client, provider, sub, **{"for": "prove", "next": "/profile/ways"}).location == "/profile/ways"
    )
    assert client.post("/profile/ways/link").location == "/profile/ways"


def test_a_closed_account_stays_closed(elsewhere: Browser, provider: House, db: Session) -> None:
    person = UserFactory()
    sub = somebody(provider, email=person.email, email_verified=True)
    client = elsewhere()
    come(client, provider, sub)
    client.post("/sign-in/first/own", data={"email": person.email, "password": PASSWORD})
    person.active = False
    answer = come(elsewhere(), provider, sub)
    assert (answer.status_code, "This account is closed" in answer.text) == (409, True)


def test_the_way_back_leads_nowhere_else(elsewhere: Browser, provider: House, db: Session) -> None:
    sub = somebody(provider, email=address(), email_verified=True)
    come(client := elsewhere(), provider, sub)
    client.post("/sign-in/first/new", data={"name": "Wei", "locale": "en_US"})
    assert come(elsewhere(), provider, sub, next="//evil.example/x").location == "/work"
    assert come(elsewhere(), provider, sub, next="/rounds").location == "/rounds"


def test_a_provider_that_nobody_named_is_not_there(elsewhere: Browser) -> None:
    assert elsewhere().get("/sign-in/elsewhere").status_code == 404
    assert elsewhere().get("/sign-in/elsewhere/back").status_code == 404
