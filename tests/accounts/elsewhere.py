"""Who has an account at a provider, and comes here by it."""

from __future__ import annotations

from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.identity_models import ExternalIdentity
from tests.rigs.application import Visitor
from tests.rigs.provider import House

_SUBS = count(1)


def somebody(provider: House, **claims: object) -> str:
    """A person there, by a subject that nobody else has."""
    return provider.person(f"sub-{next(_SUBS)}", **claims)


def come(client: Visitor, provider: House, sub: str, name: str = "campus", **asked: str) -> Any:
    """Go there, sign in, come back: the answer to coming back."""
    away = client.get(f"/sign-in/{name}", query_string=asked)
    assert away.status_code == 302, away.text
    return client.get(provider.sign_in(away.location, sub))


def linked(db: Session) -> list[tuple[int, str]]:
    return [(each.user_id, each.provider) for each in db.scalars(sa.select(ExternalIdentity))]


def address() -> str:
    return f"zhang{next(_SUBS)}@campus.example"
