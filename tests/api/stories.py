"""Programs for stories about the API: a token of somebody, and a caller that sends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask.testing import FlaskClient

from challenge.accounts import api_tokens
from challenge.accounts.api_tokens import Made, Wanted
from challenge.accounts.models import Organization, User
from challenge.base.db import db
from challenge.rules.scopes import scopes
from tests.factories import actor_of

API = "/api/v1"


def token_of(
    user: User, *, only: Sequence[str] | None = None, organization: Organization | None = None, days: int = 30
) -> Made:
    """A token of this person for everything, or for `only` these scopes."""
    wanted = Wanted("A program", list(only if only is not None else scopes()), days)
    return api_tokens.make(
        db.session, actor_of(user), wanted, scopes(), organization.id if organization else None
    )


class Caller:
    """A program with a token, or without one."""

    def __init__(self, client: FlaskClient, secret: str | None = None) -> None:
        self.client, self.secret = client, secret

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; underscores in the names of headers are hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret is not None:
            sent.setdefault("Authorization", f"Bearer {self.secret}")
        more: dict[str, Any] = {"json": body} if body is not None else {}
        return self.client.open(API + path, method=method, headers=sent, token=False, **more)

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Write."""
        return self.ask("POST", path, {} if body is None else body, **headers)


def caller(client: FlaskClient, user: User, **more: Any) -> Caller:
    """A program of this person."""
    return Caller(client, token_of(user, **more).secret)
