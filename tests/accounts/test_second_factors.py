"""A second step beside the password: set up, asked for, and got around with a recovery code alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts import recovery
from challenge.accounts.factor_models import Authenticator, Passkey, RecoveryCode, SignIn
from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from tests.accounts.steps import code_of, with_app
from tests.factories import PASSWORD, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

STEP = "/login/second-step"
APP = "/profile/security/authenticator"
CODES = "/profile/security/recovery-codes"


@pytest.fixture
def somebody(db: Session) -> User:
    person: User = UserFactory()
    return person


def first_step(client: Visitor, person: User, **more: str) -> Visitor:
    form = {"email": person.email, "password": PASSWORD, **more}
    assert client.post("/login", data=form).location == STEP
    return client


def test_an_app_is_set_up_with_its_first_code(
    client: Visitor, db: Session, somebody: User, mailbox: Mailbox
) -> None:
    client.sign_in(somebody)
    assert client.get(APP).location == "/profile/security"  # nothing is begun by looking
    assert client.post(f"{APP}/begin").location == APP
    page = client.get(APP).text
    assert "<svg" in page
    assert "style=" not in page
    key = re.search(r'class="hash">([A-Z2-7 ]+)<', page)
    assert key is not None
    import base64

    secret = base64.b32decode(key[1].replace(" ", ""))
    wrong = client.post(APP, data={"code": "000000" if code_of(secret) != "000000" else "111111"})
    assert wrong.status_code == 422
    assert somebody.second_factor is False
    done = client.post(APP, data={"code": code_of(secret)})
    assert len(re.findall(r"<code>[a-z0-9]{5}-[a-z0-9]{5}</code>", done.text)) == 10
    assert done.headers["Cache-Control"] == "private, no-store"
    assert somebody.second_factor is True
    assert key[1].replace(" ", "") not in client.get("/profile/security").text
    kept = db.scalars(sa.select(Authenticator)).one()
    assert base64.b32encode(secret).decode() not in kept.secret
    subjects = {letter.subject for letter in mailbox.to(somebody.email)}
    assert subjects == {"The security of your account changed"}
    actions = set(db.scalars(sa.select(AuditEntry.action)))
    assert actions == {"account.authenticator_added", "account.recovery_made"}


def test_whoever_knows_the_password_alone_is_not_in(client: Visitor, db: Session, somebody: User) -> None:
    with_app(db, somebody)
    first_step(client, somebody)
    assert client.get("/work").status_code == 302
    assert client.get(STEP).status_code == 200
    wrong = client.post(STEP, data={"code": "12345"})
    assert wrong.status_code == 422
    assert "does not fit" in wrong.text
    assert client.get("/work").status_code == 302


def test_a_code_lets_in_once_and_leads_where_one_wanted_to_go(
    client: Visitor, visitor: Callable[..., Visitor], db: Session, somebody: User
) -> None:
    key = with_app(db, somebody)
    code = code_of(key)
    client.get("/login?next=/organizations")
    first_step(client, somebody, next="/organizations")
    assert client.post(STEP, data={"code": code}).location == "/organizations"
    assert client.get("/work").status_code == 200
    assert db.scalars(sa.select(SignIn.means)).one() == "password+authenticator"
    thief = first_step(visitor(), somebody)  # who saw it being typed
    assert thief.post(STEP, data={"code": code}).status_code == 422
    assert thief.post(STEP, data={"code": code_of(key, 1)}).status_code == 302


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_the_second_step_never_leads_away(client: Visitor, db: Session, somebody: User, away: str) -> None:
    key = with_app(db, somebody)
    first_step(client, somebody, next=away)
    assert client.post(STEP, data={"code": code_of(key)}).location == "/work"


def test_the_step_is_nobodys_without_the_first_one(client: Visitor, db: Session, somebody: User) -> None:
    with_app(db, somebody)
    assert client.get(STEP).location == "/login"
    client.post("/login", data={"email": somebody.email, "password": "wrong password"})
    assert client.post(STEP, data={"code": "123456"}).location == "/login"
    first_step(client, somebody)
    with client.session_transaction() as session:
        session["entering"] = {**session["entering"], "at": 0}
    assert client.get(STEP).location == "/login"


def test_a_recovery_code_works_once_and_says_how_many_are_left(
    client: Visitor, db: Session, somebody: User, mailbox: Mailbox
) -> None:
    with_app(db, somebody)
    codes = recovery.make(db, actor_of(somebody))
    db.commit()
    assert not set(db.scalars(sa.select(RecoveryCode.code_digest))) & set(codes)
    first_step(client, somebody).post(STEP, data={"code": codes[0].upper().replace("-", " ")})
    assert "9 recovery codes are left" in client.get("/work").text
    client.post("/logout")
    assert first_step(client, somebody).post(STEP, data={"code": codes[0]}).status_code == 422
    assert "one of your recovery codes was used" in "".join(each.body for each in mailbox.to(somebody.email))


def test_new_codes_make_the_old_ones_worthless_and_few_are_warned_of(
    client: Visitor, db: Session, somebody: User
) -> None:
    with_app(db, somebody)
    old = recovery.make(db, actor_of(somebody))
    db.commit()
    client.sign_in(somebody)
    assert "10 left" in client.get("/profile/security").text
    new = re.findall(r"<code>(.+?)</code>", client.post(CODES).text)
    assert len(set(new)) == 10
    assert not recovery.use(db, somebody.id, old[0])
    for code in new[:7]:
        assert recovery.use(db, somebody.id, code)
    db.commit()
    assert "Few are left" in client.get("/profile/security").text


def test_without_a_factor_there_are_no_recovery_codes(client: Visitor, db: Session, somebody: User) -> None:
    client.sign_in(somebody)
    assert client.post(CODES).location == "/profile/security"
    with_app(db, somebody)
    client.post(CODES)
    client.post(f"{APP}/remove")
    assert somebody.second_factor is False
    assert db.scalars(sa.select(RecoveryCode)).all() == []
    client.post("/logout")
    client.post("/login", data={"email": somebody.email, "password": PASSWORD})
    assert client.get("/work").status_code == 200


def test_nobodys_secret_opens_under_another_account(db: Session, somebody: User) -> None:
    other = UserFactory()
    key = with_app(db, somebody)
    with_app(db, other)
    stolen = db.scalars(sa.select(Authenticator.secret).where(Authenticator.user_id == somebody.id)).one()
    db.execute(sa.update(Authenticator).where(Authenticator.user_id == other.id).values(secret=stolen))
    db.commit()
    from challenge.accounts import authenticator
    from challenge.rules.errors import WrongState

    with pytest.raises(WrongState):
        authenticator.check(db, other.id, code_of(key))


def test_guessing_codes_is_slowed_down(make_app: Callable[..., Flask], db: Session, somebody: User) -> None:
    with_app(db, somebody)
    client = make_app(rate_limits=True).test_client()
    assert isinstance(client, Visitor)
    first_step(client, somebody)
    answers = [client.post(STEP, data={"code": f"{n:06d}"}).status_code for n in range(12)]
    assert answers[-2:] == [429, 429]
    assert answers.count(422) == 10


@pytest.mark.parametrize(
    "answer", ["", "no json", "[1]", "{}", '{"id": "unknown"}', "[" * 30_000, '{"id": {"x": 1}}']
)
def test_a_passkey_that_is_none_opens_nothing(client: Visitor, db: Session, answer: str) -> None:
    client.get("/login")
    assert client.post("/login/passkey", data={"passkey": answer}).location == "/login"
    assert "does not fit" in client.get("/login").text
    assert client.get("/work").status_code == 302


def test_the_challenge_of_a_page_counts_once(client: Visitor, db: Session) -> None:
    client.get("/login")
    first = client.post("/login/passkey", data={"passkey": "{}"})
    assert first.location == "/login"
    again = client.post("/login/passkey", data={"passkey": "{}"})
    assert again.location == "/login"
    said = client.get("/login").text
    assert "sent twice" in said


def test_an_altered_answer_of_a_known_passkey_opens_nothing(
    client: Visitor, db: Session, somebody: User
) -> None:
    db.add(
        Passkey(user_id=somebody.id, credential="AAAA", public_key="AAAA", name="Key", transports=[], count=0)
    )
    client.get("/login")
    response = {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA"}
    answer = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response}
    form = {"passkey": json.dumps(answer)}
    assert client.post("/login/passkey", data=form).location == "/login"
    assert client.get("/work").status_code == 302
