"""Who has to have a second factor and lacks it is led to set one up, and can do nothing else there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts import factor_rules
from challenge.accounts.models import User
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.actors import Actor, Subject
from challenge.rules.errors import FactorNeeded, NotAllowed
from challenge.rules.permissions import Action, can, require
from challenge.rules.stages import Stage
from tests.accounts.steps import with_app
from tests.factories import ProgrammeFactory, UserFactory, actor_of
from tests.rigs.application import Visitor


@pytest.fixture
def programme(db: Session) -> Programme:
    made: Programme = ProgrammeFactory()
    return made


@pytest.fixture
def organizer(db: Session, programme: Programme) -> User:
    person: User = UserFactory(organizes=[programme])
    return person


def test_an_organizer_without_one_is_led_to_set_it_up(
    client: Visitor, db: Session, programme: Programme, organizer: User
) -> None:
    strict = UserFactory(organizes=[programme])
    with_app(db, strict)
    page = f"/organize/programmes/{programme.slug}"
    assert client.sign_in(strict).post(f"{page}/second-factor/on").location == f"{page}/organizers"
    assert client.get(page).status_code == 200
    assert client.sign_in(organizer).get(page).location == "/profile/security"
    assert "Your role here wants a second step" in client.get("/profile/security").text
    assert client.post(f"{page}/second-factor/off").location == "/profile/security"
    assert factor_rules.holds(db, programme.id)
    with_app(db, organizer)
    assert client.sign_in(organizer).get(page).status_code == 200
    client.post(f"{page}/second-factor/off")
    assert not factor_rules.holds(db, programme.id)


def test_elsewhere_they_work_on(client: Visitor, db: Session, programme: Programme) -> None:
    other = ProgrammeFactory()
    both = UserFactory(organizes=[programme, other])
    boss = UserFactory(organizes=[programme])
    with_app(db, boss)
    about = programmes.subject_of(programme)
    factor_rules.set_rule(db, actor_of(boss), programme.id, about, wanted=True)
    client.sign_in(both)
    assert client.get(f"/organize/programmes/{other.slug}").status_code == 200
    assert client.get(f"/organize/programmes/{programme.slug}").status_code == 302


def test_who_lacks_one_cannot_want_it(
    client: Visitor, db: Session, programme: Programme, organizer: User
) -> None:
    client.sign_in(organizer).post(f"/organize/programmes/{programme.slug}/second-factor/on")
    assert not factor_rules.holds(db, programme.id)


def test_an_administrator_may_have_to_have_one(make_app: Callable[..., Flask], db: Session) -> None:
    client = make_app(admin_second_factor=True).test_client()
    assert isinstance(client, Visitor)
    admin = UserFactory(admin=True)
    assert client.sign_in(admin).get("/admin/people").location == "/profile/security"
    with_app(db, admin)
    assert client.sign_in(admin).get("/admin/people").status_code == 200


def test_a_judge_without_one_reads_nothing_and_a_stranger_learns_nothing() -> None:
    card = Subject(judge_id=5, programme_id=3, state="accepted", stage=Stage.JUDGING)
    judge = Actor(user_id=5, barred=frozenset({3}))
    assert not can(judge, Action.ASSIGNMENT_READ, card)
    with pytest.raises(FactorNeeded):
        require(judge, Action.ASSIGNMENT_READ, card)
    with pytest.raises(NotAllowed) as refusal:
        require(Actor(user_id=6, barred=frozenset({3})), Action.ASSIGNMENT_READ, card)
    assert not isinstance(refusal.value, FactorNeeded)
