"""Limits that several workers share by Redis, behind proxies, and under names that are not ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import PASSWORD, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.ports import free_port
from tests.rigs.redis import Redis

WRONG = "not the password"
MakeApp = Callable[..., Flask]


def tries(
    app: Flask, email: str, times: int, headers: Callable[[int], dict[str, str]] = lambda _n: {}
) -> list[int]:
    """The answers to so many wrong passwords."""
    client = app.test_client()
    form = {"email": email, "password": WRONG}
    return [client.post("/login", data=form, headers=headers(number)).status_code for number in range(times)]


def test_workers_count_together(make_app: MakeApp, db: Session, redis_server: Redis) -> None:
    victim = UserFactory()
    one, other = (make_app(rate_limits=True, rate_limit_storage=redis_server.url) for _ in range(2))
    assert tries(one, victim.email, 6) + tries(other, victim.email, 6) == [200] * 10 + [429] * 2
    assert redis_server.keys() > 0


def test_a_store_that_goes_away_costs_no_page_and_no_limit(
    make_app: MakeApp, db: Session, redis_server: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    victim = UserFactory()
    app = make_app(rate_limits=True, rate_limit_storage=redis_server.url)
    assert tries(app, victim.email, 3) == [200] * 3
    redis_server.stop()
    assert tries(app, victim.email, 12) == [200] * 10 + [429] * 2
    assert "falling back to in-memory" in caplog.text
    own = app.test_client().post("/login", data={"email": UserFactory().email, "password": PASSWORD})
    assert own.location == "/work"


def test_a_store_that_is_away_at_the_start_stops_nothing(make_app: MakeApp, db: Session) -> None:
    app = make_app(rate_limits=True, rate_limit_storage=f"redis://127.0.0.1:{free_port()}/0")
    assert tries(app, UserFactory().email, 12) == [200] * 10 + [429] * 2


def test_a_made_up_forwarding_header_is_no_new_address(make_app: MakeApp, db: Session) -> None:
    app = make_app(rate_limits=True)
    assert tries(app, UserFactory().email, 12, lambda n: {"X-Forwarded-For": f"203.0.113.{n}"})[-1] == 429


def test_behind_a_proxy_only_what_it_adds_counts(make_app: MakeApp, db: Session) -> None:
    app = make_app(rate_limits=True, trusted_proxies=1)
    victim = UserFactory()

    def claimed(number: int) -> dict[str, str]:
        return {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}

    assert tries(app, victim.email, 12, claimed)[-1] == 429
    elsewhere = {"X-Forwarded-For": "198.51.100.7, 192.0.2.9"}
    assert tries(app, victim.email, 1, lambda _n: elsewhere) == [200]


def test_behind_two_proxies_a_visitor_cannot_skip_one(make_app: MakeApp, db: Session) -> None:
    app = make_app(rate_limits=True, trusted_proxies=2)

    def claimed(number: int) -> dict[str, str]:
        return {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7, 10.0.0.1"}

    assert tries(app, UserFactory().email, 12, claimed)[-1] == 429


def test_a_host_that_is_not_ours_is_refused(make_app: MakeApp, client: Visitor) -> None:
    app = make_app(mode="prod", base_url="https://challenge.example.org")
    visitor = app.test_client()
    ours = "https://challenge.example.org"
    assert visitor.get("/login", base_url=ours).status_code == 200
    for host in (
        "evil.example",
        "challenge.example.org.evil.example",
        "127.0.0.1",
        "challenge.example.org@evil",
    ):
        answer = visitor.get("/login", base_url=ours, headers={"Host": host})
        assert answer.status_code == 400
        assert host not in answer.text
    # What a proxy did not set is not believed either.
    spoofed = visitor.get("/login", base_url=ours, headers={"X-Forwarded-Host": "evil.example"})
    assert (spoofed.status_code, "evil.example" in spoofed.text) == (200, False)
