"""Passkeys (WebAuthn): made for a person, shown as their proof, or found by itself at the front door.

What a browser is asked is written here as plain values; the library that reads its answer is heavy, and loads
with the first answer.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import factors
from challenge.accounts.factor_models import Passkey
from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.ids import sealed
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require

MOST = 20
LONGEST_NAME = 100
LONGEST_ANSWER = 20_000
TIMEOUT = 120_000
ALGORITHMS = (-8, -7, -257)  # Ed25519, ECDSA on P-256, RSA


@dataclass(frozen=True, slots=True)
class Site:
    """For which site keys are made: its name to a browser, and where its pages come from."""

    host: str
    origin: str


def new_challenge() -> str:
    """What a key has to sign, once."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def to_make(session: Session, actor: Actor, site: Site, challenge: str) -> dict[str, Any]:
    """What a browser is asked so that it makes a key for whoever is signed in."""
    person = session.get_one(User, actor.user_id)
    known = session.execute(sa.select(Passkey.credential).where(Passkey.user_id == person.id)).scalars()
    handle = sealed("passkey handle", str(person.id))  # says nothing about the account it belongs to
    return {
        "challenge": challenge,
        "rp": {"id": site.host, "name": "challenge"},
        "user": {"id": handle, "name": person.email, "displayName": person.name or person.email},
        "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in ALGORITHMS],
        "timeout": TIMEOUT,
        "attestation": "none",
        "excludeCredentials": [{"type": "public-key", "id": each} for each in known],
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
    }


def to_show(site: Site, challenge: str, known: list[str] | None = None) -> dict[str, Any]:
    """What a browser is asked so that a key is shown: one of these, or any that it has for this site."""
    return {
        "challenge": challenge,
        "rpId": site.host,
        "timeout": TIMEOUT,
        "userVerification": "required",
        "allowCredentials": [{"type": "public-key", "id": each} for each in known or ()],
    }


def add(session: Session, actor: Actor, site: Site, challenge: str, answer: str, name: str) -> Passkey:
    """Keep a new key under a name. Raises `Invalid("name" or "passkey", ...)`."""
    require(actor, Action.ACCOUNT_USE)
    name = name.strip()
    if not name:
        raise Invalid("name", "required")
    if len(name) > LONGEST_NAME:
        raise Invalid("name", "too_long", most=LONGEST_NAME, length=len(name))
    mine = sa.select(sa.func.count()).where(Passkey.user_id == actor.user_id)
    if (session.scalar(mine) or 0) >= MOST:
        raise WrongState("too_many_passkeys", most=MOST)
    made = _made(site, challenge, answer)
    credential = _text(made.credential_id)
    if session.scalar(sa.select(Passkey.id).where(Passkey.credential == credential)) is not None:
        raise Invalid("passkey", "passkey_known")
    key = Passkey(user_id=actor.user_id or 0, credential=credential, name=name, transports=[])
    key.public_key, key.count = _text(made.credential_public_key), made.sign_count
    session.add(key)
    session.flush()
    factors.changed(session, actor, "passkey_added")
    return key


def remove(session: Session, actor: Actor, ref: str) -> None:
    """Take a key off the account; it opens nothing here any more. Raises NotFound."""
    require(actor, Action.ACCOUNT_USE)
    query = sa.select(Passkey).where(Passkey.ref == ref, Passkey.user_id == actor.user_id)
    key = session.scalar(query)
    if key is None:
        raise NotFound
    session.delete(key)
    session.flush()
    factors.changed(session, actor, "passkey_removed")


def shown(session: Session, site: Site, challenge: str, answer: str, user_id: int | None = None) -> User:
    """Whose key this is, which has just signed the challenge; `user_id`: nobody but this person.

    Raises `Invalid("passkey", "passkey_wrong")`, the same for a key that is unknown as for one that is false.
    """
    said = _read(answer)
    key = session.scalar(sa.select(Passkey).where(Passkey.credential == str(said.get("id", ""))))
    if key is None or user_id not in (None, key.user_id):
        raise Invalid("passkey", "passkey_wrong")
    from webauthn import base64url_to_bytes, verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = verify_authentication_response(
            credential=dict(said),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Invalid("passkey", "passkey_wrong") from None
    key.count, key.used_at = found.new_sign_count, clock.now(session)
    session.flush()
    return session.get_one(User, key.user_id)


def _made(site: Site, challenge: str, answer: str) -> Any:
    from webauthn import base64url_to_bytes, verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_registration_response(
            credential=dict(_read(answer)),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Invalid("passkey", "passkey_wrong") from None


def _read(answer: str) -> Mapping[str, Any]:
    import json

    try:
        said = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Invalid("passkey", "passkey_wrong")
    return said


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
