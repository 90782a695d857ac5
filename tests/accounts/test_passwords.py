"""What is kept of a password: dear enough to guess, cheap enough for a deadline, nothing without its salt."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor


def test_hashes_cost_what_a_deadline_can_bear(db: Session) -> None:
    """argon2id at time 2, memory 19,456 KiB, one lane: read from a stored hash, where settings cannot lie."""
    person: User = UserFactory()
    assert (person.password or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_says_nothing_without_the_salt_of_the_settings(
    client: Visitor, make_app: Callable[..., Flask], db: Session
) -> None:
    form = {"email": UserFactory().email, "password": PASSWORD}
    db.commit()
    assert make_app(password_salt="another").test_client().post("/login", data=form).status_code == 200
    assert client.post("/login", data=form).status_code == 302
