"""Answers of a provider that are altered, replayed or meant for others: nobody gets in by them."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.accounts.elsewhere import address, come, linked, somebody
from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.provider import Browser, House, offer, query_of, with_query


def test_what_is_asked_of_the_provider_cannot_be_replayed(elsewhere: Browser, provider: House) -> None:
    sub = somebody(provider, email=address(), email_verified=True)
    client = elsewhere()
    away = client.get("/sign-in/campus").location
    asked = query_of(away)
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 20
    assert len(asked["state"]) >= 20
    assert asked["redirect_uri"] == "http://localhost/sign-in/campus/back"
    back = provider.sign_in(away, sub)
    assert client.get(back).location == "/sign-in/first"
    told = next(fields for path, fields in provider.asked if path == "/oauth2/token")
    digest = hashlib.sha256(told["code_verifier"][0].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    replay = client.get(back)
    assert (replay.status_code, "was used before" in replay.text) == (400, True)


@pytest.mark.parametrize(
    "change", [{"state": "another"}, {"iss": "https://evil.example"}, {"error": "access_denied"}]
)
def test_an_answer_that_is_not_ours_lets_nobody_in(
    elsewhere: Browser, provider: House, db: Session, change: dict[str, str]
) -> None:
    sub = somebody(provider, email=address(), email_verified=True)
    client = elsewhere()
    back = provider.sign_in(client.get("/sign-in/campus").location, sub)
    answer = client.get(with_query(back, **change))
    assert answer.status_code in (400, 409)
    assert client.get("/sign-in/first").status_code == 409
    assert linked(db) == []


def test_an_answer_meant_for_another_browser_lets_nobody_in(elsewhere: Browser, provider: House) -> None:
    sub = somebody(provider, email=address(), email_verified=True)
    back = provider.sign_in(elsewhere().get("/sign-in/campus").location, sub)
    assert elsewhere().get(back).status_code == 400


def test_an_answer_of_one_provider_does_not_stand_for_another(elsewhere: Browser, provider: House) -> None:
    client = elsewhere()
    back = provider.sign_in(client.get("/sign-in/campus").location, somebody(provider))
    assert client.get(back.replace("/campus/", "/orcid/")).status_code == 400


def _altered(token: dict[str, Any]) -> dict[str, Any]:
    head, body, mark = token["id_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["email"] = "boss@example.org"
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {**token, "id_token": f"{head}.{changed}.{mark}"}


def _unsigned(token: dict[str, Any]) -> dict[str, Any]:
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return {**token, "id_token": f"{head}.{token['id_token'].split('.')[1]}."}


def _none(token: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in token.items() if name != "id_token"}


KEPT: dict[str, Any] = {}


def _older(token: dict[str, Any]) -> dict[str, Any]:
    """The first identity token for every request: a good one, of another sign-in."""
    return {**token, "id_token": KEPT.setdefault("id_token", token["id_token"])}


@pytest.mark.parametrize("twist", [_altered, _unsigned, _none])
def test_a_token_that_cannot_be_verified_lets_nobody_in(
    elsewhere: Browser, provider: House, db: Session, twist: Any
) -> None:
    sub = somebody(provider, email=address(), email_verified=True)
    provider.twists["/oauth2/token"] = twist
    answer = come(elsewhere(), provider, sub)
    assert (answer.status_code, "could not be verified" in answer.text) == (400, True)
    assert linked(db) == []


def test_a_token_of_another_sign_in_lets_nobody_in(elsewhere: Browser, provider: House) -> None:
    KEPT.clear()
    provider.twists["/oauth2/token"] = _older
    sub = somebody(provider, email=address(), email_verified=True)
    assert come(elsewhere(), provider, sub).status_code == 302
    assert come(elsewhere(), provider, sub).status_code == 400


def test_a_provider_that_says_to_be_another_is_not_asked(elsewhere: Browser, provider: House) -> None:
    provider.twists["/.well-known/openid-configuration"] = lambda said: {
        **said,
        "issuer": "https://evil.example",
    }
    answer = elsewhere().get("/sign-in/campus")
    assert (answer.status_code, "another site than expected" in answer.text) == (400, True)


def test_a_provider_that_is_away_is_told_so_and_the_password_still_works(
    app: Flask, provider: House, client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(app, monkeypatch, provider.settings(issuer="http://localhost:9"))
    answer = client.get("/sign-in/campus")
    assert (answer.status_code, "does not answer just now" in answer.text) == (503, True)
    assert client.post("/login", data={"email": UserFactory().email, "password": PASSWORD}).status_code == 302
