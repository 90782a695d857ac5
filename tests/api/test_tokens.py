"""Tokens: shown once, kept as a digest, good for what they were made for, and no longer than that."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import api_tokens, organizations
from challenge.accounts.api_models import ApiToken
from challenge.accounts.api_tokens import Wanted
from challenge.accounts.models import Membership
from challenge.base import clock
from challenge.rules.actors import Grant
from challenge.rules.errors import Invalid, NotAllowed
from challenge.rules.scopes import scopes
from tests.api.stories import Caller, caller, token_of
from tests.factories import OrganizationFactory, UserFactory, actor_of
from tests.rigs.application import Visitor


def test_a_token_is_shown_once_and_only_its_digest_is_kept(client: Visitor, db: Session) -> None:
    person = UserFactory()
    client.sign_in(person)
    chosen = {"name": "Nightly report", "scopes": ["entries:read"], "days": "30"}
    made = client.post("/profile/tokens", data=chosen, follow_redirects=True).get_data(as_text=True)
    token = db.scalars(sa.select(ApiToken)).one()
    secret = made.partition('id="made"')[2].partition('value="')[2].partition('"')[0]
    assert secret.startswith(token.prefix)
    assert Caller(client, secret).get("/entries").status_code == 200
    again = client.get("/profile/tokens").get_data(as_text=True)
    assert "Nightly report" in again
    assert secret not in again
    stored = [str(value) for row in db.execute(sa.text("SELECT * FROM api_token")) for value in row]
    assert not any(secret in each for each in stored)


def test_a_token_opens_only_what_it_was_made_for(client: Visitor, db: Session) -> None:
    program = caller(client, UserFactory(), only=["entries:read"])
    assert program.get("/entries").status_code == 200
    refused = program.post("/entries", {"round": "any"}, Accept_Language="en")
    assert (refused.status_code, refused.json["code"]) == (403, "scope_missing")
    assert "entries:write" in refused.json["detail"]


def test_a_token_that_was_taken_back_or_is_over_opens_nothing(client: Visitor, db: Session) -> None:
    person = UserFactory()
    made = token_of(person)
    program = Caller(client, made.secret)
    client.sign_in(person)
    client.post(f"/profile/tokens/{made.token.ref}/revoke")
    assert program.get("/entries").json["code"] == "token_revoked"
    over = token_of(person)
    over.token.expires_at = clock.now(db) - dt.timedelta(seconds=1)
    refused = Caller(client, over.secret).get("/entries")
    assert (refused.status_code, refused.json["code"]) == (401, "token_expired")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert Caller(client, "cht_never").get("/entries").json["code"] == "token_unknown"


def test_a_closed_account_s_tokens_open_nothing(client: Visitor, db: Session) -> None:
    person = UserFactory()
    program = caller(client, person)
    person.active = False
    assert program.get("/entries").json["code"] == "token_unknown"


def test_a_token_in_an_address_is_refused_with_the_reason(client: Visitor, db: Session) -> None:
    made = token_of(UserFactory())
    for path in (f"/rounds?access_token={made.secret}", f"/rounds?q={made.secret}", "/rounds?token=x"):
        refused = Caller(client).get(path)
        assert (refused.status_code, refused.json["code"]) == (400, "token_in_address")


def test_a_session_s_cookie_opens_nothing_here(client: Visitor, db: Session) -> None:
    client.sign_in(UserFactory())
    assert Caller(client).get("/entries").status_code == 401
    assert Caller(client).post("/entries", {"round": "any"}).status_code == 401


def test_an_organization_s_token_ends_with_its_maker_s_seat(client: Visitor, db: Session) -> None:
    organization = OrganizationFactory()
    person = UserFactory(represents=[organization])
    made = token_of(person, only=["needs:read"], organization=organization)
    assert api_tokens.known(db, made.secret)[1] == actor_of(person)
    seat = db.scalars(sa.select(Membership).where(Membership.user_id == person.id)).one()
    seat.representative = False
    db.flush()
    assert Caller(client, made.secret).get("/entries").json["code"] == "token_unknown"


def test_an_organization_s_token_holds_no_role_of_its_maker(db: Session) -> None:
    organization, other = OrganizationFactory(), OrganizationFactory()
    person = UserFactory(represents=[organization, other], admin=True)
    made = token_of(person, only=["needs:read"], organization=organization)
    acting = api_tokens.known(db, made.secret)[1]
    actor_of_seat = {Grant("representative", "organization", organization.id)}
    assert acting is not None
    assert (acting.admin, acting.grants, acting.represents) == (False, actor_of_seat, {organization.id})


def test_only_representatives_make_tokens_of_an_organization(client: Visitor, db: Session) -> None:
    organization = OrganizationFactory()
    client.sign_in(UserFactory(admin=True))
    assert client.get(f"/organizations/{organization.ref}/tokens").status_code == 403
    with pytest.raises(NotAllowed):
        token_of(UserFactory(), organization=organization)
    client.sign_in(UserFactory(represents=[organization]))
    page = client.get(f"/organizations/{organization.ref}/tokens").get_data(as_text=True)
    assert "needs:write" in page
    assert "judging:read" not in page
    assert organizations.by_ref(db, organization.ref) is not None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(" ", ["entries:read"], 30), "name"),
        (Wanted("x" * 61, ["entries:read"], 30), "name"),
        (Wanted("A", [], 30), "scopes"),
        (Wanted("A", ["entries:everything"], 30), "scopes"),
        (Wanted("A", ["entries:read"], 36_500), "days"),
    ],
)
def test_a_wrong_wish_is_named_at_its_field(db: Session, wanted: Wanted, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        api_tokens.make(db, actor_of(UserFactory()), wanted, scopes())
    assert refusal.value.field == field


def test_the_last_use_is_kept(client: Visitor, db: Session) -> None:
    made = token_of(UserFactory())
    assert made.token.last_used_at is None
    Caller(client, made.secret).get("/entries")
    assert db.get_one(ApiToken, made.token.id).last_used_at is not None
