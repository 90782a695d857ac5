"""The front door may be tried so often, from one place and for one account; nobody can lock another out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor

WRONG = "not the password"


@pytest.fixture
def limited(make_app: Callable[..., Flask], db: Session) -> Callable[[str], Visitor]:
    """A visitor of an installation with limits, from an address of their own."""
    app = make_app(rate_limits=True)

    def come_from(address: str) -> Visitor:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        assert isinstance(client, Visitor)
        return client

    return come_from


def test_guessing_is_slowed_down_and_says_how_long(limited: Callable[[str], Visitor]) -> None:
    victim = UserFactory()
    guesser = limited("192.0.2.1")
    answers = [guesser.post("/login", data={"email": victim.email, "password": WRONG}) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert "Too many tries" in answers[-1].text


def test_a_guesser_locks_nobody_out(limited: Callable[[str], Visitor]) -> None:
    victim = UserFactory()
    guesser = limited("192.0.2.1")
    for _ in range(15):
        guesser.post("/login", data={"email": victim.email, "password": WRONG})
    own = limited("198.51.100.7").post("/login", data={"email": victim.email, "password": PASSWORD})
    assert own.location == "/work"


def test_an_office_behind_one_address_signs_in_at_once(limited: Callable[[str], Visitor]) -> None:
    colleagues = [UserFactory() for _ in range(25)]
    for each in colleagues:
        form = {"email": each.email, "password": PASSWORD}
        assert limited("192.0.2.1").post("/login", data=form).status_code == 302


def test_nobody_is_buried_under_letters(limited: Callable[[str], Visitor]) -> None:
    victim = UserFactory()
    answers = [
        limited(f"192.0.2.{number}").post("/reset-password", data={"email": victim.email.upper()})
        for number in range(7)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2


def test_looking_at_the_door_is_not_counted(limited: Callable[[str], Visitor]) -> None:
    guest = limited("192.0.2.1")
    assert {guest.get("/login").status_code for _ in range(320)} == {200}


def test_codes_of_certificates_are_not_tried_without_end(limited: Callable[[str], Visitor]) -> None:
    guest = limited("192.0.2.1")
    answers = [guest.get(f"/awards/certificates/{number:011}").status_code for number in range(61)]
    assert answers == [404] * 60 + [429]
    assert limited("192.0.2.2").get("/awards/certificates/2").status_code == 404


def test_without_limits_nothing_is_counted(client: Visitor, db: Session) -> None:
    form = {"email": UserFactory().email, "password": WRONG}
    assert {client.post("/login", data=form).status_code for _ in range(12)} == {200}


def test_lists_of_persons_are_taken_along_so_often_and_others_as_one_likes(
    limited: Callable[[str], Visitor],
) -> None:
    admin = limited("192.0.2.1").sign_in(UserFactory(admin=True))
    answers = [admin.get("/admin/people?as=json").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert admin.get("/rounds?as=json").status_code == 200
